"""Runs in numbers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median, quantiles

import sqlalchemy as sa
from sqlmodel import col, select

from store.permissions import acting_user, concerns, visible_task
from store.phrases import length, listed
from store.session import Store
from store.status import RunStatus
from store.tables import Run, Task
from store.values import Actor, Stats

_MOST_TIMED = 10_000


def stats(store: Store, actor: Actor, task_id: int | None = None, since: datetime | None = None) -> Stats:
    """Numbers on the runs of one task, or of all that are listed for the actor; since: only those due from then on.

    Times are those of the latest 10,000 completed runs. Raises NotFound for the task.
    """
    with store.read() as session:
        user = acting_user(session, actor)
        if task_id is not None:
            visible_task(session, user, task_id, include_deleted=True)
            wanted: list[sa.ColumnElement[bool] | bool] = [Run.task_id == task_id]
        else:
            wanted = [col(Run.task_id).in_(select(Task.id).where(concerns(user)))]
        if since is not None:
            wanted.append(Run.scheduled_time >= since)
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


def _numbers(by_status: Mapping[RunStatus, int], took: list[timedelta]) -> Stats:
    completed, failed = by_status.get(RunStatus.COMPLETED, 0), by_status.get(RunStatus.FAILED, 0)
    rate = completed / (completed + failed) if completed + failed else None
    seconds = [each.total_seconds() for each in took]
    middle = timedelta(seconds=median(seconds)) if seconds else None
    slow = timedelta(seconds=_percentile_95(seconds)) if seconds else None
    return Stats(
        runs=sum(by_status.values()),
        by_status=by_status,
        success_rate=rate,
        median_time=middle,
        p95_time=slow,
        sentence=_sentence(by_status, rate, middle, slow),
    )


def _percentile_95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]


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
