"""When a schedule happens. Pure: the moment is always an argument, results are aware UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from schedules.cron import fires_after, normalise
from schedules.rules import instants_after
from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from schedules.zones import resolve, zone

_INSTANT = timedelta(microseconds=1)
_BEGINNING = datetime(1, 1, 3, tzinfo=UTC)
_EARLIEST_CRON = datetime(1970, 1, 2, tzinfo=UTC)


def next_after(schedule: Schedule, moment: datetime) -> datetime | None:
    """The first occurrence strictly after the aware `moment`, or None when there is none any more."""
    return next(_after(schedule, moment), None)


def occurrences(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    """Up to `count` occurrences strictly after the aware `after`."""
    return list(islice(_after(schedule, after), count))


def between(schedule: Schedule, start: datetime, end: datetime) -> Iterator[datetime]:
    """The occurrences in the half-open range from `start` to `end`, both aware."""
    for occurrence in _after(schedule, start - _INSTANT):
        if occurrence >= end:
            return
        yield occurrence


def _after(schedule: Schedule, moment: datetime) -> Iterator[datetime]:
    """`max_runs` counts from the first occurrence at or after `start`, a rule's dtstart or an interval's anchor.

    A cron line without `start` has no beginning, so nothing is limited here: whoever stores it counts its runs.
    """
    here = zone(schedule.zone)
    moment = moment.astimezone(UTC)
    if schedule.max_runs is None or (schedule.start is None and isinstance(schedule, Cron)):
        yield from _within(schedule, moment, here)
    elif isinstance(schedule, Interval) and not schedule.except_dates:
        first = next(_within(schedule, _BEGINNING, here), None)
        if first is None:
            return
        for occurrence in _within(schedule, moment, here):
            if (occurrence - first) // schedule.every >= schedule.max_runs:
                return
            yield occurrence
    else:
        counted = islice(_within(schedule, _BEGINNING, here), schedule.max_runs)
        yield from (occurrence for occurrence in counted if occurrence > moment)


def _within(schedule: Schedule, moment: datetime, here: ZoneInfo) -> Iterator[datetime]:
    """Honours start, until and the days left out."""
    if schedule.start is not None:
        moment = max(moment, schedule.start.astimezone(UTC) - _INSTANT)
    searching = True
    while searching:
        searching = False
        for occurrence in _bare(schedule, moment, here):
            if schedule.until is not None and occurrence > schedule.until:
                return
            if schedule.except_dates and (day := occurrence.astimezone(here).date()) in schedule.except_dates:
                # The rest of the day at one leap: it may hold 86 400 occurrences.
                tomorrow = resolve(datetime.combine(day + timedelta(days=1), time()), schedule.zone)
                moment, searching = tomorrow.astimezone(UTC) - _INSTANT, True
                break
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
            yield from fires_after(normalise(schedule.expression), here, max(moment, _EARLIEST_CRON))
        case Rule():
            yield from instants_after(schedule, here, moment)


def _steps(schedule: Interval, moment: datetime) -> Iterator[datetime]:
    anchor, step = schedule.anchor.astimezone(UTC), schedule.every
    number = max(0, (moment - anchor) // step + 1)
    while True:
        try:
            yield anchor + number * step
        except OverflowError:
            return
        number += 1
