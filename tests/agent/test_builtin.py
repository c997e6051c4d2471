"""Conversations with the built-in model, as a person would hold them: what is stored afterwards, and what was said."""

from datetime import timedelta
from typing import Any

import pytest

from schedules.describe import describe
from tests.agent.conftest import TUESDAY, Talk

TIMESHEET = "remind me every Monday at 9 to send the timesheet"


def schedules(talk: Talk) -> dict[str, str]:
    return {title: describe(task.schedule) if task.schedule else "" for title, task in talk.tasks().items()}


def called(talk: Talk, text: str) -> list[tuple[str, dict[str, Any]]]:
    return [(call.name, dict(call.args)) for call in talk.say(text).tool_calls]


def test_a_confirmation_is_written_from_the_stored_row(talk: Talk) -> None:
    assert talk.say(TIMESHEET).reply == (
        "I'll remind you to send the timesheet every Monday at 09:00 (Europe/Berlin).\n"
        "Next: Mon 30 Nov 09:00 · Mon 7 Dec 09:00 · Mon 14 Dec 09:00"
    )


def test_a_follow_up_makes_another_task(talk: Talk) -> None:
    talk.all(TIMESHEET, "and in 20 seconds to stretch")
    assert talk.tasks()["stretch"].next_run_at == TUESDAY + timedelta(seconds=20)


@pytest.mark.parametrize(
    ("change", "schedule"),
    [
        ("move the timesheet one to 10", "every Monday at 10:00"),
        ("make it 10:30", "every Monday at 10:30"),
        ("make it 7pm", "every Monday at 19:00"),
        ("reschedule it to Friday", "every Friday at 09:00"),
        ("also on Fridays", "every Monday and Friday at 09:00"),
        ("move it to every weekday at 8", "every weekday at 08:00"),
        ("postpone it by an hour", "every Monday at 10:00"),
        ("no, at 10", "every Monday at 10:00"),
        ("change the time of the timesheet reminder to 8am", "every Monday at 08:00"),
        ("actually make that every second Tuesday at 9", "every other Tuesday at 09:00"),
    ],
)
def test_what_a_change_does_not_say_stays(talk: Talk, change: str, schedule: str) -> None:
    talk.all(TIMESHEET, change)
    assert schedules(talk) == {"send the timesheet": schedule}


def test_a_one_off_keeps_its_day_or_its_time(talk: Talk) -> None:
    talk.all("remind me tomorrow at 9 to call mom", "make it 10:30")
    assert schedules(talk) == {"call mom": "on Wed 25 Nov 2026 at 10:30"}
    talk.say("move it to Friday")
    assert schedules(talk) == {"call mom": "on Fri 27 Nov 2026 at 10:30"}


def test_a_chain_waits_for_its_first_task(talk: Talk) -> None:
    turn = talk.all(TIMESHEET, "after the timesheet reminder runs, remind me to archive it")
    tasks = talk.tasks()
    assert [each.task_id for each in tasks["archive it"].depends_on] == [tasks["send the timesheet"].id]
    assert "each time “send the timesheet” has run" in turn.reply


def test_chains_between_tasks_that_exist_are_made_and_broken(talk: Talk) -> None:
    talk.all("remind me tomorrow at 9 to import data", "remind me tomorrow at 10 to write the report")
    talk.say("make the report one wait for the import")
    assert [each.task_id for each in talk.tasks()["write the report"].depends_on] == [1]
    talk.say("the report no longer waits for the import")
    assert talk.tasks()["write the report"].depends_on == ()


def test_a_cycle_is_refused_with_its_path(talk: Talk) -> None:
    talk.all(TIMESHEET, "after the timesheet reminder runs, remind me to archive it")
    turn = talk.say("make the timesheet one wait for archive it")
    assert turn.tool_calls[0].result["status"] == "error"
    assert "archive it" in turn.reply
    assert "send the timesheet" in turn.reply


def test_cancelling_asks_which_when_it_is_not_clear(talk: Talk) -> None:
    talk.all("remind me tomorrow at 9 to call mom", "remind me tomorrow at 9 to call Bob", "what do I have tomorrow?")
    turn = talk.say("cancel it")
    assert turn.tool_calls[0].result["status"] == "ask"
    assert "call mom" in turn.reply
    assert "call Bob" in turn.reply
    talk.say("the second one")
    assert list(talk.tasks()) == ["call mom"]
    talk.say("undo")
    assert set(talk.tasks()) == {"call mom", "call Bob"}


@pytest.mark.parametrize("answer", ["#2", "2", "Bob", "the one with Bob", "the last one"])
def test_a_question_which_is_answered_in_many_ways(talk: Talk, answer: str) -> None:
    talk.all("remind me tomorrow at 9 to call mom", "remind me tomorrow at 9 to call Bob", "cancel the call reminder")
    talk.say(answer)
    assert list(talk.tasks()) == ["call mom"]


def test_a_missing_time_is_asked_for_and_taken_from_the_answer(talk: Talk) -> None:
    assert "When" in talk.say("remind me to call mom").reply
    assert talk.tasks() == {}
    talk.say("tomorrow at 5pm")
    assert schedules(talk) == {"call mom": "on Wed 25 Nov 2026 at 17:00"}


def test_a_question_of_ours_can_be_left(talk: Talk) -> None:
    assert "left everything as it is" in talk.all("remind me to call mom", "never mind").reply
    talk.all("remind me to call mom", TIMESHEET)
    assert list(talk.tasks()) == ["send the timesheet"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("remind me tomorrow at 9 to buy milk and on friday at 10 to call Bob", {"buy milk", "call Bob"}),
        ("remind me at 5pm to buy milk and call mom", {"buy milk and call mom"}),
        (f"{TIMESHEET}; remind me tomorrow at 8 to run", {"send the timesheet", "run"}),
        (f"{TIMESHEET} and remind me tomorrow at 8 to run", {"send the timesheet", "run"}),
        ("remind me every Monday and Friday at 9 to stretch", {"stretch"}),
    ],
)
def test_several_requests_in_one_message(talk: Talk, text: str, titles: set[str]) -> None:
    talk.say(text)
    assert set(talk.tasks()) == titles


def test_a_request_may_build_on_the_one_before_it(talk: Talk) -> None:
    talk.say("remind me tomorrow at 9 to buy milk and after that remind me to make pudding")
    assert [each.task_id for each in talk.tasks()["make pudding"].depends_on] == [1]


@pytest.mark.parametrize(
    ("text", "tool", "args"),
    [
        ("what do I have this week?", "list_tasks", {"during": "this week"}),
        ("what's on tomorrow?", "list_tasks", {"during": "tomorrow"}),
        ("list my reminders", "list_tasks", {}),
        ("show me the paused tasks", "list_tasks", {"status": "paused"}),
        ("find tasks about invoices", "list_tasks", {"words": "invoices"}),
        ("show the timesheet task", "show_task", {"task": "timesheet"}),
        ("when is the timesheet reminder?", "show_task", {"task": "timesheet"}),
        ("pause the timesheet one", "pause_task", {"task": "timesheet"}),
        ("resume it", "resume_task", {"task": "#1"}),
        ("run the timesheet task now", "run_task", {"task": "timesheet"}),
        ("rename it to hours", "edit_task", {"task": "#1", "title": "hours"}),
        ("what ran yesterday?", "task_history", {"during": "yesterday"}),
        ("did anything fail last week?", "task_history", {"during": "last week", "status": "failed"}),
        (
            "why didn't the timesheet reminder run yesterday?",
            "explain_task",
            {"task": "timesheet", "during": "yesterday"},
        ),
        (
            "how often did the timesheet task run last month?",
            "task_stats",
            {"task": "timesheet", "during": "last month"},
        ),
        ("my time zone is London", "set_preferences", {"zone": "London"}),
        ("my default time is 8:30", "set_preferences", {"default_time": "8:30"}),
        ("what's my time zone?", "get_preferences", {}),
        ("undo", "undo", {}),
        ("bring it back", "undo", {}),
        ("delete everything", "delete_task", {"task": "all"}),
        ("stop reminding me to send the timesheet", "delete_task", {"task": "send the timesheet"}),
    ],
)
def test_what_is_asked_for_is_called(talk: Talk, text: str, tool: str, args: dict[str, str]) -> None:
    talk.say(TIMESHEET)
    assert called(talk, text) == [(tool, args)]


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "thanks!",
        "what's the capital of France?",
        "summarise my emails every morning",
        "the second option looks better to me",
        "I had lunch at noon",
        "who won the game yesterday?",
        "asdf qwer",
        "🙂",
        "مرحبا",
    ],
)
def test_what_asks_for_nothing_of_ours_calls_nothing(talk: Talk, text: str) -> None:
    turn = talk.say(text)
    assert turn.tool_calls == ()
    assert turn.reply
    assert talk.tasks() == {}


def test_it_says_when_a_language_model_is_needed(talk: Talk) -> None:
    assert "needs a language model" in talk.say("summarise my emails every morning").reply


@pytest.mark.parametrize(
    "text",
    [
        "remind me on Feb 30 to jump",
        "remind me tomorrow at 25:00 to jump",
        "remind me every 0 minutes to jump",
        "remind me yesterday to jump",
        "remind me to jump later",
    ],
)
def test_what_cannot_be_is_asked_back_and_nothing_is_stored(talk: Talk, text: str) -> None:
    turn = talk.say(text)
    assert [call.result["status"] for call in turn.tool_calls] == ["ask"]
    assert turn.reply.count("\n") == 0
    assert talk.tasks() == {}


def test_the_same_conversation_is_the_same_every_time() -> None:
    texts = [
        TIMESHEET,
        "and in 20 seconds to stretch",
        "move the timesheet one to 10",
        "what do I have this week?",
        "undo",
    ]
    once, again = Talk(), Talk()
    assert [once.say(text).reply for text in texts] == [again.say(text).reply for text in texts]


def test_a_long_conversation_is_remembered_for_a_while_only(talk: Talk) -> None:
    talk.say(TIMESHEET)
    for _ in range(40):
        talk.say("thanks")
    state = talk.assistant._graph.get_state({"configurable": {"thread_id": f"{talk.user}/t"}})
    assert len(state.values["messages"]) < 90
    assert talk.say("pause the timesheet one").tool_calls[0].result["status"] == "done"
