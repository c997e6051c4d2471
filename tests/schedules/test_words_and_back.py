"""What is said is exact: a schedule in words, read again at the time it began, has the same occurrences."""

import pytest
from hypothesis import HealthCheck, assume, given, settings

from croncierge.errors import InvalidInput
from schedules.describe import describe
from schedules.occurrences import occurrences
from schedules.reading import Preferences
from schedules.schedule import Schedule
from schedules.validate import check
from schedules.words import read_when
from tests.schedules.making import NOW, ZONE, bounded, crons, dates, intervals, moments, rhythms, rules

_COUNT = 12


def _same(schedule: Schedule) -> None:
    try:
        check(schedule)
    except InvalidInput:  # no such schedule can be made
        assume(False)
    expected = occurrences(schedule, NOW, _COUNT)
    assume(expected)
    words = describe(schedule)
    reading = read_when(words, now=NOW, preferences=Preferences(zone=ZONE))
    assert reading.schedule is not None, (words, reading.question)
    assert occurrences(reading.schedule, NOW, _COUNT) == expected, words


_KINDS = {"crons": crons, "rules": rules, "intervals": intervals, "dates": dates, "rhythms": rhythms}
_quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_quick
@given(crons)
def test_cron_lines_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@_quick
@given(rules)
def test_rules_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@_quick
@given(dates)
def test_lists_of_moments_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@_quick
@given(rhythms)
def test_rules_by_the_hour_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@_quick
@given(intervals)
def test_intervals_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@_quick
@given(moments)
def test_moments_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@pytest.mark.parametrize("kind", ["crons", "rules", "intervals", "dates", "rhythms"])
def test_bounds_survive_being_said(kind: str) -> None:
    @_quick
    @given(bounded(_KINDS[kind]))
    def stay_the_same(schedule: Schedule) -> None:
        _same(schedule)

    stay_the_same()
