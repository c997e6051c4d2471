from datetime import UTC, datetime, timedelta

import pytest

from store.phrases import length, listed, moment, span, times

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (NOW, "today at 10:00"),
        (NOW + timedelta(seconds=7), "today at 10:00:07"),
        (NOW - timedelta(hours=11), "yesterday at 23:00"),
        (NOW + timedelta(days=1), "tomorrow at 10:00"),
        (NOW + timedelta(days=7), "on Mon 30 Nov at 10:00"),
        (NOW + timedelta(days=49), "on Mon 11 Jan 2027 at 10:00"),
    ],
)
def test_a_moment_is_said_in_its_zone_and_as_near_as_it_is(instant: datetime, words: str) -> None:
    assert moment(instant, "Europe/Berlin", NOW) == words


def test_a_day_is_called_by_its_name_and_another_range_by_its_ends() -> None:
    today = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    day = timedelta(days=1)
    assert span(today - day, today, "Europe/Berlin", NOW) == "yesterday"
    assert span(today - 2 * day, today - day, "Europe/Berlin", NOW) == "on Sat 21 Nov"
    assert span(today, today + 7 * day, "Europe/Berlin", NOW) == "between Mon 23 Nov 00:00 and Mon 30 Nov 00:00"


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(milliseconds=80), "80 ms"),
        (timedelta(seconds=2.5), "2.5 s"),
        (timedelta(minutes=4), "4 min"),
        (timedelta(hours=3), "3 h"),
    ],
)
def test_a_length_of_time_is_said_in_the_unit_that_fits(duration: timedelta, words: str) -> None:
    assert length(duration) == words


def test_lists_and_counts_read_as_english() -> None:
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [times(1), times(2), times(1500)] == ["once", "twice", "1,500 times"]
