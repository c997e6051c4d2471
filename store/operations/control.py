"""Pausing, resuming and deleting tasks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from croncierge.errors import InvalidInput
from schedules.describe import describe_moment
from schedules.occurrences import next_after
from schedules.schedule import Once
from store import limits
from store.audit import RUNTIME, Entity, record, snapshot
from store.edges import info
from store.permissions import acting_user, editable_task
from store.rows import task_schedule
from store.session import Store
from store.tables import Task
from store.values import Actor, TaskInfo

_TASKS = Task.metadata.tables["tasks"]


def pause_task(store: Store, actor: Actor, task_id: int, note: str | None = None) -> TaskInfo:
    """Let nothing come of a task's schedule until it is resumed. note: why, for whoever asks later.

    Pausing a paused task changes its note only. Raises NotFound, NotAllowed; InvalidInput for a note too long and
    for a task that is over.
    """
    note = limits.several_lines("note", note or "", limits.NOTE).strip()
    with store.write() as session:
        user = acting_user(session, actor)
        row = editable_task(session, user, task_id)
        if not row.is_active and row.pause_note is None:
            raise InvalidInput(f"“{row.name}” is over, so there is nothing to pause; give it a new time.", field="task")
        pause_row(session, actor, row, note, store.clock.now())
        paused = info(session, row)
    store.changed()
    return paused


def resume_task(store: Store, actor: Actor, task_id: int) -> TaskInfo:
    """Let a paused task run again, from its next occurrence on: what it missed while paused stays missed.

    Resuming an active task changes nothing. Raises NotFound, NotAllowed; InvalidInput when nothing is left to run.
    """
    with store.write() as session:
        user = acting_user(session, actor)
        row = editable_task(session, user, task_id)
        if row.is_active:
            return info(session, row)
        now = store.clock.now()
        if not resume_row(session, actor, row, now):
            raise InvalidInput(f"“{row.name}” cannot be resumed: {over(row, now)}; give it a new time.", field="task")
        resumed = info(session, row)
    store.changed()
    return resumed


def delete_task(store: Store, actor: Actor, task_id: int) -> TaskInfo:
    """Delete a task so that it can be brought back: its row, its history and its dependencies stay recorded.

    Tasks that waited for it no longer do; one that waited for nothing else only runs when asked, which `explain` tells.

    Raises NotFound, NotAllowed.
    """
    with store.write() as session:
        user = acting_user(session, actor)
        row = editable_task(session, user, task_id)
        before, now = snapshot(row), store.clock.now()
        row.deleted_at, row.next_run_at = now, None
        row.updated_at, row.last_modified_by = now, user.id
        record(session, actor, now, "delete_task", Entity.TASK, task_id, before=before, after=snapshot(row))
        deleted = info(session, row)
    store.changed()
    return deleted


def pause_row(session: Session, actor: Actor, row: Task, note: str, now: datetime) -> None:
    """Pause a task that the actor may change, in a transaction of somebody else's."""
    before = snapshot(row)
    row.is_active, row.next_run_at, row.pause_note = False, None, note
    row.updated_at, row.last_modified_by = now, actor.user_id
    record(session, actor, now, "pause_task", Entity.TASK, row.id or 0, before=before, after=snapshot(row))


def resume_row(session: Session, actor: Actor, row: Task, now: datetime) -> bool:
    """Resume a task that the actor may change, in a transaction of somebody else's; False when it is over."""
    before = snapshot(row)
    if not revive(row, now):
        session.expire(row)
        return False
    row.updated_at, row.last_modified_by = now, actor.user_id
    record(session, actor, now, "resume_task", Entity.TASK, row.id or 0, before=before, after=snapshot(row))
    return True


def record_pause(connection: sa.Connection, task_id: int, columns: Mapping[str, Any], now: datetime) -> None:
    """Note that the runtime is about to pause a task by itself: `columns` are what it sets."""
    task = connection.execute(sa.select(_TASKS).where(_TASKS.c.id == task_id)).mappings().one()
    actor = Actor(user_id=task["owner_id"], via=RUNTIME, change_set=f"{RUNTIME}:{task_id}:{now.isoformat()}")
    before = {name: task[name] for name in columns}
    record(connection, actor, now, "pause_task", Entity.TASK, task_id, before=before, after=columns)


def revive(row: Task, now: datetime) -> bool:
    """Make a task active, due at its schedule's next occurrence; whether there is anything left to run."""
    schedule = task_schedule(row)
    row.pause_note, row.failures_in_a_row = None, 0
    row.next_run_at = next_after(schedule, now) if schedule else None
    row.is_active = schedule is None or row.next_run_at is not None
    return row.is_active


def over(row: Task, now: datetime) -> str:
    """Why nothing is left to run of a task: half a sentence."""
    schedule = task_schedule(row)
    if isinstance(schedule, Once):
        return f"its one time, {describe_moment(schedule.at, schedule.zone, now)}, has passed"
    if schedule is not None and schedule.until is not None and schedule.until <= now:
        return f"its schedule ended on {describe_moment(schedule.until, schedule.zone, now)}"
    return "all its runs are done"
