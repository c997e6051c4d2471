import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from dateutil.tz import resolve_imaginary
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.occurrences import between, next_after, occurrences
from schedules.schedule import Cron, Interval, Once, Rule, Schedule

_ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Chatham"]
_YEARS = st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2030, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
_RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=DAILY;BYHOUR=2,14;BYMINUTE=30;BYSECOND=0",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO,WE",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;INTERVAL=5",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=2TU",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO",
        "FREQ=YEARLY",
        "FREQ=YEARLY;INTERVAL=2",
        "FREQ=YEARLY;BYMONTH=2,11",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
        "FREQ=YEARLY;BYYEARDAY=100,-1",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=YEARLY;BYEASTER=-2",
    ]
)


def _walls(rule: str, dtstart: datetime, zone: str) -> Iterator[datetime]:
    """dateutil's own walk from the very start; imaginary times and repeated ones by dateutil too."""
    here = ZoneInfo(zone)
    for wall in rrulestr(rule, dtstart=dtstart):
        yield resolve_imaginary(wall.replace(tzinfo=here)).astimezone(UTC)


@settings(max_examples=150, deadline=None)
@given(rule=_RULES, began=_YEARS, later=st.timedeltas(min_value=-timedelta(days=40), max_value=timedelta(days=2500)))
def test_rules_agree_with_dateutil_however_far_from_their_start(rule: str, began: datetime, later: timedelta) -> None:
    dtstart, moment = began.replace(tzinfo=None, hour=12), began + later
    schedule = Rule(zone="Europe/Berlin", text=f"RRULE:{rule}", dtstart=dtstart)
    expected = (each for each in _walls(rule, dtstart, "Europe/Berlin") if each > moment)
    assert occurrences(schedule, moment, 4) == list(islice(expected, 4))


@pytest.mark.parametrize("zone", _ZONES)
def test_rules_keep_wall_clock_time_over_years(zone: str) -> None:
    schedule = Rule(zone=zone, text="RRULE:FREQ=DAILY", dtstart=datetime(2016, 1, 1, 12, 30))
    here = ZoneInfo(zone)
    found = occurrences(schedule, datetime(2016, 1, 1, tzinfo=UTC), 3000)
    assert {each.astimezone(here).time().isoformat() for each in found} == {"12:30:00"}
    assert len({each.astimezone(here).date() for each in found}) == 3000


@settings(max_examples=200, deadline=None)
@given(
    anchor=_YEARS,
    seconds=st.integers(1, 10_000_000),
    away=st.timedeltas(min_value=-timedelta(days=900), max_value=timedelta(days=900)),
    zone=st.sampled_from(_ZONES),
)
def test_intervals_are_plain_elapsed_time(anchor: datetime, seconds: int, away: timedelta, zone: str) -> None:
    schedule = Interval(zone=zone, every=timedelta(seconds=seconds), anchor=anchor.astimezone(ZoneInfo(zone)))
    moment = anchor + away
    found = occurrences(schedule, moment, 3)
    assert all((each - anchor) % timedelta(seconds=seconds) == timedelta() and each >= anchor for each in found)
    assert found[0] > moment and (found[0] - timedelta(seconds=seconds) <= moment or found[0] == anchor)
    assert [later - earlier for earlier, later in pairwise(found)] == [timedelta(seconds=seconds)] * 2


_SCHEDULES: list[Schedule] = [
    Cron(zone="Europe/Berlin", expression="30 2 * * *"),
    Cron(zone="Europe/Berlin", expression="*/20 * * * 1-5"),
    Interval(zone="Europe/Berlin", every=timedelta(hours=7), anchor=datetime(2026, 1, 1, 5, tzinfo=UTC)),
    Rule(zone="Europe/Berlin", text="RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", dtstart=datetime(2026, 1, 1, 2, 30)),
    Rule(zone="Europe/Berlin", text="RRULE:FREQ=HOURLY;INTERVAL=2", dtstart=datetime(2026, 1, 1, 0, 15)),
    Rule(
        zone="Europe/Berlin",
        text="RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY;BYHOUR=20\nRDATE:20260301T030000\nEXDATE:20260302T090000",
        dtstart=datetime(2026, 1, 1, 9),
    ),
    Once(zone="Europe/Berlin", at=datetime(2026, 3, 29, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize("schedule", _SCHEDULES, ids=lambda each: type(each).__name__)
def test_asking_one_by_one_and_asking_at_once_agree(schedule: Schedule) -> None:
    """Over a year with both changes of the clocks, from any moment: what the runtime does and what a preview shows."""
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    at_once = list(between(schedule, start, end))
    assert at_once == sorted(set(at_once))
    for index in random.Random(5).sample(range(len(at_once)), min(200, len(at_once))):
        before = at_once[index - 1] if index else start - timedelta(microseconds=1)
        assert next_after(schedule, before) == at_once[index]
        assert next_after(schedule, at_once[index] - timedelta(microseconds=1)) == at_once[index]


def test_a_range_holds_its_start_and_not_its_end() -> None:
    hourly = Interval(zone="UTC", every=timedelta(hours=1), anchor=datetime(2026, 1, 1, tzinfo=UTC))
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert list(between(hourly, noon, noon + timedelta(hours=2))) == [noon, noon + timedelta(hours=1)]


def test_rules_in_a_gap_run_right_after_it_and_once_in_an_overlap() -> None:
    daily = Rule(zone="Europe/Berlin", text="RRULE:FREQ=DAILY", dtstart=datetime(2026, 1, 1, 2, 30))
    assert next_after(daily, datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert occurrences(daily, datetime(2026, 10, 24, 12, tzinfo=UTC), 2) == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]


def test_rules_by_the_hour_keep_their_pace_where_the_clocks_change() -> None:
    hourly = Rule(zone="Europe/Berlin", text="RRULE:FREQ=MINUTELY;INTERVAL=30", dtstart=datetime(2026, 1, 1))
    for start in (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)):
        found = occurrences(hourly, start, 12)
        assert [later - earlier for earlier, later in pairwise(found)] == [timedelta(minutes=30)] * 11


def test_bounds_hold_for_every_kind() -> None:
    start, until = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    out = frozenset({date(2026, 2, 3), date(2026, 3, 29)})
    for schedule in _SCHEDULES[:-1]:
        bare = between(schedule, start, until + timedelta(microseconds=1))
        expected = [each for each in bare if each.astimezone(ZoneInfo("Europe/Berlin")).date() not in out]
        bounded = type(schedule)(**{**vars(schedule), "start": start, "until": until, "except_dates": out})
        assert list(between(bounded, datetime(2025, 6, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))) == expected


def test_a_number_of_runs_counts_from_the_start_and_not_from_the_moment() -> None:
    start = datetime(2026, 2, 1, tzinfo=UTC)
    for schedule in _SCHEDULES[:-1]:
        first_five = occurrences(schedule, start - timedelta(microseconds=1), 5)
        bounded = type(schedule)(**{**vars(schedule), "start": start, "max_runs": 5})
        assert occurrences(bounded, datetime(2025, 6, 1, tzinfo=UTC), 9) == first_five
        assert occurrences(bounded, first_five[2], 9) == first_five[3:]
        assert next_after(bounded, first_five[4]) is None


def test_a_number_of_runs_counts_from_the_anchor_or_the_rules_start() -> None:
    anchor = datetime(2026, 1, 1, tzinfo=UTC)
    interval = Interval(zone="UTC", every=timedelta(days=1), anchor=anchor, max_runs=3)
    rule = Rule(zone="UTC", text="RRULE:FREQ=DAILY", dtstart=anchor.replace(tzinfo=None), max_runs=3)
    for schedule in (interval, rule):
        assert occurrences(schedule, anchor + timedelta(hours=1), 9) == [anchor + timedelta(days=day) for day in (1, 2)]


def test_a_number_of_runs_does_not_limit_a_cron_line_without_a_start() -> None:
    schedule = Cron(zone="UTC", expression="0 9 * * *", max_runs=2)
    assert len(occurrences(schedule, datetime(2026, 1, 1, tzinfo=UTC), 5)) == 5


def test_left_out_days_do_not_end_a_schedule_by_the_second() -> None:
    out = frozenset(date(2026, 1, 1) + timedelta(days=day) for day in range(60))
    schedule = Interval(
        zone="UTC", every=timedelta(seconds=1), anchor=datetime(2026, 1, 1, tzinfo=UTC), except_dates=out
    )
    assert next_after(schedule, datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2026, 3, 2, tzinfo=UTC)


def test_a_moment_happens_once() -> None:
    at = datetime(2026, 1, 1, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    once = Once(zone="Asia/Tokyo", at=at)
    assert occurrences(once, at - timedelta(days=1), 3) == [at.astimezone(UTC)]
    assert next_after(once, at) is None


@pytest.mark.parametrize(
    "schedule",
    [
        Rule(zone="UTC", text="RRULE:FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2", dtstart=datetime(2026, 1, 1)),
        Rule(zone="UTC", text="RRULE:FREQ=DAILY\nEXDATE:20260101T000000", dtstart=datetime(2026, 1, 1), max_runs=0),
        Once(zone="UTC", at=datetime(2020, 1, 1, tzinfo=UTC)),
        Cron(zone="UTC", expression="0 9 1 1 *", until=datetime(2026, 1, 1, tzinfo=UTC)),
    ],
    ids=["impossible date", "no runs", "past", "nothing within its bounds"],
)
def test_what_never_happens_has_no_next_occurrence(schedule: Schedule) -> None:
    assert next_after(schedule, datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "schedule",
    [
        Interval(zone="UTC", every=timedelta(seconds=1), anchor=datetime(1990, 1, 1, tzinfo=UTC)),
        Interval(zone="UTC", every=timedelta(seconds=1), anchor=datetime(1990, 1, 1, tzinfo=UTC), max_runs=10**12),
        Rule(zone="Europe/Berlin", text="RRULE:FREQ=MINUTELY;INTERVAL=7", dtstart=datetime(1990, 1, 1)),
        Rule(zone="Europe/Berlin", text="RRULE:FREQ=DAILY", dtstart=datetime(1990, 1, 1, 9)),
        Cron(zone="Europe/Berlin", expression="* * * * *"),
    ],
    ids=["interval", "counted interval", "rule by the minute", "daily rule", "cron"],
)
def test_a_beginning_long_ago_costs_nothing(schedule: Schedule) -> None:
    moment = datetime(2026, 11, 23, 5, 17, tzinfo=UTC)
    next_after(schedule, moment)
    began = perf_counter()
    for minutes in range(20):
        next_after(schedule, moment + timedelta(minutes=minutes))
    assert perf_counter() - began < 3  # walking from 1990 would take seconds for each
