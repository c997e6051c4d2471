"""Which occurrences of a task are due, and what becomes of those that passed while nothing was running. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from schedules.describe import describe_moment
from schedules.occurrences import between, next_after
from schedules.schedule import Schedule
from store.kinds import CatchUp, Trigger

GRACE = timedelta(seconds=60)  # a run that starts within this is on time
_MOST_RECORDED = 1_000
_NOTHING_RAN = "nothing was running at the time"


@dataclass(frozen=True, kw_only=True)
class Slots:
    """runs: what to run, and what triggers each. missed: what never will, and why. following: the next after now."""

    runs: list[tuple[datetime, Trigger]] = field(default_factory=list)
    missed: list[tuple[datetime, str]] = field(default_factory=list)
    following: datetime | None = None


def due_slots(
    schedule: Schedule, first: datetime, now: datetime, policy: CatchUp, window: timedelta | None = None
) -> Slots:
    """What is due of a schedule from its occurrence `first` up to `now` (both aware UTC).

    window: a late occurrence older than this is missed whatever the policy. After a very long outage only the latest
    1,000 occurrences are told one by one, and the first of them all, which says so of those between.
    """
    following = next_after(schedule, first)
    if first >= now - GRACE and (following is None or following > now):  # as nearly always
        return Slots(runs=[(first, Trigger.SCHEDULE)], following=following)
    due = _due(schedule, first, now)
    untold = []
    if due[0] > first:
        since = describe_moment(due[0], schedule.zone, now)
        untold = [(first, f"{_NOTHING_RAN}, nor at any later one before {since}, from when on each is told")]
    on_time = now - GRACE
    oldest = on_time if policy is CatchUp.SKIP else now - window if window is not None else first
    missed = [(each, _NOTHING_RAN) for each in due if each < min(oldest, on_time)]
    wanted = due[len(missed) :]
    if policy is not CatchUp.ALL and wanted:
        *merged, latest = wanted
        missed += [(each, f"merged into the run of {describe_moment(latest, schedule.zone, now)}") for each in merged]
        wanted = [latest]
    runs = [(each, Trigger.SCHEDULE if each >= on_time else Trigger.CATCH_UP) for each in wanted]
    return Slots(runs=runs, missed=untold + missed, following=next_after(schedule, now))


def _due(schedule: Schedule, first: datetime, now: datetime) -> list[datetime]:
    """The occurrences from `first` to `now`; of very many the latest ones."""
    # `first` is due even when a zone database that has changed since no longer says so.
    due = [first, *islice(_between(schedule, first, now), _MOST_RECORDED)]
    span = timedelta(seconds=1)
    while len(due) > _MOST_RECORDED and now - span > first:
        latest = list(_between(schedule, now - span, now))
        if len(latest) >= _MOST_RECORDED:
            return latest[-_MOST_RECORDED:]
        span *= 2
    return due


def _between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    return between(schedule, after + datetime.resolution, until + datetime.resolution)
