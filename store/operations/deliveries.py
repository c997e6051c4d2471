"""Messages to people: queued with the run that caused them, handed out once, and seen to arrive."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from store.kinds import DeliveryStatus
from store.moves import RUNS, table_of
from store.session import Store
from store.tables import Delivery, Task

_DELIVERIES, _TASKS = table_of(Delivery), table_of(Task)
_SENDING_AT_MOST = timedelta(seconds=60)

TERMINAL = "terminal"
"""The channel of a person who talks to the assistant on this machine."""


@dataclass(frozen=True, kw_only=True)
class DeliveryInfo:
    """A message to be shown. kind: result, failure or recovery; scheduled_time: when its run was due, aware UTC."""

    id: int
    task_id: int
    run_id: int
    title: str
    kind: str
    text: str
    scheduled_time: datetime
    created_at: datetime


def claim_deliveries(store: Store, user_id: UUID, channel: str, claimed_by: str, limit: int = 50) -> list[DeliveryInfo]:
    """Messages for a person on a channel that nobody else will send now, oldest first.

    One that was claimed and not reported within a minute is handed out again.
    """
    now = store.clock.now()
    open_ = sa.or_(
        _DELIVERIES.c.status == DeliveryStatus.PENDING,
        sa.and_(_DELIVERIES.c.status == DeliveryStatus.SENDING, _DELIVERIES.c.claimed_at <= now - _SENDING_AT_MOST),
    )
    wanted = (
        sa.select(_DELIVERIES, RUNS.c.scheduled_time, _TASKS.c.name)
        .join(RUNS, RUNS.c.run_id == _DELIVERIES.c.run_id)
        .join(_TASKS, _TASKS.c.id == _DELIVERIES.c.task_id)
        .where(_DELIVERIES.c.user_id == user_id, _DELIVERIES.c.channel == channel, open_)
        .order_by(_DELIVERIES.c.id)
        .limit(limit)
    )
    with store.read() as session:
        if session.connection().execute(wanted.limit(1)).first() is None:
            return []
    with store.write() as session:
        rows = session.connection().execute(wanted.with_for_update(skip_locked=True, of=_DELIVERIES)).mappings().all()
        session.connection().execute(
            sa.update(_DELIVERIES)
            .where(_DELIVERIES.c.id.in_([row["id"] for row in rows]))
            .values(
                status=DeliveryStatus.SENDING,
                claimed_by=claimed_by,
                claimed_at=now,
                attempts=_DELIVERIES.c.attempts + 1,
            )
        )
    return [
        DeliveryInfo(
            id=row["id"],
            task_id=row["task_id"],
            run_id=row["run_id"],
            title=row["name"],
            kind=row["kind"],
            text=row["text"],
            scheduled_time=row["scheduled_time"],
            created_at=row["created_at"],
        )
        for row in rows
    ]


def mark_sent(store: Store, ids: Collection[int]) -> None:
    """These messages have arrived."""
    _mark(store, ids, status=DeliveryStatus.SENT, sent_at=store.clock.now(), error=None)


def mark_failed(store: Store, delivery_id: int, error: str) -> None:
    """This message cannot be delivered, and why."""
    _mark(store, [delivery_id], status=DeliveryStatus.FAILED, error=error)


@dataclass(frozen=True, kw_only=True)
class Message:
    """What the owner of a task should hear of a run. folded: another message tells it, so it is only recorded."""

    user_id: UUID
    task_id: int
    run_id: int
    kind: str
    text: str
    folded: bool = False


_KNOWN = sa.select(_DELIVERIES.c.run_id, _DELIVERIES.c.kind).where(
    _DELIVERIES.c.run_id.in_(sa.bindparam("runs", expanding=True))
)
_QUEUE = sa.insert(_DELIVERIES)


def queue_messages(connection: sa.Connection, messages: Sequence[Message], now: datetime) -> None:
    """Queue messages in the transaction of what caused them; a second one of the same run and kind changes nothing."""
    if not messages:
        return
    known = {tuple(row) for row in connection.execute(_KNOWN, {"runs": [each.run_id for each in messages]})}
    new = [
        {
            "user_id": each.user_id,
            "task_id": each.task_id,
            "run_id": each.run_id,
            "kind": each.kind,
            "channel": TERMINAL,
            "text": each.text,
            "status": DeliveryStatus.FOLDED if each.folded else DeliveryStatus.PENDING,
            "attempts": 0,
            "created_at": now,
            "available_at": now,
        }
        for each in messages
        if (each.run_id, each.kind) not in known
    ]
    if new:
        connection.execute(_QUEUE, new)


def _mark(store: Store, ids: Collection[int], **values: object) -> None:
    if not ids:
        return
    mine = sa.and_(_DELIVERIES.c.id.in_(ids), _DELIVERIES.c.status == DeliveryStatus.SENDING)
    with store.write() as session:
        session.connection().execute(sa.update(_DELIVERIES).where(mine).values(**values))
