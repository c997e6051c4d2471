"""`emit`, `events`, `runs clear` and `runs anyway`."""

from pathlib import Path

import pytest

from tests.interfaces.cli.conftest import Command


def test_an_event_starts_a_task_once(croncierge: Command) -> None:
    croncierge("ask", "remind me every day at 9 to write the report")
    assert croncierge("events", "on", "report", "import", "--filter", '{"rows": 3}').code == 0

    first = croncierge("emit", "import", "--data", '{"rows": 3}', "--key", "k", "--json")
    assert (first.code, first.json["is_new"], len(first.json["runs"])) == (0, True, 1)
    assert croncierge("emit", "import", "--data", '{"rows": 3}', "--key", "k", "--json").json["is_new"] is False
    assert "No task waits" in croncierge("emit", "import", "--data", '{"rows": 4}').out
    assert [each["runs"] for each in croncierge("events", "list", "--json").json] == [0, 1]

    assert "No event starts" in croncierge("events", "off", "report", "import").out
    assert croncierge("events", "off", "report", "import").code == 3


def test_what_is_not_an_object_is_refused_in_a_sentence(croncierge: Command) -> None:
    for data in ("{", "[1]"):
        refused = croncierge("emit", "import", "--data", data)
        assert (refused.code, refused.out) == (2, "")
        assert "data is not" in refused.err


def test_a_run_that_is_not_there_cannot_be_cleared_or_started(croncierge: Command) -> None:
    assert croncierge("runs", "clear", "7").code == 3
    assert croncierge("runs", "anyway", "7").code == 3


def test_only_folders_that_the_operator_names_may_be_watched(
    croncierge: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRONCIERGE_WATCH_FOLDERS", str(tmp_path / "in"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "out").symlink_to("/")
    croncierge("ask", "remind me every day at 9 to write the report")

    for path in ("/etc", str(tmp_path), f"{tmp_path}/in/../x", f"{tmp_path}/in/out", f"{tmp_path}/in/out/*.csv"):
        assert croncierge("events", "on", "report", "file", "--path", path).code == 4
    assert croncierge("events", "on", "report", "file", "--path", f"{tmp_path}/in/*.csv").code == 0
