"""Questions about something that may be a task, and word that something is done."""

from typing import Any

import pytest

from tests.agent.conftest import Talk


@pytest.mark.parametrize(
    ("text", "tool", "args"),
    [
        ("what time is Oshwin's interview?", "list_tasks", {"words": "Oshwin's interview"}),
        ("on what day is my meeting with dr lee", "list_tasks", {"words": "my meeting with dr lee"}),
        ("is Mary's birthday party tonight?", "list_tasks", {"words": "Mary's birthday party", "during": "tonight"}),
        ("detail about tomorrow's meeting", "list_tasks", {"during": "tomorrow"}),
        ("when is bank holiday", "list_tasks", {"words": "bank holiday"}),
        ("what time am I supposed to pick up John again?", "list_tasks", {"words": "pick up John"}),
        ("do I need to pick up the kids today?", "list_tasks", {"during": "today"}),
        ("how many days left until the opening ceremony", "list_tasks", {"words": "the opening ceremony"}),
        ("2 pm meeting tomorrow - who else is going?", "list_tasks", {"during": "tomorrow"}),
        ("who else is going to the meeting tomorrow?", "list_tasks", {"during": "tomorrow"}),
        ("what's the remaining time?", "list_tasks", {}),
        ("done with the dishes", "acknowledge", {"task": "dishes"}),
        ("I've finished my tax return", "acknowledge", {"task": "tax return"}),
        ("mark call mom as completed", "acknowledge", {"task": "call mom"}),
        ("done with the task abc in our shopping list", "acknowledge", {"task": "abc"}),
        ("I've completed the task 'file the report'. Mark it as done", "acknowledge", {"task": "file the report"}),
    ],
)
def test_what_is_asked_is_looked_up(talk: Talk, text: str, tool: str, args: dict[str, Any]) -> None:
    assert [(each.name, dict(each.args)) for each in talk.say(text).tool_calls] == [(tool, args)]


@pytest.mark.parametrize(
    "text",
    [
        "what time does the supermarket close on Saturdays?",
        "when did the second world war end?",
        "is the third room on floor 2 free at 3pm?",
        "where is the conference room?",
        "do I have to boil an egg?",
    ],
)
def test_what_no_task_could_answer_is_not_looked_up(talk: Talk, text: str) -> None:
    assert talk.say(text).tool_calls == ()


def test_the_days_until_a_date_are_counted(talk: Talk) -> None:
    turn = talk.say("how many days until June 15?")
    assert turn.reply == "It is 203 days, which is 29 weeks, until Tuesday 15 June 2027."
    assert turn.tool_calls == ()
    assert talk.say("how long is it until tomorrow?").reply.startswith("It is 1 day until Wednesday 25 November")


def test_it_is_said_plainly_that_there_is_no_such_task_and_found_when_there_is(talk: Talk) -> None:
    assert (
        "nothing about “Mary's birthday party” planned tonight" in talk.say("is Mary's birthday party tonight?").reply
    )
    talk.say("remind me of the interview with Oshwin tomorrow at 9")
    assert "09:00" in talk.say("what time is Oshwin's interview?").reply


def test_the_first_task_is_the_first_one_listed(talk: Talk) -> None:
    talk.all("remind me to call mom tomorrow at 9", "remind me to water the plants tomorrow at 10", "list my tasks")
    said = talk.say("mark the first task as completed").reply
    assert said == (
        "There is no message about “call mom” that you have not seen; it is due tomorrow at 09:00. Delete it if it is "
        "not needed any more."
    )
