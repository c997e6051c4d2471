"""Due tasks become runs, and runs become somebody's: each pass is one transaction, so that nothing is half claimed."""

from collections.abc import Callable, Mapping, Sequence
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
from store.slots import Slots, due_slots
from store.status import ACTIVE, RunStatus
from store.tables import Dependency, Task

_TASKS, _EDGES = table_of(Task), table_of(Dependency)
_BATCH = 100
_MOST_BATCHES = 10  # in one transaction, since others wait to write meanwhile


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
    Of very many due tasks some may be left; `next_wakeup` then gives a moment that has passed.
    """
    now = store.clock.now()
    with store.write() as session:
        connection = session.connection()
        for _ in range(_MOST_BATCHES):
            if _materialise(connection, now) < _BATCH:
                break
        return _claim(connection, now, worker, limit, lease_seconds)


_ACTIVE_TASK = sa.and_(_TASKS.c.is_active, _TASKS.c.deleted_at.is_(None))
_READY = RUNS.c.status.in_([RunStatus.PENDING, RunStatus.RETRYING])
_AFTER = sa.bindparam("after", type_=RUNS.c.available_at.type)
_WAKEUPS = sa.select(
    sa.select(sa.func.min(_TASKS.c.next_run_at)).where(_ACTIVE_TASK).scalar_subquery(),
    sa.select(sa.func.min(RUNS.c.available_at)).where(_READY, RUNS.c.available_at > _AFTER).scalar_subquery(),
    sa.select(sa.func.min(RUNS.c.lease_expires_at))
    .where(RUNS.c.status == RunStatus.RUNNING, RUNS.c.lease_expires_at > _AFTER)
    .scalar_subquery(),
)


def next_wakeup(store: Store, after: datetime) -> datetime | None:
    """The earliest moment at which something will be due, or None.

    after: a moment before the last claim: runs and leases that were due by then have had their chance. What became
    due since is not forgotten, and neither is a task that was left.
    """
    with store.read() as session:
        moments = session.connection().execute(_WAKEUPS, {"after": after}).one()
    return min((moment for moment in moments if moment is not None), default=None)


def renew_leases(store: Store, worker: str, lease_seconds: float) -> int:
    """Keep what the worker has claimed for another while; how many runs that are."""
    until = store.clock.now() + timedelta(seconds=lease_seconds)
    mine = sa.and_(RUNS.c.lease_owner == worker, RUNS.c.status == RunStatus.RUNNING)
    with store.write() as session:
        return session.connection().execute(sa.update(RUNS).where(mine).values(lease_expires_at=until)).rowcount


_HELD = sa.select(RUNS.c.run_id, RUNS.c.lease_owner, RUNS.c.lease_expires_at).where(RUNS.c.status == RunStatus.RUNNING)


def abandoned(store: Store, is_gone: Callable[[str], bool] = lambda _worker: False) -> list[tuple[int, str]]:
    """Runs whose worker let its lease end, or is gone: (run, worker)."""
    now = store.clock.now()
    with store.read() as session:
        held = session.connection().execute(_HELD).all()
    gone = {worker for worker in {row.lease_owner for row in held} if is_gone(worker)}
    return [(row.run_id, row.lease_owner) for row in held if row.lease_expires_at <= now or row.lease_owner in gone]


# Made once: putting such a statement together costs more than running it.
_NOW = sa.bindparam("now", type_=RUNS.c.available_at.type)
_DUE = (
    sa.select(*_TASKS.c)
    .where(_ACTIVE_TASK, _TASKS.c.next_run_at <= _NOW)
    .order_by(_TASKS.c.next_run_at)
    .limit(_BATCH)
    .with_for_update(skip_locked=True)
)
_WAITING = sa.select(_EDGES.c.task_id).where(_EDGES.c.task_id.in_(sa.bindparam("tasks", expanding=True))).distinct()
_CHANGED = ("next_run_at", "last_run_at", "run_count", "is_active")
_MOVE_ON = (
    sa.update(_TASKS).where(_TASKS.c.id == sa.bindparam("_id")).values({name: sa.bindparam(name) for name in _CHANGED})
)


def _materialise(connection: sa.Connection, now: datetime) -> int:
    """Write the runs of up to a batch of due tasks and move their next run on; how many tasks that were."""
    due = [
        {str(name): value for name, value in row.items()} for row in connection.execute(_DUE, {"now": now}).mappings()
    ]
    if not due:
        return 0
    ids = [task["id"] for task in due]
    going = active_runs(connection, ids)
    waits = set(connection.execute(_WAITING, {"tasks": ids}).scalars())
    runs: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    hopeless: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for task in due:
        rows, change = _due_runs(connection, task, now, going.get(task["id"], set()), task["id"] in waits)
        runs += rows
        changes.append(change)
        hopeless += [(task, row) for row in rows if row["status"] is RunStatus.SKIPPED]
    run_ids = add_runs(connection, runs, now)
    connection.execute(_MOVE_ON, changes)
    by_row = {id(row): run_id for row, run_id in zip(runs, run_ids, strict=True)}
    release(connection, [_ended(task, row, by_row[id(row)]) for task, row in hopeless], now)
    return len(due)


def _due_runs(
    connection: sa.Connection, task: dict[str, Any], now: datetime, going: set[RunStatus], waits: bool
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The runs of one due task, and what changes about the task itself."""
    try:
        slots = _slots(task, now)
    except Exception as error:  # whatever is wrong with one task must not hold up all others
        return _blocked(connection, task, now, error)
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


def _slots(task: Mapping[str, Any], now: datetime) -> Slots:
    schedule = schedule_of(task)
    if schedule is None:
        raise ValueError("it has none")
    seconds = task["catch_up_window_seconds"]
    window = None if seconds is None else timedelta(seconds=seconds)
    return due_slots(schedule, task["next_run_at"], now, CatchUp(task["catch_up"]), window)


def _blocked(
    connection: sa.Connection, task: Mapping[str, Any], now: datetime, error: Exception
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What is left of a task whose schedule cannot be read: one row that says why, and no further attempt."""
    at = task["next_run_at"]
    reason = f"its schedule cannot be read any more ({error}); give it a new one"
    row = new_run(task["id"], status=RunStatus.BLOCKED, scheduled_time=at, now=now,
                  triggered_by=Trigger.SCHEDULE, reason=reason)  # fmt: skip
    rows = [] if at in _recorded(connection, task, [at]) else [row]
    kept = {"_id": task["id"], "last_run_at": task["last_run_at"], "run_count": task["run_count"]}
    return rows, {**kept, "next_run_at": None, "is_active": False}


def _recorded(connection: sa.Connection, task: Mapping[str, Any], moments: Sequence[datetime]) -> set[datetime]:
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


_CLAIMABLE = (
    sa.select(*_WANTED)
    .join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
    .where(_READY, RUNS.c.available_at <= _NOW, RUNS.c.task_id.not_in(sa.bindparam("busy", expanding=True)))
    .order_by(RUNS.c.available_at, RUNS.c.run_id)
    .limit(sa.bindparam("limit"))
    .with_for_update(skip_locked=True, of=RUNS)
)
_BUSY = (
    sa.select(RUNS.c.task_id)
    .join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
    .where(RUNS.c.status == RunStatus.RUNNING, _TASKS.c.overlap != Overlap.ALLOW)
)


def _claim(connection: sa.Connection, now: datetime, worker: str, limit: int, lease_seconds: float) -> list[Claimed]:
    claimed: list[Claimed] = []
    if limit <= 0:
        return claimed
    busy = set(connection.execute(_BUSY).scalars())
    while len(claimed) < limit:
        page = limit - len(claimed)
        parameters = {"now": now, "busy": sorted(busy), "limit": page}
        ready = connection.execute(_CLAIMABLE, parameters).mappings().all()
        changes: list[tuple[int, RunStatus, dict[str, Any]]] = []
        for row in ready:
            if (why := _called_off(row)) is not None:
                change = {"status": RunStatus.CANCELLED, "reason": why, "end_time": now}
                changes.append((row["run_id"], row["status"], change))
            elif row["id"] not in busy:
                if row["overlap"] != Overlap.ALLOW:
                    busy.add(row["id"])
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
        if len(ready) < page:
            break
        # Some of the page waits for runs of its own task, or was called off; what is behind it need not wait.
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
