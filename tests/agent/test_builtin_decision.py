"""How sure the built-in model is of what a person asks for."""

from datetime import UTC, datetime

import pytest
from langchain_core.messages import HumanMessage

from agent.models.builtin.conversation import Conversation, read_conversation
from agent.models.builtin.requests import Call, decide, understand, understand_certainly


def said(text: str) -> Conversation:
    now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    return read_conversation([HumanMessage(text, additional_kwargs={"said_at": now.isoformat(), "zone": "UTC"})])


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("remind me tomorrow at 9 to call mom", "create_task"),
        ("set an alarm for 6:30 tomorrow", "create_task"),
        ("start a timer for 7 minutes", "create_task"),
        ("what do I have this week?", "list_tasks"),
        ("which reminders are paused?", "list_tasks"),
        ("cancel the dentist reminder", "delete_task"),
        ("pause my water reminder", "pause_task"),
        ("extend the pasta timer by 10 minutes", "edit_task"),
        ("move the meeting to Friday", "edit_task"),
        ("undo", "undo"),
    ],
)
def test_a_plain_request_is_certain(text: str, tool: str) -> None:
    calls = understand_certainly(said(text))
    assert calls is not None
    assert [call.tool for call in calls] == [tool]
    assert decide(said(text)).certain


@pytest.mark.parametrize(
    "text",
    [
        "remind me to call mom",  # when?
        "remind me tomorrow at 9",  # of what?
        "cancel it",  # which?
        "turn off the alarm",  # for now, or for ever?
        "turn off the kitchen lights",
        "book a room for tonight",
        "how do I change a tyre?",
        "what's the capital of France?",
        "show me a list of cheap airlines",
        "hello",
        "remind me tomorrow at 9 to call mom and what is the capital of France?",
        "asdf qwer",
    ],
)
def test_what_would_be_asked_back_declined_or_guessed_is_not_certain(text: str) -> None:
    assert understand_certainly(said(text)) is None
    assert not decide(said(text)).certain


@pytest.mark.parametrize(
    ("text", "verb", "named"),
    [
        ("cancel my 6:30 alarm", "delete", "alarm"),
        ("timer for 7 minutes", "create", "timer"),
        ("check my packing list", "list", "list"),
        ("move my meeting to 6pm", "update", "event"),
        ("pause the water reminder", "control", "reminder"),
        ("good morning", "none", "none"),
    ],
)
def test_a_request_is_a_verb_and_an_object(text: str, verb: str, named: str) -> None:
    decided = decide(said(text))
    assert (decided.verb, decided.object) == (verb, named)


@pytest.mark.parametrize(
    ("text", "tool", "args"),
    [
        ("extend the timer by 2 minutes", "edit_task", {"task": "timer", "when": "2 minutes later"}),
        ("remove 5 minutes from the pizza timer", "edit_task", {"task": "pizza", "when": "5 minutes earlier"}),
        ("make the meeting start 1 hour later", "edit_task", {"task": "meeting", "when": "1 hour later"}),
        ("on my to do list, add cleaning", "create_task", {"title": "cleaning"}),
        ("shopping list delete oat milk", "delete_task", {"task": "oat milk"}),
    ],
)
def test_the_verb_is_told_from_the_whole_sentence(text: str, tool: str, args: dict[str, str]) -> None:
    assert [(call.tool, dict(call.args)) for call in understand(said(text)) if isinstance(call, Call)] == [(tool, args)]


@pytest.mark.parametrize(
    ("text", "after", "outcome"),
    [
        ("after the import and the cleanup, remind me to publish", ["import", "cleanup"], None),
        ("if the backup fails, remind me to call Ann", ["backup"], "failure"),
        ("after the backup, whatever happens, remind me to tidy up", ["backup"], "completion"),
        ("every Monday at 9, after the import, remind me to check", ["import"], None),
    ],
)
def test_what_has_to_run_before_is_said_first(text: str, after: list[str], outcome: str | None) -> None:
    [call] = understand(said(text))
    assert isinstance(call, Call)
    assert call.args["after"] == after
    assert call.args.get("after_outcome") == outcome


@pytest.mark.parametrize(
    "text",
    [
        "def remind(): return 'every day'",
        "what time does the shop close on Saturdays?",
        "start up the game",
        "start the meeting",
    ],
)
def test_what_only_looks_like_a_request_makes_nothing(text: str) -> None:
    assert not [call for call in understand(said(text)) if isinstance(call, Call)]
