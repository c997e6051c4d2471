"""What the built-in model understands of work for a language model, templates, workflows and channels."""

from collections.abc import Mapping
from typing import Any

import pytest

from croncierge.errors import InvalidInput
from tests.agent.conftest import Talk

URL = "https://example.org/news"
LOOKS = ["list_tasks", "task_history", "task_stats"]


@pytest.mark.parametrize(
    ("text", "tool", "args"),
    [
        ("what templates are there?", "list_templates", {}),
        ("list all the templates", "list_templates", {}),
        ("show me the weekly report template", "list_templates", {"template": "weekly report"}),
        ("what does the watch-page template do?", "list_templates", {"template": "watch-page"}),
        ("use the weekly report template every Friday at 4pm", "create_task",
         {"title": "weekly report", "when": "every Friday at 4pm", "template": "weekly report"}),
        ("every Friday at 4pm use the weekly-report template about sales", "create_task",
         {"title": "weekly report about sales", "when": "every Friday at 4pm", "template": "weekly-report",
          "what": {"about": "sales"}}),
        (f"use the watch page template with url={URL} and matters=\"the price\" every hour", "create_task",
         {"title": "watch page example.org", "when": "every hour", "template": "watch page",
          "what": {"url": URL, "matters": "the price"}}),
        ("prepare a weekly report every Friday at 4 and mail it to me", "create_task",
         {"title": "prepare a weekly report", "when": "every Friday at 4", "template": "weekly-report",
          "channel": "email"}),
        ("write a weekly report about sales and send it to me via slack every Monday at 9", "create_task",
         {"title": "write a weekly report about sales", "when": "every Monday at 9", "template": "weekly-report",
          "what": {"about": "sales"}, "channel": "slack"}),
        (f"summarise {URL} every morning at 7", "create_task",
         {"title": f"summarise {URL}", "when": "every morning at 7", "template": "summarise-page",
          "what": {"url": URL}}),
        (f"watch {URL} every hour and tell me when the price changes", "create_task",
         {"title": f"watch {URL}", "when": "every hour", "template": "watch-page",
          "what": {"url": URL, "matters": "the price"}}),
        ("send me a digest every evening at 6", "create_task",
         {"title": "send me a digest", "when": "every evening at 6", "template": "digest-runs"}),
        ("summarise our conversations every day at 6pm", "create_task",
         {"title": "summarise our conversations", "when": "every day at 6pm", "template": "summarise-day"}),
        ("give me a summary of my week every Sunday at 8pm", "create_task",
         {"title": "give me a summary of my week", "when": "every Sunday at 8pm", "do": "ai_prompt",
          "what": {"prompt": "give me a summary of my week", "tools": LOOKS}}),
        ("tell me a joke every day at noon", "create_task",
         {"title": "tell me a joke", "when": "every day at noon", "do": "ai_prompt",
          "what": {"prompt": "tell me a joke"}}),
        ("prepare dinner tomorrow at 6pm", "create_task", {"title": "prepare dinner", "when": "tomorrow at 6pm"}),
        ("remind me every Friday at 4 to prepare a weekly report", "create_task",
         {"title": "prepare a weekly report", "when": "every Friday at 4"}),
        ("what workflows do I have?", "list_tasks", {"workflow": "all"}),
        ("how is the workflow nightly doing?", "list_tasks", {"workflow": "nightly"}),
        ("show me the nightly workflow", "list_tasks", {"workflow": "nightly"}),
        ("is everything done in the nightly workflow?", "list_tasks", {"workflow": "nightly"}),
        ("deliver the report by ntfy", "edit_task", {"task": "report", "channel": "ntfy"}),
        ("send the messages of the backup to my e-mail instead", "edit_task", {"task": "backup", "channel": "email"}),
        ("send the report to the ops channel", "edit_task", {"task": "report", "channel": "ops"}),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_called(talk: Talk, text: str, tool: str, args: dict[str, Any]) -> None:
    assert [(each.name, dict(each.args)) for each in talk.say(text).tool_calls] == [(tool, args)]


@pytest.mark.parametrize(
    "text",
    [
        "give me a weekly summary of my emails every Friday at 4pm",  # nothing could read them
        "send me the weather report every morning at 7",
        "give me a report on the markets every day at 8",
        "search for flights to Oslo every day at 6am and tell me",
        "tell me a joke",
    ],
)
def test_what_a_model_could_not_know_is_declined(talk: Talk, text: str) -> None:
    assert talk.say(text).tool_calls == ()
    assert not talk.tasks()


def test_that_one_means_the_task_last_spoken_of(talk: Talk) -> None:
    talk.all("remind me to call mom every day at 9", "send that one to email instead")
    assert talk.tasks()["call mom"].channel == "email"


def test_what_a_template_lacks_is_asked_and_taken_from_the_answer(talk: Talk) -> None:
    asked = talk.say(f"use the watch-page template for {URL} every day at 9")
    assert "what matters on it" in asked.reply
    assert not talk.tasks()
    talk.say("the price")
    assert "find the price" in talk.tasks()["watch page example.org"].action_payload["prompt"]


class Modelless(Talk):
    """A conversation where no language model is set for tasks."""

    def __init__(self) -> None:
        super().__init__()
        self.store.accept_action = _reminders_only


def _reminders_only(
    action_type: str, payload: Mapping[str, Any], _owner: str, _condition: str | None = None
) -> dict[str, Any]:
    if action_type.startswith("ai_"):
        raise InvalidInput("A task that thinks needs a language model.", field="model")
    return dict(payload)


def test_without_a_model_the_person_hears_so_and_is_reminded_of_what_they_can_do_themselves() -> None:
    talk = Modelless()
    said = talk.say("every Friday at 4pm prepare a weekly report").reply
    assert "needs a language model" in said
    assert "I'll remind you to prepare a weekly report every Friday at 16:00" in said
    assert talk.tasks()["prepare a weekly report"].action_type == "notify"


def test_without_a_model_nothing_is_made_of_what_only_a_model_could_do() -> None:
    talk = Modelless()
    said = talk.say(f"summarise {URL} every morning at 7").reply
    assert said == "A task that thinks needs a language model."
    assert not talk.tasks()


def test_a_request_beside_work_that_cannot_be_done_is_done() -> None:
    talk = Modelless()
    talk.say("every Friday at 4pm prepare a weekly report and remind me to call mom tomorrow at 9")
    assert talk.tasks().keys() == {"prepare a weekly report", "call mom"}
