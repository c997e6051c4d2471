"""Changing a schedule by a few words."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.describe import describe
from schedules.occurrences import next_after
from schedules.reading import Kind, Preferences, Reading
from schedules.revise import add, only_clock, revise
from schedules.schedule import Cron, Interval, Once, Rule, Schedule

ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday, 10:30 there
PREFERENCES = Preferences(zone="America/New_York")  # the schedule's own zone counts

MONDAYS = Cron(expression="0 9 * * 1", zone=ZONE)
RENT = Cron(expression="30 8 1 * *", zone=ZONE)
FORTNIGHTLY = Rule(text="RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", dtstart=datetime(2026, 11, 26, 17), zone=ZONE)
DAILY = Interval(every=timedelta(days=2), anchor=NOW, zone=ZONE)
OFTEN = Interval(every=timedelta(minutes=20), anchor=NOW, zone=ZONE)
DENTIST = Once(at=datetime(2026, 11, 30, 14, tzinfo=ZoneInfo(ZONE)), zone=ZONE)


def revised(schedule: Schedule | None, words: str) -> Reading:
    return revise(schedule, words, now=NOW, preferences=PREFERENCES)


def said(reading: Reading) -> str:
    assert reading.schedule is not None, reading.question
    return describe(reading.schedule)


@pytest.mark.parametrize(
    ("schedule", "words", "becomes"),
    [
        (MONDAYS, "10:15", "every Monday at 10:15"),
        (MONDAYS, "at 5pm", "every Monday at 17:00"),
        (MONDAYS, "Friday", "every Friday at 09:00"),
        (MONDAYS, "every 2 weeks on Monday", "every other Monday at 09:00"),
        (MONDAYS, "every day at 7", "every day at 07:00"),
        (MONDAYS, "an hour later", "every Monday at 10:00"),
        (MONDAYS, "15 minutes earlier", "every Monday at 08:45"),
        (RENT, "the 2nd", "on the 2nd of every month at 08:30"),
        (RENT, "to the 15th", "on the 15th of every month at 08:30"),
        (RENT, "the last day of the month", "on the last day of every month at 08:30"),
        (RENT, "10:00", "on the 1st of every month at 10:00"),
        (FORTNIGHTLY, "18:30", "every other Thursday at 18:30"),
        (DENTIST, "5", "on Mon 30 Nov 2026 at 17:00"),
        (DENTIST, "to 9", "on Mon 30 Nov 2026 at 09:00"),
        (DENTIST, "09:00", "on Mon 30 Nov 2026 at 09:00"),
        (DENTIST, "15:30", "on Mon 30 Nov 2026 at 15:30"),
        (DENTIST, "Wednesday", "on Wed 25 Nov 2026 at 14:00"),
        (DENTIST, "2 hours later", "on Mon 30 Nov 2026 at 16:00"),
        (DENTIST, "every Monday", "every Monday at 14:00"),
        (None, "every Monday at 9", "every Monday at 09:00"),
    ],
)
def test_what_the_words_say_is_changed_and_all_else_stays(schedule: Schedule | None, words: str, becomes: str) -> None:
    assert said(revised(schedule, words)) == becomes


@pytest.mark.parametrize(
    ("schedule", "words"),
    [(OFTEN, "10:00"), (OFTEN, "an hour later"), (MONDAYS, "the 2nd"), (FORTNIGHTLY, "bananas"), (MONDAYS, "")],
)
def test_what_does_not_fit_is_asked_about(schedule: Schedule, words: str) -> None:
    reading = revised(schedule, words)

    assert reading.kind is Kind.CLARIFY
    assert reading.question
    assert reading.schedule is None


def test_an_interval_of_days_takes_a_time_of_day() -> None:
    reading = revised(DAILY, "7:45")

    assert reading.schedule is not None
    first = next_after(reading.schedule, NOW)
    assert first is not None
    assert first.astimezone(ZoneInfo(ZONE)).time() == time(7, 45)


@pytest.mark.parametrize(
    ("schedule", "words", "becomes"),
    [
        (MONDAYS, "also Thursday", "every Monday and Thursday at 09:00"),
        (MONDAYS, "at 17:00", "every Monday at 09:00 and 17:00"),
        (MONDAYS, "Thursday at 17:00", "every Monday at 09:00 and every Thursday at 17:00"),
        (RENT, "on the 15th of every month", "on the 1st and 15th of every month at 08:30"),
    ],
)
def test_what_is_added_keeps_what_was_there(schedule: Schedule, words: str, becomes: str) -> None:
    assert said(add(schedule, words, now=NOW, preferences=PREFERENCES)) == becomes


def test_nothing_can_be_added_to_what_runs_once() -> None:
    reading = add(DENTIST, "Friday", now=NOW, preferences=PREFERENCES)

    assert reading.kind is Kind.CLARIFY
    assert reading.choices == ("every Friday",)


@pytest.mark.parametrize(
    ("words", "clock"),
    [("10", time(10)), ("at 5pm", time(17)), ("7:45", time(7, 45)), ("Friday at 10", None), ("today at 10", None),
     ("Friday", None), ("every day at 10", None), ("bananas", None)],
)  # fmt: skip
def test_a_mere_time_of_day_is_told_from_all_else(words: str, clock: time | None) -> None:
    assert only_clock(words, now=NOW, preferences=Preferences(zone=ZONE)) == clock
