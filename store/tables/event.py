"""Things that happen outside, and the tasks they start."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from store.tables.base import Json


class Event(SQLModel, table=True):
    """Something that happened. The key makes a repeated report of it harmless."""

    __tablename__ = "events"
    __table_args__ = (sa.UniqueConstraint("owner_id", "name", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    owner_id: UUID = Field(foreign_key="users.id", index=True)
    name: str = Field(max_length=200)
    key: str = Field(max_length=200)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    at: datetime


class EventTrigger(SQLModel, table=True):
    """A task that an event starts; `filter` must match the event's data.

    path: a folder, or a pattern of files, whose new and changed files are the events.
    """

    __tablename__ = "task_event_triggers"

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id", ondelete="CASCADE", index=True)
    event_name: str = Field(max_length=200, index=True)
    filter: dict[str, Any] | None = Field(default=None, sa_type=Json)
    path: str | None = Field(default=None, max_length=1000)
    created_at: datetime
