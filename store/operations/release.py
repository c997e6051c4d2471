"""What a run that has ended sets free, and what it takes down with it: in the same transaction, with no polling.

Runs of one start share a workflow run (the id of the run that started it all), so that a recurring A → (B, C) → D
joins the right B with the right C. A prerequisite that takes no part in that start counts when it ended suitably
since the waiting task's own previous run. A task with a schedule of its own makes its runs itself; ending runs only
let a waiting one go.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.dag import path
from store.kinds import DependencyType, Join, Trigger
from store.moves import RUNS, add_runs, move_runs, new_run, table_of
from store.prepared import Query
from store.status import ACTIVE, ENDED, RunStatus
from store.tables import Dependency, Task

_EDGES, _TASKS = table_of(Dependency), table_of(Task)
_SCHEDULED = sa.or_(
    _TASKS.c.schedule_cron.is_not(None),
    _TASKS.c.schedule_interval.is_not(None),
    _TASKS.c.schedule_rrule.is_not(None),
    _TASKS.c.schedule_once.is_not(None),
)

# Made once: putting such a statement together costs more than running it.
_PREREQUISITE = _TASKS.alias()
_WAITING_FOR = Query(
    sa.select(
        _EDGES.c.task_id,
        _EDGES.c.depends_on_task_id,
        _EDGES.c.dependency_type,
        _TASKS.c.name,
        _TASKS.c.is_active,
        _TASKS.c.join,
        _SCHEDULED.label("scheduled"),
    )
    .join(_TASKS, _TASKS.c.id == _EDGES.c.task_id)
    .join(_PREREQUISITE, _PREREQUISITE.c.id == _EDGES.c.depends_on_task_id)
    .where(
        _EDGES.c.task_id.in_(
            sa.select(_EDGES.c.task_id).where(_EDGES.c.depends_on_task_id.in_(sa.bindparam("tasks", expanding=True)))
        ),
        _TASKS.c.deleted_at.is_(None),
        _PREREQUISITE.c.deleted_at.is_(None),
    )
    .order_by(_EDGES.c.task_id)
)


_HERE = RUNS.c.workflow_run_id == sa.bindparam("workflow")
_OF_TASK = (
    sa.select(RUNS.c.run_id, RUNS.c.workflow_run_id, RUNS.c.status, RUNS.c.lease_expires_at)
    .where(RUNS.c.task_id == sa.bindparam("task"))
    .order_by(RUNS.c.run_id)
)
_ITS_RUNS = Query(_OF_TASK.where(_HERE))
_ITS_RUNS_ANYWHERE = Query(_OF_TASK.where(sa.or_(_HERE, RUNS.c.status == RunStatus.WAITING)))


_ACTIVE_RUNS = Query(
    sa.select(RUNS.c.task_id, RUNS.c.status).where(
        RUNS.c.task_id.in_(sa.bindparam("tasks", expanding=True)), RUNS.c.status.in_(list(ACTIVE))
    )
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A run that has just ended. workflow: the run that started it all."""

    run_id: int
    task_id: int
    title: str
    status: RunStatus
    reason: str | None
    workflow: int
    scheduled_time: datetime


@dataclass(frozen=True, kw_only=True)
class _Waiter:
    """A task that waits for others, with its prerequisites that still count."""

    task_id: int
    title: str
    active: bool
    scheduled: bool
    join: Join
    prerequisites: Mapping[int, DependencyType]


@dataclass(frozen=True, kw_only=True)
class Released:
    """titles: for each run that took others down with it, theirs; skipped: all runs that were skipped."""

    titles: Mapping[int, Sequence[str]]
    skipped: Sequence[Ended]


def release(connection: sa.Connection, ended: Sequence[Ended], now: datetime) -> Released:
    """Let go what waited for these runs and skip what cannot come any more, all the way down."""
    taken: dict[int, list[str]] = {}
    gone: list[Ended] = []
    layer = [(each, each.run_id) for each in ended]
    while layer:
        waiters = _waiters(connection, {each.task_id for each, _ in layer})
        following = []
        for current, cause in layer:
            for waiter in waiters.get(current.task_id, ()):
                skipped = _settle(connection, waiter, current, now)
                if skipped is not None:
                    if current.status is not RunStatus.COMPLETED:
                        taken.setdefault(cause, []).append(skipped.title)
                    following.append((skipped, cause))
        layer = following
        gone += [each for each, _ in following]
    return Released(titles=taken, skipped=gone)


def verdict(connection: sa.Connection, task_id: int) -> tuple[bool, str | None]:
    """Whether the prerequisites of a task that is due let it run: (all of them do, or why it never will this time).

    Runs of prerequisites that ended before the task's own previous run count no more.
    """
    waiting = sa.select(_TASKS.c.join).where(_TASKS.c.id == task_id).scalar_subquery()
    edges = sa.select(_EDGES.c.depends_on_task_id, _EDGES.c.dependency_type, waiting).join(
        _TASKS, _TASKS.c.id == _EDGES.c.depends_on_task_id
    )
    counting = connection.execute(edges.where(_EDGES.c.task_id == task_id, _TASKS.c.deleted_at.is_(None))).all()
    prerequisites = {row[0]: DependencyType(row[1]) for row in counting}
    return _verdict(connection, task_id, prerequisites, counting[0][2] if counting else Join.ALL, None)


def active_runs(connection: sa.Connection, tasks: Sequence[int]) -> dict[int, set[RunStatus]]:
    """The statuses of the runs of each task that have not ended."""
    found: dict[int, set[RunStatus]] = {}
    for task_id, status in _ACTIVE_RUNS.rows(connection, tasks=list(tasks)):
        found.setdefault(task_id, set()).add(status)
    return found


def _waiters(connection: sa.Connection, tasks: Collection[int]) -> dict[int, list[_Waiter]]:
    """What waits for each of these tasks, with all that it waits for."""
    found: dict[int, list[Any]] = {}
    for row in _WAITING_FOR.rows(connection, tasks=list(tasks)):
        found.setdefault(row.task_id, []).append(row)
    by_prerequisite: dict[int, list[_Waiter]] = {}
    for task_id, rows in found.items():
        each = _Waiter(
            task_id=task_id,
            title=rows[0].name,
            active=rows[0].is_active,
            scheduled=bool(rows[0].scheduled),
            join=rows[0].join,
            prerequisites={row.depends_on_task_id: DependencyType(row.dependency_type) for row in rows},
        )
        for row in rows:
            by_prerequisite.setdefault(row.depends_on_task_id, []).append(each)
    return by_prerequisite


def _settle(connection: sa.Connection, waiter: _Waiter, ended: Ended, now: datetime) -> Ended | None:
    """What the end of one prerequisite means for one task; the skipped run, if it comes to that."""
    together = not waiter.scheduled and all(
        _takes_part(connection, each, ended) for each in waiter.prerequisites if each != ended.task_id
    )
    mine, waiting = _runs_of(connection, waiter.task_id, ended.workflow, anywhere=not together)
    if waiting is None and (waiter.scheduled or mine):
        return None
    if not waiter.scheduled and not waiter.active:
        return _skip(connection, waiter, waiting, ended, "it was paused", now)
    free, hopeless = _verdict(connection, waiter.task_id, waiter.prerequisites, waiter.join, ended)
    if hopeless is not None:
        return _skip(connection, waiter, waiting, ended, hopeless, now)
    if waiting is not None:
        if free:
            change = {"status": RunStatus.PENDING, "available_at": now, "reason": None}
            move_runs(connection, [(waiting[0], RunStatus.WAITING, change)], now)
        return None
    status = RunStatus.PENDING if free else RunStatus.WAITING
    add_runs(connection, [_dependent(waiter, status, ended, now, None if free else "waits for others")], now)
    return None


def _runs_of(
    connection: sa.Connection, task_id: int, workflow: int, *, anywhere: bool
) -> tuple[bool, tuple[int, int] | None]:
    """Whether a task has a run in this start, and its waiting one in it, or in any: (run, workflow)."""
    rows = (_ITS_RUNS_ANYWHERE if anywhere else _ITS_RUNS).rows(connection, task=task_id, workflow=workflow)
    waiting = [
        (row.run_id, row.workflow_run_id or row.run_id)
        for row in rows
        if row.status is RunStatus.WAITING and row.lease_expires_at is None  # else it waits in the middle of its work
    ]
    return any(row.workflow_run_id == workflow for row in rows), waiting[0] if waiting else None


def _takes_part(connection: sa.Connection, task_id: int, ended: Ended) -> bool:
    """Whether a task gets a run in this start: it began it, or comes after what did without a schedule of its own."""
    here = sa.or_(RUNS.c.run_id == ended.workflow, RUNS.c.workflow_run_id == ended.workflow)
    if connection.execute(sa.select(RUNS.c.run_id).where(RUNS.c.task_id == task_id, here).limit(1)).first():
        return True
    root = connection.execute(sa.select(RUNS.c.task_id).where(RUNS.c.run_id == ended.workflow)).scalar_one()

    def prerequisites(tasks: Collection[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        edges = sa.select(_EDGES.c.task_id, _EDGES.c.depends_on_task_id).join(_TASKS, _TASKS.c.id == _EDGES.c.task_id)
        released = edges.where(_EDGES.c.task_id.in_(tasks), _TASKS.c.deleted_at.is_(None), sa.not_(_SCHEDULED))
        for task, prerequisite in connection.execute(released):
            found.setdefault(task, []).append(prerequisite)
        return found

    return path(task_id, root, prerequisites) is not None


def _verdict(
    connection: sa.Connection,
    task_id: int,
    prerequisites: Mapping[int, DependencyType],
    join: Join,
    ended: Ended | None,
) -> tuple[bool, str | None]:
    """Whether these prerequisites let a task run, or why they never will: one of them for all, all of them for any."""
    against: list[str] = []
    suitable = 0
    for prerequisite, kind in prerequisites.items():
        if ended is not None and prerequisite == ended.task_id:
            status, reason, title = ended.status, ended.reason, ended.title
        else:
            run = _ended_run(connection, prerequisite, task_id, ended)
            if run is None:
                continue
            status, reason, title = run.status, run.reason, run.name
        if _suits(status, kind):
            suitable += 1
            if join is Join.ANY:
                return True, None
            continue
        against.append(_why_skipped(status, reason, title, kind))
        if join is Join.ALL:
            return False, against[0]
    if join is Join.ALL or not against or len(against) < len(prerequisites):
        return suitable == len(prerequisites), None
    return False, against[0] if len(against) == 1 else f"none of those it waits for let it run: {'; '.join(against)}"


def _ended_run(connection: sa.Connection, prerequisite: int, task_id: int, ended: Ended | None) -> Any:
    """The ended run of a prerequisite: the one in this start, or its latest since the task's own previous run."""
    query = (
        sa.select(RUNS.c.status, RUNS.c.reason, _TASKS.c.name)
        .join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
        .where(RUNS.c.task_id == prerequisite, RUNS.c.status.in_(ENDED - {RunStatus.MISSED}))
        .order_by(RUNS.c.run_id.desc())
        .limit(1)
    )
    if ended is not None and _takes_part(connection, prerequisite, ended):
        here = sa.or_(RUNS.c.workflow_run_id == ended.workflow, RUNS.c.run_id == ended.workflow)
        return connection.execute(query.where(here)).first()
    since = connection.execute(sa.select(sa.func.max(RUNS.c.start_time)).where(RUNS.c.task_id == task_id)).scalar()
    return connection.execute(query if since is None else query.where(RUNS.c.end_time > since)).first()


def _skip(
    connection: sa.Connection,
    waiter: _Waiter,
    waiting: tuple[int, int] | None,
    ended: Ended,
    reason: str,
    now: datetime,
) -> Ended:
    if waiting is None:
        (run_id,) = add_runs(connection, [_dependent(waiter, RunStatus.SKIPPED, ended, now, reason)], now)
        workflow = ended.workflow
    else:
        run_id, workflow = waiting
        change = {"status": RunStatus.SKIPPED, "reason": reason, "end_time": now}
        move_runs(connection, [(run_id, RunStatus.WAITING, change)], now)
    return Ended(
        run_id=run_id,
        task_id=waiter.task_id,
        title=waiter.title,
        status=RunStatus.SKIPPED,
        reason=reason,
        workflow=workflow,
        scheduled_time=ended.scheduled_time,
    )


def _dependent(waiter: _Waiter, status: RunStatus, ended: Ended, now: datetime, reason: str | None) -> dict[str, Any]:
    return new_run(
        waiter.task_id,
        status=status,
        scheduled_time=ended.scheduled_time,
        now=now,
        triggered_by=Trigger.DEPENDENCY,
        reason=reason,
        workflow_run_id=ended.workflow,
    )


def _suits(status: RunStatus, kind: DependencyType) -> bool:
    match kind:
        case DependencyType.SUCCESS:
            return status is RunStatus.COMPLETED
        case DependencyType.FAILURE:
            return status is RunStatus.FAILED
        case DependencyType.COMPLETION:
            return True


def _why_skipped(status: RunStatus, reason: str | None, title: str, kind: DependencyType) -> str:
    if status is RunStatus.FAILED:
        return f"skipped due to failure of “{title}”"
    if kind is DependencyType.FAILURE:
        return f"skipped because “{title}” did not fail"
    if reason and reason.startswith("skipped due to"):
        return reason
    return f"skipped because “{title}” was {status.value}"
