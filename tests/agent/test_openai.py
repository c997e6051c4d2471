"""A language model over OpenAI's protocol drives the same graph and the same tools, streaming and not."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from agent.invoke import Delta, ToolCall, Turn
from agent.models import Options, choose_model
from croncierge.errors import InvalidInput, Unavailable
from tests.agent.conftest import Talk
from tests.fakes.openai import Message, OpenAIServer, Reply, calls, calls_raw, in_order, openai_server, says

TIMESHEET = calls("create_task", title="send the timesheet", when="every Monday at 9")


@contextmanager
def talking(*replies: Reply, **options: int) -> Iterator[tuple[Talk, OpenAIServer]]:
    with openai_server(in_order(*replies)) as server:
        model = choose_model("test-model", Options(base_url=server.url, api_key="secret-key"))
        yield Talk(model, **options), server


def test_a_call_of_the_model_makes_the_task() -> None:
    with talking(TIMESHEET, says("Done, every Monday.")) as (talk, server):
        turn = talk.say("remind me every Monday at 9 to send the timesheet")
    assert turn.reply == "Done, every Monday."
    assert [call.name for call in turn.tool_calls] == ["create_task"]
    assert turn.tool_calls[0].result["status"] == "done"
    assert turn.usage == {"input_tokens": 40, "output_tokens": 10, "total_tokens": 50}
    assert turn.model == "test-model"
    assert list(talk.tasks()) == ["send the timesheet"]
    assert {tool["function"]["name"] for tool in server.requests[0]["tools"]} >= {"create_task", "undo"}
    assert "Tuesday 24 November 2026, 10:30 in Europe/Berlin" in server.requests[0]["messages"][0]["content"]


def test_it_streams_its_words_and_what_its_tools_answered() -> None:
    with talking(TIMESHEET, says("All right then.")) as (talk, server):
        pieces = list(talk.assistant.stream("every Monday at 9: timesheet", talk.user, "t"))
    assert "".join(piece.text for piece in pieces if isinstance(piece, Delta)).strip() == "All right then."
    assert sum(isinstance(piece, Delta) for piece in pieces) > 1
    assert [piece.name for piece in pieces if isinstance(piece, ToolCall)] == ["create_task"]
    assert isinstance(pieces[-1], Turn)
    assert pieces[-1].usage["total_tokens"] == 50
    assert all(request["stream"] for request in server.requests)


def test_the_async_variants_do_the_same() -> None:
    async def both(talk: Talk) -> tuple[Turn, list[object]]:
        turn = await talk.assistant.ainvoke("one", talk.user, "t")
        return turn, [piece async for piece in talk.assistant.astream("two", talk.user, "t")]

    with talking(says("first"), says("second one")) as (talk, _):
        turn, pieces = asyncio.run(both(talk))
    assert turn.reply == "first"
    assert isinstance(pieces[-1], Turn)
    assert pieces[-1].reply == "second one"


def test_it_remembers_the_conversation_of_its_thread_only() -> None:
    with talking(says("a"), says("b"), says("c")) as (talk, server):
        talk.say("my first words", thread="one")
        talk.say("my second words", thread="one")
        talk.say("elsewhere", thread="two")
    said = [[message["content"] for message in request["messages"][1:]] for request in server.requests]
    assert said == [["my first words"], ["my first words", "a", "my second words"], ["elsewhere"]]


def test_another_person_does_not_reach_a_thread_of_the_same_name() -> None:
    from store.operations import ensure_user

    with talking(says("a"), says("b")) as (talk, server):
        talk.say("a secret")
        talk.assistant.invoke("hello", ensure_user(talk.store, "bob"), "t")
    assert [message["content"] for message in server.requests[1]["messages"][1:]] == ["hello"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (calls("create_task", title="jump", when="on Feb 30"), "February 30"),
        (calls("create_task", when="at 9"), "title"),
        (calls("create_task", title="x", when="at 9", if_missed="never"), "if_missed"),
        (calls("no_such_tool"), "no_such_tool"),
        (calls_raw("create_task", '{"title": '), "arguments"),
        (calls("delete_task", task="nothing like that"), "no task like"),
    ],
)
def test_the_model_is_told_what_was_wrong_with_its_call(call: Message, said: str) -> None:
    with talking(call, says("I see.")) as (talk, server):
        turn = talk.say("do something odd")
    answer = server.requests[1]["messages"][-1]
    assert answer["role"] == "tool"
    assert said in answer["content"]
    assert turn.reply == "I see."
    assert talk.tasks() == {}


def test_a_model_without_an_end_is_stopped() -> None:
    with talking(*[calls("list_tasks", words=f"{number}") for number in range(20)], max_steps=4) as (talk, server):
        turn = talk.say("go on and on")
    assert "stopped after 4 steps" in turn.reply
    assert len(server.requests) == 4


@pytest.mark.parametrize(("status", "words"), [(401, "API key"), (404, "does not know"), (400, "status 400")])
def test_what_the_server_refuses_is_one_sentence_without_the_key(status: int, words: str) -> None:
    with talking(status) as (talk, _), pytest.raises(Unavailable) as raised:
        talk.say("hello")
    assert words in raised.value.message
    assert "secret-key" not in raised.value.message


def test_after_an_error_the_conversation_goes_on() -> None:
    with talking(401, says("better")) as (talk, server):
        with pytest.raises(Unavailable):
            talk.say("hello")
        assert talk.say("again").reply == "better"
    assert [message["content"] for message in server.requests[1]["messages"][1:]] == ["hello", "again"]


def test_a_server_that_is_not_there_is_one_sentence(talk_with: Callable[..., Talk]) -> None:
    model = choose_model("test-model", Options(base_url="http://127.0.0.1:9/v1", api_key="k"))
    with pytest.raises(Unavailable, match="cannot be reached"):
        talk_with(model).say("hello")


def test_a_model_without_a_key_says_what_to_set() -> None:
    with pytest.raises(InvalidInput, match="OPENAI_API_KEY"):
        choose_model("gpt-test")


def test_a_provider_that_is_not_installed_is_named() -> None:
    with pytest.raises(InvalidInput, match="anthropic"):
        choose_model("anthropic:some-model")
