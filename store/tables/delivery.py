"""Messages to people, kept apart from the runs that caused them: a failed delivery never repeats the work."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from store.kinds import DeliveryStatus
from store.tables.base import enum_of


class Delivery(SQLModel, table=True):
    """One message for one person. At most one per run and kind.

    available_at: not sent before this instant: quiet hours, and the pause between tries. acknowledged_at: when the
    person said that they have seen it. A digest belongs to no run.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "kind"),
        sa.Index("ix_deliveries_open", "user_id", "status"),
        sa.Index("ix_deliveries_due", "status", "available_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    task_id: int | None = Field(default=None, foreign_key="tasks.id", ondelete="CASCADE")
    run_id: int | None = Field(default=None, foreign_key="task_runs.run_id", ondelete="CASCADE")
    kind: str = Field(max_length=20)
    channel: str = Field(max_length=100)
    text: str
    status: DeliveryStatus = Field(sa_type=enum_of(DeliveryStatus, "status"))
    attempts: int = 0
    created_at: datetime
    available_at: datetime
    claimed_by: str | None = Field(default=None, max_length=100)
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    error: str | None = None
