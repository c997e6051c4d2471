"""Taking back what was changed last."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from croncierge.errors import Conflict, NotFound
from schedules.describe import describe, describe_moment
from store.audit import RUNTIME, Entity, record, restored, snapshot
from store.edges import triggers_of, with_prerequisites
from store.operations.control import over, revive
from store.operations.dependencies import refuse_cycle
from store.operations.triggers import from_json, replace_triggers, said
from store.permissions import acting_user, editable_task, name_of, owned_task, title_for
from store.rows import schedule_columns, task_schedule
from store.session import Store
from store.tables import AuditEntry, Dependency, Task, TaskPermission, User, UserPreferences, Workflow
from store.values import Actor, Undone

_UNDO = "undo"
# What the runtime moves on by itself, or follows from the rest: an undo works it out anew.
_MOVING = frozenset({"next_run_at", "last_run_at", "run_count", "is_active", "updated_at", "last_modified_by"})


_TIMING = frozenset({"deleted_at", "pause_note", "timezone", *schedule_columns(None)})


def undo(store: Store, actor: Actor) -> Undone:
    """Take back the actor's latest change set that was not taken back yet: all its changes together, newest first.

    What comes back is due from now on; what had its one time meanwhile comes back inactive, and the sentence says so.
    Undoing is recorded, but cannot be undone itself.

    Raises NotFound when there is nothing to take back, Conflict when somebody changed the same thing since,
    NotAllowed when the actor may no longer change it.
    """
    with store.write() as session:
        user = acting_user(session, actor)
        now = store.clock.now()
        entries = _latest(session, actor)
        if not entries:
            raise NotFound("There is nothing to undo: you changed nothing, or took it back already.")
        sentences, tasks = [], list[int]()
        for entry in entries:
            sentence, task_id = _BY_ENTITY[Entity(entry.entity)](session, user, entry, now)
            entry.undone_at = now
            record(
                session,
                actor,
                now,
                _UNDO,
                Entity(entry.entity),
                entry.entity_id,
                before=entry.after,
                after=entry.before,
            )
            sentences.append(sentence)
            if task_id is not None:
                tasks.append(task_id)
        session.flush()
        rows = [row for task_id in dict.fromkeys(tasks) if (row := session.get(Task, task_id))]
        undone = Undone(sentences=tuple(sentences), tasks=tuple(with_prerequisites(session, rows)))
    store.changed()
    return undone


def _latest(session: Session, actor: Actor) -> list[AuditEntry]:
    can_be_undone = sa.and_(
        col(AuditEntry.actor_id) == actor.user_id,
        col(AuditEntry.undone_at).is_(None),
        col(AuditEntry.action) != _UNDO,
        col(AuditEntry.via) != RUNTIME,
        col(AuditEntry.entity).in_([entity.value for entity in _BY_ENTITY]),
    )
    newest = col(AuditEntry.id).desc()
    change_set = session.exec(select(AuditEntry.change_set).where(can_be_undone).order_by(newest).limit(1)).first()
    if change_set is None:
        return []
    return list(
        session.exec(select(AuditEntry).where(can_be_undone, AuditEntry.change_set == change_set).order_by(newest))
    )


def _undo_task(session: Session, user: User, entry: AuditEntry, now: datetime) -> tuple[str, int]:
    row = editable_task(session, user, int(entry.entity_id), include_deleted=True)
    row.updated_at, row.last_modified_by = now, user.id
    if entry.before is None:
        row.deleted_at, row.next_run_at = now, None
        return f"“{row.name}” is deleted.", int(entry.entity_id)
    if "triggers" in entry.before:
        return _undo_triggers(session, row, entry, now), int(entry.entity_id)
    before = restored(Task, {name: value for name, value in entry.before.items() if name not in _MOVING})
    _refuse_overwriting(session, row, entry, before, f"“{row.name}”")
    called = row.name
    for name, value in before.items():
        setattr(row, name, value)
    return _task_sentence(row, called, before, now), int(entry.entity_id)


def _undo_triggers(session: Session, row: Task, entry: AuditEntry, now: datetime) -> str:
    connection, task_id = session.connection(), int(entry.entity_id)
    before = from_json((entry.before or {})["triggers"])
    if triggers_of(connection, [task_id]).get(task_id, ()) != from_json((entry.after or {})["triggers"]):
        raise _changed_since(session, entry, f"“{row.name}”")
    replace_triggers(connection, task_id, before, now)
    events = " or ".join(map(said, before))
    return f"“{row.name}” is started by {events} again." if before else f"No event starts “{row.name}” any more."


def _task_sentence(row: Task, called: str, before: Mapping[str, Any], now: datetime) -> str:
    """What came back, once the task is due again as its schedule says."""
    title = f"“{row.name}”"
    sentences = []
    if "name" in before:
        sentences.append(f"“{called}” is called {title} again.")
    if "deleted_at" in before:
        sentences.append(f"{title} is back.")
        title = "It"
    if "pause_note" in before and row.pause_note is not None:
        sentences.append(f"{title} is paused again.")
    if not before.keys().isdisjoint(_TIMING):
        sentences.append(_due_again(row, title, now))
    return " ".join(filter(None, sentences)) or f"{title} is as it was before."


def _due_again(row: Task, title: str, now: datetime) -> str:
    if row.pause_note is not None or row.deleted_at is not None:
        row.next_run_at = None
        row.is_active = row.is_active and row.pause_note is None
        return ""
    schedule = task_schedule(row)
    if not revive(row, now):
        return f"{title} will not run, because {over(row, now)}."
    if schedule is None or row.next_run_at is None:
        return ""
    following = describe_moment(row.next_run_at, schedule.zone, now)
    return f"{title} runs {describe(schedule)} ({schedule.zone}), next {following}."


def _undo_dependency(session: Session, user: User, entry: AuditEntry, _now: datetime) -> tuple[str, int]:
    task_id, on_task_id = map(int, entry.entity_id.split(":"))
    row = editable_task(session, user, task_id, include_deleted=True)
    waited_for = title_for(session, user, session.get_one(Task, on_task_id))
    if entry.before is not None and entry.after is None:
        refuse_cycle(session, user, task_id, on_task_id)
    _put_back(session, Dependency, (task_id, on_task_id), entry, f"“{row.name}”")
    waits = "waits" if entry.before is not None else "no longer waits"
    return f"“{row.name}” {waits} for {waited_for}{' again' if entry.before is not None else ''}.", task_id


def _undo_permission(session: Session, user: User, entry: AuditEntry, _now: datetime) -> tuple[str, int]:
    task_id, _, other = entry.entity_id.partition(":")
    row = owned_task(session, user, int(task_id))
    _put_back(session, TaskPermission, (int(task_id), UUID(other)), entry, f"“{row.name}”")
    name = name_of(session, UUID(other))
    if entry.before is None:
        return f"“{row.name}” is no longer shared with {name}.", int(task_id)
    return f"“{row.name}” is shared with {name} as before.", int(task_id)


def _undo_preferences(session: Session, user: User, entry: AuditEntry, _now: datetime) -> tuple[str, None]:
    _put_back(session, UserPreferences, UUID(entry.entity_id), entry, "your preferences")
    row = session.get(UserPreferences, user.id)
    zone = row.timezone if row and row.timezone else "not set"
    time = row.default_time if row else "09:00"
    return f"Your preferences are as before: the time zone is {zone}, the usual time of day {time}.", None


def _undo_workflow(session: Session, _user: User, entry: AuditEntry, _now: datetime) -> tuple[str, None]:
    row = session.get(Workflow, int(entry.entity_id))
    called = row.name if row else "it"
    _put_back(session, Workflow, int(entry.entity_id), entry, f"the workflow “{called}”")
    return f"The workflow “{called}” is called “{(entry.before or {})['name']}” again.", None


_BY_ENTITY: Mapping[Entity, Callable[[Session, User, AuditEntry, datetime], tuple[str, int | None]]] = {
    Entity.TASK: _undo_task,
    Entity.DEPENDENCY: _undo_dependency,
    Entity.PERMISSION: _undo_permission,
    Entity.PREFERENCES: _undo_preferences,
    Entity.WORKFLOW: _undo_workflow,
}


def _put_back(session: Session, model: type[SQLModel], key: Any, entry: AuditEntry, what: str) -> None:
    """Make a whole row be as it was before the entry, or not be at all."""
    row = session.get(model, key)
    if (row is None) != (entry.after is None):
        raise _changed_since(session, entry, what)
    if entry.before is None:
        session.delete(row)
        session.flush()
    elif row is None:
        session.add(model(**restored(model, entry.before)))
    else:
        before = restored(model, entry.before)
        _refuse_overwriting(session, row, entry, before, what)
        for name, value in before.items():
            setattr(row, name, value)


def _refuse_overwriting(
    session: Session, row: SQLModel, entry: AuditEntry, before: Mapping[str, Any], what: str
) -> None:
    left = restored(type(row), entry.after or {})
    current = snapshot(row)
    if any(current[name] != left[name] for name in before if name not in _MOVING):
        raise _changed_since(session, entry, what)


def _changed_since(session: Session, entry: AuditEntry, what: str) -> Conflict:
    later = session.exec(
        select(AuditEntry)
        .where(
            AuditEntry.entity == entry.entity,
            AuditEntry.entity_id == entry.entity_id,
            col(AuditEntry.id) > entry.id,
            AuditEntry.actor_id != entry.actor_id,
        )
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    ).first()
    who = name_of(session, later.actor_id) if later else "the runtime"
    return Conflict(f"That cannot be undone, because {who} has changed {what} since; change it by hand.", field="undo")
