"""What goes into the operations and comes out of them: plain frozen values, never rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from schedules.schedule import Schedule
from store.kinds import CatchUp, DependencyType, OnCrash, Overlap, TaskType, Trigger
from store.status import RunStatus


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, through which interface, and which changes belong together for undo."""

    user_id: UUID
    via: str
    change_set: str


@dataclass(frozen=True, kw_only=True)
class Prerequisite:
    """A task that must have ended first."""

    task_id: int
    type: DependencyType = DependencyType.SUCCESS


@dataclass(frozen=True, kw_only=True)
class TaskSpec:
    """A task to be created. Durations are in seconds; `None` for the zone takes the owner's."""

    title: str
    schedule: Schedule | None = None
    schedule_words: str | None = None
    zone: str | None = None
    type: TaskType = TaskType.REMINDER
    description: str = ""
    action_type: str = "notify"
    action_payload: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[Prerequisite, ...] = ()
    timeout_seconds: float = 300
    max_retries: int = 0
    retry_delay_seconds: float = 30
    retry_backoff: float = 2.0
    catch_up: CatchUp = CatchUp.ONCE
    catch_up_window_seconds: float | None = None
    overlap: Overlap = Overlap.SKIP
    on_crash: OnCrash = OnCrash.RETRY
    idempotency_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class TaskInfo:
    """A stored task, as everybody who may see it sees it. Instants are aware UTC."""

    id: int
    title: str
    description: str
    type: TaskType
    zone: str
    schedule: Schedule | None
    schedule_words: str | None
    next_run_at: datetime | None
    last_run_at: datetime | None
    run_count: int
    is_active: bool
    pause_note: str | None
    depends_on: tuple[Prerequisite, ...]
    action_type: str
    action_payload: Mapping[str, Any]
    max_retries: int
    catch_up: CatchUp
    owner_id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RunInfo:
    """A stored run, as everybody who may see its task sees it. Instants are aware UTC."""

    id: int
    task_id: int
    title: str
    scheduled_time: datetime
    start_time: datetime | None
    end_time: datetime | None
    status: RunStatus
    reason: str | None
    attempt: int
    triggered_by: Trigger
    workflow_run_id: int | None
    log: str
    error_message: str | None
    result: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class PreferencesInfo:
    """What a person prefers. zone: IANA name or None when never said; default_time: HH:MM."""

    zone: str | None
    default_time: str
    day_first: bool | None


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What an undo took back: one sentence a change, and the tasks it touched."""

    sentences: tuple[str, ...]
    tasks: tuple[TaskInfo, ...]
