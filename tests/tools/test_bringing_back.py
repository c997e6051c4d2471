"""Runs that are brought back, and messages that were seen, in a conversation."""

from datetime import timedelta

from store.operations import list_runs
from store.operations.claims import claim_due
from store.operations.deliveries import claim_deliveries, mark_sent
from store.operations.runs import Outcome, finish_runs
from store.values import Actor, RunInfo
from tests.tools.test_tools import Toolbox
from tests.tools.test_tools import tool as tool


def work(tool: Toolbox, error: str | None = None) -> None:
    """Execute what is due, as the runtime does."""
    while claimed := claim_due(tool.store, "worker", 60, 50):
        outcome = Outcome(error=error, message=None if error else "done")
        finish_runs(tool.store, "worker", [(each.run_id, outcome) for each in claimed])


def runs(tool: Toolbox) -> list[RunInfo]:
    return list_runs(tool.store, Actor(user_id=tool.user, via="test", change_set="look"))


def test_the_latest_run_is_tried_again_or_started_over(tool: Toolbox) -> None:
    tool("create_task", title="import", when="tomorrow at 9")
    tool("create_task", title="report", after=["import"])
    assert tool("run_task", task="import", how="again")["text"] == (
        "“import” has no run that could be started so; it can be run now."
    )
    tool("run_task", task="import")
    work(tool, error="no network")
    assert [run.status.value for run in runs(tool)] == ["skipped", "failed"]
    assert tool("run_task", task="import", how="again")["text"].endswith("runs again.")
    work(tool)
    assert [run.status.value for run in runs(tool)] == ["completed", "completed"]
    assert "with all that came after it" in tool("run_task", task="import", how="start_over")["text"]
    work(tool)
    assert [(run.status.value, run.attempt) for run in runs(tool)] == [("completed", 2), ("completed", 3)]


def test_what_was_skipped_is_started_anyway(tool: Toolbox) -> None:
    tool("create_task", title="import", when="tomorrow at 9")
    tool("create_task", title="report", after=["import"])
    tool("run_task", task="import")
    work(tool, error="no network")
    assert "runs now, whatever it waited for" in tool("run_task", task="report", how="anyway")["text"]
    work(tool)
    assert [(run.title, run.status.value) for run in runs(tool)] == [("report", "completed"), ("import", "failed")]


def test_only_runs_of_the_time_that_is_meant_are_brought_back(tool: Toolbox) -> None:
    tool("create_task", title="import", when="every day at 9")
    tool("run_task", task="import")
    work(tool, error="no network")
    answer = tool("run_task", task="import", how="again", during="yesterday")
    assert answer["text"] == "“import” has no run yesterday that could be started so; it can be run now."
    assert tool("run_task", task="import", how="again", during="today")["status"] == "done"


def test_the_past_is_made_up_for(tool: Toolbox) -> None:
    tool("create_task", title="import", when="every day at 9")
    assert tool("run_task", task="import", how="past")["status"] == "ask"
    assert tool("run_task", task="import", how="past", during="last week")["text"] == (
        "“import” makes up for 7 runs of last week."
    )
    assert len(runs(tool)) == 7


def test_a_message_is_noted_as_seen_once(tool: Toolbox) -> None:
    assert tool("acknowledge")["text"] == "There is no message that you have not seen."
    for title in ("tea", "cake", "nap"):
        tool("create_task", title=title, when="in 5 minutes")
    tool.clock.set(tool.clock.now() + timedelta(minutes=5))
    work(tool)
    told = claim_deliveries(tool.store, tool.user, "terminal", "test")
    mark_sent(tool.store, [each.id for each in told])
    assert tool("acknowledge", task="tea")["text"] == "Noted that you have seen “tea”."
    assert tool("acknowledge", task="tea")["status"] == "error"
    assert tool("acknowledge", task="all")["text"] == "Noted that you have seen all 2 messages."
    assert tool("acknowledge")["status"] == "error"


def test_quiet_hours_digest_and_channel_are_preferences(tool: Toolbox) -> None:
    for words in ("between 22 and 7", "from 10pm until 7am", "22:00-7:00", "10pm to 7am"):
        assert "You hear nothing between 22:00 and 07:00." in tool("set_preferences", quiet_hours=words)["text"]
    changed = tool("set_preferences", digest_at="6pm", channel="phone")["text"]
    assert "Your messages go to phone." in changed
    assert changed.endswith("Your digest comes at 18:00.")
    calm = tool("set_preferences", quiet_hours="none", channel="none")["text"]
    assert "You hear nothing" not in calm
    assert "Your messages go to" not in calm
    for words in ("at night", "between 22 and 23 and 24"):
        assert tool("set_preferences", quiet_hours=words)["status"] == "error"
