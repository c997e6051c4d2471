"""Tasks that act, as they are made, changed and confirmed in a conversation."""

from typing import Any

import pytest

from store.kinds import TaskType
from store.operations import get_task, list_tasks
from store.values import Actor, TaskInfo
from tests.tools.test_tools import Toolbox
from tools.connectors.config import Config
from tools.connectors.registry import Connectors

CONFIG = {
    "scripts": {"backup": {"command": ["/bin/true"], "arguments": True}},
    "sql": {"sales": {"url": "sqlite:////tmp/sales.db", "write": True}},
    "email": {"host": "mail.example.org", "from": "me@example.org", "allow": ["*@example.org"]},
    "channels": {"phone": {"url": "json://127.0.0.1:1"}},
}


@pytest.fixture
def tool() -> Toolbox:
    tool = Toolbox()
    tool.store.accept_action = Connectors(Config(CONFIG)).accept
    return tool


def stored(tool: Toolbox) -> TaskInfo:
    (task,) = list_tasks(tool.store, Actor(user_id=tool.user, via="test", change_set="look"))
    return task


@pytest.mark.parametrize(
    ("do", "what", "said"),
    [
        ("http", {"url": "https://example.org/x"}, "fetch https://example.org/x"),
        ("http", {"url": "https://example.org/x", "method": "POST"}, "send a POST to https://example.org/x"),
        ("script", {"script": "backup"}, "run the script “backup”"),
        ("script", {"script": "backup", "arguments": ["-v", "all"]}, "run the script “backup” with -v all"),
        ("sql", {"connection": "sales", "statement": "SELECT 1"}, "ask the database “sales” with “SELECT 1”"),
        (
            "sql",
            {"connection": "sales", "statement": "DELETE FROM t", "write": True},
            "change the database “sales” with “DELETE FROM t”",
        ),
        (
            "email",
            {"to": ["ben@example.org"], "subject": "Hi", "text": "there"},
            "send a mail to ben@example.org about “Hi”",
        ),
    ],
)
def test_what_a_task_will_do_is_confirmed(tool: Toolbox, do: str, what: dict[str, Any], said: str) -> None:
    answer = tool("create_task", title="work", when="every night at 2", do=do, what=what)
    assert answer["text"].splitlines()[0] == (
        f"I'll {said} every day at 02:00 (Europe/Berlin). I'll tell you only if it fails."
    )
    task = stored(tool)
    assert (task.action_type, task.action_payload) == (do, what)
    assert task.type is not TaskType.REMINDER or do == "email"


def test_what_the_person_is_told_when_it_is_done_is_kept_with_the_action(tool: Toolbox) -> None:
    answer = tool(
        "create_task", title="site", when="every hour", do="http", what={"url": "https://example.org"},
        tell="status {{ status }}",
    )  # fmt: skip
    assert "Then I'll tell you “status {{ status }}”." in answer["text"]
    assert stored(tool).action_payload == {"url": "https://example.org", "tell": "status {{ status }}"}


def test_a_reminder_may_have_words_of_its_own_and_channels(tool: Toolbox) -> None:
    answer = tool("create_task", title="home", when="at 17", what={"channels": ["phone"]}, tell="Go home")
    assert answer["text"].startswith("I'll tell phone “Go home” today at 17:00")
    assert tool("create_task", title="tea", when="at 17", tell="Tea!")["text"].startswith("I'll tell you “Tea!”")


@pytest.mark.parametrize(
    ("do", "what", "sentence"),
    [
        ("script", {"scrpt": "backup"}, "it can have script, arguments, stdin, text"),
        ("script", {"script": "format"}, "There is no script “format” that you may use; you may use backup."),
        ("http", {"url": "ftp://example.org"}, "has to begin with http:// or https://"),
        ("fly", {}, "There is no action 'fly'; there are notify, http, script, sql, email."),
        ("http", {"url": "https://example.org", "tell": 7}, "The tell has to be a text"),
        ("http", {"url": "https://example.org", "tell": "{{ status"}, "The template in payload.tell cannot be read"),
    ],
)
def test_what_cannot_be_done_is_refused_in_the_words_of_the_action(
    tool: Toolbox, do: str, what: dict[str, Any], sentence: str
) -> None:
    answer = tool("create_task", title="work", when="every night at 2", do=do, what=what)
    assert (answer["status"], sentence in answer["text"]) == ("error", True)


def test_what_a_task_does_is_changed_in_part(tool: Toolbox) -> None:
    tool("create_task", title="site", when="every hour", do="http", what={"url": "https://example.org/a"}, tell="done")
    answer = tool("edit_task", task="site", what={"url": "https://example.org/b"})
    assert answer["text"].startswith("From now on: I'll fetch https://example.org/b every hour")
    assert stored(tool).action_payload == {"url": "https://example.org/b", "tell": "done"}
    assert tool("edit_task", task="site", what={"url": "nowhere"})["status"] == "error"


def test_tasks_are_put_into_a_workflow_by_its_name(tool: Toolbox) -> None:
    tool("create_task", title="fetch", when="every hour", workflow="prices")
    assert stored(tool).workflow == "prices"


def test_an_ai_task_makes_only_what_it_is_granted(tool: Toolbox) -> None:
    tool("create_task", title="site", when="every hour", do="http", what={"url": "https://example.org/a"})
    tool.actions = frozenset({"create_task", "edit_task", "script"})
    mail = {"to": ["ben@example.org"], "subject": "Hi", "text": "there"}
    refused = tool("create_task", title="mail", when="every hour", do="email", what=mail)
    assert (refused["status"], refused["text"]) == (
        "error",
        "This task grants no email, so it can make no task that does that.",
    )
    assert tool("edit_task", task="site", what={"url": "https://example.org/b"})["status"] == "error"
    assert tool("create_task", title="tea", when="at 17")["status"] == "done"
    assert tool("create_task", title="b", when="at 17", do="script", what={"script": "backup"})["status"] == "done"


def test_an_event_is_added_to_what_starts_a_task_or_takes_its_place(tool: Toolbox) -> None:
    tool("create_task", title="report", when="every Friday at 17")
    both = tool("edit_task", task="report", also="when the import event comes with rows 3")
    assert both["text"].startswith(
        "“report” is now every Friday at 17:00, and when the event “import” comes with rows = 3"
    )
    more = tool("edit_task", task="report", also="when the export event comes")
    assert "when the event “import” comes with rows = 3 or the event “export” comes" in more["text"]
    only = tool("edit_task", task="report", when="when the deploy event comes, or at noon at the latest")
    assert (
        only["text"]
        == "“report” is now when the event “deploy” comes, or today at 12:00 at the latest (Europe/Berlin)."
    )
    actor = Actor(user_id=tool.user, via="test", change_set="look")
    assert [each.event for each in get_task(tool.store, actor, 1).triggers] == ["deploy"]


def test_a_task_need_not_wait_for_an_event_any_more(tool: Toolbox) -> None:
    tool("create_task", title="report", when="when the new order event comes")
    answer = tool("remove_dependency", task="report", after="the new order event")
    assert answer["text"] == "The event “new-order” no longer starts “report”."
    assert stored(tool).triggers == ()
    assert tool("remove_dependency", task="report", after="the new order event")["status"] == "error"


def test_an_event_that_is_told_starts_what_waits_for_it(tool: Toolbox) -> None:
    tool("create_task", title="report", when="when the import event comes with rows 3")
    assert tool("emit_event", event="import", data={"rows": 2})["text"].endswith("No task waits for it.")
    assert tool("emit_event", event="import", data={"rows": 3})["text"].splitlines() == [
        "Noted that “import” happened.",
        "“report” starts (run 1).",
    ]
    tool("pause_task", task="report")
    assert "because it is paused" in tool("emit_event", event="import", data={"rows": 3})["text"]


def test_an_ai_task_says_which_model_does_it_with_what_and_what_a_run_may_use() -> None:
    tool = Toolbox()  # of a store that accepts every action as it is given
    what = {"goal": "report", "tools": ["http", "email"], "model": "large", "budget": {"subtasks": 5}}
    made = tool("create_task", title="report", when="tomorrow at 9", do="ai_goal", what=what)
    assert "have the model large do “report”, with http and email" in made["text"]
    assert "at most 200,000 tokens, $0.50, 5 subtasks" in made["text"]
    assert "It will have the model large do “report”" in tool("show_task", task="report")["text"]
