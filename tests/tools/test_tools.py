"""The tools as any model may call them, with the words that people use."""

import json
from datetime import datetime
from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver

from agent.graph import build_graph
from croncierge.clock import FixedClock
from store.open import open_store
from store.operations import ensure_user
from store.values import Actor
from tests.agent.conftest import TUESDAY
from tests.tools.scripted import ScriptedModel
from tools.context import Context
from tools.registry import all_tools


class Toolbox:
    """Calls tools through the graph, as a model does, and gives what they answer."""

    def __init__(self) -> None:
        self.clock = FixedClock(TUESDAY)
        self.store = open_store("sqlite://", self.clock)
        self.user = ensure_user(self.store, "ann")
        self.actions: frozenset[str] | None = None
        self.calls = 0

    def __call__(self, name: str, /, **args: Any) -> dict[str, Any]:
        self.calls += 1
        call = {"name": name, "args": args, "id": f"call_{self.calls}", "type": "tool_call"}
        model = ScriptedModel(replies=[AIMessage("", tool_calls=[call]), AIMessage("done")])
        graph = build_graph(model, all_tools(), InMemorySaver(), max_steps=3)
        actor = Actor(user_id=self.user, via="test", change_set=f"request-{self.calls}")
        state = graph.invoke(
            {"messages": [("user", "x")]},
            {"configurable": {"thread_id": "t"}},
            context=Context(self.store, actor, default_zone="Europe/Berlin", actions=self.actions),
        )
        (answer,) = [message for message in state["messages"] if isinstance(message, ToolMessage)]
        result: dict[str, Any] = json.loads(str(answer.content))
        return result


@pytest.fixture
def tool() -> Toolbox:
    return Toolbox()


@pytest.mark.parametrize(
    ("when", "first"),
    [
        ("set an alarm for 6:30 tomorrow", "2026-11-25T06:30:00+01:00"),
        ("every Monday at 9", "2026-11-30T09:00:00+01:00"),
        ("in an hour and a half", "2026-11-24T12:00:00+01:00"),
        ("5pm London time", "2026-11-24T18:00:00+01:00"),
    ],
)
def test_a_task_is_made_from_a_persons_words(tool: Toolbox, when: str, first: str) -> None:
    result = tool("create_task", title="get up", when=when)
    assert result["status"] == "done"
    moment = result["tasks"][0]["next_runs"][0]
    assert datetime.fromisoformat(moment) == datetime.fromisoformat(first)


def test_a_question_offers_its_choices(tool: Toolbox) -> None:
    result = tool("create_task", title="call mom")
    assert result["status"] == "ask"
    assert all(choice in result["text"] for choice in result["choices"])


@pytest.mark.parametrize("words", ["#1", "1", "mom", "call mom", "CALL MOM", "6:30", "the 6:30 one", "6:30 am"])
def test_a_task_is_meant_by_its_id_its_words_or_its_time(tool: Toolbox, words: str) -> None:
    tool("create_task", title="call mom", when="tomorrow at 6:30am")
    tool("create_task", title="write to Bob", when="tomorrow at 9")
    assert tool("show_task", task=words)["tasks"][0]["title"] == "call mom"


def test_words_that_fit_several_tasks_are_asked_back(tool: Toolbox) -> None:
    for name in ("mom", "dad", "Bob"):
        tool("create_task", title=f"call {name}", when="tomorrow at 9")
    result = tool("delete_task", task="call")
    assert result["status"] == "ask"
    assert result["choices"] == ["#1 call mom", "#2 call dad", "#3 call Bob"]


def test_what_a_task_waits_for_may_be_said_in_words(tool: Toolbox) -> None:
    tool("create_task", title="import data", when="every day at 6")
    result = tool("create_task", title="report", when="after the import data task runs")
    assert result["tasks"][0]["depends_on"] == [1]
    assert "each time “import data” has run" in result["text"]


def test_a_condition_that_cannot_be_watched_is_refused_in_words(tool: Toolbox) -> None:
    result = tool("create_task", title="tell me", when="whenever it rains")
    assert result["status"] == "error"
    assert "it rains" in result["text"]


def test_files_are_watched_only_where_the_operator_lets_them(tool: Toolbox) -> None:
    refused = tool("create_task", title="tell me", when="whenever a file lands in /inbox")
    assert (refused["status"], "CRONCIERGE_WATCH_FOLDERS" in refused["text"]) == ("error", True)
    assert tool("create_task", title="tell me", when="whenever a file lands in ~/inbox")["status"] == "done"


def test_an_event_starts_a_task_or_its_time_does(tool: Toolbox) -> None:
    told = tool("create_task", title="call the bank", when="when the webhook comes, or at noon at the latest")
    assert "when the event “webhook” comes, or today at 12:00 at the latest" in told["text"]


def test_history_explanation_and_numbers_of_what_never_ran(tool: Toolbox) -> None:
    tool("create_task", title="run", when="every day at 6")
    assert tool("task_history", task="run")["text"] == "“run” has no runs yet."
    assert tool("task_history", during="yesterday", status="failed")["text"] == "There were no failed runs yesterday."
    assert "created only today" in tool("explain_task", task="run", during="yesterday")["text"]
    assert tool("task_stats")["text"].startswith("All tasks together: no runs")


def test_preferences_are_kept_and_used(tool: Toolbox) -> None:
    assert "America/New_York" in tool("set_preferences", zone="New York", default_time="half past seven")["text"]
    assert tool("get_preferences")["text"].endswith("I take 07:30.")
    first = tool("create_task", title="run", when="tomorrow")["tasks"][0]["next_runs"][0]
    assert first == "2026-11-25T07:30:00-05:00"


@pytest.mark.parametrize(
    ("name", "args", "field"),
    [
        ("set_preferences", {"zone": "Middle Earth"}, "Middle Earth"),
        ("set_preferences", {"default_time": "tomorrow"}, "tomorrow"),
        ("list_tasks", {"during": "purple"}, "purple"),
        ("task_history", {"status": "happy"}, "happy"),
        ("create_task", {"title": "x", "when": "at 9", "retries": -1}, "-1"),
        ("edit_task", {"task": "1"}, "What shall I change"),
    ],
)
def test_what_cannot_be_is_one_sentence_that_names_it(
    tool: Toolbox, name: str, args: dict[str, Any], field: str
) -> None:
    tool("create_task", title="run", when="every day at 6")
    result = tool(name, **args)
    assert result["status"] in ("error", "ask")
    assert field in result["text"]
    assert "\n" not in result["text"]
