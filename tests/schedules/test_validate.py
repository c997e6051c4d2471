from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from croncierge.errors import InvalidInput
from schedules.occurrences import next_after
from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from schedules.validate import check
from tests.schedules.making import bounded, crons, intervals, moments, rules

_START = datetime(2026, 1, 1, tzinfo=UTC)
_DAILY = Cron(zone="UTC", expression="0 9 * * *")


@settings(max_examples=100, deadline=None)
@given(st.one_of(crons, rules, intervals, moments, bounded(crons)))
def test_what_happens_at_all_can_be(schedule: Schedule) -> None:
    assert next_after(schedule, datetime(2026, 1, 1, tzinfo=UTC)) is not None
    check(schedule)


def _rule(text: str) -> Rule:
    return Rule(zone="UTC", text=text, dtstart=datetime(2026, 1, 2, 10))


@pytest.mark.parametrize(
    ("schedule", "reason", "field"),
    [
        (replace(_DAILY, zone="Berlin"), "try 'Europe/Berlin'", "timezone"),
        (replace(_DAILY, max_runs=0), "number of runs is 0; it must be 1 or more", "max_runs"),
        (replace(_DAILY, start=_START, until=_START - timedelta(days=1)), "before the start 2026-01-01", "until"),
        (replace(_DAILY, expression="61 9 * * 9"), "minute '61' .* weekday '9'", "cron"),
        (replace(_DAILY, expression="0 0 30 2 *"), "never comes true", "cron"),
        (
            replace(_DAILY, start=_START, until=_START + timedelta(days=1), except_dates=frozenset({date(2026, 1, 1)})),
            "never happens; change its days, its exceptions or its end",
            "schedule",
        ),
        (Interval(zone="UTC", every=timedelta(milliseconds=999), anchor=_START), "is 0.999 seconds", "interval"),
        (Interval(zone="UTC", every=timedelta(0), anchor=_START), "the shortest is 1 second", "interval"),
        (Interval(zone="UTC", every=-timedelta(days=1), anchor=_START), "the shortest is 1 second", "interval"),
        (_rule("RRULE:FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2"), "there is no such day", "rrule"),
        (_rule("RRULE:FREQ=FORTNIGHTLY"), "FREQ=FORTNIGHTLY is none of YEARLY", "rrule"),
        (_rule("RRULE:BYDAY=MO"), "FREQ= is none of", "rrule"),
        (_rule("RRULE:FREQ=DAILY;INTERVAL=0"), "INTERVAL=0 is no number from 1 on", "rrule"),
        (_rule("RRULE:FREQ=DAILY;INTERVAL=-1"), "INTERVAL=-1", "rrule"),
        (_rule("RRULE:FREQ=DAILY;COUNT=3"), "belongs into the schedule's own bounds", "rrule"),
        (_rule("RRULE:FREQ=DAILY;BYHOUR=99"), "cannot be", "rrule"),
        (_rule("RRULE:FREQ=YEARLY;BYDAY=XX"), "cannot be", "rrule"),
        (_rule("RRULE:FREQ=DAILY;MOON=FULL"), "cannot be", "rrule"),
        (_rule("RRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=3"), "cannot be", "rrule"),
        (_rule("every day"), "'every day' is not RRULE", "rrule"),
        (_rule("RDATE:tomorrow"), "cannot be", "rrule"),
        (_rule("EXDATE:20260101T090000"), "it names no day", "rrule"),
        (_rule(""), "it names no day", "rrule"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence(schedule: Schedule, reason: str, field: str) -> None:
    began = perf_counter()
    with pytest.raises(InvalidInput, match=reason) as refusal:
        check(schedule)
    assert refusal.value.field == field
    assert refusal.value.message.endswith(".") and ". " not in refusal.value.message
    assert perf_counter() - began < 5


@pytest.mark.parametrize("frequency", ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
def test_an_impossible_rule_is_found_out_quickly_however_short_its_step(frequency: str) -> None:
    began = perf_counter()
    with pytest.raises(InvalidInput, match="never comes true"):
        check(_rule(f"RRULE:FREQ={frequency};BYMONTH=2;BYMONTHDAY=30"))
    assert perf_counter() - began < 5


def test_a_moment_in_the_past_is_no_fault_of_the_schedule() -> None:
    check(Once(zone="UTC", at=datetime(1999, 1, 1, tzinfo=UTC)))
