"""What is remembered of a long conversation."""

from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, SystemMessage
from langchain_core.outputs import ChatResult
from pydantic import Field

from agent.memory import REMEMBERED_TURNS
from store.operations import remember
from store.values import Actor
from tests.agent.conftest import Talk
from tests.tools.scripted import ScriptedModel


class Listening(ScriptedModel):
    """Keeps what it was asked."""

    asked: list[list[BaseMessage]] = Field(default_factory=list)

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        self.asked.append(messages)
        return super()._generate(messages, *args, **kwargs)


def create(number: int) -> list[AIMessage]:
    call = {"name": "create_task", "args": {"title": f"job {number}", "when": "tomorrow at 9"}, "id": f"call-{number}"}
    return [AIMessage("", tool_calls=[call]), AIMessage("Done.")]


def instructions(model: Listening) -> str:
    first = model.asked[-1][0]
    assert isinstance(first, SystemMessage)
    return str(first.text)


def test_what_a_forgotten_turn_was_about_is_known_in_short() -> None:
    turns = REMEMBERED_TURNS + 5
    model = Listening(replies=[reply for number in range(turns) for reply in create(number)])
    talk = Talk(model)

    for number in range(turns):
        talk.say(f"job {number} tomorrow at 9, please")

    assert len(model.asked[-1]) < 4 * REMEMBERED_TURNS + 5
    assert "- “job 0 tomorrow at 9, please”: #1 “job 0”" in instructions(model)
    assert "“job 30 tomorrow" not in instructions(model)


def test_what_does_not_fit_the_model_is_told_in_short() -> None:
    model = Listening(replies=[*create(0), AIMessage("I see."), AIMessage("Yes.")])
    talk = Talk(model)

    talk.say("job 0 tomorrow at 9")
    talk.say("words " * 3_300)
    talk.say("words " * 3_300 + "and?")

    assert "#1 “job 0”" in instructions(model)


def test_the_model_is_told_what_the_person_wants_to_be_known() -> None:
    model = Listening(replies=[AIMessage("Hello.")])
    talk = Talk(model)
    remember(talk.store, Actor(user_id=talk.user, via="test", change_set="1"), "My manager is Eve")

    talk.say("hello")

    assert "- My manager is Eve" in instructions(model)
