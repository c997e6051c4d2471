"""What is coming, and what daylight saving does to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.tz import datetime_ambiguous, datetime_exists

from schedules.occurrences import between, occurrences
from schedules.schedule import Cron, Rule, Schedule

_AHEAD = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The next occurrences (aware, in the schedule's zone), and a sentence for each change of the clocks they meet."""

    occurrences: tuple[datetime, ...]
    notes: tuple[str, ...]


def preview(schedule: Schedule, now: datetime, count: int = 3) -> Preview:
    """The next `count` occurrences after the aware `now`, and what the clocks do to the schedule within a year."""
    here = ZoneInfo(schedule.zone)
    following = tuple(each.astimezone(here) for each in occurrences(schedule, now, count))
    return Preview(occurrences=following, notes=tuple(_notes(schedule, now, here)))


def _notes(schedule: Schedule, now: datetime, here: ZoneInfo) -> list[str]:
    clock = _wall_clock(schedule)
    if clock is None:
        return []
    notes = []
    for change in _changes(now, now + _AHEAD, here):
        for offset in (-1, 0, 1):
            day = (change + timedelta(days=offset)).astimezone(here).date()
            wall = datetime.combine(day, clock.time())
            local = wall.replace(tzinfo=here)
            midnight = datetime.combine(day, datetime.min.time(), tzinfo=here)
            todays = list(islice(between(schedule, midnight, midnight + timedelta(days=1)), 2))
            if not todays or abs(change - local) > timedelta(hours=4):
                continue
            when = f"on {day.day} {day:%B %Y} {wall:%H:%M}"
            if not datetime_exists(local):
                notes.append(f"{when} does not exist; it will run at {todays[0].astimezone(here):%H:%M}")
            elif datetime_ambiguous(local):
                notes.append(f"{when} happens twice; it runs the first time only")
    return list(dict.fromkeys(notes))


def _wall_clock(schedule: Schedule) -> datetime | None:
    """The time of day of a schedule that has just one, on any date."""
    if isinstance(schedule, Cron):
        minute, hour = schedule.expression.split()[:2]
        if minute.isdigit() and hour.isdigit():
            return datetime(2000, 1, 1, int(hour), int(minute))  # noqa: DTZ001
    if isinstance(schedule, Rule) and "BYHOUR" not in schedule.text and "FREQ=HOURLY" not in schedule.text:
        return schedule.dtstart
    return None


def _changes(start: datetime, end: datetime, here: ZoneInfo) -> list[datetime]:
    """The instants between the two at which the zone's clocks change, to the minute."""
    changes = []
    while start < end:
        later = start + timedelta(days=7)
        if start.astimezone(here).utcoffset() != later.astimezone(here).utcoffset():
            low, high = start, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                same = middle.astimezone(here).utcoffset() == start.astimezone(here).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            changes.append(high)
        start = later
    return changes
