"""What a person may say next, and what must not be mistaken for it."""

import pytest

from schedules.describe import describe
from tests.agent.conftest import Talk


def test_an_alarm_is_set_by_its_time_alone(talk: Talk) -> None:
    assert "tomorrow at 06:30" in talk.say("set an alarm for 6:30 tomorrow").reply
    talk.say("cancel my 6:30 alarm")
    assert talk.tasks() == {}


@pytest.mark.parametrize(
    "text",
    [
        "every day except sunday at 8 remind me to study",
        "remind me tomorrow at 8 to study",
        "study tomorrow at 8",
    ],
)
def test_a_new_request_is_no_answer_to_the_question_before_it(talk: Talk, text: str) -> None:
    talk.all("remind me to call Anna", text)
    assert list(talk.tasks()) == ["study"]


@pytest.mark.parametrize("answer", ["at 5pm", "5pm", "tomorrow at 5pm", "maybe at 5pm", "in 3 hours", "the first one"])
def test_a_time_answers_the_question_when(talk: Talk, answer: str) -> None:
    talk.all("remind me to call Anna", answer)
    assert list(talk.tasks()) == ["call Anna"]


def test_an_answer_that_cannot_be_is_asked_about_again(talk: Talk) -> None:
    talk.say("remind me to call Anna")
    assert "25:00" in talk.say("at 25:00").reply
    talk.say("at 15:00")
    assert [describe(task.schedule) for task in talk.tasks().values() if task.schedule] == [
        "on Tue 24 Nov 2026 at 15:00"
    ]


def test_the_times_of_a_day_are_asked_for_and_taken(talk: Talk) -> None:
    talk.all("remind me 3 times a day to drink", "at 8, 12 and 18")
    assert [describe(task.schedule) for task in talk.tasks().values() if task.schedule] == [
        "every day at 08:00, 12:00 and 18:00"
    ]


def test_nobody_else_can_be_reminded_and_it_says_so(talk: Talk) -> None:
    turn = talk.say("remind @bob about the demo tomorrow at 3")
    assert "not @bob" in turn.reply
    assert talk.tasks() == {}


def test_a_short_follow_up_needs_no_command(talk: Talk) -> None:
    talk.all("remind me every Monday at 9 to send the timesheet", "in 4 seconds to breathe")
    assert "breathe" in talk.tasks()


def test_a_question_when_finds_its_task(talk: Talk) -> None:
    talk.say("remind me to pay the rent on the 1st of every month at 8")
    assert "on the 1st of every month at 08:00" in talk.say("when do I need to pay the rent?").reply


def test_an_event_starts_a_reminder_or_its_time_does(talk: Talk) -> None:
    turn = talk.say("when the deploy event arrives, remind me to check the site")
    assert turn.reply == "I'll remind you to check the site when the event “deploy” comes."
    turn = talk.say("remind me to call the bank when the webhook comes, or at noon at the latest")
    assert "when the event “webhook” comes, or today at 12:00 at the latest" in turn.reply
    assert "cannot watch for “it rains”" in talk.say("remind me to bring an umbrella when it rains").reply
