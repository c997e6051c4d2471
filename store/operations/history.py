"""What became of tasks."""

import json
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from croncierge.errors import NotFound
from store import limits
from store.permissions import acting_user, concerns, visible_task
from store.rows import run_info, run_step
from store.session import Store
from store.status import RunStatus
from store.tables import Delivery, Run, RunTransition, Task, User
from store.values import Actor, RunInfo, RunStep


def list_runs(
    store: Store,
    actor: Actor,
    *,
    task_id: int | None = None,
    status: RunStatus | None = None,
    text: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[RunInfo]:
    """The runs of one task, or of all that are listed for the actor, newest first; those of deleted tasks, too.

    text: only runs in which each of these words stands: in the task's title, the reason, the error, the log as far as
    it is in the database, the result, or what the actor was told. since, until: only runs that were due in this range,
    `until` not included. Raises NotFound for the task.
    """
    with store.read() as session:
        user = acting_user(session, actor)
        query = select(Run, Task.name).join(Task, col(Task.id) == Run.task_id)
        if task_id is not None:
            visible_task(session, user, task_id, include_deleted=True)
            query = query.where(Run.task_id == task_id)
        else:
            query = query.where(concerns(user))
        if status is not None:
            query = query.where(Run.status == status)
        for word in (text or "")[: limits.WORDS].split():
            query = query.where(_has(word, user))
        if since is not None:
            query = query.where(Run.scheduled_time >= since)
        if until is not None:
            query = query.where(Run.scheduled_time < until)
        rows = session.exec(query.order_by(col(Run.run_id).desc()).limit(max(limit, 0)))
        return [run_info(row, title) for row, title in rows]


def _has(word: str, user: User) -> sa.ColumnElement[bool]:
    """Whether a word stands anywhere in a run, whatever its case."""
    told = sa.exists().where(
        col(Delivery.run_id) == Run.run_id,
        col(Delivery.user_id) == user.id,
        col(Delivery.text).icontains(word, autoescape=True),
    )
    # As JSON is stored: other letters than those of ASCII may be escaped.
    result = sa.cast(col(Run.result), sa.String)
    escaped = json.dumps(word)[1:-1]
    texts = (col(Task.name), col(Run.reason), col(Run.error_message), col(Run.log), result)
    return sa.or_(
        *(column.icontains(word, autoescape=True) for column in texts),
        *([result.icontains(escaped, autoescape=True)] if escaped != word else []),
        told,
    )


def get_run(store: Store, actor: Actor, run_id: int) -> RunInfo:
    """The run with that id. Raises NotFound, also when its task is somebody else's."""
    with store.read() as session:
        row, task = visible_run(session, actor, run_id)
        return run_info(row, task.name)


def run_story(store: Store, actor: Actor, run_id: int) -> list[RunStep]:
    """How a run's status changed, in order. Raises NotFound as `get_run` does."""
    with store.read() as session:
        visible_run(session, actor, run_id)
        steps = session.exec(
            select(RunTransition).where(RunTransition.run_id == run_id).order_by(col(RunTransition.id))
        )
        return [run_step(step) for step in steps]


def visible_run(session: Session, actor: Actor, run_id: int) -> tuple[Run, Task]:
    """A run and its task. Raises NotFound for what the actor may not see."""
    user = acting_user(session, actor)
    row = session.get(Run, run_id) if 0 < run_id < 2**63 else None
    try:
        task = visible_task(session, user, row.task_id if row else 0, include_deleted=True)
    except NotFound:
        task = None
    if row is None or task is None:
        raise NotFound(f"There is no run {run_id}; list the runs to see which there are.", field="run")
    return row, task
