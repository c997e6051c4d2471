"""The tables of the runtime's benchmark, and what it measures with processes of their own."""

from pathlib import Path

from benchmarks.engines import killed
from benchmarks.runtime import table

OURS = {
    "jobs_a_second": 5000,
    "hop_ms": 1.0,
    "late_p50_ms": 2.0,
    "late_p99_ms": 4.0,
    "created_a_second": 800,
    "bulk_a_second": 9000,
    "lost": 0,
    "repeated": 7,
    "restart_s": 0.9,
}
STORED = {"stored": 1000, "start_s": 0.8, "idle_percent": 0.1, "peak_mb": 90, "late_p50_ms": 1.5, "late_p99_ms": 3.0}


def test_a_peer_stands_beside_us_with_our_lead_and_one_that_is_missing_says_so() -> None:
    lead = {"jobs_a_second": 1.43, "hop_ms": 0.5, "late_p50_ms": 1.0, "late_p99_ms": 2.0, "created_a_second": 0.2}
    result = {
        "figures": {"croncierge": OURS, "peer": OURS, "other": None},
        "ratios": {"peer": lead},
        "limit": "It is the interpreter.",
        "stored": {"full": STORED},
    }

    lines = table(result).splitlines()

    assert lines[2] == "| croncierge | 5,000 | 1.0 | 2.0 | 4.0 | 800 | 9,000 | 0 | 7 | 0.9 |"
    assert "5,000 (×1.43) | 1.0 (×0.5)" in lines[3]
    assert lines[4].count("absent") == 9
    assert "It is the interpreter." in lines
    assert lines[-1] == "| 1,000 | 0.8 | 0.1 | 90 | 1.5 | 3.0 |"


def test_what_is_killed_three_times_loses_nothing(tmp_path: Path) -> None:
    found = killed.measure("croncierge", tmp_path)
    assert found["lost"] == 0
    assert found["repeated"] <= 3 * (8 + 256)  # no more than can be claimed at once
    assert found["restart_s"] > 0
