"""The record of changes: what a row held before and after, in plain JSON, and back into a row."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_type_hints

import sqlalchemy as sa
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from sqlmodel import Session, SQLModel

from store.prepared import Write
from store.tables import AuditEntry
from store.values import Actor

_ADD = Write(
    sa.insert(AuditEntry.metadata.tables["audit_log"]),
    ("at", "actor_id", "via", "change_set", "action", "entity", "entity_id", "before", "after"),
)


RUNTIME = "runtime"
"""`Actor.via` of what the runtime changes by itself, in the name of the owner; nobody takes it back by an undo."""


class Entity(StrEnum):
    """What kind of row a change was made to."""

    TASK = "task"  # entity_id: its id
    DEPENDENCY = "task_dependency"  # entity_id: task and prerequisite, as "3:1"
    PERMISSION = "task_permission"  # entity_id: task and user, as "3:<id>"
    PREFERENCES = "user_preferences"  # entity_id: the user's id
    USER = "user"  # entity_id: its id
    RUN = "task_run"  # entity_id: its id
    APPROVAL = "approval"  # entity_id: its id
    WORKFLOW = "workflow"  # entity_id: its id


def record(
    within: Session | sa.Connection,
    actor: Actor,
    at: datetime,
    action: str,
    entity: Entity,
    entity_id: str | int,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note a change in the same transaction. Of a row that was there before and after, only what differs is kept."""
    connection = within.connection() if isinstance(within, Session) else within
    if before is not None and after is not None:
        keys = [key for key in after if before.get(key) != after[key]]
        before = {key: before[key] for key in keys}
        after = {key: after[key] for key in keys}
    _write(connection, actor, at, action, entity, [(entity_id, before, after)])


def record_new(
    connection: sa.Connection,
    actor: Actor,
    at: datetime,
    action: str,
    entity: Entity,
    rows: Mapping[int, Mapping[str, Any]],
) -> None:
    """Note that these rows, by their ids, were made in the same transaction."""
    _write(connection, actor, at, action, entity, [(entity_id, None, after) for entity_id, after in rows.items()])


def _write(
    connection: sa.Connection,
    actor: Actor,
    at: datetime,
    action: str,
    entity: Entity,
    changes: Iterable[tuple[str | int, Mapping[str, Any] | None, Mapping[str, Any] | None]],
) -> None:
    entries = [
        {
            "at": at,
            "actor_id": actor.user_id,
            "via": actor.via,
            "change_set": actor.change_set,
            "action": action,
            "entity": entity.value,
            "entity_id": str(entity_id),
            "before": to_jsonable_python(before),
            "after": to_jsonable_python(after),
        }
        for entity_id, before, after in changes
    ]
    _ADD.write(connection, entries)


def snapshot(row: SQLModel) -> dict[str, Any]:
    """The columns of a row as they are now."""
    return row.model_dump()


def restored(model: type[SQLModel], recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Recorded columns as the types that the row has."""
    return {name: _reader(model, name).validate_python(value) for name, value in recorded.items()}


@cache
def _reader(model: type[SQLModel], name: str) -> TypeAdapter[Any]:
    reader: TypeAdapter[Any] = TypeAdapter(get_type_hints(model)[name])
    return reader
