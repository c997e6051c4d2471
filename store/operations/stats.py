"""Runs in numbers."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from store.moves import RUNS
from store.permissions import acting_user, concerns, visible_task
from store.phrases import length, listed
from store.session import Store
from store.status import RunStatus
from store.tables import Run, Task, User
from store.values import Actor, Stats

_MOST_TIMED = 10_000
_MOST_COUNTED = 100_000
_COUNTED = ("task_id", "status", "scheduled_time", "start_time", "end_time", "error_message")
_NUMBERS = re.compile(r"\b0x[0-9a-f]+\b|\d+(?:[.,:]\d+)*", re.IGNORECASE)


def stats(store: Store, actor: Actor, task_id: int | None = None, since: datetime | None = None) -> Stats:
    """Numbers on the runs of one task, or of all that are listed for the actor; since: only those due from then on.

    Times are those of the latest 10,000 completed runs. Raises NotFound for the task.
    """
    with store.read() as session:
        wanted = _wanted(session, acting_user(session, actor), task_id, since)
        counts = session.exec(select(Run.status, sa.func.count()).where(*wanted).group_by(col(Run.status)))
        by_status = {RunStatus(status): int(count) for status, count in counts}
        spans = session.exec(
            select(Run.start_time, Run.end_time)
            .where(*wanted, Run.status == RunStatus.COMPLETED)
            .order_by(col(Run.run_id).desc())
            .limit(_MOST_TIMED)
        )
        took = [end - start for start, end in spans if start is not None and end is not None]
    return _numbers(by_status, took)


@dataclass(frozen=True, kw_only=True)
class TaskNumbers:
    """The runs of one task in numbers, as in `Stats`."""

    task_id: int
    title: str
    numbers: Stats


@dataclass(frozen=True, kw_only=True)
class DayNumbers:
    """How the runs that were due on one day ended. others: neither completed nor failed."""

    day: date
    completed: int
    failed: int
    others: int


@dataclass(frozen=True, kw_only=True)
class FailureNumbers:
    """Failures for one reason, but for the numbers in it. reason: the latest of them; tasks: titles; at: aware UTC."""

    reason: str
    runs: int
    tasks: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Analytics:
    """Runs in numbers, from many sides: those with most runs or failures first, days in order, each one there.

    cut: there are more runs than were counted, which are the latest 100,000.
    """

    numbers: Stats
    tasks: tuple[TaskNumbers, ...]
    days: tuple[DayNumbers, ...]
    failures: tuple[FailureNumbers, ...]
    cut: bool


def analyse(store: Store, actor: Actor, since: datetime, zone: str, task_id: int | None = None) -> Analytics:
    """Numbers on the runs that were due from `since` (aware) on, of one task or of all that are listed for the actor.

    zone: in which days begin. Raises NotFound for the task.
    """
    with store.read() as session:
        wanted = _wanted(session, acting_user(session, actor), task_id, since)
        query = (
            sa.select(*(RUNS.c[name] for name in _COUNTED), col(Task.name))
            .join(Task, col(Task.id) == RUNS.c.task_id)
            .where(*wanted)
            .order_by(col(Run.run_id).desc())
            .limit(_MOST_COUNTED + 1)
        )
        rows = session.connection().execute(query).all()
    cut, rows = len(rows) > _MOST_COUNTED, rows[:_MOST_COUNTED]
    by_task: dict[int, list[Any]] = {}
    for row in rows:
        by_task.setdefault(row.task_id, []).append(row)
    tasks = [TaskNumbers(task_id=task, title=of[0].name, numbers=_of_rows(of)) for task, of in by_task.items()]
    return Analytics(
        numbers=_of_rows(rows),
        tasks=tuple(sorted(tasks, key=lambda each: (-each.numbers.runs, each.task_id))),
        days=_days(rows, since, store.clock.now(), zone),
        failures=_failures(rows),
        cut=cut,
    )


def _wanted(session: Session, user: User, task_id: int | None, since: datetime | None) -> list[sa.ColumnElement[bool]]:
    if task_id is not None:
        visible_task(session, user, task_id, include_deleted=True)
        wanted: list[sa.ColumnElement[bool]] = [col(Run.task_id) == task_id]
    else:
        wanted = [col(Run.task_id).in_(select(Task.id).where(concerns(user)))]
    return wanted if since is None else [*wanted, col(Run.scheduled_time) >= since]


def _of_rows(rows: Sequence[Any]) -> Stats:
    took = [
        row.end_time - row.start_time
        for row in rows
        if row.status is RunStatus.COMPLETED and row.start_time is not None and row.end_time is not None
    ]
    return _numbers(Counter(row.status for row in rows), took)


def _days(rows: Sequence[Any], since: datetime, now: datetime, zone: str) -> tuple[DayNumbers, ...]:
    local = ZoneInfo(zone)
    counts: dict[date, Counter[RunStatus]] = {}
    for row in rows:
        counts.setdefault(row.scheduled_time.astimezone(local).date(), Counter())[row.status] += 1
    first, last = since.astimezone(local).date(), max([now.astimezone(local).date(), *counts])
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        count = counts.get(day, Counter())
        done, failed = count[RunStatus.COMPLETED], count[RunStatus.FAILED]
        found.append(DayNumbers(day=day, completed=done, failed=failed, others=count.total() - done - failed))
    return tuple(found)


def _failures(rows: Sequence[Any]) -> tuple[FailureNumbers, ...]:
    groups: dict[str, list[Any]] = {}
    for row in rows:  # the latest first
        if row.status is RunStatus.FAILED:
            groups.setdefault(_NUMBERS.sub("…", row.error_message or ""), []).append(row)
    found = [
        FailureNumbers(
            reason=of[0].error_message or "nobody knows why",
            runs=len(of),
            tasks=tuple(dict.fromkeys(row.name for row in of)),
            at=of[0].end_time or of[0].scheduled_time,
        )
        for of in groups.values()
    ]
    return tuple(sorted(found, key=lambda each: -each.runs))


def _numbers(by_status: Mapping[RunStatus, int], took: list[timedelta]) -> Stats:
    completed, failed = by_status.get(RunStatus.COMPLETED, 0), by_status.get(RunStatus.FAILED, 0)
    rate = completed / (completed + failed) if completed + failed else None
    seconds = [each.total_seconds() for each in took]
    middle = timedelta(seconds=median(seconds)) if seconds else None
    slow = timedelta(seconds=_percentile(seconds, 95)) if seconds else None
    slowest = timedelta(seconds=_percentile(seconds, 99)) if seconds else None
    return Stats(
        runs=sum(by_status.values()),
        by_status=by_status,
        success_rate=rate,
        median_time=middle,
        p95_time=slow,
        p99_time=slowest,
        sentence=_sentence(by_status, rate, middle, slow),
    )


def _percentile(seconds: list[float], percent: int) -> float:
    return quantiles(seconds, n=100, method="inclusive")[percent - 1] if len(seconds) > 1 else seconds[0]


def _sentence(
    by_status: Mapping[RunStatus, int], rate: float | None, middle: timedelta | None, slow: timedelta | None
) -> str:
    total = sum(by_status.values())
    if not total:
        return "no runs yet."
    outcomes = listed([f"{by_status[status]:,} {status.value}" for status in RunStatus if status in by_status])
    parts = [f"{total:,} {'run' if total == 1 else 'runs'}, {outcomes}"]
    if rate is not None:
        parts.append(f"{rate:.1%} succeeded".replace(".0%", "%"))
    if middle is not None and slow is not None:
        parts.append(f"a run takes {length(middle)}, and 95% of them at most {length(slow)}")
    return "; ".join(parts) + "."
