"""The answer to "are you running?", as a person reads it."""

from datetime import timedelta

from store.operations import ensure_user
from store.operations.heartbeats import beat, end_beat
from tests.tools.test_tools import Toolbox
from tests.tools.test_tools import tool as tool


def test_one_that_runs_says_so_with_what_comes_next(tool: Toolbox) -> None:
    beat(tool.store, "worker", "here", 7)
    assert tool("health")["text"] == "Yes, I am running and all is well. There is nothing planned."
    tool("create_task", title="stretch", when="tomorrow at 9")
    assert tool("health")["text"] == (
        "Yes, I am running and all is well. 1 task is active; next comes “stretch”, tomorrow at 09:00."
    )
    tool("create_task", title="clean up", after=["stretch"])
    assert "2 tasks are active; next comes “stretch”" in tool("health")["text"]


def test_one_that_does_not_run_says_how_to_change_that(tool: Toolbox) -> None:
    assert tool("health")["text"].endswith("There is nothing to run yet.")
    tool("create_task", title="stretch", when="tomorrow at 9")
    beat(tool.store, "worker", "here", 7)
    end_beat(tool.store, "worker")
    assert tool("health")["text"] == (
        "No, nothing runs your tasks now. Nothing happens until you start `croncierge serve`, or keep `croncierge "
        "chat` open."
    )


def test_one_that_has_fallen_silent_says_since_when_and_what_is_late(tool: Toolbox) -> None:
    tool("create_task", title="stretch", when="in 5 minutes")
    beat(tool.store, "worker", "here", 7)
    tool.clock.set(tool.clock.now() + timedelta(minutes=10))
    assert tool("health")["text"] == (
        "No, nothing runs your tasks now, since today at 10:30. Nothing happens until you start `croncierge serve`, "
        "or keep `croncierge chat` open.\nAlso:\n- #1 “stretch” is overdue."
    )
    beat(tool.store, "worker", "here", 7)
    assert tool("health")["text"] == "I am running, but not all is well:\n- #1 “stretch” is overdue."


def test_what_is_somebody_elses_is_not_told(tool: Toolbox) -> None:
    ann, tool.user = tool.user, ensure_user(tool.store, "bob")
    tool("create_task", title="secret", when="in 5 minutes")
    tool.clock.set(tool.clock.now() + timedelta(minutes=10))
    beat(tool.store, "worker", "here", 7)
    assert "“secret” is overdue" in tool("health")["text"]
    tool.user = ann
    assert tool("health")["text"] == "Yes, I am running and all is well. There is nothing planned."
