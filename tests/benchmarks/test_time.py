import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main

_CASES = [
    {"text": "every monday at 9", "kind": "recurrence", "expected": {"grain": "day", "first": ["2026-11-30T00:00:00"]}},
    {"text": "tomorrow at 5pm", "kind": "instant", "expected": {"grain": "day", "first": ["2030-01-01T00:00:00"]}},
]


@pytest.fixture
def cases(tmp_path: Path) -> str:
    shared = {"reference_time": "2026-11-23T10:00:00+00:00", "timezone": "UTC"}
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(case | shared) for case in _CASES))
    return str(path)


def test_the_figures_of_every_parser_come_as_json(cases: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["time", "--cases", cases, "--json"])
    figures = json.loads(capsys.readouterr().out)
    assert figures["cases"] == 2
    assert figures["parsers"]["croncierge"]["verdicts"]["all"] == {"right": 1, "wrong": 1, "abstained": 0}
    assert figures["parsers"]["croncierge"]["p50_ms"] > 0


def test_a_peer_that_is_not_installed_is_listed_as_absent(
    cases: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.parsers.find_spec", lambda name: None)
    main(["time", "--cases", cases])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in lines if "not installed" in line] == [
        "dateparser",
        "recurrent",
        "parsedatetime",
    ]
    assert any("croncierge" in line and "50/50/0" in line for line in lines)
