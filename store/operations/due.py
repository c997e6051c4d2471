"""Due tasks become runs: every occurrence gets exactly one row, whatever becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from store.bulk import Bulk
from store.kinds import CatchUp, Overlap, Trigger
from store.moves import RUNS, add_runs, move_runs, new_run, table_of
from store.operations.release import Ended, active_runs, release, verdict
from store.quiet import loud_again
from store.rows import schedule_of
from store.slots import Slots, due_slots
from store.status import ACTIVE, RunStatus
from store.tables import Dependency, Task

TASKS, _EDGES = table_of(Task), table_of(Dependency)
BATCH = 250
CATCH_UPS_PER_SECOND = 100
"""How many tasks that an outage held up are started again a second, so that they do not crowd out what is due now."""

_Row = Mapping[str, Any]
_Columns = dict[str, Any]

# Made once: putting such a statement together costs more than running it.
_NOW = sa.bindparam("now", type_=RUNS.c.available_at.type)
ACTIVE_TASK = sa.and_(TASKS.c.is_active, TASKS.c.deleted_at.is_(None))
_DUE = (
    sa.select(
        *(
            TASKS.c[name]
            for name in (
                "id", "name", "owner_id", "timezone", "schedule_cron", "schedule_interval", "schedule_anchor",
                "schedule_rrule", "schedule_dtstart", "schedule_once", "schedule_start", "schedule_until", "max_runs",
                "except_dates", "next_run_at", "last_run_at", "run_count", "catch_up", "catch_up_window_seconds",
                "overlap", "jitter_seconds", "quiet_hours",
            )
        )
    )
    .where(ACTIVE_TASK, TASKS.c.next_run_at <= _NOW)
    .order_by(TASKS.c.next_run_at)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)  # fmt: skip
_WAITING = sa.select(_EDGES.c.task_id).where(_EDGES.c.task_id.in_(sa.bindparam("tasks", expanding=True))).distinct()
_CHANGED = ("next_run_at", "last_run_at", "run_count", "is_active")
_MOVE_ON = Bulk(
    sa.update(TASKS).where(TASKS.c.id == sa.bindparam("_id")).values({name: sa.bindparam(name) for name in _CHANGED}),
    (*_CHANGED, "_id"),
)


@dataclass(frozen=True, kw_only=True)
class _Other:
    """What else there is of a due task. going: the statuses of its runs that have not ended."""

    going: set[RunStatus]
    waits: bool


def write_due_runs(connection: sa.Connection, now: datetime) -> int:
    """Write the runs of up to a batch of due tasks and move their next run on; how many tasks that were."""
    due = [row._asdict() for row in connection.execute(_DUE, {"now": now})]
    if not due:
        return 0
    ids = [task["id"] for task in due]
    going = active_runs(connection, ids)
    waits = set(connection.execute(_WAITING, {"tasks": ids}).scalars())
    runs: list[_Columns] = []
    changes: list[_Columns] = []
    skipped: list[tuple[_Row, _Columns]] = []
    caught_up = 0
    for task in due:
        other = _Other(going=going.get(task["id"], set()), waits=task["id"] in waits)
        rows, change = _due_runs(connection, task, now, other)
        late = [row for row in rows if row["triggered_by"] is Trigger.CATCH_UP and row["status"] is RunStatus.PENDING]
        for row in late:
            row["available_at"] += timedelta(seconds=caught_up // CATCH_UPS_PER_SECOND)
        caught_up += bool(late)
        skipped += [(task, row) for row in rows if row["status"] is RunStatus.SKIPPED]
        runs += rows
        changes.append(change)
    run_ids = add_runs(connection, runs, now)
    _MOVE_ON.write(connection, changes)
    if skipped:
        by_row = {id(row): run_id for row, run_id in zip(runs, run_ids, strict=True)}
        release(connection, [_ended(task, row, by_row[id(row)]) for task, row in skipped], now)
    return len(due)


def _due_runs(connection: sa.Connection, task: _Row, now: datetime, other: _Other) -> tuple[list[_Columns], _Columns]:
    """The runs of one due task, and what changes about the task itself."""
    try:
        slots = _slots(task, now)
    except Exception as error:  # whatever is wrong with one task must not hold up all others
        return _blocked(connection, task, now, error)
    old = _recorded(connection, task, [at for at, _ in slots.runs] + [at for at, _ in slots.missed])
    rows = [
        new_run(task["id"], status=RunStatus.MISSED, scheduled_time=at, now=now, triggered_by=Trigger.SCHEDULE,
                reason=reason)
        for at, reason in slots.missed
        if at not in old
    ]  # fmt: skip
    going = other.going
    for at, trigger in slots.runs:
        if at in old:
            continue
        status, reason = _first_status(connection, task, trigger, going, other.waits, now)
        start = _start(task, at, now) if status is RunStatus.PENDING else now
        rows.append(
            new_run(task["id"], status=status, scheduled_time=at, now=now, triggered_by=trigger, reason=reason,
                    available_at=start)
        )  # fmt: skip
        going = going | {status}
    started = sum(row["status"] is not RunStatus.MISSED for row in rows)
    return rows, {
        "_id": task["id"],
        "next_run_at": slots.following,
        "last_run_at": now if started else task["last_run_at"],
        "run_count": task["run_count"] + started,
        "is_active": slots.following is not None,
    }


def _first_status(
    connection: sa.Connection, task: _Row, trigger: Trigger, going: set[RunStatus], waits: bool, now: datetime
) -> tuple[RunStatus, str | None]:
    """What a new run of a due task begins as, and why if it does not simply start."""
    if trigger is not Trigger.CATCH_UP and going & ACTIVE:
        if task["overlap"] is Overlap.SKIP:
            return RunStatus.SKIPPED, "skipped because its previous run had not ended"
        if task["overlap"] is Overlap.CANCEL_OTHER:
            _cancel_active(connection, task, now)
    if waits:
        free, hopeless = verdict(connection, task["id"])
        if hopeless:
            return RunStatus.SKIPPED, hopeless
        if not free:
            return RunStatus.WAITING, "waits for others"
    return RunStatus.PENDING, None


_GOING = sa.select(RUNS.c.run_id, RUNS.c.status).where(
    RUNS.c.task_id == sa.bindparam("task"), RUNS.c.status.in_(ACTIVE)
)


def _cancel_active(connection: sa.Connection, task: _Row, now: datetime) -> None:
    """Call off what still runs of a task, for the run that is due now. Whoever executes it finds it called off."""
    change = {"status": RunStatus.CANCELLED, "reason": "cancelled because its next run was due", "end_time": now}
    changes = [(row.run_id, row.status, change) for row in connection.execute(_GOING, {"task": task["id"]})]
    move_runs(connection, changes, now)


def _start(task: _Row, at: datetime, now: datetime) -> datetime:
    """When the run of an occurrence may start: now, but for the task's jitter and its quiet hours."""
    start = now
    if task["jitter_seconds"]:
        # The same for an occurrence whichever process looks at it, and however often.
        delay = Random(f"{task['id']} {at.timestamp()}").uniform(0, task["jitter_seconds"])
        start = max(now, at + timedelta(seconds=delay))
    return loud_again(task["quiet_hours"], start, task["timezone"])


def _slots(task: _Row, now: datetime) -> Slots:
    schedule = schedule_of(task)
    if schedule is None:
        raise ValueError("it has none")
    seconds = task["catch_up_window_seconds"]
    window = None if seconds is None else timedelta(seconds=seconds)
    return due_slots(schedule, task["next_run_at"], now, CatchUp(task["catch_up"]), window)


def _blocked(connection: sa.Connection, task: _Row, now: datetime, error: Exception) -> tuple[list[_Columns], _Columns]:
    """What is left of a task whose schedule cannot be read: one row that says why, and no further attempt."""
    at = task["next_run_at"]
    reason = f"its schedule cannot be read any more ({error}); give it a new one"
    row = new_run(task["id"], status=RunStatus.BLOCKED, scheduled_time=at, now=now,
                  triggered_by=Trigger.SCHEDULE, reason=reason)  # fmt: skip
    rows = [] if at in _recorded(connection, task, [at]) else [row]
    kept = {"_id": task["id"], "last_run_at": task["last_run_at"], "run_count": task["run_count"]}
    return rows, {**kept, "next_run_at": None, "is_active": False}


def _recorded(connection: sa.Connection, task: _Row, moments: Sequence[datetime]) -> set[datetime]:
    """Occurrences that have their run already: a clock that went backwards, or a backfill, brings them up again."""
    if task["last_run_at"] is None or min(moments, default=task["last_run_at"]) > task["last_run_at"]:
        return set()
    query = sa.select(RUNS.c.scheduled_time).where(
        RUNS.c.task_id == task["id"],
        RUNS.c.scheduled_time.in_(moments),
        RUNS.c.triggered_by.in_([Trigger.SCHEDULE, Trigger.CATCH_UP, Trigger.BACKFILL]),
    )
    return set(connection.execute(query).scalars())


def _ended(task: _Row, row: _Columns, run_id: int) -> Ended:
    return Ended(
        run_id=run_id,
        task_id=task["id"],
        title=task["name"],
        status=row["status"],
        reason=row["reason"],
        workflow=run_id,
        scheduled_time=row["scheduled_time"],
    )
