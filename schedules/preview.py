"""What is coming, and what daylight saving does to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from dateutil.tz import datetime_ambiguous, datetime_exists

from schedules.cron import normalise, walls_on
from schedules.cronfields import fields_of
from schedules.english import clock, listed, long_date
from schedules.occurrences import between, occurrences
from schedules.rules import follows_elapsed_time, walls_after
from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from schedules.zones import resolve, zone

_AHEAD = timedelta(days=366)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_HOUR = timedelta(hours=1)
_MANY = 3  # more times than this are not named one by one


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The next occurrences (aware, in the schedule's zone), and a sentence for each change of the clocks they meet."""

    occurrences: tuple[datetime, ...]
    notes: tuple[str, ...]


def preview(schedule: Schedule, now: datetime, count: int = 3) -> Preview:
    """The next `count` occurrences after the aware `now`, and what the clocks do to the schedule within a year."""
    here = zone(schedule.zone)
    following = tuple(each.astimezone(here) for each in occurrences(schedule, now, count))
    notes = (note for change in _changes(now, now + _AHEAD, here) for note in _notes(schedule, now, change, here))
    return Preview(occurrences=following, notes=tuple(notes))


def _notes(schedule: Schedule, now: datetime, change: datetime, here: ZoneInfo) -> Iterator[str]:
    """What the change of the clocks at that instant means for the schedule."""
    match schedule:
        case Once():
            return
        case Interval():
            yield from _shift(schedule, now, change, here)
            return
        case Cron():
            expression = normalise(schedule.expression)
            elapsed = fields_of(expression).wildcard
        case Rule():
            elapsed = follows_elapsed_time(schedule.text)
    days = {(change - timedelta(seconds=1)).astimezone(here).date(), change.astimezone(here).date()}
    for day in sorted(days):
        start, end = (_midnight(each, here) for each in (day, day + _DAY))
        fires = {each.astimezone(UTC) for each in between(schedule, max(start, now), end + _DAY)}
        walls = walls_on(expression, day) if isinstance(schedule, Cron) else _walls_of_rule(schedule, day)
        missing = [wall for wall in walls if not datetime_exists(wall.replace(tzinfo=here))]
        double = [wall for wall in walls if wall not in missing and datetime_ambiguous(wall.replace(tzinfo=here))]
        if elapsed:
            if _active(schedule, change, day) and not _steady(schedule, change):
                yield from _paced(missing, double, day)
            continue
        missing = [wall for wall in missing if resolve(wall, here.key).astimezone(UTC) in fires]
        double = [wall for wall in double if resolve(wall, here.key).astimezone(UTC) in fires]
        if missing:
            moved = resolve(missing[0], here.key)
            do = "does not exist" if len(missing) == 1 else "do not exist"
            yield f"on {long_date(day)} {_times(missing)} {do}; it will run at {clock(moved)}"
        if double:
            happen = "happens" if len(double) == 1 else "happen"
            yield f"on {long_date(day)} {_times(double)} {happen} twice; it runs the first time only"


def _paced(missing: list[datetime], double: list[datetime], day: date) -> Iterator[str]:
    """The same for a schedule that keeps its pace: it leaves out what does not exist, and runs in both passes."""
    if missing:
        do, are = ("does not exist", "is") if len(missing) == 1 else ("do not exist", "are")
        yield f"on {long_date(day)} {_times(missing)} {do} and {are} left out"
    if double:
        happen = "happens" if len(double) == 1 else "happen"
        yield f"on {long_date(day)} {_times(double)} {happen} twice; it runs both times"


def _active(schedule: Schedule, change: datetime, day: date) -> bool:
    return (
        (schedule.start is None or schedule.start <= change)
        and (schedule.until is None or schedule.until >= change)
        and day not in schedule.except_dates
    )


def _steady(schedule: Schedule, change: datetime) -> bool:
    """Whether it runs at least every hour around the change, so that nobody notices."""
    start, end = change - 3 * _HOUR, change + 3 * _HOUR
    moments = [start, *between(schedule, start, end), end]
    return all(later - earlier <= _HOUR for earlier, later in pairwise(moments))


def _shift(schedule: Interval, now: datetime, change: datetime, here: ZoneInfo) -> Iterator[str]:
    """An interval of whole days runs at another time of day from the change on."""
    if schedule.every % _DAY:
        return
    before = next(between(schedule, max(now, change - schedule.every), change), None)
    after = next(between(schedule, change, change + schedule.every + timedelta(seconds=1)), None)
    if before is None or after is None:
        return
    old, new = before.astimezone(here), after.astimezone(here)
    if old.time() != new.time():
        yield f"from {long_date(new)} on it runs at {clock(new)} instead of {clock(old)}, since it counts elapsed hours"


def _walls_of_rule(rule: Rule, day: date) -> list[datetime]:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
    walls = []
    for wall in walls_after(rule, midnight - timedelta(microseconds=1)):
        if wall >= midnight + _DAY:
            break
        walls.append(wall)
    return walls


def _times(walls: list[datetime]) -> str:
    if len(walls) > _MANY:
        return f"{clock(walls[0])} to {clock(walls[-1])}"
    return listed([clock(wall) for wall in walls])


def _midnight(day: date, here: ZoneInfo) -> datetime:
    return resolve(datetime(day.year, day.month, day.day), here.key)  # noqa: DTZ001


def _changes(start: datetime, end: datetime, here: ZoneInfo) -> Iterator[datetime]:
    """The instants (UTC) between the two at which the zone's clocks change."""
    start = start.astimezone(UTC).replace(microsecond=0)
    while start < end:
        low, high = start, start + _WEEK
        before = low.astimezone(here).utcoffset()
        if high.astimezone(here).utcoffset() != before:
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if middle.astimezone(here).utcoffset() == before else (low, middle)
            yield high.replace(microsecond=0)
        start += _WEEK
