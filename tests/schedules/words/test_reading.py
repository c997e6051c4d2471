"""What single constructs mean, seen from Wednesday 4 March 2026, 10:07, in New York (clocks go forward on the 8th)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.occurrences import occurrences
from schedules.reading import ConditionKind, Kind, Preferences, Reading
from schedules.schedule import Cron, Interval, Once, Rule
from schedules.words import read, read_span, read_when

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 4, 10, 7, tzinfo=ZONE)
HERE = Preferences(zone="America/New_York")


def understood(text: str, preferences: Preferences = HERE) -> Reading:
    return read(text, now=NOW, preferences=preferences)


def moments(text: str, count: int = 3, preferences: Preferences = HERE) -> list[str]:
    schedule = understood(text, preferences).schedule
    assert schedule is not None, text
    found = [schedule.at] if isinstance(schedule, Once) else occurrences(schedule, NOW, count)
    return [f"{each.astimezone(ZONE):%Y-%m-%d %H:%M}" for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in an hour and a half", "2026-03-04 11:37"),
        ("in 2.5 hours", "2026-03-04 12:37"),
        ("in 1h30", "2026-03-04 11:37"),
        ("30 minutes before 9pm", "2026-03-04 20:30"),
        ("two days before October 12", "2026-10-10 09:00"),
        ("in a fortnight", "2026-03-18 10:07"),
        ("first thing tomorrow", "2026-03-05 09:00"),
        ("a week from Friday", "2026-03-13 09:00"),
        ("a week on Tuesday", "2026-03-17 09:00"),
        ("monday week", "2026-03-16 09:00"),
        ("next Friday", "2026-03-13 09:00"),
        ("this coming thursday", "2026-03-05 09:00"),
        ("the monday after next at 5pm", "2026-03-16 17:00"),
        ("the 20th", "2026-03-20 09:00"),
        ("Friday the 13th at noon", "2026-03-13 12:00"),
        ("the last Monday of March", "2026-03-30 09:00"),
        ("third wednesday in november", "2026-11-18 09:00"),
        ("end of the month", "2026-03-31 09:00"),
        ("this weekend", "2026-03-07 09:00"),
        ("end of day", "2026-03-04 17:00"),
        ("thanksgiving", "2026-11-26 09:00"),
        ("the friday before labor day", "2026-09-04 09:00"),
        ("two days after Easter", "2026-04-07 09:00"),
        ("4/25 at 16h30", "2026-04-25 16:30"),
        ("28Nov2026 7:50", "2026-11-28 07:50"),
        ("2026-12-27T09:15:01Z", "2026-12-27 04:15"),
        ("half past seven tonight", "2026-03-04 19:30"),
        ("ten to nine tomorrow", "2026-03-05 08:50"),
        ("quarter past noon", "2026-03-04 12:15"),
        ("nine oh five am tomorrow", "2026-03-05 09:05"),
        ("5pm London time", "2026-03-04 12:00"),
        ("tomorrow 9am CET", "2026-03-05 03:00"),
        ("tomorow at 5pm", "2026-03-05 17:00"),
        ("next wendsday at 3", "2026-03-11 15:00"),
    ],
)
def test_a_moment_is_found(text: str, expected: str) -> None:
    assert understood(text).kind is Kind.INSTANT
    assert moments(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every other Thursday until April", ["2026-03-05 09:00", "2026-03-19 09:00"]),
        ("every weekday except Friday at 8", ["2026-03-05 08:00", "2026-03-09 08:00", "2026-03-10 08:00"]),
        ("every day except Mar 5 at 9am", ["2026-03-06 09:00", "2026-03-07 09:00", "2026-03-08 09:00"]),
        ("on the last business day of each month at 5pm", ["2026-03-31 17:00", "2026-04-30 17:00", "2026-05-29 17:00"]),
        ("2nd to last friday of each month", ["2026-03-20 09:00", "2026-04-17 09:00", "2026-05-22 09:00"]),
        ("every second Tuesday", ["2026-03-10 09:00", "2026-03-24 09:00", "2026-04-07 09:00"]),
        ("every day at 10, 12 and 17", ["2026-03-04 12:00", "2026-03-04 17:00", "2026-03-05 10:00"]),
        ("every 45 minutes between 9 and 5 on weekdays", ["2026-03-04 10:30", "2026-03-04 11:15", "2026-03-04 12:00"]),
        ("hourly at :15", ["2026-03-04 10:15", "2026-03-04 11:15", "2026-03-04 12:15"]),
        ("mon-fri 17:45", ["2026-03-04 17:45", "2026-03-05 17:45", "2026-03-06 17:45"]),
        ("every 4th of July", ["2026-07-04 09:00", "2027-07-04 09:00", "2028-07-04 09:00"]),
        ("every easter", ["2026-04-05 09:00", "2027-03-28 09:00", "2028-04-16 09:00"]),
        ("twice a week on monday and thursday at 8", ["2026-03-05 08:00", "2026-03-09 08:00", "2026-03-12 08:00"]),
        ("the 31st of each month", ["2026-03-31 09:00", "2026-05-31 09:00", "2026-07-31 09:00"]),
        ("fridays 2x", ["2026-03-06 09:00", "2026-03-13 09:00"]),
        (
            "every 5 minutes between 2pm and 2:10pm tomorrow",
            ["2026-03-05 14:00", "2026-03-05 14:05", "2026-03-05 14:10"],
        ),
        ("every monday at 9am London time", ["2026-03-09 05:00", "2026-03-16 05:00", "2026-03-23 05:00"]),
        ("weeknights at 9", ["2026-03-04 21:00", "2026-03-05 21:00", "2026-03-06 21:00"]),
        ("every year in week 12 on friday", ["2026-03-20 09:00", "2027-03-26 09:00", "2028-03-24 09:00"]),
    ],
)
def test_a_repetition_is_found(text: str, expected: list[str]) -> None:
    assert understood(text).kind is Kind.RECURRENCE
    assert moments(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("weekdays at 8 and weekends at 10", ["2026-03-05 08:00", "2026-03-06 08:00", "2026-03-07 10:00"]),
        ("every tuesday at 9 and thursday at 10", ["2026-03-05 10:00", "2026-03-10 09:00", "2026-03-12 10:00"]),
        ("at 9 on mondays and at 10 on tuesdays", ["2026-03-09 09:00", "2026-03-10 10:00", "2026-03-16 09:00"]),
    ],
)
def test_days_keep_their_own_times(text: str, expected: list[str]) -> None:
    assert moments(text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "title"),
    [
        ("remind me tomorrow about friday's meeting", "2026-03-05 09:00", "friday's meeting"),
        ("remind me on monday to book the hotel for july 4", "2026-03-09 09:00", "book the hotel for july 4"),
        ("remind me about the 3pm meeting at 2:30", "2026-03-04 14:30", "the 3pm meeting"),
        ("remind me 15 minutes before my 3pm meeting", "2026-03-04 14:45", "meeting"),
        ("remind me to watch 60 minutes at 7pm", "2026-03-04 19:00", "watch 60 minutes"),
        ("remind me to call 555-1234 at 3", "2026-03-04 15:00", "call 555-1234"),
    ],
)
def test_times_that_belong_to_the_matter_stay_in_the_title(text: str, expected: str, title: str) -> None:
    assert moments(text) == [expected]
    assert understood(text).title == title


def test_two_days_that_contradict_each_other_are_asked_about() -> None:
    reading = understood("buy tickets for the concert on june 5 tomorrow at 9")
    assert reading.kind is Kind.CLARIFY
    assert reading.choices == ("5 June 2026", "5 March 2026")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Thu Apr 10 07:06:05 2031", "2031-04-10 07:06"), ("Sun 03 May 2026 04:05:06 PM +0530", "2026-05-03 06:35")],
)
def test_rare_spellings_of_a_date_are_read_too(text: str, expected: str) -> None:
    assert moments(text) == [expected]


def test_cron_is_preferred_where_it_says_it_exactly() -> None:
    weekday = understood("every weekday at 8:30").schedule
    assert isinstance(weekday, Cron)
    assert weekday.expression == "30 8 * * 1-5"
    assert isinstance(understood("every other weekend").schedule, Rule)


def test_a_pace_is_an_interval_that_starts_one_step_from_now() -> None:
    schedule = understood("every 20 minutes").schedule
    assert isinstance(schedule, Interval)
    assert occurrences(schedule, NOW, 1) == [NOW + timedelta(minutes=20)]
    assert moments("every 6 hours starting at noon", 2) == ["2026-03-04 12:00", "2026-03-04 18:00"]


def test_elapsed_time_is_elapsed_even_when_the_clocks_change() -> None:
    late = datetime(2026, 3, 8, 1, 30, tzinfo=ZONE)
    reading = read("in 2 hours", now=late, preferences=HERE)
    assert isinstance(reading.schedule, Once)
    assert reading.schedule.at.timestamp() - late.timestamp() == 7200


def test_a_wall_time_that_does_not_exist_moves_to_right_after_the_gap() -> None:
    assert moments("on sunday at 2:30 am") == ["2026-03-08 03:00"]


@pytest.mark.parametrize(
    "text",
    [
        "remind me to call mom",
        "remind me later",
        "twice a day",
        "every few days",
        "tomorrow at 25:00",
        "on Feb 30",
        "on 32 january",
        "every 0 minutes",
        "every -5 minutes",
        "remind me yesterday",
        "remind me on May 5 2020",
        "every weekday except holidays",
        "monthly on Friday",
        "two weeks before every christmas",
        "set a recurring alarm for 8 am",
    ],
)
def test_what_cannot_be_known_is_asked_back(text: str) -> None:
    reading = understood(text)
    assert reading.kind is Kind.CLARIFY
    assert reading.schedule is None
    assert reading.question


@pytest.mark.parametrize(
    "text",
    [
        "call mom",
        "the second option looks better to me",
        "what do I have this week?",
        "how many days until christmas?",
        "I have twenty-one coins in my pocket",
        "at 650-650-6500",
        "Version: 1.1.30",
        "This doc may well be considered confidential.",
        "the daily news is depressing",
        "my birthday is on May 5",
        "",
        "   ",
        "🙂",
    ],
)
def test_nothing_is_scheduled_where_nothing_is_asked_for(text: str) -> None:
    assert understood(text).kind is Kind.NONE


def test_an_adjective_in_a_name_is_no_pace() -> None:
    reading = understood("send the weekly summary this Friday")
    assert reading.kind is Kind.INSTANT
    assert reading.title == "send the weekly summary"


def test_a_usual_reading_is_taken_and_the_other_offered() -> None:
    assert any("2nd Tuesday of each month" in note for note in understood("every second Tuesday").notes)
    assert any("13 March" in note for note in understood("next Friday").notes)
    assert any("skipped" in note for note in understood("the 31st of each month").notes)
    assert any("09:00" in note for note in understood("remind me tomorrow to sing").notes)


def test_preferences_decide_what_is_left_out() -> None:
    mine = Preferences(zone="America/New_York", default_time=time(7, 30), day_first=True, evening=time(20))
    assert moments("tomorrow", preferences=mine) == ["2026-03-05 07:30"]
    assert moments("on 5/6", preferences=mine) == ["2026-06-05 07:30"]
    assert moments("on 5/6") == ["2026-05-06 09:00"]
    assert moments("tomorrow evening", preferences=mine) == ["2026-03-05 20:00"]


@pytest.mark.parametrize(
    ("text", "kind", "words", "title"),
    [
        (
            "after the timesheet reminder runs, remind me to archive it",
            "after_task",
            "the timesheet reminder",
            "archive it",
        ),
        ("at 11 but only once the import is done, send the report", "after_task", "the import", "send the report"),
        ("whenever a file lands in /inbox, convert it", "event", "a file lands in /inbox", "convert it"),
        ("if I haven't replied by noon, call me", "unless", "I haven't replied", "call me"),
    ],
)
def test_conditions_are_handed_on(text: str, kind: str, words: str, title: str) -> None:
    reading = understood(text)
    assert [(each.kind, each.words) for each in reading.conditions] == [(ConditionKind(kind), words)]
    assert reading.title == title


def test_the_one_addressed_is_named() -> None:
    assert understood('/remind #team "standup" every weekday at 9:30').recipient == "#team"
    assert understood("/remind @ann-b to review tomorrow").recipient == "@ann-b"
    assert understood("remind me tomorrow to review").recipient == "me"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10", "2026-03-04 22:00"),
        ("at 10:30", "2026-03-04 10:30"),
        ("friday", "2026-03-06 09:00"),
        ("to 11", "2026-03-04 11:00"),
    ],
)
def test_a_time_phrase_is_read_as_one(words: str, expected: str) -> None:
    reading = read_when(words, now=NOW, preferences=HERE)
    assert isinstance(reading.schedule, Once)
    assert f"{reading.schedule.at.astimezone(ZONE):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize("words", ["tomorrow at 9 blorp", "every monday with the cat", "purple", ""])
def test_leftover_words_of_a_time_phrase_are_asked_about(words: str) -> None:
    reading = read_when(words, now=NOW, preferences=HERE)
    assert reading.kind is Kind.CLARIFY
    assert reading.schedule is None


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("today", "2026-03-04", "2026-03-05"),
        ("this week", "2026-03-02", "2026-03-09"),
        ("tomorrow", "2026-03-05", "2026-03-06"),
        ("yesterday", "2026-03-03", "2026-03-04"),
        ("the next 3 days", "2026-03-04", "2026-03-07"),
        ("last month", "2026-02-01", "2026-03-01"),
        ("this weekend", "2026-03-07", "2026-03-09"),
        ("on friday", "2026-03-06", "2026-03-07"),
        ("next week", "2026-03-09", "2026-03-16"),
    ],
)
def test_a_range_is_half_open(words: str, start: str, end: str) -> None:
    span = read_span(words, now=NOW, preferences=HERE)
    assert span is not None
    assert tuple(f"{each:%Y-%m-%d}" for each in span) == (start, end)
    assert all(each.tzinfo is not None for each in span)


def test_words_without_a_range_have_none() -> None:
    assert read_span("the blue one", now=NOW, preferences=HERE) is None


def test_an_event_may_have_a_time_that_stands_in_for_it() -> None:
    found = read_when("when the webhook comes, or at noon at the latest", now=NOW, preferences=HERE)
    assert isinstance(found.schedule, Once)
    assert [(each.kind, each.words, each.instead) for each in found.conditions] == [
        (ConditionKind.EVENT, "the webhook comes", True)
    ]
