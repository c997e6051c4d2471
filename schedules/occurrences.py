"""When a schedule happens. Pure: the moment is always an argument, results are aware UTC."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

from schedules.cron import fires_after, normalise
from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from schedules.zones import resolve, zone

_LONGEST_SEARCH = 10_000  # occurrences passed over because of exceptions before a schedule counts as ended


def next_after(schedule: Schedule, moment: datetime) -> datetime | None:
    """The first occurrence strictly after the aware `moment`, or None when there is none any more."""
    return next(_after(schedule, moment), None)


def occurrences(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    """Up to `count` occurrences strictly after the aware `after`."""
    return list(islice(_after(schedule, after), count))


def between(schedule: Schedule, start: datetime, end: datetime) -> Iterator[datetime]:
    """The occurrences in the half-open range from `start` to `end`, both aware."""
    for occurrence in _after(schedule, start - timedelta(microseconds=1)):
        if occurrence >= end:
            return
        yield occurrence


def _after(schedule: Schedule, moment: datetime) -> Iterator[datetime]:
    """`max_runs` counts from the schedule's own beginning (`start`, a rule's dtstart, an interval's first step).

    A cron line without `start` has no beginning: whoever stores it counts its runs.
    """
    here = zone(schedule.zone)
    moment = moment.astimezone(UTC)
    counted = schedule.max_runs is not None and (schedule.start is not None or not isinstance(schedule, Cron))
    if not counted:
        yield from _within(schedule, moment, here)
        return
    beginning = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
    for occurrence in islice(_within(schedule, beginning, here), schedule.max_runs):
        if occurrence > moment:
            yield occurrence


def _within(schedule: Schedule, moment: datetime, here: ZoneInfo) -> Iterator[datetime]:
    """Honours start, until and the days left out."""
    if schedule.start is not None:
        moment = max(moment, schedule.start.astimezone(UTC) - timedelta(microseconds=1))
    passed_over = 0
    for occurrence in _bare(schedule, moment, here):
        if schedule.until is not None and occurrence > schedule.until:
            return
        if schedule.except_dates and occurrence.astimezone(here).date() in schedule.except_dates:
            passed_over += 1
            if passed_over > _LONGEST_SEARCH:
                return
            continue
        yield occurrence


def _bare(schedule: Schedule, moment: datetime, here: ZoneInfo) -> Iterator[datetime]:
    match schedule:
        case Once():
            at = schedule.at.astimezone(UTC)
            if at > moment:
                yield at
        case Interval():
            yield from _steps(schedule, moment)
        case Cron():
            yield from fires_after(normalise(schedule.expression), here, max(moment, _EARLIEST))
        case Rule():
            yield from _by_rule(schedule, moment, here)


_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


def _steps(schedule: Interval, moment: datetime) -> Iterator[datetime]:
    anchor, step = schedule.anchor.astimezone(UTC), schedule.every
    number = max(0, math.floor((moment - anchor) / step))
    while anchor + number * step <= moment:
        number += 1
    while True:
        try:
            yield anchor + number * step
        except OverflowError:
            return
        number += 1


def _by_rule(schedule: Rule, moment: datetime, here: ZoneInfo) -> Iterator[datetime]:
    rules = _parsed(schedule.text, schedule.dtstart)
    # A day back on the wall clock, so that no change of the clocks hides an occurrence.
    local = max(
        moment.astimezone(here).replace(tzinfo=None) - timedelta(days=1), schedule.dtstart - timedelta(seconds=1)
    )
    last = moment
    for wall in rules.xafter(local):
        occurrence = resolve(wall, schedule.zone).astimezone(UTC)
        if occurrence > last:
            yield occurrence
            last = occurrence


@lru_cache(maxsize=2048)
def _parsed(text: str, dtstart: datetime) -> rruleset:
    return rrulestr(text, dtstart=dtstart, forceset=True, cache=False)
