"""People and what is known of them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from store.tables import base as _base  # noqa: F401  (the naming convention comes first)


class User(SQLModel, table=True):
    __tablename__ = "users"

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=100, unique=True)
    is_admin: bool = False
    is_active: bool = Field(default=True, index=True)
    created_at: datetime


class UserPreferences(SQLModel, table=True):
    """timezone: IANA. default_time: HH:MM, taken when a request names a day but no time.

    quiet_hours: "HH:MM-HH:MM", in which nothing is sent. digest_at: HH:MM of the day's digest. channel: where messages
    go unless the task says otherwise.
    """

    __tablename__ = "user_preferences"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    timezone: str | None = Field(default=None, max_length=64)
    default_time: str = Field(default="09:00", max_length=5)
    day_first: bool | None = None
    quiet_hours: str | None = Field(default=None, max_length=11)
    digest_at: str | None = Field(default=None, max_length=5)
    channel: str | None = Field(default=None, max_length=100)
    updated_at: datetime


class Fact(SQLModel, table=True):
    """Something that a person wants the assistant to know. Forgotten means gone."""

    __tablename__ = "facts"
    __table_args__ = (sa.UniqueConstraint("user_id", "text"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    text: str = Field(max_length=500)
    created_at: datetime


class Identity(SQLModel, table=True):
    """Who a user is elsewhere: the ids that Slack, Discord or a sign-in service knows them by."""

    __tablename__ = "identities"
    __table_args__ = (sa.UniqueConstraint("provider", "external_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    provider: str = Field(max_length=30)
    external_id: str = Field(max_length=200)
    created_at: datetime
