"""Which events start a task."""

import fnmatch
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from croncierge.errors import Conflict, InvalidInput, NotFound
from store import limits
from store.audit import Entity, record
from store.edges import info, triggers_of
from store.moves import table_of
from store.permissions import acting_user, editable_task
from store.session import Store
from store.tables import EventTrigger
from store.values import Actor, TaskInfo, TriggerSpec

FILE = "file"
"""The name of the events of files."""
TRIGGERS = table_of(EventTrigger)
_MOST = 20
_GLOB = frozenset("*?[")


def add_trigger(store: Store, actor: Actor, task_id: int, trigger: TriggerSpec) -> TaskInfo:
    """Let an event start a task. One whose schedule has ended is active again, for its events.

    Whether files may be watched at `path` is for the caller to have checked.
    Raises InvalidInput, NotFound, NotAllowed; Conflict when the task has this trigger already or too many.
    """
    (accepted,) = accepted_triggers([trigger])
    with store.write() as session:
        user, now = acting_user(session, actor), store.clock.now()
        row = editable_task(session, user, task_id)
        before = triggers_of(session.connection(), [task_id]).get(task_id, ())
        if accepted in before:
            raise Conflict(f"“{row.name}” is started by {said(accepted)} already.", field="event")
        if len(before) >= _MOST:
            raise Conflict(f"“{row.name}” has {_MOST} triggers already; remove one first.", field="event")
        insert_triggers(session.connection(), {task_id: [accepted]}, now)
        if not row.is_active and row.pause_note is None:
            row.is_active = True
        row.updated_at, row.last_modified_by = now, user.id
        _record(session, actor, now, "add_trigger", task_id, before, (*before, accepted))
        session.flush()
        changed = info(session, row)
    store.changed()
    return changed


def remove_trigger(store: Store, actor: Actor, task_id: int, event: str, path: str | None = None) -> TaskInfo:
    """Let an event no longer start a task. path: only the trigger with this one, where there are several.

    Raises NotFound when the task has no such trigger, or for the task; NotAllowed.
    """
    with store.write() as session:
        user, now = acting_user(session, actor), store.clock.now()
        row = editable_task(session, user, task_id)
        before = triggers_of(session.connection(), [task_id]).get(task_id, ())
        left = tuple(each for each in before if each.event != event.strip() or path not in (None, each.path))
        if left == before:
            known = "; ".join(map(said, before)) or "nothing but its schedule"
            raise NotFound(f"“{row.name}” is not started by “{event}”; it is started by {known}.", field="event")
        replace_triggers(session.connection(), task_id, left, now)
        row.updated_at, row.last_modified_by = now, user.id
        _record(session, actor, now, "remove_trigger", task_id, before, left)
        session.flush()
        changed = info(session, row)
    store.changed()
    return changed


def change_triggers(
    session: Session, actor: Actor, task_id: int, triggers: Sequence[TriggerSpec], now: datetime
) -> bool:
    """Let these events start a task and no others, in a transaction of somebody else's; whether that is new.

    Whether files may be watched is for the caller to have checked. Raises InvalidInput.
    """
    wanted = tuple(accepted_triggers(triggers))
    before = triggers_of(session.connection(), [task_id]).get(task_id, ())
    if wanted == before:
        return False
    replace_triggers(session.connection(), task_id, wanted, now)
    _record(session, actor, now, "edit_task", task_id, before, wanted)
    return True


def accepted_triggers(triggers: Sequence[TriggerSpec]) -> list[TriggerSpec]:
    """The triggers as they are stored. Raises InvalidInput for what cannot be one."""
    limits.number("number of triggers", len(triggers), 0, _MOST)
    return [_accepted(each) for each in triggers]


def insert_triggers(connection: sa.Connection, wanted: Mapping[int, Sequence[TriggerSpec]], now: datetime) -> None:
    """Store accepted triggers, by their tasks."""
    rows = [
        {"task_id": task_id, "event_name": each.event, "filter": each.filter, "path": each.path, "created_at": now}
        for task_id, triggers in wanted.items()
        for each in triggers
    ]
    if rows:
        connection.execute(sa.insert(TRIGGERS), rows)


def replace_triggers(connection: sa.Connection, task_id: int, triggers: Sequence[TriggerSpec], now: datetime) -> None:
    """Let a task have these triggers and no others; those that it has already stay as they are."""
    kept: list[TriggerSpec] = []
    for row in connection.execute(sa.select(TRIGGERS).where(TRIGGERS.c.task_id == task_id)).all():
        trigger = TriggerSpec(event=row.event_name, filter=row.filter, path=row.path)
        if trigger in triggers:
            kept.append(trigger)
        else:
            connection.execute(sa.delete(TRIGGERS).where(TRIGGERS.c.id == row.id))
    insert_triggers(connection, {task_id: [each for each in triggers if each not in kept]}, now)


def as_json(triggers: Collection[TriggerSpec]) -> list[dict[str, Any]]:
    """Triggers for the record of changes."""
    return [{"event": each.event, "filter": each.filter, "path": each.path} for each in triggers]


def from_json(recorded: Sequence[Mapping[str, Any]]) -> tuple[TriggerSpec, ...]:
    """The triggers that were recorded."""
    return tuple(TriggerSpec(**each) for each in recorded)


def said(trigger: TriggerSpec) -> str:
    """A trigger in words."""
    if trigger.path is not None:
        return f"files at {trigger.path}"
    return f"the event “{trigger.event}”" + (f" with {dict(trigger.filter)}" if trigger.filter else "")


def matches(trigger: TriggerSpec, data: Mapping[str, Any]) -> bool:
    """Whether an event of the trigger's name, with this data, is one that it means. Pure.

    A filter's keys may lead into objects ("commit.branch"); a list means any of its values.
    """
    if trigger.path is not None and not watches(trigger.path, str(data.get("path", ""))):
        return False
    return all(_equals(wanted, _at(data, key)) for key, wanted in (trigger.filter or {}).items())


def watches(path: str, file: str) -> bool:
    """Whether a file is one of those that a trigger's path means: in that folder, or of that pattern. Pure."""
    where, pattern = folder_of(path)
    return bool(file) and PurePath(file).parent == where and fnmatch.fnmatchcase(PurePath(file).name, pattern)


def folder_of(path: str) -> tuple[PurePath, str]:
    """The folder of a trigger's path, and the pattern of the names of files in it. Pure."""
    whole = PurePath(path)
    return (whole.parent, whole.name) if _GLOB & set(whole.name) else (whole, "*")


def _accepted(trigger: TriggerSpec) -> TriggerSpec:
    name = limits.one_line("event", trigger.event, limits.TITLE)
    wanted = limits.payload(trigger.filter, "filter") if trigger.filter else None
    if trigger.path is None:
        return TriggerSpec(event=name, filter=wanted)
    path = limits.one_line("path", trigger.path, 1_000)
    whole = PurePath(path)
    if name != FILE or not whole.is_absolute() or ".." in whole.parts or _GLOB & set(str(whole.parent)):
        raise InvalidInput(
            f"The path {path!r} cannot be watched; give the event “file” and a whole path to a folder, or to files in "
            "it by their names, such as /data/in/*.csv.",
            field="path",
        )
    return TriggerSpec(event=name, filter=wanted, path=path)


def _at(data: Mapping[str, Any], key: str) -> Any:
    if key in data:
        return data[key]
    here: Any = data
    for part in key.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here


def _equals(wanted: Any, there: Any) -> bool:
    if isinstance(wanted, list):
        return there == wanted or any(_equals(each, there) for each in wanted)
    return (type(wanted) is type(there) and bool(wanted == there)) or _numbers(wanted, there)


def _numbers(wanted: Any, there: Any) -> bool:
    """1 and 1.0 are the same in JSON; 1 and true are not."""
    both = (wanted, there)
    return all(isinstance(each, int | float) and not isinstance(each, bool) for each in both) and wanted == there


def _record(
    session: Session,
    actor: Actor,
    now: datetime,
    action: str,
    task_id: int,
    before: Collection[TriggerSpec],
    after: Collection[TriggerSpec],
) -> None:
    was, is_now = {"triggers": as_json(before)}, {"triggers": as_json(after)}
    record(session, actor, now, action, Entity.TASK, task_id, before=was, after=is_now)
