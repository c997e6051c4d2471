"""Starting over: forgetting how runs went, and starting what waits for something that will not come."""

from typing import Any

import sqlalchemy as sa

from croncierge.errors import Conflict, NotFound
from store.audit import Entity, record
from store.moves import RUNS, move_runs, table_of
from store.operations.parts import start_afresh
from store.operations.release import Ended, release, verdict
from store.operations.reruns import FRESH, after, refuse_repeating
from store.permissions import acting_user, editable_task
from store.rows import run_info
from store.session import Store
from store.status import ACTIVE, ENDED, RunStatus
from store.tables import Dependency, Run, Task
from store.values import Actor, RunInfo

_EDGES, _TASKS = table_of(Dependency), table_of(Task)
_BEGUN = frozenset({RunStatus.RUNNING, RunStatus.RETRYING})
STUCK = frozenset({RunStatus.WAITING, RunStatus.SKIPPED, RunStatus.BLOCKED, RunStatus.MISSED})
"""The statuses of runs that can be started anyway."""
_WAITS = {**FRESH, "status": RunStatus.WAITING, "reason": "waits for others"}


def clear_run(store: Store, actor: Actor, run_id: int, *, downstream: bool = True, force: bool = False) -> RunInfo:
    """Forget how a run went: it waits for its prerequisites, if it has any, and runs again.

    downstream: so does everything after it in the same start. force: also what must not be repeated.
    Raises NotFound, also for a deleted task, NotAllowed; Conflict for a run that has not ended, for one after it that
    is being executed, or when one of them must not be repeated.
    """
    with store.write() as session:
        user, now = acting_user(session, actor), store.clock.now()
        run = _run(session, run_id)
        task = editable_task(session, user, run.task_id)
        if run.status not in ENDED:
            raise Conflict(f"Run {run_id} of “{task.name}” has not ended: it is {run.status.value}.", field="run")
        refuse_repeating(run, task, force=force)
        connection = session.connection()
        workflow = run.workflow_run_id or run_id
        changes = [(run_id, run.status, _WAITS)]
        for other in _later(session, run, workflow) if downstream else ():
            its_task = editable_task(session, user, other.task_id)
            refuse_repeating(other, its_task, force=force)
            if other.status in _BEGUN:
                raise Conflict(
                    f"Run {other.run_id} of “{its_task.name}” comes after it and is being executed; cancel it first.",
                    field="run",
                )
            if other.status is not RunStatus.WAITING:
                changes.append((other.run_id or 0, other.status, _WAITS))
        for each, before, change in changes:
            was = {"status": before}
            start_afresh(connection, each, now)
            record(session, actor, now, "clear_run", Entity.RUN, each, before=was, after={"status": change["status"]})
        session.expire_all()
        # A run moves to waiting only from an end or from its turn, so that nobody executes it meanwhile.
        move_runs(connection, changes, now)
        _look_again(connection, run_id, run.task_id, workflow, now)
        session.refresh(run)
        cleared = run_info(run, task.name)
    store.changed()
    return cleared


def run_anyway(store: Store, actor: Actor, run_id: int, *, force: bool = False) -> RunInfo:
    """Start a run that waits, or was skipped, blocked or missed, whatever its prerequisites say.

    force: also one that has begun before, of a task that must not be repeated.
    Raises NotFound, also for a deleted task, NotAllowed; Conflict for a run that stands otherwise.
    """
    with store.write() as session:
        user, now = acting_user(session, actor), store.clock.now()
        run = _run(session, run_id)
        task = editable_task(session, user, run.task_id)
        if run.status not in STUCK:
            raise Conflict(
                f"Run {run_id} of “{task.name}” is {run.status.value} and does not wait for anything; "
                f"{'cancel it first' if run.status in ACTIVE else 'use rerun to repeat it'}.",
                field="run",
            )
        refuse_repeating(run, task, force=force)
        before = run.status
        change = {**FRESH, "status": RunStatus.PENDING, "reason": f"started anyway by {user.name}", "available_at": now}
        move_runs(session.connection(), [(run_id, before, change)], now)
        became = {"status": RunStatus.PENDING}
        record(session, actor, now, "run_anyway", Entity.RUN, run_id, before={"status": before}, after=became)
        session.refresh(run)
        started = run_info(run, task.name)
    store.changed()
    return started


def _run(session: Any, run_id: int) -> Run:
    run: Run | None = session.get(Run, run_id) if 0 < run_id < 2**63 else None
    if run is None:
        raise NotFound(f"There is no run {run_id}; list the runs to see which there are.", field="run")
    return run


def _later(session: Any, run: Run, workflow: int) -> list[Run]:
    """The runs of the same start whose tasks come after this one's and are still there."""
    tasks = after(session.connection(), run.task_id)
    query = (
        sa.select(Run)
        .join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
        .where(RUNS.c.workflow_run_id == workflow, RUNS.c.task_id.in_(tasks), _TASKS.c.deleted_at.is_(None))
    )
    return list(session.execute(query).scalars())


def _look_again(connection: sa.Connection, run_id: int, task_id: int, workflow: int, now: Any) -> None:
    """Let a run that waits again go on, or skip it, as its prerequisites ended."""
    here = sa.or_(RUNS.c.workflow_run_id == workflow, RUNS.c.run_id == workflow)
    query = (
        sa.select(RUNS, _TASKS.c.name)
        .join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
        .join(_EDGES, _EDGES.c.depends_on_task_id == RUNS.c.task_id)
        .where(_EDGES.c.task_id == task_id, here, RUNS.c.status.in_(ENDED), _TASKS.c.deleted_at.is_(None))
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is not None:
        ended = Ended(run_id=row.run_id, task_id=row.task_id, title=row.name, status=row.status, reason=row.reason,
                      workflow=workflow, scheduled_time=row.scheduled_time)  # fmt: skip
        release(connection, [ended], now)
    elif verdict(connection, task_id)[0]:
        change = {"status": RunStatus.PENDING, "available_at": now, "reason": None}
        move_runs(connection, [(run_id, RunStatus.WAITING, change)], now)
