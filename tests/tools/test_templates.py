"""Templates, workflows and channels, as tools of a conversation."""

import pytest

from prompts.tasks import task_templates
from store.operations import get_task
from store.values import Actor, TaskInfo
from tests.tools.test_tools import Toolbox


@pytest.fixture
def tool() -> Toolbox:
    return Toolbox()


def test_templates_are_listed_with_what_they_take(tool: Toolbox) -> None:
    text = tool("list_templates")["text"]
    assert all(name in text for name in task_templates())
    assert "about (else all tasks)" in text
    assert "Fetch [[url]]" in tool("list_templates", template="watch-page")["text"]


@pytest.mark.parametrize("name", ["weekly-report", "weekly report", "the Weekly Report"])
def test_a_template_makes_a_task_with_its_tools(tool: Toolbox, name: str) -> None:
    made = tool("create_task", title="report", when="every Friday at 4pm", template=name)
    assert made["status"] == "done", made
    stored = _stored(tool)
    assert stored.action_type == "ai_prompt"
    assert "about all tasks" in stored.action_payload["prompt"]
    assert stored.action_payload["tools"] == ["list_tasks", "task_history", "task_stats"]


def test_what_a_template_takes_is_given_in_what(tool: Toolbox) -> None:
    made = tool("create_task", title="", when="daily at 9", template="weekly-report", what={"about": ["a", "b"]})
    assert made["tasks"][0]["title"] == "weekly-report"
    assert "about a, b:" in _stored(tool).action_payload["prompt"]


@pytest.mark.parametrize(
    ("wish", "status", "sentence"),
    [
        ({"template": "summarise-page"}, "ask", "take as url: the address of the page"),
        ({"template": "summarise-page", "what": {"url": " "}}, "ask", "take as url"),
        ({"template": "summarise-page", "what": {"url": "x", "tools": ["email"]}}, "error", "takes url, but no tools"),
        ({"template": "summarise-page", "what": {"url": {"a": 1}}}, "error", "has to be a text"),
        ({"template": "horoscope"}, "error", "there are classify-items"),
        ({"template": "weekly-report", "do": "http"}, "error", "cannot http"),
    ],
)
def test_what_a_template_cannot_be_used_for_is_said(
    tool: Toolbox, wish: dict[str, object], status: str, sentence: str
) -> None:
    answer = tool("create_task", title="x", when="daily at 9", **wish)
    assert answer["status"] == status
    assert sentence in answer["text"]


def test_an_ai_task_that_grants_no_ai_work_makes_none_by_a_template(tool: Toolbox) -> None:
    tool.actions = frozenset({"create_task"})
    answer = tool("create_task", title="x", when="daily at 9", template="weekly-report")
    assert "grants no ai_prompt" in answer["text"]


def test_workflows_are_listed_and_shown_with_their_tasks(tool: Toolbox) -> None:
    assert "no workflows" in tool("list_tasks", workflow="all")["text"]
    tool("create_task", title="fetch", when="daily at 2", workflow="nightly")
    tool("create_task", title="sum up", after=["fetch"], workflow="nightly")
    assert "nightly" in tool("list_tasks", workflow="all")["text"]
    shown = tool("list_tasks", workflow="nightly")
    assert "has not run yet" in shown["text"]
    assert [task["title"] for task in shown["tasks"]] == ["fetch", "sum up"]
    assert "There is no workflow like “weekly”" in tool("list_tasks", workflow="weekly")["text"]


def test_messages_of_a_task_go_where_the_person_says(tool: Toolbox) -> None:
    made = tool("create_task", title="tea", when="daily at 4pm", channel="phone")
    assert "Its messages go to phone." in made["text"]
    changed = tool("edit_task", task="tea", channel="email")
    assert changed["text"] == "The messages of “tea” go to email from now on."
    assert _stored(tool).channel == "email"
    both = tool("edit_task", task="tea", when="5pm", channel="none")["text"]
    assert "17:00" in both
    assert "go where your messages usually go" in both
    assert _stored(tool).channel is None


def _stored(tool: Toolbox) -> TaskInfo:
    return get_task(tool.store, Actor(user_id=tool.user, via="test", change_set="look"), 1)
