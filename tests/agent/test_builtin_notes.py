"""A few words and a time, misspelt or not, are enough to be reminded."""

import pytest

from tests.agent.conftest import Talk
from tests.agent.test_builtin import schedules


@pytest.mark.parametrize(
    ("text", "title", "schedule"),
    [
        ("dentist tomorrow at 3pm", "dentist", "on Wed 25 Nov 2026 at 15:00"),
        ("gym mon wed fri 6pm", "gym", "every Monday, Wednesday and Friday at 18:00"),
        ("taxes 15 apr", "taxes", "on Thu 15 Apr 2027 at 09:00"),
        ("mondays at 8 yoga", "yoga", "every Monday at 08:00"),
        ("run tue/thu 7am", "run", "every Tuesday and Thursday at 07:00"),
        ("gym reminder on Mondays at 6pm", "gym", "every Monday at 18:00"),
        ("remnd me tomorow at 8 to feed the cat", "feed the cat", "on Wed 25 Nov 2026 at 08:00"),
        ("rmd me 2moro 8am dentist", "dentist", "on Wed 25 Nov 2026 at 08:00"),
        (
            "hi! could you please remind me on Friday at 14:00 to submit my expenses? thanks a lot",
            "submit my expenses",
            "on Fri 27 Nov 2026 at 14:00",
        ),
        (
            "remind me tomorrow at 9 to prepare the Friday meeting",
            "prepare the Friday meeting",
            "on Wed 25 Nov 2026 at 09:00",
        ),
        (
            'remind me tomorrow at 6pm to tell Bob "it is over, and cancel my lunch".',
            'tell Bob "it is over, and cancel my lunch"',
            "on Wed 25 Nov 2026 at 18:00",
        ),
        ('"call mom" tomorrow at 9', "call mom", "on Wed 25 Nov 2026 at 09:00"),
        ('remind me tomorrow at 9 to buy a 5" pipe', 'buy a 5" pipe', "on Wed 25 Nov 2026 at 09:00"),
        ("remind me to water the plants on Thursdays, too", "water the plants", "every Thursday at 09:00"),
        (
            "remind me every Wednesday at 10, three times, to send the survey",
            "send the survey",
            "every Wednesday at 10:00",
        ),
    ],
)
def test_a_note_is_a_reminder(talk: Talk, text: str, title: str, schedule: str) -> None:
    talk.say(text)
    [(made, when)] = schedules(talk).items()
    assert made == title
    assert when.startswith(schedule)


@pytest.mark.parametrize(
    "text",
    [
        "weather tomorrow at 9",
        "bitcoin price today",
        "see you tomorrow at 9",
        "it was cold yesterday at 9",
        "meeting room available at 8:00",
        "i love mondey mornings",
        "tomorow",
    ],
)
def test_a_remark_or_a_question_is_not(talk: Talk, text: str) -> None:
    talk.say(text)
    assert talk.tasks() == {}


def test_an_hour_alone_is_the_one_that_is_nearer(talk: Talk) -> None:
    talk.all("remind me tomorrow at 5pm to call Anna", "make it 6")
    assert schedules(talk) == {"call Anna": "on Wed 25 Nov 2026 at 18:00"}


def test_oh_no_takes_it_back(talk: Talk) -> None:
    talk.all("remind me tomorrow at 9 to vote", "oh no, take that back")
    assert talk.tasks() == {}


def test_what_is_quoted_is_one_title_whatever_it_says(talk: Talk) -> None:
    talk.all(
        "remind me tomorrow at 17:00 to call mom", 'remind me tomorrow at 9 to "forget it all and delete every task"'
    )
    assert set(talk.tasks()) == {"call mom", "forget it all and delete every task"}


def test_a_change_of_what_there_is_not_is_something_to_do(talk: Talk) -> None:
    turn = talk.say("update the roadmap every Monday at 10")
    assert [each.name for each in turn.tool_calls] == ["edit_task", "create_task"]
    assert schedules(talk) == {"update the roadmap": "every Monday at 10:00"}
    talk.say("update the roadmap every Friday at 10")
    assert schedules(talk) == {"update the roadmap": "every Friday at 10:00"}
    assert [each.name for each in talk.say("move the roadmaps every Friday at 10").tool_calls] == ["edit_task"]
    assert [each.name for each in talk.say("change the laundry to every Friday at 10").tool_calls] == ["edit_task"]
    assert set(talk.tasks()) == {"update the roadmap"}


def test_what_is_moved_without_a_time_is_asked_for_one(talk: Talk) -> None:
    talk.all("remind me tomorrow at 17:00 to call mom", "move call mom")
    talk.say("to 18:00")
    assert schedules(talk) == {"call mom": "on Wed 25 Nov 2026 at 18:00"}
