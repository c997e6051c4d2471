"""`tasks`, `undo` and `runs`: the store's operations from the command line."""

import pytest

from croncierge.app import open_app
from tests.interfaces.cli.conftest import Command

MONDAY = "remind me every Monday at 9 to send the timesheet"


@pytest.fixture
def timesheet(croncierge: Command) -> None:
    assert croncierge("ask", MONDAY, "--tz", "Europe/Berlin", "--json").json["tasks"][0]["id"] == 1


@pytest.fixture
def three_calls(croncierge: Command) -> None:
    lines = "".join(f"remind me tomorrow at {hour} to call {who}\n" for hour, who in enumerate(("Ann", "Bob", "Cy"), 9))
    assert croncierge("chat", stdin=lines).code == 0


def test_an_empty_list_says_so(croncierge: Command) -> None:
    assert croncierge("tasks", "list").out == "There are no tasks.\n"
    assert croncierge("tasks", "list", "--json").json == []
    assert croncierge("runs", "list").out == "There are no runs yet.\n"


@pytest.mark.usefixtures("timesheet")
def test_tasks_are_listed_as_a_table_or_as_json(croncierge: Command) -> None:
    seen = croncierge("tasks", "list")
    assert seen.code == 0
    assert "| 1 | send the timesheet | every Monday at 09:00 |" in seen.out
    [task] = croncierge("tasks", "list", "--json").json
    assert set(task) == {"id", "title", "type", "schedule", "next_runs", "depends_on", "is_active"}
    assert (task["schedule"], len(task["next_runs"])) == ("every Monday at 09:00", 5)


@pytest.mark.usefixtures("timesheet")
def test_a_task_is_paused_and_resumed_by_words_of_its_title(croncierge: Command) -> None:
    assert croncierge("tasks", "pause", "timesheet", "--reason", "holiday").out == "“send the timesheet” is paused.\n"
    assert "It is paused. (holiday)" in croncierge("tasks", "show", "1").out
    assert [len(croncierge("tasks", "list", "--status", status, "--json").json) for status in ("active", "paused")] == [
        0,
        1,
    ]
    assert "goes on: every Monday at 09:00" in croncierge("tasks", "resume", "the", "timesheet").out
    assert croncierge("tasks", "show", "#1", "--json").json["is_active"]


@pytest.mark.usefixtures("timesheet")
def test_a_deleted_task_comes_back_with_undo(croncierge: Command) -> None:
    assert "`croncierge undo` brings it back" in croncierge("tasks", "delete", "timesheet").out
    assert croncierge("tasks", "list", "--json").json == []
    assert "is back" in croncierge("undo").out
    assert len(croncierge("tasks", "list", "--json").json) == 1
    assert croncierge("undo", "--json").json["undone"] == ["“send the timesheet” is deleted."]
    nothing = croncierge("undo")
    assert (nothing.code, nothing.err) == (
        3,
        "Error: There is nothing to undo: you changed nothing, or took it back already.\n",
    )


@pytest.mark.usefixtures("three_calls")
def test_words_that_name_several_tasks_list_them_and_change_none(croncierge: Command) -> None:
    seen = croncierge("tasks", "delete", "call")
    assert seen.code == 2
    assert all(name in seen.err for name in ("#1 “call Ann”", "#2 “call Bob”", "#3 “call Cy”"))
    assert len(croncierge("tasks", "list", "--json").json) == 3
    error = croncierge("tasks", "delete", "call", "--json").json["error"]
    assert (error["code"], len(error["choices"])) == ("unclear", 3)


@pytest.mark.usefixtures("timesheet")
@pytest.mark.parametrize("command", ["show", "pause", "resume", "run", "delete"])
def test_a_task_that_is_not_there_is_exit_code_3(croncierge: Command, command: str) -> None:
    seen = croncierge("tasks", command, "dentist")
    assert seen.code == 3
    assert "no task like “dentist”" in seen.err


@pytest.mark.usefixtures("timesheet")
def test_somebody_elses_tasks_look_as_if_they_were_not_there(croncierge: Command) -> None:
    assert croncierge("tasks", "list", "--user", "mallory", "--json").json == []
    assert croncierge("tasks", "show", "1", "--user", "mallory").code == 3


@pytest.mark.usefixtures("timesheet")
def test_a_task_that_is_run_by_hand_leaves_a_run_to_look_at(croncierge: Command) -> None:
    asked = croncierge("tasks", "run", "timesheet", "--json")
    assert asked.json["triggered_by"] == "manual"
    assert "Nothing is running" in asked.err
    with open_app() as app:
        assert app.runtime.tick() == 1
    [run] = croncierge("runs", "list", "timesheet", "--status", "completed", "--json").json
    assert (run["title"], run["attempt"]) == ("send the timesheet", 1)
    shown = croncierge("runs", "show", str(run["id"]))
    assert "“send the timesheet”" in shown.out
    assert shown.out.count("\n") >= 3
    assert [step["status"] for step in croncierge("runs", "show", str(run["id"]), "--json").json["steps"]][
        -1
    ] == "completed"
    assert "completed" in croncierge("tasks", "show", "timesheet").out


def test_a_run_or_a_status_that_there_is_not_is_one_sentence(croncierge: Command) -> None:
    assert croncierge("runs", "show", "7").code == 3
    odd = croncierge("runs", "list", "--status", "exploded")
    assert odd.code == 2
    assert "one of" in odd.err


@pytest.mark.usefixtures("timesheet")
def test_options_may_stand_before_the_command_too(croncierge: Command) -> None:
    assert croncierge("--json", "tasks", "list").json == croncierge("tasks", "list", "--json").json
    assert croncierge("--user", "mallory", "--json", "tasks", "list").json == []


@pytest.mark.usefixtures("timesheet")
def test_how_a_task_is_run_is_set_shown_and_undone(croncierge: Command) -> None:
    told = croncierge(
        "tasks", "set", "timesheet", "--retries", "3", "--quiet-hours", "22:00-7:00", "--pause-after", "5"
    )
    assert told.out == (
        "“send the timesheet” is run like this: max retries 3, quiet hours 22:00-07:00, pause after failures 5.\n"
    )
    assert "How it is run: max retries 3" in croncierge("tasks", "show", "1").out
    policies = croncierge("tasks", "show", "1", "--json").json["policies"]
    assert (policies["max_retries"], policies["overlap"], policies["notify_on"]) == (3, "skip", "all")

    assert "as usual" not in croncierge("tasks", "set", "1", "--quiet-hours", "none").out
    assert "quiet hours" not in croncierge("tasks", "show", "1").out
    croncierge("undo")
    assert "quiet hours 22:00-07:00" in croncierge("tasks", "show", "1").out


@pytest.mark.usefixtures("timesheet")
@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--quiet-hours", "at night", "write them like 22:00-07:00"),
        ("--max-parallel", "many", "give a number, or none"),
        ("--pause-after", "2.5", "give a whole number, or none"),
        ("--retries", "1000", "give a number from 0 to 100"),
    ],
)
def test_what_cannot_be_set_is_refused_in_a_sentence(croncierge: Command, option: str, value: str, said: str) -> None:
    refused = croncierge("tasks", "set", "1", option, value)

    assert refused.code == 2
    assert said in refused.err


@pytest.mark.usefixtures("timesheet")
def test_setting_nothing_says_how_to_go_on(croncierge: Command) -> None:
    assert "--help" in croncierge("tasks", "set", "1").err


@pytest.mark.usefixtures("timesheet")
def test_a_run_is_cancelled_and_run_again_by_its_number(croncierge: Command) -> None:
    assert croncierge("tasks", "run", "timesheet", "--json").json["id"] == 1

    assert croncierge("runs", "cancel", "1").out == "Run 1 of “send the timesheet” is cancelled.\n"
    twice = croncierge("runs", "cancel", "#1")
    assert (twice.code, "has ended already" in twice.err) == (5, True)
    assert croncierge("runs", "rerun", "1").out == "Run 1 of “send the timesheet” is to run again.\n"
    assert croncierge("runs", "show", "1", "--json").json["status"] == "pending"
    assert croncierge("runs", "rerun", "seven").code == 2
    assert croncierge("runs", "rerun", "7").code == 3


@pytest.mark.usefixtures("timesheet")
def test_a_stretch_of_the_past_is_backfilled_once(croncierge: Command) -> None:
    stretch = ("--from", "2026-03-01", "--to", "2026-03-15T00:00:00+01:00")
    runs = croncierge("tasks", "backfill", "timesheet", *stretch, "--json").json
    assert [run["scheduled_time"][:10] for run in runs] == ["2026-03-02", "2026-03-09"]

    again = croncierge("tasks", "backfill", "timesheet", *stretch)
    assert (again.code, "left to run" in again.err) == (2, True)
    assert croncierge("tasks", "backfill", "1", "--from", "soon", "--to", "later").code == 2
