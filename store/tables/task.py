"""What should happen, and when."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from store.kinds import (
    CatchUp,
    DependencyType,
    EventMode,
    Join,
    NotifyOn,
    OnCrash,
    Overlap,
    Permission,
    TaskType,
)
from store.tables.base import Json, enum_of


class Workflow(SQLModel, table=True):
    """Tasks tied by dependencies, under one name."""

    __tablename__ = "workflows"
    __table_args__ = (sa.UniqueConstraint("owner_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    owner_id: UUID = Field(foreign_key="users.id", index=True)
    created_at: datetime


class Task(SQLModel, table=True):
    """One task. At most one of the four schedule columns is set; none means that it only runs when released or asked.

    Instants are UTC. `schedule_interval` and the `*_seconds` columns are in seconds. `schedule_start` is the
    interval's anchor or the bound before which nothing happens; `schedule_dtstart` is the rule's local wall-clock
    start as ISO text without offset, meant in `timezone`; `except_dates` are ISO dates in `timezone`. `pause_note` is
    None unless somebody paused the task, and empty when they gave no reason. A deleted task keeps its row.

    jitter_seconds: each occurrence starts up to this much later, by a delay of its own. quiet_hours: "HH:MM-HH:MM" in
    `timezone`, in which nothing starts. condition: a cheap check `{"action_type", "action_payload", "expression"}`
    that is made at each occurrence; the action is executed only when it has become true. condition_held: how the last
    check went. pause_after_failures: so many failed runs in a row pause the task. channel: where its messages go.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.Index("ix_tasks_due", "is_active", "next_run_at"),
        sa.UniqueConstraint("owner_id", "idempotency_key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    description: str = ""
    type: TaskType = Field(sa_type=enum_of(TaskType, "type"))

    timezone: str = Field(max_length=64)
    schedule_cron: str | None = Field(default=None, max_length=200)
    schedule_interval: float | None = None
    schedule_anchor: datetime | None = None
    schedule_rrule: str | None = None
    schedule_dtstart: str | None = Field(default=None, max_length=32)
    schedule_once: datetime | None = None
    schedule_start: datetime | None = None
    schedule_until: datetime | None = None
    max_runs: int | None = None
    except_dates: list[str] = Field(default_factory=list, sa_type=Json)
    schedule_words: str | None = None

    next_run_at: datetime | None = None
    last_run_at: datetime | None = None
    run_count: int = 0
    is_active: bool = True
    pause_note: str | None = None

    action_type: str = Field(max_length=50)
    action_payload: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    timeout_seconds: float = 300
    max_retries: int = 0
    retry_delay_seconds: float = 30
    retry_backoff: float = 2.0
    retry_jitter: float = 0.0
    catch_up: CatchUp = Field(default=CatchUp.ONCE, sa_type=enum_of(CatchUp, "catch_up"))
    catch_up_window_seconds: float | None = None
    overlap: Overlap = Field(default=Overlap.SKIP, sa_type=enum_of(Overlap, "overlap"))
    max_parallel: int | None = None
    on_crash: OnCrash = Field(default=OnCrash.RETRY, sa_type=enum_of(OnCrash, "on_crash"))
    jitter_seconds: float = 0.0
    quiet_hours: str | None = Field(default=None, max_length=11)
    condition: dict[str, Any] | None = Field(default=None, sa_type=Json)
    condition_held: bool | None = None
    join: Join = Field(default=Join.ALL, sa_type=enum_of(Join, "join"))
    event_mode: EventMode = Field(default=EventMode.ALSO, sa_type=enum_of(EventMode, "event_mode"))
    pause_after_failures: int | None = None
    failures_in_a_row: int = 0
    notify_on: NotifyOn = Field(default=NotifyOn.ALL, sa_type=enum_of(NotifyOn, "notify_on"))
    channel: str | None = Field(default=None, max_length=100)

    workflow_id: int | None = Field(default=None, foreign_key="workflows.id", index=True)
    idempotency_key: str | None = Field(default=None, max_length=200)
    owner_id: UUID = Field(foreign_key="users.id", index=True)
    created_by: UUID = Field(foreign_key="users.id")
    last_modified_by: UUID = Field(foreign_key="users.id")
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class Dependency(SQLModel, table=True):
    """`task_id` waits for `depends_on_task_id`."""

    __tablename__ = "task_dependencies"

    task_id: int = Field(primary_key=True, foreign_key="tasks.id", ondelete="CASCADE")
    depends_on_task_id: int = Field(primary_key=True, foreign_key="tasks.id", ondelete="CASCADE", index=True)
    dependency_type: DependencyType = Field(
        default=DependencyType.SUCCESS, sa_type=enum_of(DependencyType, "dependency_type")
    )


class TaskPermission(SQLModel, table=True):
    """A task shared with somebody who does not own it."""

    __tablename__ = "task_permissions"

    task_id: int = Field(primary_key=True, foreign_key="tasks.id", ondelete="CASCADE")
    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE", index=True)
    permission: Permission = Field(sa_type=enum_of(Permission, "permission"))
