"""The table of the runtime's benchmark."""

from benchmarks.runtime import table

OURS = {"jobs_a_second": 5000, "hop_ms": 1.0, "late_p50_ms": 2.0, "late_p99_ms": 4.0, "created_a_second": 800}


def test_a_peer_stands_beside_us_with_our_lead_and_one_that_is_missing_says_so() -> None:
    lead = {"jobs_a_second": 1.43, "hop_ms": 0.5, "late_p50_ms": 1.0, "late_p99_ms": 2.0, "created_a_second": 0.2}
    result = {"figures": {"croncierge": OURS, "peer": OURS, "other": None}, "ratios": {"peer": lead}}

    lines = table(result).splitlines()

    assert lines[2].startswith("| croncierge | 5,000 | 1.0 |")
    assert "5,000 (×1.43) | 1.0 (×0.5)" in lines[3]
    assert lines[4].count("absent") == 5
