"""The built-in model in front of a language model, in whole conversations."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from tests.agent.conftest import Talk

_ITS_WORDS = "I am the language model."


class _Behind(GenericFakeChatModel):
    """Says always the same; it takes tools and never calls one."""

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self


@pytest.fixture
def talk(talk_with: Callable[..., Talk]) -> Talk:
    def answers() -> Iterator[AIMessage]:
        while True:
            yield AIMessage(_ITS_WORDS)

    return talk_with(_Behind(messages=answers()), front=True)


def test_it_takes_what_it_is_certain_of_and_hands_on_the_rest(talk: Talk) -> None:
    certain = talk.say("remind me every Monday at 9 to send the timesheet")
    assert certain.model == "builtin"
    assert list(talk.tasks()) == ["send the timesheet"]
    other = talk.say("what would a wise person do about the timesheet?")
    assert other.model != "builtin"
    assert other.reply == _ITS_WORDS


def test_when_a_tool_does_not_do_what_it_was_asked_for_the_language_model_goes_on(talk: Talk) -> None:
    turn = talk.say("delete the reminder about the unicorn")
    assert [call.name for call in turn.tool_calls] == ["delete_task"]
    assert (turn.model == "builtin", turn.reply) == (False, _ITS_WORDS)


def test_what_is_asked_back_for_is_not_certain(talk: Talk) -> None:
    assert talk.say("remind me to call mom").reply == _ITS_WORDS


def test_it_is_not_in_front_unless_it_is_wanted(talk_with: Callable[..., Talk]) -> None:
    talk = talk_with(_Behind(messages=iter([AIMessage(_ITS_WORDS)])))
    assert talk.say("remind me every Monday at 9 to send the timesheet").reply == _ITS_WORDS
