"""Bringing ended runs back: the same run tried again, with what waited for it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from croncierge.errors import Conflict, NotFound
from store.audit import Entity, record
from store.kinds import OnCrash
from store.moves import RUNS, move_runs, table_of
from store.operations.parts import start_afresh
from store.permissions import acting_user, editable_task
from store.rows import run_info
from store.session import Store
from store.status import ENDED, RunStatus
from store.tables import Dependency, Run, Task
from store.values import Actor, RunInfo

_EDGES = table_of(Dependency)
FRESH = {"end_time": None, "error_message": None, "result": None, "lease_owner": None, "lease_expires_at": None}


def rerun(store: Store, actor: Actor, run_id: int, *, force: bool = False) -> RunInfo:
    """Try an ended run again, whatever its prerequisites say; its attempts are counted on.

    What was skipped because of it, in the same start, waits for it again. An AI run starts afresh, with a fresh budget.
    force: also a run of a task that must not
    be repeated. Raises NotFound, NotAllowed; Conflict for a run that has not ended or must not be repeated.
    """
    with store.write() as session:
        user = acting_user(session, actor)
        run = session.get(Run, run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}; list the runs to see which there are.", field="run")
        task = editable_task(session, user, run.task_id)
        if run.status not in ENDED:
            raise Conflict(f"Run {run_id} of “{task.name}” has not ended: it is {run.status.value}.", field="run")
        refuse_repeating(run, task, force=force)
        now, before = store.clock.now(), run.status
        connection = session.connection()
        change = {**FRESH, "status": RunStatus.PENDING, "reason": f"run again by {user.name}", "available_at": now}
        move_runs(connection, [(run_id, before, change)], now)
        start_afresh(connection, run_id, now)
        _wait_again(connection, task_id=run.task_id, workflow=run.workflow_run_id or run_id, now=now)
        became = {"status": RunStatus.PENDING}
        record(session, actor, now, "rerun", Entity.RUN, run_id, before={"status": before}, after=became)
        session.refresh(run)
        again = run_info(run, task.name)
    store.changed()
    return again


def refuse_repeating(run: Run, task: Task, *, force: bool) -> None:
    """Raise Conflict for a run that has begun already, of a task that must not be repeated, unless it is meant."""
    if run.attempt and task.on_crash is OnCrash.FAIL and not force:
        raise Conflict(
            f"“{task.name}” is never repeated by itself; say that run {run.run_id} shall be, with --force.", field="run"
        )


def after(connection: sa.Connection, task_id: int) -> set[int]:
    """The tasks that come after one, all the way down."""
    layer, seen = {task_id}, set[int]()
    while layer:
        following = sa.select(_EDGES.c.task_id).where(_EDGES.c.depends_on_task_id.in_(layer))
        layer = set(connection.execute(following).scalars()) - seen
        seen |= layer
    return seen


def _wait_again(connection: sa.Connection, *, task_id: int, workflow: int, now: datetime) -> None:
    """Let the skipped runs that come after a task, all the way down in one start, wait for it once more."""
    skipped = sa.select(RUNS.c.run_id).where(
        RUNS.c.task_id.in_(after(connection, task_id)),
        RUNS.c.workflow_run_id == workflow,
        RUNS.c.status == RunStatus.SKIPPED,
    )
    change: dict[str, Any] = {**FRESH, "status": RunStatus.WAITING, "reason": "waits for others"}
    found = connection.execute(skipped).scalars().all()
    move_runs(connection, [(run_id, RunStatus.SKIPPED, change) for run_id in found], now)
