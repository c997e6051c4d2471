"""Runs become somebody's: each pass is one transaction, so that nothing is half claimed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store.kinds import OnCrash, Overlap, Trigger
from store.moves import RUNS, move_runs
from store.operations.due import ACTIVE_TASK, BATCH, TASKS, write_due_runs
from store.operations.runs import Outcome, finish
from store.session import Store
from store.status import RunStatus

_MOST_BATCHES = 4  # in one transaction, since others wait to write meanwhile


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
) -> list[Claimed]:
    """Record how runs of the worker went, turn due tasks into runs, and claim up to `limit` runs for it.

    Those due first come first. ahead: how many more to claim before the worker is free for them, which is never done
    with a run that must not be repeated. per_user: how many runs of one owner may run at the same time, everywhere.
    look: whether to look for due tasks; else only what is a run already is claimed.

    A claimed run is `running` and belongs to the worker until the lease ends. Runs beyond the limit stay `pending`.
    Of very many due tasks some may be left; `next_wakeup` then gives a moment that has passed.
    """
    now = store.clock.now()
    with store.write() as session:
        connection = session.connection()
        if outcomes:
            finish(connection, worker, outcomes, now)
        for _ in range(_MOST_BATCHES if look else 0):
            if write_due_runs(connection, now) < BATCH:
                break
        claimed = _claim(connection, now, (worker, lease_seconds), limit, ahead, per_user)
    if outcomes:
        store.changed()
    return claimed


# Made once: putting such a statement together costs more than running it.
_READY = RUNS.c.status.in_([RunStatus.PENDING, RunStatus.RETRYING])
_AFTER = sa.bindparam("after", type_=RUNS.c.available_at.type)
_WAKEUPS = sa.select(
    sa.select(sa.func.min(TASKS.c.next_run_at)).where(ACTIVE_TASK).scalar_subquery(),
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


@dataclass(frozen=True, kw_only=True)
class Held:
    """Who holds the runs that run. mine: the worker's own; abandoned: (run, worker) of those whose worker let its
    lease end, or is gone.
    """

    mine: frozenset[int]
    abandoned: list[tuple[int, str]]


def held_runs(store: Store, worker: str, is_gone: Callable[[str], bool] = lambda _worker: False) -> Held:
    """Who holds what, at one look."""
    now = store.clock.now()
    with store.read() as session:
        held = session.connection().execute(_HELD).all()
    gone = {each for each in {row.lease_owner for row in held} if is_gone(each)}
    return Held(
        mine=frozenset(row.run_id for row in held if row.lease_owner == worker),
        abandoned=[
            (row.run_id, row.lease_owner) for row in held if row.lease_expires_at <= now or row.lease_owner in gone
        ],
    )


_NOW = sa.bindparam("now", type_=RUNS.c.available_at.type)
_CLAIMABLE = (
    sa.select(
        RUNS.c.run_id, RUNS.c.status, RUNS.c.attempt, RUNS.c.scheduled_time, RUNS.c.triggered_by,
        RUNS.c.workflow_run_id, RUNS.c.start_time, TASKS.c.id, TASKS.c.owner_id, TASKS.c.name, TASKS.c.action_type,
        TASKS.c.action_payload, TASKS.c.timeout_seconds, TASKS.c.overlap, TASKS.c.max_parallel, TASKS.c.on_crash,
        TASKS.c.pause_note, TASKS.c.deleted_at,
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
_RUNNING = (
    sa.select(RUNS.c.task_id, TASKS.c.owner_id, TASKS.c.overlap, TASKS.c.max_parallel)
    .join(TASKS, TASKS.c.id == RUNS.c.task_id)
    .where(RUNS.c.status == RunStatus.RUNNING)
)


class _Room:
    """What may still be started, beside what runs already."""

    def __init__(self, per_user: int | None, running: Sequence[Any]) -> None:
        self._per_user = per_user
        self._runs = Counter(row.task_id for row in running)
        self._owners = Counter(row.owner_id for row in running)
        self.busy = {row.task_id for row in running if self._is_full(row, self._runs[row.task_id])}
        self.sated = {owner for owner, count in self._owners.items() if per_user is not None and count >= per_user}

    def take(self, row: Any) -> bool:
        """Whether the run may start; it then counts as started."""
        if row.id in self.busy or row.owner_id in self.sated:
            return False
        self._runs[row.id] += 1
        self._owners[row.owner_id] += 1
        if self._is_full(row, self._runs[row.id]):
            self.busy.add(row.id)
        if self._per_user is not None and self._owners[row.owner_id] >= self._per_user:
            self.sated.add(row.owner_id)
        return True

    @staticmethod
    def _is_full(row: Any, count: int) -> bool:
        if row.overlap is not Overlap.ALLOW:
            return count > 0
        return row.max_parallel is not None and count >= row.max_parallel


def _claim(
    connection: sa.Connection,
    now: datetime,
    lease: tuple[str, float],
    limit: int,
    ahead: int,
    per_user: int | None,
) -> list[Claimed]:
    claimed: list[Claimed] = []
    most = limit + ahead
    if most <= 0:
        return claimed
    room = _Room(per_user, connection.execute(_RUNNING).all())
    start = {"status": RunStatus.RUNNING, "lease_owner": lease[0], "reason": None,
             "lease_expires_at": now + timedelta(seconds=lease[1])}  # fmt: skip
    while len(claimed) < most:
        page = most - len(claimed)
        parameters = {"now": now, "busy": sorted(room.busy), "sated": list(room.sated), "limit": page}
        ready = connection.execute(_CLAIMABLE, parameters).all()
        changes: list[tuple[int, RunStatus, dict[str, Any]]] = []
        for row in ready:
            if (why := _called_off(row)) is not None:
                change = {"status": RunStatus.CANCELLED, "reason": why, "end_time": now}
                changes.append((row.run_id, row.status, change))
            elif (row.on_crash is not OnCrash.FAIL or len(claimed) < limit) and room.take(row):
                claimed.append(_claimed(row))
                change = {**start, "attempt": row.attempt + 1, "start_time": row.start_time or now}
                changes.append((row.run_id, row.status, change))
        move_runs(connection, changes, now)
        if len(ready) < page or not changes:
            break
        # Some of the page waits for runs of its own task, or was called off; what is behind it need not wait.
    return claimed


def _called_off(row: Any) -> str | None:
    if row.deleted_at is not None:
        return "its task was deleted"
    if row.pause_note is not None and row.triggered_by not in (Trigger.MANUAL, Trigger.BACKFILL):
        return "its task was paused"
    return None


def _claimed(row: Any) -> Claimed:
    return Claimed(
        run_id=row.run_id,
        task_id=row.id,
        owner_id=row.owner_id,
        title=row.name,
        action_type=row.action_type,
        action_payload=row.action_payload,
        scheduled_time=row.scheduled_time,
        attempt=row.attempt + 1,
        timeout_seconds=row.timeout_seconds,
        triggered_by=row.triggered_by,
        workflow_run_id=row.workflow_run_id or row.run_id,
    )
