"""A model that repeats itself is told, and then stopped."""

from typing import Any

from langchain_core.messages import AIMessage

from tests.agent.conftest import Talk
from tests.tools.scripted import ScriptedModel

STAMPS: dict[str, Any] = {"title": "buy stamps", "when": "tomorrow at 9"}


def call(number: int, name: str = "create_task", **arguments: Any) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": arguments or STAMPS, "id": f"call-{number}"}])


def test_the_same_call_again_is_refused_and_makes_nothing_twice() -> None:
    talk = Talk(ScriptedModel(replies=[call(1), call(2), AIMessage("Done.")]))

    turn = talk.say("remind me tomorrow at 9 to buy stamps")

    assert [each.result["status"] for each in turn.tool_calls] == ["done", "error"]
    assert "before" in turn.tool_calls[1].result["text"]
    assert turn.reply == "Done."
    assert list(talk.tasks()) == ["buy stamps"]


def test_who_does_not_listen_is_stopped() -> None:
    talk = Talk(ScriptedModel(replies=[call(number) for number in range(20)]))

    turn = talk.say("remind me tomorrow at 9 to buy stamps")

    assert len(turn.tool_calls) == 3
    assert turn.reply == turn.tool_calls[0].result["text"]
    assert list(talk.tasks()) == ["buy stamps"]


def test_a_look_before_and_after_a_change_is_no_repetition() -> None:
    look = {"status": "active"}
    replies = [call(1, "list_tasks", **look), call(2), call(3, "list_tasks", **look), AIMessage("Here.")]
    talk = Talk(ScriptedModel(replies=replies))

    turn = talk.say("add stamps and show my tasks")

    assert [each.result["status"] for each in turn.tool_calls] == ["done", "done", "done"]


def test_what_failed_may_be_tried_once_more() -> None:
    wrong = {"title": "buy stamps", "when": "on the 31st of February"}
    talk = Talk(ScriptedModel(replies=[call(number, **wrong) for number in range(3)] + [AIMessage("Sorry.")]))

    turn = talk.say("remind me on the 31st of February to buy stamps")

    texts = [each.result["text"] for each in turn.tool_calls]
    assert texts[0] == texts[1]
    assert "this very call" in texts[2]
