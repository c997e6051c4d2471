"""Calendars, lists, alarms and timers in the words that people have for them."""

from typing import Any

import pytest

from tests.agent.conftest import Talk


def called(talk: Talk, text: str) -> list[tuple[str, dict[str, Any]]]:
    return [(call.name, dict(call.args)) for call in talk.say(text).tool_calls]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("put the vet on my calendar tomorrow at 3pm", "vet"),
        ("add oat milk to my shopping list", "oat milk"),
        ("can you add candles to the party list?", "candles"),
        ("start a timer for 7 minutes", "timer"),
        ("timer for 7 minutes", "timer"),
    ],
)
def test_what_goes_into_a_calendar_a_list_or_a_timer_is_a_new_task(talk: Talk, text: str, title: str) -> None:
    [(name, args)] = called(talk, text)
    assert (name, args["title"].removeprefix("the ")) == ("create_task", title)


@pytest.mark.parametrize(
    "text",
    [
        "let me know about my upcoming appointments",
        "how long is my next meeting?",
        "check my packing list",
        "do i have anything from 9 to 11",
    ],
)
def test_asking_about_them_makes_nothing(talk: Talk, text: str) -> None:
    assert {name for name, _ in called(talk, text)} == {"list_tasks"}
    assert not talk.tasks()


def test_what_is_taken_off_a_list_is_deleted_by_its_name(talk: Talk) -> None:
    talk.all("remind me tomorrow at 9 to water the ferns", "remind me tomorrow at 10 to call mom")
    assert called(talk, "take water the ferns off my list") == [("delete_task", {"task": "water the ferns"})]


@pytest.mark.parametrize("text", ["delete everything on my calendar tomorrow", "remove all from my list on Friday"])
def test_a_range_in_a_calendar_never_becomes_everything(talk: Talk, text: str) -> None:
    talk.say("remind me every Monday at 9 to send the timesheet")
    assert ("delete_task", {"task": "all"}) not in called(talk, text)
    assert "send the timesheet" in talk.tasks()


@pytest.mark.parametrize("text", ["book a room in the harbour hotel", "reserve the blue room for tonight"])
def test_a_room_that_someone_else_would_have_to_book_is_no_task(talk: Talk, text: str) -> None:
    assert called(talk, text) == []
