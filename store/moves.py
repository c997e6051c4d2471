"""Writing runs and the changes of their status, many at once, inside a transaction of somebody else's."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from store.prepared import Write, new_ids
from store.status import ENDED, RunStatus, may_become
from store.tables import Run, RunTransition


def table_of(row: type[SQLModel]) -> sa.Table:
    """The table behind a row class, for statements that must be fast."""
    table: sa.Table = row.__table__  # type: ignore[attr-defined]
    return table


RUNS, TRANSITIONS = table_of(Run), table_of(RunTransition)
_ADD = Write(
    sa.insert(RUNS),
    (
        "run_id", "task_id", "workflow_run_id", "scheduled_time", "available_at", "start_time", "end_time",
        "status", "reason", "attempt", "triggered_by", "event_id", "log", "lease_owner", "lease_expires_at",
    ),
)  # fmt: skip
_NOTE = Write(sa.insert(TRANSITIONS), ("run_id", "from_status", "to_status", "at", "attempt", "reason"))


def add_runs(connection: sa.Connection, rows: Sequence[dict[str, Any]], now: datetime) -> list[int]:
    """Insert runs and their first transition; their ids in the same order. Every row has the same keys."""
    if not rows:
        return []
    ids = new_ids(connection, RUNS.c.run_id, len(rows))
    _ADD.write(connection, [{**row, "run_id": run_id} for run_id, row in zip(ids, rows, strict=True)])
    _record(
        connection,
        [
            _transition(run_id, None, row["status"], now, row["attempt"], row["reason"])
            for run_id, row in zip(ids, rows, strict=True)
        ],
    )
    return ids


def new_run(
    task_id: int,
    *,
    status: RunStatus,
    scheduled_time: datetime,
    now: datetime,
    triggered_by: str,
    reason: str | None = None,
    workflow_run_id: int | None = None,
    event_id: int | None = None,
    available_at: datetime | None = None,
) -> dict[str, Any]:
    """The columns of a run to be inserted; one that never starts has ended at once.

    available_at: not started before this instant; by default it may start now.
    """
    over = status in ENDED
    return {
        "task_id": task_id,
        "workflow_run_id": workflow_run_id,
        "scheduled_time": scheduled_time,
        "available_at": available_at or now,
        "start_time": None,
        "end_time": now if over else None,
        "status": status,
        "reason": reason,
        "attempt": 0,
        "triggered_by": triggered_by,
        "event_id": event_id,
        "log": "",
        "lease_owner": None,
        "lease_expires_at": None,
    }


def move_runs(
    connection: sa.Connection, changes: Sequence[tuple[int, RunStatus, dict[str, Any]]], now: datetime
) -> None:
    """Move runs on: (id, present status, columns to change with the new `status`). Guarded by the present status.

    Raises ValueError for a change that the table of statuses does not allow.
    """
    if not changes:
        return
    for run_id, before, columns in changes:
        if not may_become(before, columns["status"]):
            raise ValueError(f"run {run_id} cannot become {columns['status']} from {before}")
    statements: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for run_id, before, columns in changes:
        statements.setdefault(tuple(columns), []).append({**columns, "_run_id": run_id, "_before": before})
    for names, parameters in statements.items():
        _move(names).write(connection, parameters)
    _record(
        connection,
        [
            _transition(run_id, before, columns["status"], now, columns.get("attempt"), columns.get("reason"))
            for run_id, before, columns in changes
        ],
    )


@cache
def _move(names: tuple[str, ...]) -> Write:
    guarded = sa.update(RUNS).where(RUNS.c.run_id == sa.bindparam("_run_id"), RUNS.c.status == sa.bindparam("_before"))
    return Write(guarded.values({name: sa.bindparam(name) for name in names}), (*names, "_run_id", "_before"))


def _transition(
    run_id: int, before: RunStatus | None, after: RunStatus, now: datetime, attempt: int | None, reason: str | None
) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "from_status": before,
        "to_status": after,
        "at": now,
        "attempt": attempt or 0,
        "reason": reason,
    }


def _record(connection: sa.Connection, transitions: list[dict[str, Any]]) -> None:
    _NOTE.write(connection, transitions)
