"""Due tasks become runs: every occurrence gets exactly one row, whatever becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from store.kinds import CatchUp, EventMode, Overlap, Trigger
from store.moves import RUNS, add_runs, move_runs, new_run, table_of
from store.operations.instead import stood_in
from store.operations.pruned import pruned_moments
from store.operations.release import Ended, active_runs, verdict
from store.operations.starts import Starts
from store.permissions import switched_off
from store.prepared import Query, Write
from store.quiet import loud_again
from store.rows import schedule_of
from store.slots import Slots, due_slots
from store.status import ACTIVE, RunStatus
from store.tables import Dependency, Task

TASKS, _EDGES = table_of(Task), table_of(Dependency)
OWNER_IS_OFF = "the account of its owner is switched off"
_CATCH_UPS, _STEP = 10, timedelta(seconds=0.1)
"""How many tasks that an outage held up are started again at a step, so that they do not crowd out what is due now."""

_Row = Mapping[str, Any]
_Columns = dict[str, Any]

# Made once: putting such a statement together costs more than running it.
_NOW = sa.bindparam("now", type_=RUNS.c.available_at.type)
ACTIVE_TASK = sa.and_(TASKS.c.is_active, TASKS.c.deleted_at.is_(None))
_DUE = Query(
    sa.select(
        *(
            TASKS.c[name]
            for name in (
                "id", "name", "owner_id", "timezone", "schedule_cron", "schedule_interval", "schedule_anchor",
                "schedule_rrule", "schedule_dtstart", "schedule_once", "schedule_start", "schedule_until", "max_runs",
                "except_dates", "next_run_at", "last_run_at", "run_count", "catch_up", "catch_up_window_seconds",
                "overlap", "jitter_seconds", "quiet_hours", "max_parallel", "on_crash", "action_type",
                "action_payload", "timeout_seconds", "condition", "condition_held", "event_mode",
            )
        )
    )
    .where(ACTIVE_TASK, TASKS.c.next_run_at <= _NOW)
    .order_by(TASKS.c.next_run_at)
    .limit(sa.bindparam("limit"))
    .with_for_update(skip_locked=True)
)  # fmt: skip
_WAITING = Query(
    sa.select(_EDGES.c.task_id).where(_EDGES.c.task_id.in_(sa.bindparam("tasks", expanding=True))).distinct()
)
_CHANGED = ("next_run_at", "last_run_at", "run_count", "is_active")
_MOVE_ON = Write(
    sa.update(TASKS).where(TASKS.c.id == sa.bindparam("_id")).values({name: sa.bindparam(name) for name in _CHANGED}),
    (*_CHANGED, "_id"),
)


@dataclass(frozen=True, kw_only=True)
class Other:
    """What else there is of a due task. going: the statuses of its runs that have not ended; done: why it need not
    run this time.
    """

    going: set[RunStatus]
    waits: bool
    done: str | None = None


Started = tuple[_Row, _Row, int]
"""A run that was started as it was written: its task, its columns, its id."""


def write_due_runs(
    connection: sa.Connection, now: datetime, limit: int, starts: Starts | None = None
) -> tuple[int, list[Started], list[Ended]]:
    """Write the runs of up to `limit` due tasks and move their next run on; how many tasks that were.

    starts: begin those runs at once that it has room for, which saves writing them twice; they are given, too, and
    those that were skipped, for others to be told.
    """
    due = [row._asdict() for row in _DUE.rows(connection, now=now, limit=limit)]
    if not due:
        return 0, [], []
    ids = [task["id"] for task in due]
    going = active_runs(connection, ids)
    waits = {row.task_id for row in _WAITING.rows(connection, tasks=ids)}
    served = [task for task in due if task["event_mode"] is EventMode.INSTEAD]
    done = stood_in(connection, served) if served else {}
    if off := switched_off(connection):
        done |= {task["id"]: OWNER_IS_OFF for task in due if task["owner_id"] in off}
    runs: list[_Columns] = []
    tasks: list[_Row] = []
    changes: list[_Columns] = []
    late: list[list[_Columns]] = []
    for task in due:
        other = Other(going=going.get(task["id"], set()), waits=task["id"] in waits, done=done.get(task["id"]))
        rows, change = _due_runs(connection, task, now, other)
        if any(row["triggered_by"] is Trigger.CATCH_UP and row["status"] is RunStatus.PENDING for row in rows):
            late.append(rows)
        elif starts is not None and not other.going:
            _start_first(task, rows, now, starts)
        runs += rows
        tasks += [task] * len(rows)
        changes.append(change)
    _stagger(connection, late, now)
    written = list(zip(tasks, runs, add_runs(connection, runs, now), strict=True))
    _MOVE_ON.write(connection, changes)
    skipped = [_ended(*each) for each in written if each[1]["status"] is RunStatus.SKIPPED]
    return len(due), [each for each in written if each[1]["status"] is RunStatus.RUNNING], skipped


_CAUGHT_UP = Query(
    sa.select(RUNS.c.available_at, sa.func.count().label("runs"))
    .where(
        RUNS.c.status.in_(list(RunStatus)),  # for the index
        RUNS.c.available_at > sa.bindparam("since", type_=RUNS.c.available_at.type),
        RUNS.c.triggered_by == Trigger.CATCH_UP,
    )
    .group_by(RUNS.c.available_at)
    .order_by(RUNS.c.available_at.desc())
    .limit(1)
)


def _stagger(connection: sa.Connection, late: Sequence[Sequence[_Columns]], now: datetime) -> None:
    """Have the runs of tasks that come late start in steps, after those that wait for their step already."""
    if not late:
        return
    latest = _CAUGHT_UP.rows(connection, since=now - _STEP)
    step, count = (max(latest[0].available_at, now), latest[0].runs) if latest else (now, 0)
    for rows in late:
        if count >= _CATCH_UPS:
            step, count = step + _STEP, 0
        count += 1
        for row in rows:
            if row["status"] is RunStatus.PENDING:
                row["available_at"] = max(row["available_at"], step)


def _start_first(task: _Row, rows: Sequence[_Columns], now: datetime, starts: Starts) -> None:
    """Begin the first of a task's new runs that may start now; the others have their turn as any run has."""
    first = next((row for row in rows if row["status"] is RunStatus.PENDING), None)
    if first is not None and first["available_at"] <= now:
        limits = (task["overlap"], task["max_parallel"], task["on_crash"])
        if starts.take(task["id"], task["owner_id"], *limits):
            first.update(starts.columns, attempt=1)


def _due_runs(connection: sa.Connection, task: _Row, now: datetime, other: Other) -> tuple[list[_Columns], _Columns]:
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
        status, reason = first_status(connection, task, trigger, going, other, now)
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


def first_status(
    connection: sa.Connection, task: _Row, trigger: Trigger, going: set[RunStatus], other: Other, now: datetime
) -> tuple[RunStatus, str | None]:
    """What a new run of a due task begins as, and why if it does not simply start."""
    if other.done is not None:
        return RunStatus.SKIPPED, other.done
    if trigger is not Trigger.CATCH_UP and going & ACTIVE:
        if task["overlap"] is Overlap.SKIP:
            return RunStatus.SKIPPED, "skipped because its previous run had not ended"
        if task["overlap"] is Overlap.CANCEL_OTHER:
            _cancel_active(connection, task, now)
    if other.waits:
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
    return set(connection.execute(query).scalars()) | pruned_moments(connection, task["id"], moments)


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
