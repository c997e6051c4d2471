"""What a run that has ended sets free, and what it takes down with it: in the same transaction, with no polling.

Runs of one start share a workflow run (the id of the run that started it all), so that a recurring A → (B, C) → D
joins the right B with the right C. A prerequisite that takes no part in that start counts when it ended suitably
since the waiting task's own previous run. A task with a schedule of its own makes its runs itself; ending runs only
let a waiting one go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.dag import descendants
from store.kinds import DependencyType, Trigger
from store.moves import RUNS, add_runs, move_runs, new_run, table_of
from store.status import ACTIVE, ENDED, RunStatus
from store.tables import Dependency, Task

_EDGES, _TASKS = table_of(Dependency), table_of(Task)


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

    row: Mapping[str, Any]
    prerequisites: Mapping[int, DependencyType]


def release(connection: sa.Connection, ended: Sequence[Ended], now: datetime) -> dict[int, list[str]]:
    """Let go what waited for these runs and skip what cannot come any more, all the way down.

    Gives, for each run that took others down with it, their titles.
    """
    taken: dict[int, list[str]] = {}
    queue = [(each, each.run_id) for each in ended]
    while queue:
        current, cause = queue.pop(0)
        for waiter in _waiters(connection, current.task_id):
            skipped = _settle(connection, waiter, current, now)
            if skipped is not None:
                if current.status is not RunStatus.COMPLETED:
                    taken.setdefault(cause, []).append(skipped.title)
                queue.append((skipped, cause))
    return taken


def verdict(connection: sa.Connection, task_id: int, workflow: int | None) -> tuple[bool, str | None]:
    """Whether a task's prerequisites let it run: (all of them do, or the reason why it never will this time).

    Runs of prerequisites that ended before the task's own previous run count no more.
    """
    waiter = _waiter(connection, task_id)
    if waiter is None:
        return True, None
    since = connection.execute(sa.select(sa.func.max(RUNS.c.start_time)).where(RUNS.c.task_id == task_id)).scalar()
    satisfied = True
    for prerequisite, kind in waiter.prerequisites.items():
        run = _run_in(connection, prerequisite, workflow) if workflow is not None else None
        if run is None and (workflow is None or prerequisite not in _participants(connection, workflow)):
            run = _latest(connection, prerequisite, since)
        if run is None or run["status"] in ACTIVE:
            satisfied = False
        elif not _suits(run["status"], kind):
            return False, _why_skipped(run, kind)
    return satisfied, None


def _settle(connection: sa.Connection, waiter: _Waiter, ended: Ended, now: datetime) -> Ended | None:
    """What the end of one prerequisite means for one task; the skipped run, if it comes to that."""
    task = waiter.row
    scheduled = task["next_run_at"] is not None
    together = not scheduled and _takes_part(connection, ended, waiter)
    waiting = _waiting_run(connection, task["id"], ended.workflow if together else None)
    if scheduled and waiting is None:
        return None
    if not scheduled and waiting is None and _exists(connection, task["id"], ended.workflow):
        return None
    if not scheduled and not task["is_active"]:
        return _skip(connection, task, waiting, ended, "it was paused", now)
    free, hopeless = verdict(connection, task["id"], ended.workflow)
    if hopeless is not None:
        return _skip(connection, task, waiting, ended, hopeless, now)
    if waiting is not None:
        if free:
            change = {"status": RunStatus.PENDING, "available_at": now, "reason": None}
            move_runs(connection, [(waiting["run_id"], RunStatus.WAITING, change)], now)
        return None
    status = RunStatus.PENDING if free else RunStatus.WAITING
    add_runs(connection, [_dependent(task["id"], status, ended, now, None if free else "waits for others")], now)
    return None


def _skip(
    connection: sa.Connection,
    task: Mapping[str, Any],
    waiting: Mapping[str, Any] | None,
    ended: Ended,
    reason: str,
    now: datetime,
) -> Ended:
    if waiting is None:
        (run_id,) = add_runs(connection, [_dependent(task["id"], RunStatus.SKIPPED, ended, now, reason)], now)
    else:
        run_id = waiting["run_id"]
        change = {"status": RunStatus.SKIPPED, "reason": reason, "end_time": now}
        move_runs(connection, [(run_id, RunStatus.WAITING, change)], now)
    workflow = ended.workflow if waiting is None else waiting["workflow_run_id"] or run_id
    return Ended(
        run_id=run_id,
        task_id=task["id"],
        title=task["name"],
        status=RunStatus.SKIPPED,
        reason=reason,
        workflow=workflow,
        scheduled_time=ended.scheduled_time,
    )


def _dependent(task_id: int, status: RunStatus, ended: Ended, now: datetime, reason: str | None) -> dict[str, Any]:
    return new_run(
        task_id,
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


def _why_skipped(run: Mapping[str, Any], kind: DependencyType) -> str:
    title, reason = f"“{run['name']}”", run["reason"]
    if run["status"] is RunStatus.FAILED:
        return f"skipped due to failure of {title}"
    if kind is DependencyType.FAILURE:
        return f"skipped because {title} did not fail"
    if reason and reason.startswith("skipped due to"):
        return str(reason)
    return f"skipped because {title} was {run['status'].value}"


def _waiters(connection: sa.Connection, task_id: int) -> list[_Waiter]:
    found = connection.execute(sa.select(_EDGES.c.task_id).where(_EDGES.c.depends_on_task_id == task_id)).scalars()
    return [waiter for each in sorted(found) if (waiter := _waiter(connection, each)) is not None]


def _waiter(connection: sa.Connection, task_id: int) -> _Waiter | None:
    row = _first(
        connection,
        sa.select(_TASKS.c.id, _TASKS.c.name, _TASKS.c.is_active, _TASKS.c.next_run_at).where(
            _TASKS.c.id == task_id, _TASKS.c.deleted_at.is_(None)
        ),
    )
    if row is None:
        return None
    edges = connection.execute(
        sa.select(_EDGES.c.depends_on_task_id, _EDGES.c.dependency_type)
        .join(_TASKS, _TASKS.c.id == _EDGES.c.depends_on_task_id)
        .where(_EDGES.c.task_id == task_id, _TASKS.c.deleted_at.is_(None))
    ).all()
    return _Waiter(row=row, prerequisites={edge[0]: DependencyType(edge[1]) for edge in edges})


def _takes_part(connection: sa.Connection, ended: Ended, waiter: _Waiter) -> bool:
    """Whether all prerequisites of a task get their runs in the start that this one belongs to."""
    if waiter.prerequisites.keys() == {ended.task_id}:
        return True  # a plain chain, however long, need not be followed to its end
    return waiter.prerequisites.keys() <= _participants(connection, ended.workflow)


def _participants(connection: sa.Connection, workflow: int) -> frozenset[int]:
    """The tasks that get a run in this start: the one that started it, and all that come after it."""
    root = connection.execute(sa.select(RUNS.c.task_id).where(RUNS.c.run_id == workflow)).scalar_one()

    def successors(tasks: Any) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        edges = sa.select(_EDGES.c.depends_on_task_id, _EDGES.c.task_id)
        for prerequisite, task in connection.execute(edges.where(_EDGES.c.depends_on_task_id.in_(tasks))):
            found.setdefault(prerequisite, []).append(task)
        return found

    return frozenset({root, *descendants(root, successors)})


_RUN = sa.select(RUNS.c.status, RUNS.c.reason, _TASKS.c.name).join(_TASKS, _TASKS.c.id == RUNS.c.task_id)


def _run_in(connection: sa.Connection, task_id: int, workflow: int) -> dict[str, Any] | None:
    """The run of a task in this start, ended or not."""
    here = sa.or_(RUNS.c.workflow_run_id == workflow, RUNS.c.run_id == workflow)
    return _first(connection, _RUN.where(RUNS.c.task_id == task_id, here))


def _latest(connection: sa.Connection, task_id: int, since: datetime | None) -> dict[str, Any] | None:
    """The latest run of a task that ended since; one that was missed is no end."""
    query = _RUN.where(RUNS.c.task_id == task_id, RUNS.c.status.in_(ENDED - {RunStatus.MISSED}))
    if since is not None:
        query = query.where(RUNS.c.end_time > since)
    return _first(connection, query.order_by(RUNS.c.run_id.desc()))


def _waiting_run(connection: sa.Connection, task_id: int, workflow: int | None) -> Mapping[str, Any] | None:
    """The waiting run of a task in this start, or in any when none is given."""
    query = sa.select(RUNS.c.run_id, RUNS.c.workflow_run_id).where(
        RUNS.c.task_id == task_id, RUNS.c.status == RunStatus.WAITING
    )
    if workflow is not None:
        query = query.where(RUNS.c.workflow_run_id == workflow)
    return _first(connection, query.order_by(RUNS.c.run_id))


def _exists(connection: sa.Connection, task_id: int, workflow: int) -> bool:
    query = sa.select(RUNS.c.run_id).where(RUNS.c.task_id == task_id, RUNS.c.workflow_run_id == workflow)
    return connection.execute(query.limit(1)).first() is not None


def _first(connection: sa.Connection, query: sa.Select[Any]) -> dict[str, Any] | None:
    row = connection.execute(query.limit(1)).mappings().first()
    return {str(name): value for name, value in row.items()} if row else None


def active_runs(connection: sa.Connection, tasks: Sequence[int]) -> dict[int, set[RunStatus]]:
    """The statuses of the runs of each task that have not ended."""
    found: dict[int, set[RunStatus]] = {}
    query = sa.select(RUNS.c.task_id, RUNS.c.status).where(RUNS.c.task_id.in_(tasks), RUNS.c.status.in_(ACTIVE))
    for task_id, status in connection.execute(query):
        found.setdefault(task_id, set()).add(status)
    return found
