"""Workflows from the command line."""

import pytest

from croncierge.app import open_app
from tests.interfaces.cli.conftest import Command


@pytest.fixture(autouse=True)
def nightly(croncierge: Command) -> None:
    for words in (
        ("fetch prices", "--when", "every day at 02:00", "--workflow", "nightly"),
        ("import", "--after", "fetch prices"),
        ("report", "--after", "import", "--after", "fetch prices", "--any"),
    ):
        assert croncierge("tasks", "add", *words).code == 0


def test_what_hangs_together_is_named_listed_and_shown(croncierge: Command) -> None:
    named = croncierge("workflows", "name", "fetch prices", "nightly")
    assert named.out == "The workflow “nightly” has now: “import”, “report”.\n"
    assert "| nightly  | 3     | new    |" in croncierge("workflows", "list").out
    croncierge("tasks", "run", "fetch prices")
    with open_app() as app:
        app.runtime.tick()
    _, fetch, imported, report = croncierge("workflows", "show", "nightly").out.splitlines()
    assert fetch.startswith("- #1 “fetch prices” every day at 02:00 — completed, ")
    assert imported.startswith("  - #2 “import” each time “fetch prices” has run — completed, ")
    assert "“fetch prices” has run or “import” has run — completed" in report
    (seen,) = croncierge("workflows", "list", "--json").json
    assert (seen["status"], [task["depth"] for task in seen["tasks"]]) == ("succeeded", [0, 1, 2])


def test_a_workflow_rests_and_goes_on(croncierge: Command) -> None:
    paused = croncierge("workflows", "pause", "nightly", "--reason", "holiday")
    assert paused.out == "The workflow “nightly” is paused: “fetch prices”.\n"
    shown = croncierge("workflows", "show", "nightly").out
    assert "Next start: paused." in shown
    assert "paused (holiday), has not run yet" in shown
    assert croncierge("workflows", "resume", "nightly", "--json").json["changed"] == ["fetch prices"]
    assert "nothing was to be done" in croncierge("workflows", "resume", "nightly").out


def test_a_workflow_gets_another_name_and_a_task_leaves_it(croncierge: Command) -> None:
    assert "is called “every night” now" in croncierge("workflows", "name", "nightly", "every night").out
    assert "In no workflow any more: “fetch prices”" in croncierge("workflows", "name", "#1", "none", "--only").out
    assert "There are no workflows yet" in croncierge("workflows", "list").out


def test_what_is_not_there_is_said_so(croncierge: Command) -> None:
    assert "neither a workflow nor a task like “yearly”" in croncierge("workflows", "name", "yearly", "x").err
    missing = croncierge("workflows", "show", "yearly", "--json")
    assert (missing.code, missing.json["error"]["field"]) == (3, "workflow")
    assert croncierge("workflows", "name", "nightly", "none").code == 2
