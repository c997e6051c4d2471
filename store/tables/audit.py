"""Who changed what, and how to change it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from store.tables.base import Json


class AuditEntry(SQLModel, table=True):
    """One change of one row. Append-only, but for the mark that it was undone.

    via: the interface it came through. change_set: changes asked for in one breath; undo takes them back together.
    before, after: the columns that changed; None for a row that did not exist.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        sa.Index("ix_audit_log_entity", "entity", "entity_id"),
        # The latest change that is left to undo, and what else was changed in the same breath.
        sa.Index("ix_audit_log_undo", "actor_id", "undone_at", "id"),
        sa.Index("ix_audit_log_breath", "actor_id", "change_set", "undone_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor_id: UUID = Field(foreign_key="users.id")
    via: str = Field(max_length=30)
    change_set: str = Field(max_length=100)
    action: str = Field(max_length=50)
    entity: str = Field(max_length=50)
    entity_id: str = Field(max_length=100)
    before: dict[str, Any] | None = Field(default=None, sa_type=Json)
    after: dict[str, Any] | None = Field(default=None, sa_type=Json)
    undone_at: datetime | None = None
