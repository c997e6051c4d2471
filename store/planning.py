"""When a task is next due, as its schedule says, and what a schedule must be to be stored. Pure."""

from dataclasses import replace
from datetime import datetime

from croncierge.errors import InvalidInput
from schedules.describe import describe, describe_moment
from schedules.occurrences import next_after
from schedules.schedule import Cron, Interval, Once, Schedule
from schedules.validate import check
from schedules.zones import resolve, zone


def accepted(schedule: Schedule, now: datetime) -> Schedule:
    """The schedule as it is stored. Raises InvalidInput when there can be no such schedule.

    "Ten times" of a cron expression needs a moment to count from: the one at which it was said.
    """
    check(schedule)
    if isinstance(schedule, Cron) and schedule.max_runs is not None and schedule.start is None:
        return replace(schedule, start=now)
    return schedule


def first_run(schedule: Schedule, now: datetime) -> datetime:
    """The first occurrence after `now`. Raises InvalidInput when none is left."""
    moment = next_after(schedule, now)
    if moment is not None:
        return moment
    if isinstance(schedule, Once):
        passed = describe_moment(schedule.at, schedule.zone, now)
        raise InvalidInput(f"{passed} ({schedule.zone}) has already passed; give a moment in the future.", field="when")
    raise InvalidInput(
        f"Nothing is left of the schedule “{describe(schedule)}” after {describe_moment(now, schedule.zone, now)}; "
        "give a later end, more runs or another time.",
        field="when",
    )


def moved(schedule: Schedule, to_zone: str) -> Schedule:
    """The same wall-clock times in another zone; an interval, being elapsed time, keeps its instants."""
    zone(to_zone)
    if isinstance(schedule, Interval):
        return replace(schedule, zone=to_zone)

    def same_wall_clock(moment: datetime) -> datetime:
        return resolve(moment.astimezone(zone(schedule.zone)).replace(tzinfo=None), to_zone)

    bounds = replace(
        schedule,
        zone=to_zone,
        start=same_wall_clock(schedule.start) if schedule.start else None,
        until=same_wall_clock(schedule.until) if schedule.until else None,
    )
    return replace(bounds, at=same_wall_clock(bounds.at)) if isinstance(bounds, Once) else bounds
