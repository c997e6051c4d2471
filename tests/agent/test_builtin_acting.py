"""What the built-in model understands of actions, events, runs and messages."""

from typing import Any

import pytest

from tests.agent.conftest import Talk

URL = "https://example.org/prices"


@pytest.mark.parametrize(
    ("text", "tool", "args"),
    [
        ("are you running?", "health", {}),
        ("Are you still alive?", "health", {}),
        ("is everything ok?", "health", {}),
        ("are you there", "health", {}),
        ("don't disturb me between 22 and 7", "set_preferences", {"quiet_hours": "22 and 7"}),
        ("please do not notify me from 10pm to 7am", "set_preferences", {"quiet_hours": "10pm to 7am"}),
        ("my quiet hours are 22:00-07:00", "set_preferences", {"quiet_hours": "22:00-07:00"}),
        ("quiet hours from 10 pm until 7 am", "set_preferences", {"quiet_hours": "10 pm until 7 am"}),
        ("no more quiet hours", "set_preferences", {"quiet_hours": "none"}),
        ("send me my digest at 6pm", "set_preferences", {"digest_at": "6pm"}),
        ("acknowledge the tea reminder", "acknowledge", {"task": "tea"}),
        ("acknowledge", "acknowledge", {}),
        ("mark everything as read", "acknowledge", {"task": "all"}),
        ("the nightly import event just happened", "emit_event", {"event": "nightly-import"}),
        ("emit the event push with branch main and rows 3", "emit_event",
         {"event": "push", "data": {"branch": "main", "rows": 3}}),
        (f"every hour fetch {URL} and tell me the status", "create_task",
         {"title": "fetch example.org", "when": "every hour", "do": "http", "what": {"url": URL},
          "tell": "example.org answered with status {{ status }}"}),
        (f"fetch {URL} every Monday at 9 and then send me the answer", "create_task",
         {"title": "fetch example.org", "when": "every Monday at 9", "do": "http", "what": {"url": URL},
          "tell": "{{ body }}"}),
        ("run the script backup every night at 2", "create_task",
         {"title": "backup", "when": "every night at 2", "do": "script", "what": {"script": "backup"}}),
        ("every Friday at 5pm run my cleanup script", "create_task",
         {"title": "cleanup", "when": "every Friday at 5pm", "do": "script", "what": {"script": "cleanup"}}),
        ("when the push event comes, run the script deploy", "create_task",
         {"title": "deploy", "when": "when the push event comes", "do": "script", "what": {"script": "deploy"}}),
        ("run the report also when the import event comes", "edit_task",
         {"task": "report", "also": "when the import event comes"}),
        ("start the report when a file lands in /data", "edit_task",
         {"task": "report", "also": "when a file lands in /data"}),
        ("retry the import", "run_task", {"task": "import", "how": "again"}),
        ("rerun yesterday's import", "run_task", {"task": "yesterday's import", "how": "again"}),
        ("start the import over", "run_task", {"task": "import", "how": "start_over"}),
        ("run the report anyway", "run_task", {"task": "report", "how": "anyway"}),
        ("backfill the import for last week", "run_task", {"task": "import", "how": "past", "during": "last week"}),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_called(talk: Talk, text: str, tool: str, args: dict[str, Any]) -> None:
    assert [(each.name, dict(each.args)) for each in talk.say(text).tool_calls] == [(tool, args)]


@pytest.mark.parametrize(
    "text",
    [
        "are you a robot?",
        "is everything expensive in Oslo?",
        "got it",
        "don't disturb the baby",
        "the event was great",
        f"what do you think of {URL}?",
        "retry policies are hard",
        "backfill the hole",
    ],
)
def test_what_only_sounds_like_it_calls_nothing_of_these(talk: Talk, text: str) -> None:
    ours = {"health", "set_preferences", "acknowledge", "emit_event"}
    assert not [each for each in talk.say(text).tool_calls if each.name in ours or each.args.get("do")]


def test_a_reminder_about_such_things_is_a_reminder(talk: Talk) -> None:
    talk.say("remind me tomorrow at 9 to run the script backup")
    talk.say(f"remind me tomorrow at 10 to check {URL}")
    assert {task.action_type for task in talk.tasks().values()} == {"notify"}
    assert len(talk.tasks()) == 2


def test_an_event_is_added_to_the_task_that_was_spoken_of(talk: Talk) -> None:
    talk.all("remind me every Monday at 9 to write the report", "also when the import event comes")
    assert [each.event for each in talk.tasks()["write the report"].triggers] == ["import"]
    talk.say("run the report when I am home")
    assert len(talk.tasks()["write the report"].triggers) == 1
