"""Due tasks become runs, and runs become somebody's: each pass is one transaction, so that nothing is half claimed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store.kinds import CatchUp, Overlap, Trigger
from store.moves import RUNS, add_runs, move_runs, new_run, table_of
from store.operations.release import Ended, active_runs, release, verdict
from store.rows import schedule_of
from store.session import Store
from store.slots import due_slots
from store.status import ACTIVE, RunStatus
from store.tables import Dependency, Task

_TASKS, _EDGES = table_of(Task), table_of(Dependency)
_BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A run that a worker has to execute now. Instants are aware UTC."""

    run_id: int
    task_id: int
    owner_id: UUID
    title: str
    action_type: str
    action_payload: Mapping[str, Any]
    scheduled_time: datetime
    attempt: int
    timeout_seconds: float
    triggered_by: Trigger
    workflow_run_id: int


def claim_due(store: Store, worker: str, limit: int, lease_seconds: float) -> list[Claimed]:
    """Turn due tasks into runs and claim up to `limit` runs for `worker`, those due first, first.

    A claimed run is `running` and belongs to the worker until the lease ends. Runs beyond the limit stay `pending`.
    """
    now = store.clock.now()
    with store.write() as session:
        connection = session.connection()
        while _materialise(connection, now) == _BATCH:
            pass
        return _claim(connection, now, worker, limit, lease_seconds)


def next_wakeup(store: Store) -> datetime | None:
    """The earliest moment after now at which something will be due, or None."""
    now = store.clock.now()
    active = sa.and_(_TASKS.c.is_active, _TASKS.c.deleted_at.is_(None))
    later = RUNS.c.status.in_([RunStatus.PENDING, RunStatus.RETRYING])
    queries = (
        sa.select(sa.func.min(_TASKS.c.next_run_at)).where(active, _TASKS.c.next_run_at > now),
        sa.select(sa.func.min(RUNS.c.available_at)).where(later, RUNS.c.available_at > now),
        sa.select(sa.func.min(RUNS.c.lease_expires_at)).where(
            RUNS.c.status == RunStatus.RUNNING, RUNS.c.lease_expires_at > now
        ),
    )
    with store.read() as session:
        moments = [session.connection().execute(query).scalar() for query in queries]
    return min((moment for moment in moments if moment is not None), default=None)


def renew_leases(store: Store, worker: str, lease_seconds: float) -> int:
    """Keep what the worker has claimed for another while; how many runs that are."""
    until = store.clock.now() + timedelta(seconds=lease_seconds)
    mine = sa.and_(RUNS.c.lease_owner == worker, RUNS.c.status == RunStatus.RUNNING)
    with store.write() as session:
        return session.connection().execute(sa.update(RUNS).where(mine).values(lease_expires_at=until)).rowcount


def abandoned(store: Store, dead: Collection[str] = ()) -> list[tuple[int, str]]:
    """Runs whose worker let its lease end, or is among the `dead`: (run, worker)."""
    gone = sa.or_(RUNS.c.lease_expires_at <= store.clock.now(), RUNS.c.lease_owner.in_(dead))
    query = sa.select(RUNS.c.run_id, RUNS.c.lease_owner).where(RUNS.c.status == RunStatus.RUNNING, gone)
    with store.read() as session:
        return [(int(run_id), str(worker)) for run_id, worker in session.connection().execute(query)]


def working(store: Store) -> set[str]:
    """The workers that hold runs."""
    query = sa.select(RUNS.c.lease_owner).where(RUNS.c.status == RunStatus.RUNNING).distinct()
    with store.read() as session:
        return {str(worker) for worker in session.connection().execute(query).scalars()}


def _materialise(connection: sa.Connection, now: datetime) -> int:
    """Write the runs of up to a batch of due tasks and move their next run on; how many tasks that were."""
    due = [
        {str(name): value for name, value in row.items()}
        for row in connection.execute(
            sa.select(_TASKS)
            .where(_TASKS.c.is_active, _TASKS.c.deleted_at.is_(None), _TASKS.c.next_run_at <= now)
            .order_by(_TASKS.c.next_run_at)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        ).mappings()
    ]
    if not due:
        return 0
    ids = [task["id"] for task in due]
    going = active_runs(connection, ids)
    waits = set(connection.execute(sa.select(_EDGES.c.task_id).where(_EDGES.c.task_id.in_(ids)).distinct()).scalars())
    runs: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    hopeless: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for task in due:
        rows, change = _due_runs(connection, task, now, going.get(task["id"], set()), task["id"] in waits)
        runs += rows
        changes.append(change)
        hopeless += [(task, row) for row in rows if row["status"] is RunStatus.SKIPPED]
    run_ids = add_runs(connection, runs, now)
    connection.execute(
        sa.update(_TASKS)
        .where(_TASKS.c.id == sa.bindparam("_id"))
        .values({name: sa.bindparam(name) for name in ("next_run_at", "last_run_at", "run_count", "is_active")}),
        changes,
    )
    by_row = {id(row): run_id for row, run_id in zip(runs, run_ids, strict=True)}
    release(connection, [_ended(task, row, by_row[id(row)]) for task, row in hopeless], now)
    return len(due)


def _due_runs(
    connection: sa.Connection, task: dict[str, Any], now: datetime, going: set[RunStatus], waits: bool
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The runs of one due task, and what changes about the task itself."""
    schedule = schedule_of(task)
    assert schedule is not None, "only a task with a schedule is ever due"
    seconds = task["catch_up_window_seconds"]
    window = None if seconds is None else timedelta(seconds=seconds)
    slots = due_slots(schedule, task["next_run_at"], now, CatchUp(task["catch_up"]), window)
    old = _recorded(connection, task, [at for at, _ in slots.runs] + [at for at, _ in slots.missed])
    rows = []
    for at, reason in slots.missed:
        if at not in old:
            missed = new_run(task["id"], status=RunStatus.MISSED, scheduled_time=at, now=now,
                             triggered_by=Trigger.SCHEDULE, reason=reason)  # fmt: skip
            rows.append(missed)
    for at, trigger in slots.runs:
        if at in old:
            continue
        status, why = RunStatus.PENDING, None
        if trigger is not Trigger.CATCH_UP and task["overlap"] == Overlap.SKIP and going & ACTIVE:
            status, why = RunStatus.SKIPPED, "skipped because its previous run had not ended"
        elif waits:
            free, hopeless = verdict(connection, task["id"])
            status = RunStatus.SKIPPED if hopeless else RunStatus.PENDING if free else RunStatus.WAITING
            why = hopeless or (None if free else "waits for others")
        rows.append(new_run(task["id"], status=status, scheduled_time=at, now=now, triggered_by=trigger, reason=why))
        going = going | {status}
    started = [row for row in rows if row["status"] is not RunStatus.MISSED]
    return rows, {
        "_id": task["id"],
        "next_run_at": slots.following,
        "last_run_at": now if started else task["last_run_at"],
        "run_count": task["run_count"] + len(started),
        "is_active": slots.following is not None,
    }


def _recorded(connection: sa.Connection, task: dict[str, Any], moments: Sequence[datetime]) -> set[datetime]:
    """Occurrences that have their run already: only a clock that went backwards brings them up again."""
    if task["last_run_at"] is None or min(moments, default=task["last_run_at"]) > task["last_run_at"]:
        return set()
    query = sa.select(RUNS.c.scheduled_time).where(
        RUNS.c.task_id == task["id"],
        RUNS.c.scheduled_time.in_(moments),
        RUNS.c.triggered_by.in_([Trigger.SCHEDULE, Trigger.CATCH_UP]),
    )
    return set(connection.execute(query).scalars())


def _ended(task: dict[str, Any], row: dict[str, Any], run_id: int) -> Ended:
    return Ended(
        run_id=run_id,
        task_id=task["id"],
        title=task["name"],
        status=row["status"],
        reason=row["reason"],
        workflow=run_id,
        scheduled_time=row["scheduled_time"],
    )


_WANTED = (
    RUNS.c.run_id, RUNS.c.status, RUNS.c.attempt, RUNS.c.scheduled_time, RUNS.c.triggered_by, RUNS.c.workflow_run_id,
    RUNS.c.start_time, _TASKS.c.id, _TASKS.c.owner_id, _TASKS.c.name, _TASKS.c.action_type, _TASKS.c.action_payload,
    _TASKS.c.timeout_seconds, _TASKS.c.overlap, _TASKS.c.pause_note, _TASKS.c.deleted_at,
)  # fmt: skip


def _claim(connection: sa.Connection, now: datetime, worker: str, limit: int, lease_seconds: float) -> list[Claimed]:
    if limit <= 0:
        return []
    ready = (
        connection.execute(
            sa.select(*_WANTED)
            .join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
            .where(RUNS.c.status.in_([RunStatus.PENDING, RunStatus.RETRYING]), RUNS.c.available_at <= now)
            .order_by(RUNS.c.available_at, RUNS.c.run_id)
            .limit(limit + _BATCH)
            .with_for_update(skip_locked=True, of=RUNS)
        )
        .mappings()
        .all()
    )
    going = active_runs(connection, [row["id"] for row in ready])
    running = {task_id for task_id, statuses in going.items() if RunStatus.RUNNING in statuses}
    changes: list[tuple[int, RunStatus, dict[str, Any]]] = []
    claimed: list[Claimed] = []
    for row in ready:
        if (why := _called_off(row)) is not None:
            change = {"status": RunStatus.CANCELLED, "reason": why, "end_time": now}
            changes.append((row["run_id"], row["status"], change))
        elif len(claimed) < limit and (row["overlap"] == Overlap.ALLOW or row["id"] not in running):
            running.add(row["id"])
            claimed.append(_claimed(row))
            start = {
                "status": RunStatus.RUNNING,
                "attempt": row["attempt"] + 1,
                "start_time": row["start_time"] or now,
                "lease_owner": worker,
                "lease_expires_at": now + timedelta(seconds=lease_seconds),
                "reason": None,
            }
            changes.append((row["run_id"], row["status"], start))
    move_runs(connection, changes, now)
    return claimed


def _called_off(row: Any) -> str | None:
    if row["deleted_at"] is not None:
        return "its task was deleted"
    if row["pause_note"] is not None and row["triggered_by"] != Trigger.MANUAL:
        return "its task was paused"
    return None


def _claimed(row: Any) -> Claimed:
    return Claimed(
        run_id=row["run_id"],
        task_id=row["id"],
        owner_id=row["owner_id"],
        title=row["name"],
        action_type=row["action_type"],
        action_payload=row["action_payload"],
        scheduled_time=row["scheduled_time"],
        attempt=row["attempt"] + 1,
        timeout_seconds=row["timeout_seconds"],
        triggered_by=row["triggered_by"],
        workflow_run_id=row["workflow_run_id"] or row["run_id"],
    )
