"""Schedules in the notation of programs, and lists of single moments."""

from datetime import UTC, datetime, timedelta

import pytest

from schedules.occurrences import occurrences
from schedules.reading import Kind, Preferences, Reading
from schedules.words import read, read_when

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
BERLIN = Preferences(zone="Europe/Berlin")


def when(words: str) -> Reading:
    return read_when(words, now=NOW, preferences=BERLIN)


def firsts(words: str, count: int = 3) -> list[str]:
    schedule = when(words).schedule
    assert schedule is not None, when(words).question
    moments = occurrences(schedule, NOW, count)
    return [f"{each + timedelta(hours=1):%d %b %H:%M}" for each in moments]


def test_a_rule_as_calendars_write_it_is_read() -> None:
    assert firsts("FREQ=WEEKLY;BYDAY=MO at 10:30") == ["30 Nov 10:30", "07 Dec 10:30", "14 Dec 10:30"]
    assert firsts("RRULE:FREQ=DAILY;INTERVAL=2") == ["26 Nov 09:00", "28 Nov 09:00", "30 Nov 09:00"]


def test_a_rule_with_its_own_start_begins_there() -> None:
    assert firsts("by the rule DTSTART:20261201T070000 RRULE:FREQ=DAILY;INTERVAL=3", 2) == [
        "01 Dec 07:00",
        "04 Dec 07:00",
    ]


def test_bounds_said_around_a_rule_count() -> None:
    assert firsts("FREQ=DAILY at 10 starting 1 December 2026, 2 times") == ["01 Dec 10:00", "02 Dec 10:00"]


@pytest.mark.parametrize("rule", ["FREQ=NEVER", "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2", "FREQ=DAILY;COUNT=3"])
def test_a_rule_that_cannot_be_is_asked_about(rule: str) -> None:
    found = when(rule)

    assert found.kind is Kind.CLARIFY
    assert "rule cannot be" in (found.question or "")


@pytest.mark.parametrize(
    ("words", "moments"),
    [
        ("on 30 November and 3 December at 10:00", ["30 Nov 10:00", "03 Dec 10:00"]),
        ("today at 14, 16 and 18", ["24 Nov 14:00", "24 Nov 16:00", "24 Nov 18:00"]),
        ("on 1 December 2026 at 10:00 and 12:00 and on 3 December 2026 at 9:00",
         ["01 Dec 10:00", "01 Dec 12:00", "03 Dec 09:00"]),
        ("today and tomorrow at 18:00", ["24 Nov 18:00", "25 Nov 18:00"]),
    ],
)  # fmt: skip
def test_of_several_moments_none_is_lost(words: str, moments: list[str]) -> None:
    assert firsts(words, 9) == moments


def test_of_several_moments_one_that_is_past_is_asked_about() -> None:
    assert when("today at 7:00, 14:00 and 16:00").kind is Kind.CLARIFY


def test_a_list_of_yearly_dates_keeps_each() -> None:
    words = "every 13 March, 23 March, 13 September and 23 September at 09:00"

    assert [each[:6] for each in firsts(words, 4)] == ["13 Mar", "23 Mar", "13 Sep", "23 Sep"]


def test_a_window_in_hours_of_24_is_not_moved_to_the_evening() -> None:
    assert firsts("every hour from 10:00 to 23:00", 2) == ["24 Nov 10:00", "24 Nov 11:00"]
    assert firsts("every hour from 9 to 11pm", 2) == ["24 Nov 21:00", "24 Nov 22:00"]


def test_the_matter_beside_several_moments_is_the_title() -> None:
    found = read("take the pill today at 14, 16 and 18", now=NOW, preferences=BERLIN)

    assert found.title == "take the pill"
    assert found.schedule is not None


def test_a_zone_that_does_not_exist_is_asked_about() -> None:
    found = read("remind me at 9am Mars/Base to call mom", now=NOW, preferences=BERLIN)

    assert found.kind is Kind.CLARIFY
    assert "Mars/Base" in (found.question or "")


def test_before_a_day_says_that_the_day_itself_was_taken() -> None:
    found = read("remind me to send it before Friday", now=NOW, preferences=BERLIN)

    assert any("that day itself" in note for note in found.notes)
