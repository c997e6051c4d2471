from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event, vRecur

from croncierge.errors import InvalidInput
from schedules.ical import from_event, to_event
from schedules.occurrences import next_after, occurrences
from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from tests.schedules.making import NOW, ZONE, bounded, crons, intervals, moments, rules

_EXACT = "X-CRONCIERGE-SCHEDULE"
_ANY = st.one_of(bounded(st.one_of(crons, rules, intervals)), moments)


def _through_text(event: Event) -> Event:
    calendar = Calendar()
    calendar.add_component(event)
    calendar.add_missing_timezones()
    read = Calendar.from_ical(calendar.to_ical())
    (only,) = read.walk("VEVENT")
    assert isinstance(only, Event)
    return only


def _event(schedule: Schedule, *, plain: bool = False) -> Event:
    event = to_event(schedule, uid="1@croncierge", summary="report; weekly, all", after=NOW)
    if plain:
        del event[_EXACT]
    return _through_text(event)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_ANY)
def test_a_schedule_comes_back_from_an_event_exactly(schedule: Schedule) -> None:
    assume(next_after(schedule, NOW) is not None)
    assert from_event(_event(schedule), default_zone="UTC") == schedule


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_ANY)
def test_other_programs_see_the_same_occurrences(schedule: Schedule) -> None:
    """Without our own property an event keeps its meaning, apart from a wildcard's pace where the clocks change."""
    first = next_after(schedule, NOW)
    assume(first is not None and not (isinstance(schedule, Cron) and "*" in schedule.expression.split()[1]))
    assert first is not None
    beginning = NOW if isinstance(schedule, Cron) else datetime(2020, 1, 1, tzinfo=UTC)
    read = from_event(_event(schedule, plain=True), default_zone="UTC")
    assert occurrences(read, beginning, 45) == occurrences(schedule, beginning, 45)


@settings(max_examples=60, deadline=None)
@given(st.one_of(crons, rules))
def test_the_start_of_an_event_is_its_first_occurrence_as_dateutil_reads_it(schedule: Schedule) -> None:
    event = _event(schedule, plain=True)
    rule = event.get("RRULE")
    assume(isinstance(rule, vRecur))
    start = event.decoded("DTSTART").replace(tzinfo=None)
    walls = rrulestr(vRecur(rule).to_ical().decode(), dtstart=start)  # type: ignore[no-untyped-call]
    assert next(iter(walls)) == start


@pytest.mark.parametrize(
    ("schedule", "rule"),
    [
        (Cron(zone=ZONE, expression="0 9 * * 1-5"), "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0"),
        (Cron(zone=ZONE, expression="0 9 * * 5#3"), "FREQ=MONTHLY;BYDAY=3FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0"),
        (
            Cron(zone=ZONE, expression="0 9 L 2 *"),
            "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-1;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
        ),
        (Interval(zone=ZONE, every=timedelta(hours=36), anchor=NOW), "FREQ=HOURLY;INTERVAL=36"),
        (Interval(zone=ZONE, every=timedelta(days=1), anchor=NOW, max_runs=3), "FREQ=DAILY;INTERVAL=1;COUNT=3"),
    ],
)
def test_calendars_get_an_ordinary_rule(schedule: Schedule, rule: str) -> None:
    assert vRecur(_event(schedule)["RRULE"]) == vRecur.from_ical(rule)


def test_days_that_no_rule_can_say_are_listed_one_by_one() -> None:
    schedule = Cron(zone=ZONE, expression="0 9 15W * *")
    read = from_event(_event(schedule, plain=True), default_zone="UTC")
    assert occurrences(read, NOW, 40) == occurrences(schedule, NOW, 40)


def test_day_or_weekday_becomes_two_rules() -> None:
    schedule = Cron(zone=ZONE, expression="0 9 13 * 5")
    read = from_event(_event(schedule, plain=True), default_zone="UTC")
    assert occurrences(read, NOW, 40) == occurrences(schedule, NOW, 40)


def test_an_event_that_another_program_moved_is_read_by_what_it_says_now() -> None:
    schedule = Cron(zone=ZONE, expression="0 9 * * *")
    event = _event(schedule)
    event["RRULE"] = vRecur.from_ical("FREQ=WEEKLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0")
    read = from_event(_through_text(event), default_zone="UTC")
    assert [each.weekday() for each in occurrences(read, NOW, 5)] == [NOW.weekday()] * 5


@pytest.mark.parametrize("text", ["!", "e30=", "bm90IGpzb24=", "eyJhZnRlciI6IDF9"])
def test_a_spoilt_exact_schedule_is_passed_over(text: str) -> None:
    event = _event(Cron(zone=ZONE, expression="0 9 * * 1"))
    event[_EXACT] = text
    read = from_event(event, default_zone="UTC")
    assert occurrences(read, NOW, 5) == occurrences(Cron(zone=ZONE, expression="0 9 * * 1"), NOW, 5)


def _foreign(*lines: str) -> Event:
    event = Event.from_ical("\r\n".join(["BEGIN:VEVENT", "UID:foreign", *lines, "END:VEVENT", ""]))
    assert isinstance(event, Event)
    return event


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["DTSTART:20261130T090000Z"], ["2026-11-30T09:00"]),
        (["DTSTART;TZID=America/New_York:20261130T090000"], ["2026-11-30T14:00"]),
        (["DTSTART:20261130T090000"], ["2026-11-30T08:00"]),
        (["DTSTART;VALUE=DATE:20261130"], ["2026-11-29T23:00"]),
        (
            ["DTSTART:20261130T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261201T090000Z"],
            ["2026-11-30T09:00", "2026-12-02T09:00"],
        ),
        (["DTSTART:20261130T090000Z", "RRULE:FREQ=DAILY;UNTIL=20261201"], ["2026-11-30T09:00", "2026-12-01T09:00"]),
        (
            ["DTSTART:20261130T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20261209T000000Z"],
            ["2026-11-30T09:00", "2026-12-01T09:00", "2026-12-08T09:00"],
        ),
        (
            ["DTSTART:20261130T090000Z", "RDATE:20261224T100000Z,20261225T100000Z"],
            ["2026-11-30T09:00", "2026-12-24T10:00", "2026-12-25T10:00"],
        ),
    ],
)
def test_events_of_other_programs_are_understood(lines: list[str], found: list[str]) -> None:
    schedule = from_event(_foreign(*lines), default_zone=ZONE)
    got = list(islice(occurrences(schedule, NOW, 9), 9))
    assert [f"{each:%Y-%m-%dT%H:%M}" for each in got] == found


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["SUMMARY:no time"], "no DTSTART"),
        (["DTSTART:20261130T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=WEEKLY"], "end differently"),
    ],
)
def test_an_event_that_makes_no_schedule_is_refused_in_one_sentence(lines: list[str], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        from_event(_foreign(*lines), default_zone="UTC")


def test_a_schedule_that_never_happens_is_no_event() -> None:
    never = Rule(
        zone=ZONE, text="RRULE:FREQ=DAILY", dtstart=datetime(2026, 1, 1), until=datetime(2025, 1, 1, tzinfo=UTC)
    )
    with pytest.raises(InvalidInput, match="never happens"):
        to_event(never, uid="1", summary="never", after=NOW)


def test_a_moment_that_has_passed_is_still_an_event() -> None:
    once = Once(zone=ZONE, at=NOW - timedelta(days=3))
    assert from_event(_event(once), default_zone="UTC") == once
