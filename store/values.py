"""What goes into the operations and comes out of them: plain frozen values, never rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from schedules.schedule import Schedule
from store.kinds import CatchUp, DependencyType, EventMode, Join, NotifyOn, OnCrash, Overlap, TaskType, Trigger
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
class TriggerSpec:
    """An event that starts a task.

    event: its name. filter: values that the event's data must have. path: a folder or a pattern of files (`*.csv`),
    whose new and changed files are the events; the name is then "file".
    """

    event: str
    filter: Mapping[str, Any] | None = None
    path: str | None = None


@dataclass(frozen=True, kw_only=True)
class TaskSpec:
    """A task to be created. Durations are in seconds; `None` for the zone takes the owner's.

    The columns of `store.tables.Task` say what each of the policies means.
    """

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
    retry_jitter: float = 0.0
    catch_up: CatchUp = CatchUp.ONCE
    catch_up_window_seconds: float | None = None
    overlap: Overlap = Overlap.SKIP
    max_parallel: int | None = None
    on_crash: OnCrash = OnCrash.RETRY
    jitter_seconds: float = 0.0
    quiet_hours: str | None = None
    condition: Mapping[str, Any] | None = None
    join: Join = Join.ALL
    triggers: tuple[TriggerSpec, ...] = ()
    event_mode: EventMode = EventMode.ALSO
    pause_after_failures: int | None = None
    notify_on: NotifyOn = NotifyOn.ALL
    channel: str | None = None
    workflow: str | None = None
    idempotency_key: str | None = None


class Unset(Enum):
    """Stands for "leave it as it is", where None means something."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, kw_only=True)
class TaskChange:
    """What to change about a task; what is UNSET stays. Durations are in seconds.

    zone: moves the wall-clock times of the schedule that is there into another zone; a new schedule brings its own.
    """

    title: str | Unset = UNSET
    schedule: Schedule | Unset | None = UNSET
    schedule_words: str | Unset | None = UNSET
    zone: str | Unset = UNSET
    type: TaskType | Unset = UNSET
    description: str | Unset = UNSET
    action_type: str | Unset = UNSET
    action_payload: Mapping[str, Any] | Unset = UNSET
    timeout_seconds: float | Unset = UNSET
    max_retries: int | Unset = UNSET
    retry_delay_seconds: float | Unset = UNSET
    retry_backoff: float | Unset = UNSET
    retry_jitter: float | Unset = UNSET
    catch_up: CatchUp | Unset = UNSET
    catch_up_window_seconds: float | Unset | None = UNSET
    overlap: Overlap | Unset = UNSET
    max_parallel: int | Unset | None = UNSET
    on_crash: OnCrash | Unset = UNSET
    jitter_seconds: float | Unset = UNSET
    quiet_hours: str | Unset | None = UNSET
    condition: Mapping[str, Any] | Unset | None = UNSET
    join: Join | Unset = UNSET
    triggers: tuple[TriggerSpec, ...] | Unset = UNSET
    event_mode: EventMode | Unset = UNSET
    pause_after_failures: int | Unset | None = UNSET
    notify_on: NotifyOn | Unset = UNSET
    channel: str | Unset | None = UNSET

    def but(self, **changes: Any) -> "TaskChange":
        """The same with these fields changed, too."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True)
class TaskInfo:
    """A stored task, as everybody who may see it sees it. Instants are aware UTC.

    pause_note: None unless somebody paused it; empty when they gave no reason.
    depends_on: the prerequisites that still count; a deleted one does not.
    triggers: the events that start it. workflow: the name that was given to the tasks it is tied to.
    """

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
    triggers: tuple[TriggerSpec, ...]
    workflow: str | None
    action_type: str
    action_payload: Mapping[str, Any]
    timeout_seconds: float
    max_retries: int
    retry_delay_seconds: float
    retry_backoff: float
    retry_jitter: float
    catch_up: CatchUp
    catch_up_window_seconds: float | None
    overlap: Overlap
    max_parallel: int | None
    on_crash: OnCrash
    jitter_seconds: float
    quiet_hours: str | None
    condition: Mapping[str, Any] | None
    join: Join
    event_mode: EventMode
    pause_after_failures: int | None
    notify_on: NotifyOn
    channel: str | None
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
    event_id: int | None
    log: str
    log_ref: str | None
    error_message: str | None
    result: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class EmittedInfo:
    """What came of an event. is_new: False when it had been reported before, and nothing was done.

    not_started: why tasks that wait for it did not start, one sentence each.
    """

    event_id: int
    is_new: bool
    runs: tuple[RunInfo, ...]
    not_started: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EventInfo:
    """An event that happened. runs: how many it started."""

    id: int
    name: str
    key: str
    data: Mapping[str, Any]
    at: datetime
    runs: int


@dataclass(frozen=True, kw_only=True)
class UserInfo:
    """A person. is_active: False while the account is switched off. tasks: how many active ones they own."""

    id: UUID
    name: str
    is_admin: bool
    is_active: bool
    created_at: datetime
    tasks: int


@dataclass(frozen=True, kw_only=True)
class PreferencesInfo:
    """What a person prefers. zone: IANA name or None when never said; default_time: HH:MM.

    quiet_hours: "HH:MM-HH:MM", in which nothing is sent; digest_at: HH:MM; channel: where messages go; None: the usual.
    """

    zone: str | None
    default_time: str
    day_first: bool | None
    quiet_hours: str | None = None
    digest_at: str | None = None
    channel: str | None = None


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What an undo took back: one sentence a change, and the tasks it touched."""

    sentences: tuple[str, ...]
    tasks: tuple[TaskInfo, ...]


@dataclass(frozen=True, kw_only=True)
class RunStep:
    """One change of a run's status. from_status: None for its first."""

    from_status: RunStatus | None
    to_status: RunStatus
    at: datetime
    attempt: int
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Stats:
    """Runs in numbers.

    by_status: how many runs are in each status that occurs.
    success_rate: completed among completed and failed, 0 to 1; None before any has ended so.
    median_time, p95_time, p99_time: how long completed runs took from start to end; None before any completed.
    sentence: the same for a person.
    """

    runs: int
    by_status: Mapping[RunStatus, int]
    success_rate: float | None
    median_time: timedelta | None
    p95_time: timedelta | None
    p99_time: timedelta | None
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a task did or did not run, from the record: sentences for a person, and the runs they speak of."""

    sentences: tuple[str, ...]
    runs: tuple[RunInfo, ...]
