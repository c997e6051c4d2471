"""Whatever comes in, an answer comes out, soon."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.reading import Kind, Preferences
from schedules.words import read, read_span, read_when

NOW = datetime(2026, 3, 4, 10, 7, tzinfo=ZoneInfo("Europe/Berlin"))
HERE = Preferences(zone="Europe/Berlin")
_TIME_WORDS = """
every each other second third last first next this coming 1 2 3 5 15 30 31 45 99 2026 1999 12:30 25:00 7pm
am pm at on in by for of the a and or to - / . , : until till from between except starting before after
monday tue fri weekdays weekend weekends day days week month months year quarter hour minutes may march feb
june noon midnight morning tonight tomorrow today now ago once twice times x daily weekly monthly half
quarter past christmas easter london time utc cron * */5 remind me wake up if when unless done th st nd ! ?
( ) ' \" @ann #team business end beginning within later -5 0 1e9 999999999
"""
WORDS = _TIME_WORDS.split()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_answered(text: str) -> None:
    reading = read(text, now=NOW, preferences=HERE)
    assert (reading.schedule is not None) == (reading.kind not in (Kind.NONE, Kind.CLARIFY))
    assert (reading.question is not None) == (reading.kind is Kind.CLARIFY)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join))
def test_any_jumble_of_time_words_is_answered_the_same_way_twice(text: str) -> None:
    reading = read(text, now=NOW, preferences=HERE)
    assert reading == read(text, now=NOW, preferences=HERE)
    read_when(text, now=NOW, preferences=HERE)
    span = read_span(text, now=NOW, preferences=HERE)
    assert span is None or span[0].tzinfo is not None


@pytest.mark.parametrize(
    "text",
    [
        "every " * 1600,
        "a" * 10_000,
        "1/" * 5_000,
        "monday and " * 900,
        "5 minutes before " * 600,
        "the day after " * 700,
        "(" * 10_000,
        "۱۲۳ ١٢ " * 1_000,
        "\u202eremind me\u202c " * 800,
        "\x00\x01\x1b[31m tomorrow " * 500,
        "🙂" * 10_000,
        "remind me tomorrow " * 5_300,
        "every monday " * 150,
        "the day before " * 130,
        "in 5 minutes and " * 110,
        "1 day, 2 hours, " * 120,
        "* * * * * " * 190,
    ],
)
def test_long_and_hostile_input_is_answered_at_once(text: str) -> None:
    read("warm up tomorrow", now=NOW, preferences=HERE)
    began = time.process_time()
    reading = read(text, now=NOW, preferences=HERE)
    assert reading.kind in Kind
    assert time.process_time() - began < 3  # nothing that grows without bounds; the figures are in benchmarks/


def test_what_is_too_long_is_refused_in_words() -> None:
    reading = read("remind me " * 1_100, now=NOW, preferences=HERE)
    assert reading.kind is Kind.CLARIFY
    assert reading.question is not None
    assert "too long" in reading.question
