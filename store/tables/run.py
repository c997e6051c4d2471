"""What happened."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from store.kinds import Trigger
from store.status import RunStatus
from store.tables.base import Json, enum_of

_SCHEDULED = sa.text("triggered_by IN ('schedule', 'catch_up', 'backfill')")


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index over the rows in which the column `where` is filled, as in most it is not."""
    filled = sa.text(f"{where} IS NOT NULL")
    return sa.Index(name, *columns, unique=unique, sqlite_where=filled, postgresql_where=filled)


class Run(SQLModel, table=True):
    """One execution of a task; an attempt is a try within it.

    scheduled_time: the moment it was due; of an unscheduled run the moment it was asked for.
    available_at: not started before this instant (retries), while pending or retrying.
    lease_expires_at: until when its worker holds it, while running; when it goes on by itself, while waiting.
    workflow_run_id: the run that started it all; runs of one start share it.
    event_id: the event that started it. log_ref: the fsspec URL of a log that is too long for `log`, which then has
    its beginning and its end.
    """

    __tablename__ = "task_runs"
    __table_args__ = (
        # The scheduled time is the identity of a run: an occurrence can never have two.
        sa.Index(
            "uq_task_runs_occurrence",
            "task_id",
            "scheduled_time",
            unique=True,
            sqlite_where=_SCHEDULED,
            postgresql_where=_SCHEDULED,
        ),
        # A task runs at most once in each start of a workflow.
        _partial("uq_task_runs_workflow", "task_id", "workflow_run_id", where="workflow_run_id", unique=True),
        _partial("ix_task_runs_workflow_run_id", "workflow_run_id", where="workflow_run_id"),
        # An event starts a task once, however often it is reported.
        _partial("ix_task_runs_event_id", "event_id", where="event_id"),
        _partial("uq_task_runs_event", "task_id", "event_id", where="event_id", unique=True),
        sa.Index("ix_task_runs_history", "task_id", "start_time"),
        sa.Index("ix_task_runs_status", "status", "available_at"),
        sa.Index("ix_task_runs_start", "start_time"),
    )

    run_id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id", ondelete="CASCADE")
    workflow_run_id: int | None = None
    event_id: int | None = Field(default=None, foreign_key="events.id", ondelete="SET NULL")
    scheduled_time: datetime
    available_at: datetime
    start_time: datetime | None = None
    end_time: datetime | None = None
    status: RunStatus = Field(sa_type=enum_of(RunStatus, "status"))
    reason: str | None = None
    attempt: int = 0
    triggered_by: Trigger = Field(sa_type=enum_of(Trigger, "triggered_by"))
    log: str = ""
    log_ref: str | None = None
    error_message: str | None = None
    result: dict[str, Any] | None = Field(default=None, sa_type=Json)
    lease_owner: str | None = Field(default=None, max_length=100)
    lease_expires_at: datetime | None = None


class RunTransition(SQLModel, table=True):
    """Every change of a run's status, with its time."""

    __tablename__ = "run_transitions"

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="task_runs.run_id", ondelete="CASCADE", index=True)
    from_status: RunStatus | None = Field(default=None, sa_type=enum_of(RunStatus, "from_status"))
    to_status: RunStatus = Field(sa_type=enum_of(RunStatus, "to_status"))
    at: datetime
    attempt: int = 0
    reason: str | None = None


class Transcript(SQLModel, table=True):
    """What was sent and what came back in one attempt of a run, without secrets. kind: the connector, or "model"."""

    __tablename__ = "transcripts"

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="task_runs.run_id", ondelete="CASCADE", index=True)
    attempt: int
    at: datetime
    kind: str = Field(max_length=50)
    request: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    response: dict[str, Any] | None = Field(default=None, sa_type=Json)


class PrunedRuns(SQLModel, table=True):
    """What is left of runs of a task whose rows were removed: how many ended so, and when they were due.

    slots: how many of them were occurrences of its schedule. earliest, latest: their scheduled times. What was due
    between them and has no row was pruned, so it is accounted for.
    """

    __tablename__ = "pruned_runs"

    task_id: int = Field(primary_key=True, foreign_key="tasks.id", ondelete="CASCADE")
    status: RunStatus = Field(primary_key=True, sa_type=enum_of(RunStatus, "status"))
    runs: int
    slots: int
    earliest: datetime
    latest: datetime


class Pruning(SQLModel, table=True):
    """One removal of old rows: by which policy, how many, and into which archive they went before."""

    __tablename__ = "prunings"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    ended_at: datetime | None = None
    keep_days: int | None = None
    keep_runs: int | None = None
    archive: str | None = Field(default=None, max_length=1000)
    runs: int
    events: int
    messages: int


class Heartbeat(SQLModel, table=True):
    """A process that runs tasks, and when it was last well. every_seconds: how often it says so."""

    __tablename__ = "heartbeats"

    worker: str = Field(primary_key=True, max_length=100)
    host: str = Field(max_length=255)
    pid: int
    started_at: datetime
    beat_at: datetime = Field(index=True)
    every_seconds: float
    ended_at: datetime | None = None
