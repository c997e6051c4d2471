"""Runs become somebody's: each pass is one transaction, so that nothing is half claimed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store.kinds import Trigger
from store.moves import RUNS, move_runs
from store.operations.due import ACTIVE_TASK, OWNER_IS_OFF, TASKS, Started, write_due_runs
from store.operations.runs import Outcome, call_off, finish, settle
from store.operations.starts import Starts
from store.permissions import switched_off
from store.prepared import Query
from store.session import Store
from store.status import RunStatus

_BATCH = 250
_MOST_BATCHES = 4  # in one transaction, since others wait to write meanwhile


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A run that a worker has to execute now. Instants are aware UTC.

    condition: what has to become true before the task does anything; condition_held: whether it was, the last time.
    """

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
    condition: Mapping[str, Any] | None = None
    condition_held: bool | None = None


def claim_due(
    store: Store,
    worker: str,
    limit: int,
    lease_seconds: float,
    outcomes: Sequence[tuple[int, Outcome]] = (),
    *,
    ahead: int = 0,
    per_user: int | None = None,
    look: bool = True,
    at: datetime | None = None,
) -> list[Claimed]:
    """Record how runs of the worker went, turn due tasks into runs, and claim up to `limit` runs for it.

    Those due first come first. ahead: how many more to claim before the worker is free for them, which is never done
    with a run that must not be repeated. per_user: how many runs of one owner may run at the same time, everywhere.
    look: whether to look for due tasks; else only what is a run already is claimed. at: claim what is due at this
    moment, which is about to come; whoever claims ahead of time must wait for it.

    A claimed run is `running` and belongs to the worker until the lease ends. Runs beyond the limit stay `pending`.
    Of very many due tasks some may be left; `next_wakeup` then gives a moment that has passed.
    """
    now = store.clock.now()
    then = max(now, at) if at is not None else now
    starts = Starts(worker, lease_seconds, then, limit=limit, ahead=ahead, per_user=per_user)
    with store.writing() as connection:
        news = finish(connection, worker, outcomes, now).news if outcomes else False
        claimed = _claim(connection, then, starts, look)
    if news or not starts.left:  # others should know, or may have to help
        store.changed()
    return claimed


# Made once: putting such a statement together costs more than running it.
_READY = RUNS.c.status.in_([RunStatus.PENDING, RunStatus.RETRYING])
_TIMED = RUNS.c.status.in_([RunStatus.RUNNING, RunStatus.WAITING])
_AFTER = sa.bindparam("after", type_=RUNS.c.available_at.type)
_WAKEUPS = Query(
    sa.select(
        sa.select(sa.func.min(TASKS.c.next_run_at)).where(ACTIVE_TASK).scalar_subquery().label("task"),
        sa.select(sa.func.min(RUNS.c.available_at))
        .where(_READY, RUNS.c.available_at > _AFTER)
        .scalar_subquery()
        .label("run"),
        sa.select(sa.func.min(RUNS.c.lease_expires_at))
        .where(_TIMED, RUNS.c.lease_expires_at > _AFTER)
        .scalar_subquery()
        .label("lease"),
    )
)


def next_wakeup(store: Store, after: datetime) -> datetime | None:
    """The earliest moment at which something will be due, or None.

    after: a moment before the last claim: runs and leases that were due by then have had their chance. What became
    due since is not forgotten, and neither is a task that was left.
    """
    with store.reading() as connection:
        (moments,) = _WAKEUPS.rows(connection, after=after)
    return min((moment for moment in moments if moment is not None), default=None)


def renew_leases(store: Store, worker: str, lease_seconds: float) -> int:
    """Keep what the worker has claimed for another while; how many runs that are."""
    until = store.clock.now() + timedelta(seconds=lease_seconds)
    mine = sa.and_(RUNS.c.lease_owner == worker, RUNS.c.status == RunStatus.RUNNING)
    with store.writing() as connection:
        return connection.execute(sa.update(RUNS).where(mine).values(lease_expires_at=until)).rowcount


_HELD = Query(
    sa.select(RUNS.c.run_id, RUNS.c.status, RUNS.c.lease_owner, RUNS.c.lease_expires_at).where(
        _TIMED, RUNS.c.lease_expires_at.is_not(None)
    )
)


@dataclass(frozen=True, kw_only=True)
class Held:
    """Who holds the runs that run. mine: the worker's own; abandoned: (run, worker) of those whose worker let its
    lease end, or is gone; rested: runs that wait no longer.
    """

    mine: frozenset[int]
    abandoned: list[tuple[int, str]]
    rested: list[int]


def held_runs(store: Store, worker: str, is_gone: Callable[[str], bool] = lambda _worker: False) -> Held:
    """Who holds what, at one look."""
    now = store.clock.now()
    with store.reading() as connection:
        held = _HELD.rows(connection)
    running = [row for row in held if row.status is RunStatus.RUNNING]
    gone = {each for each in {row.lease_owner for row in running} if is_gone(each)}
    return Held(
        mine=frozenset(row.run_id for row in running if row.lease_owner == worker),
        abandoned=[
            (row.run_id, row.lease_owner) for row in running if row.lease_expires_at <= now or row.lease_owner in gone
        ],
        rested=[row.run_id for row in held if row.status is RunStatus.WAITING and row.lease_expires_at <= now],
    )


_NOW = sa.bindparam("now", type_=RUNS.c.available_at.type)
_TASK = tuple(
    TASKS.c[name]
    for name in (
        "id", "owner_id", "name", "action_type", "action_payload", "timeout_seconds", "overlap", "max_parallel",
        "on_crash", "workflow_id", "condition", "condition_held", "pause_note", "deleted_at",
    )
)  # fmt: skip
_CLAIMABLE = Query(
    sa.select(
        RUNS.c.run_id, RUNS.c.task_id, RUNS.c.status, RUNS.c.attempt, RUNS.c.scheduled_time, RUNS.c.triggered_by,
        RUNS.c.workflow_run_id, RUNS.c.start_time, *_TASK,
    )
    .join(TASKS, TASKS.c.id == RUNS.c.task_id)
    .where(
        _READY,
        RUNS.c.available_at <= _NOW,
        RUNS.c.task_id.not_in(sa.bindparam("busy", expanding=True)),
        TASKS.c.owner_id.not_in(sa.bindparam("sated", expanding=True)),
    )
    .order_by(RUNS.c.available_at, RUNS.c.run_id)
    .limit(sa.bindparam("limit"))
    .with_for_update(skip_locked=True, of=RUNS)
)  # fmt: skip
_RUNNING = Query(
    sa.select(RUNS.c.task_id, TASKS.c.owner_id, TASKS.c.overlap, TASKS.c.max_parallel)
    .join(TASKS, TASKS.c.id == RUNS.c.task_id)
    .where(RUNS.c.status == RunStatus.RUNNING)
)


def _claim(connection: sa.Connection, now: datetime, starts: Starts, look: bool) -> list[Claimed]:
    ready, more = _ready(connection, now, starts)
    claimed: list[Claimed] = []
    if look:
        if starts.per_user is not None:
            starts.beside(_RUNNING.rows(connection))
        written, started = _start_due(connection, now, starts, starts.left - len(ready))
        claimed += [_claimed(task, run, run_id, attempt=1) for task, run, run_id in started]
        if written:
            starts.forget()
            ready, more = _ready(connection, now, starts)
    off = switched_off(connection) if ready else set()
    while ready:
        changes: list[tuple[int, RunStatus, dict[str, Any]]] = []
        gone: dict[str, list[Any]] = {}
        for row in ready:
            if (why := _called_off(row, off)) is not None:
                gone.setdefault(why, []).append(row)
            elif starts.take(row.id, row.owner_id, row.overlap, row.max_parallel, row.on_crash):
                change = {**starts.columns, "reason": None, "attempt": row.attempt + 1}
                change["start_time"] = row.start_time or now
                changes.append((row.run_id, row.status, change))
                claimed.append(_claimed(row._asdict(), row._asdict(), row.run_id, row.attempt + 1))
        move_runs(connection, changes, now)
        for why, rows in gone.items():
            call_off(connection, rows, why, now)
        if not gone and not (more and changes):
            break
        # Some of the page waits for runs of its own task, or was called off; what is behind it need not wait, and
        # neither need what that sets free.
        ready, more = _ready(connection, now, starts)
    return claimed


def _ready(connection: sa.Connection, now: datetime, starts: Starts) -> tuple[list[Any], bool]:
    """Runs that may start, those due first coming first, and whether there may be more of them."""
    page = starts.left
    if not page:
        return [], False
    rows = _claimable(connection, now, starts, page)
    if rows and not starts.known:
        starts.beside(_RUNNING.rows(connection))
        if any(row.id in starts.busy or row.owner_id in starts.sated for row in rows):
            rows = _claimable(connection, now, starts, page)
    return rows, len(rows) == page


def _claimable(connection: sa.Connection, now: datetime, starts: Starts, page: int) -> list[Any]:
    return _CLAIMABLE.rows(connection, now=now, busy=sorted(starts.busy), sated=list(starts.sated), limit=page)


def _start_due(connection: sa.Connection, now: datetime, starts: Starts, room: int) -> tuple[int, list[Started]]:
    """Write the runs of due tasks, as many as can be started at once, or else some batches that wait.

    Gives how many tasks were due, and what was started.
    """
    due, begun = 0, list[Started]()
    for _ in range(_MOST_BATCHES):
        limit = min(room, _BATCH) if room > 0 else _BATCH
        written, started, skipped = write_due_runs(connection, now, limit, starts if room > 0 else None)
        settle(connection, skipped, now)
        due += written
        begun += started
        room -= len(started)
        if written < limit or (begun and room <= 0):
            break
    return due, begun


def _called_off(row: Any, off: Collection[UUID]) -> str | None:
    if row.owner_id in off:
        return OWNER_IS_OFF
    if row.deleted_at is not None:
        return "its task was deleted"
    if row.pause_note is not None and row.triggered_by not in (Trigger.MANUAL, Trigger.BACKFILL):
        return "its task was paused"
    return None


def _claimed(task: Mapping[str, Any], run: Mapping[str, Any], run_id: int, attempt: int) -> Claimed:
    return Claimed(
        run_id=run_id,
        task_id=task["id"],
        owner_id=task["owner_id"],
        title=task["name"],
        action_type=task["action_type"],
        action_payload=task["action_payload"],
        scheduled_time=run["scheduled_time"],
        attempt=attempt,
        timeout_seconds=task["timeout_seconds"],
        triggered_by=run["triggered_by"],
        workflow_run_id=run["workflow_run_id"] or run_id,
        condition=task["condition"],
        condition_held=task["condition_held"],
    )
