"""What is said is exact: a schedule in words, read again at the time it began, has the same occurrences."""

import pytest
from hypothesis import HealthCheck, assume, given, settings

from schedules.describe import describe
from schedules.occurrences import occurrences
from schedules.reading import Preferences
from schedules.schedule import Schedule
from schedules.words import read_when
from tests.schedules.making import NOW, ZONE, bounded, crons, intervals, moments, rules

_COUNT = 12


def _same(schedule: Schedule) -> None:
    expected = occurrences(schedule, NOW, _COUNT)
    assume(expected)
    words = describe(schedule)
    reading = read_when(words, now=NOW, preferences=Preferences(zone=ZONE))
    assert reading.schedule is not None, (words, reading.question)
    assert occurrences(reading.schedule, NOW, _COUNT) == expected, words


_quick = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@_quick
@given(crons)
def test_cron_lines_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@_quick
@given(rules)
def test_rules_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@_quick
@given(intervals)
def test_intervals_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@_quick
@given(moments)
def test_moments_survive_being_said(schedule: Schedule) -> None:
    _same(schedule)


@pytest.mark.parametrize("kind", ["crons", "rules", "intervals"])
def test_bounds_survive_being_said(kind: str) -> None:
    @_quick
    @given(bounded({"crons": crons, "rules": rules, "intervals": intervals}[kind]))
    def check(schedule: Schedule) -> None:
        _same(schedule)

    check()
