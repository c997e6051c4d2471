"""Looking into runs from the command line."""

from pathlib import Path

import pytest

from croncierge.app import open_app
from tests.interfaces.cli.conftest import Command


@pytest.fixture(autouse=True)
def ran(croncierge: Command) -> None:
    croncierge("tasks", "add", "tea", "--when", "tomorrow at 9", "--payload", '{"message": "Grüner Tee!"}')
    croncierge("tasks", "add", "broken", "--when", "tomorrow at 9", "--payload", '{"message": "{{ results.x.y }}"}')
    croncierge("tasks", "run", "tea")
    croncierge("tasks", "run", "broken")
    with open_app() as app:
        app.runtime.tick()


def test_runs_are_found_by_words_status_task_and_time(croncierge: Command) -> None:
    def found(*options: str) -> list[str]:
        return [run["title"] for run in croncierge("runs", "list", "--json", *options).json]

    assert sorted(found()) == ["broken", "tea"]
    assert found("--text", "Grüner TEE!") == ["tea"]
    assert found("--text", "Grüner coffee") == []
    assert found("--task", "tea") == ["tea"]
    assert found("--status", "completed", "--text", "broken") == []
    assert found("--until", "2001-01-01") == []
    assert sorted(found("--since", "2001-01-01", "--limit", "5")) == ["broken", "tea"]
    assert croncierge("runs", "list", "--text", "100%_nothing").out == "There are no runs like that.\n"
    assert "is not a moment" in croncierge("runs", "list", "--since", "soon").err
    assert sorted(found("--since", "today")) == ["broken", "tea"]
    assert found("--until", "yesterday") == []


def test_a_log_is_read_wherever_it_is(croncierge: Command, tmp_path: Path) -> None:
    place = tmp_path / "long.log"
    place.write_text("".join(f"line {number} of Müller\n" for number in range(1, 3_001)), encoding="utf-8")
    with open_app() as app, app.store.writing() as connection:
        connection.exec_driver_sql("UPDATE task_runs SET log = 'one\ntwo\nthree' WHERE run_id = 1")
        connection.exec_driver_sql(f"UPDATE task_runs SET log_ref = '{place}' WHERE run_id = 2")
    assert croncierge("runs", "log", "1").out == "one\ntwo\nthree\n"
    assert croncierge("runs", "log", "1", "--tail", "1").out == "three\n"
    assert croncierge("runs", "log", "2").out == place.read_text(encoding="utf-8")
    assert croncierge("runs", "log", "2", "--grep", "MÜLLER 299", "--tail", "2").out.splitlines() == [
        "line 2998 of Müller",
        "line 2999 of Müller",
    ]
    assert croncierge("runs", "log", "1", "--grep", "t", "--json").json["lines"] == ["two", "three"]
    place.unlink()
    gone = croncierge("runs", "log", "2")
    assert (gone.code, "cannot be read any more" in gone.err, "has its ends" in gone.err) == (3, True, True)
    assert croncierge("runs", "log", "99").code == 3


def test_numbers_are_a_table_with_bars(croncierge: Command) -> None:
    croncierge("tasks", "run", "tea")
    with open_app() as app:
        app.runtime.tick()
        with app.store.writing() as connection:
            connection.exec_driver_sql("UPDATE task_runs SET error_message = 'no | way' WHERE run_id = 2")
    said, *_ = (shown := croncierge("runs", "stats").out).splitlines()
    assert said.startswith("3 runs, 2 completed and 1 failed; 66.7% succeeded; a run takes ")
    assert "| tea    | 2    | ██████████ 100.0% | " in shown
    assert "| 2         | 1      | 0      | ████████████████▒▒▒▒▒▒▒▒" in shown
    assert "| 1        | no \\| way | broken | " in shown
    numbers = croncierge("runs", "stats", "--task", "tea", "--days", "7", "--json").json
    assert (numbers["runs"], numbers["by_status"], len(numbers["days"])) == (2, {"completed": 2}, 8)
    assert croncierge("runs", "stats", "--task", "coffee").code == 3


def test_numbers_of_nothing_say_so(croncierge: Command) -> None:
    croncierge("tasks", "add", "idle", "--when", "tomorrow at 9")
    assert croncierge("runs", "stats", "--task", "idle").out == "No runs yet.\n"


def test_run_message_and_acknowledgement_are_shown_apart(croncierge: Command) -> None:
    croncierge("workflows", "name", "tea", "kitchen")
    assert "| waits   |" in croncierge("runs", "list", "tea").out
    shown = croncierge("runs", "show", "1").out
    assert "It belongs to the workflow “kitchen”.\n" in shown
    assert "Its message waits to be shown at the terminal (message 1).\n" in shown
    croncierge("messages", "ack", "--run", "1")
    assert "at the terminal, and was acknowledged today at" in croncierge("runs", "show", "1").out
    assert "| waits, seen |" in croncierge("runs", "list", "tea").out
    seen = croncierge("runs", "show", "1", "--json").json
    assert (seen["status"], seen["workflow"], seen["messages"][0]["status"]) == ("completed", "kitchen", "pending")
    assert seen["messages"][0]["acknowledged_at"]
