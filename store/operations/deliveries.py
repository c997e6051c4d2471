"""Messages to people: queued with the run that caused them, handed out once, and seen to arrive.

A run, its message, and whether the person has seen it are three things: a message that does not arrive is tried again
by itself and never repeats the work.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from croncierge.errors import Conflict, NotFound
from schedules.zones import resolve
from store.kinds import DeliveryStatus
from store.moves import RUNS, table_of
from store.permissions import acting_user
from store.quiet import loud_again
from store.session import Store
from store.tables import Delivery, Task, User, UserPreferences
from store.values import Actor

_DELIVERIES, _TASKS, _PREFERENCES = table_of(Delivery), table_of(Task), table_of(UserPreferences)
_USERS = table_of(User)
_SERVED = _DELIVERIES.c.user_id.not_in(sa.select(_USERS.c.id).where(sa.not_(_USERS.c.is_active)))
"""Messages for an account that is switched off are kept until it is switched on again."""
_SENDING_AT_MOST = timedelta(seconds=60)
_MOST_ATTEMPTS = 8
_FIRST_PAUSE = timedelta(seconds=15)
_DIGEST_AT = "09:00"

TERMINAL = "terminal"
"""The channel of a person who talks to the assistant on this machine."""


@dataclass(frozen=True, kw_only=True)
class DeliveryInfo:
    """A message. kind: result, failure, recovery, workflow, question or digest; scheduled_time: when its run was
    due. A digest belongs to no run. available_at: it is not sent before. Instants are aware UTC.
    """

    id: int
    user_id: UUID
    task_id: int | None
    run_id: int | None
    title: str
    kind: str
    channel: str
    text: str
    status: DeliveryStatus
    attempts: int
    scheduled_time: datetime
    created_at: datetime
    available_at: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    error: str | None


def claim_deliveries(
    store: Store, user_id: UUID | None, channel: str | None, claimed_by: str, limit: int = 50
) -> list[DeliveryInfo]:
    """Messages for a person on a channel that nobody else will send now, oldest first.

    user_id: None for everybody's; channel: None for any but the terminal. One that was claimed and not reported within
    a minute is handed out again.
    """
    now = store.clock.now()
    given_up = _DELIVERIES.c.claimed_at <= now - _SENDING_AT_MOST
    open_ = sa.or_(
        sa.and_(_DELIVERIES.c.status == DeliveryStatus.PENDING, _DELIVERIES.c.available_at <= now),
        sa.and_(_DELIVERIES.c.status == DeliveryStatus.SENDING, given_up),
    )
    whose = sa.true() if user_id is None else _DELIVERIES.c.user_id == user_id
    where = _DELIVERIES.c.channel != TERMINAL if channel is None else _DELIVERIES.c.channel == channel
    wanted = _MESSAGES.where(whose, where, open_, _SERVED).order_by(_DELIVERIES.c.id).limit(limit)
    with store.reading() as connection:
        if connection.execute(wanted.limit(1)).first() is None:
            return []
    with store.writing() as connection:
        connection.execute(_GIVE_UP, {"since": now - _SENDING_AT_MOST})
        rows = connection.execute(wanted.with_for_update(skip_locked=True, of=_DELIVERIES)).mappings().all()
        connection.execute(
            sa.update(_DELIVERIES)
            .where(_DELIVERIES.c.id.in_([row["id"] for row in rows]))
            .values(
                status=DeliveryStatus.SENDING,
                claimed_by=claimed_by,
                claimed_at=now,
                attempts=_DELIVERIES.c.attempts + 1,
            )
        )
    return [_info(row) for row in rows]


def mark_sent(store: Store, ids: Collection[int]) -> None:
    """These messages have arrived."""
    if ids:
        now = store.clock.now()
        with store.writing() as connection:
            connection.execute(_sending(ids).values(status=DeliveryStatus.SENT, sent_at=now, error=None))


def mark_failed(store: Store, delivery_id: int, error: str) -> None:
    """This message could not be delivered, and why; it is tried again after a while, a few times."""
    with store.writing() as connection:
        query = sa.select(_DELIVERIES.c.attempts).where(_DELIVERIES.c.id == delivery_id)
        attempts = connection.execute(query).scalar_one()
        pause = _FIRST_PAUSE * 4 ** (attempts - 1)
        status = DeliveryStatus.FAILED if attempts >= _MOST_ATTEMPTS else DeliveryStatus.PENDING
        later = store.clock.now() + pause
        connection.execute(_sending([delivery_id]).values(status=status, error=error, available_at=later))


def next_delivery(store: Store) -> datetime | None:
    """When the next message is due on a channel other than the terminal, or a digest anywhere.

    One that is being sent is due once its sender has had its time.
    """
    pending = sa.select(sa.func.min(_DELIVERIES.c.available_at)).where(
        sa.or_(
            sa.and_(_DELIVERIES.c.status == DeliveryStatus.PENDING, _DELIVERIES.c.channel != TERMINAL),
            _DELIVERIES.c.status == DeliveryStatus.COLLECTED,
        ),
        _SERVED,
    )
    # Whoever claimed it may have been killed meanwhile, and nobody else would send it.
    claimed = sa.select(sa.func.min(_DELIVERIES.c.claimed_at)).where(
        _DELIVERIES.c.status == DeliveryStatus.SENDING, _DELIVERIES.c.channel != TERMINAL, _SERVED
    )
    with store.reading() as connection:
        due: datetime | None = connection.execute(pending).scalar_one()
        begun: datetime | None = connection.execute(claimed).scalar_one()
    moments = (due, None if begun is None else begun + _SENDING_AT_MOST)
    return min((moment for moment in moments if moment is not None), default=None)


def list_deliveries(
    store: Store,
    actor: Actor,
    *,
    status: DeliveryStatus | None = None,
    run_id: int | None = None,
    limit: int = 50,
) -> list[DeliveryInfo]:
    """The actor's messages, the latest first."""
    with store.read() as session:
        user = acting_user(session, actor)
        query = _MESSAGES.where(_DELIVERIES.c.user_id == user.id).order_by(_DELIVERIES.c.id.desc()).limit(limit)
        if status is not None:
            query = query.where(_DELIVERIES.c.status == status)
        if run_id is not None:
            query = query.where(_DELIVERIES.c.run_id == run_id)
        return [_info(row) for row in session.connection().execute(query).mappings()]


def deliveries_of(connection: sa.Connection, user_id: UUID, runs: Collection[int]) -> dict[int, list[DeliveryInfo]]:
    """What a person was to be told of these runs, by run, in order."""
    found: dict[int, list[DeliveryInfo]] = {}
    query = _MESSAGES.where(_DELIVERIES.c.user_id == user_id, _DELIVERIES.c.run_id.in_(runs))
    for row in connection.execute(query.order_by(_DELIVERIES.c.id)).mappings():
        found.setdefault(row["run_id"], []).append(_info(row))
    return found


def messages_of_runs(store: Store, actor: Actor, runs: Collection[int]) -> dict[int, list[DeliveryInfo]]:
    """What the actor was to be told of these runs, by run, in order."""
    with store.read() as session:
        return deliveries_of(session.connection(), acting_user(session, actor).id, runs)


def acknowledge(store: Store, actor: Actor, delivery_id: int) -> DeliveryInfo:
    """The actor has seen this message. Raises NotFound."""
    return _change(store, actor, delivery_id, lambda now, _: {"acknowledged_at": now})


def acknowledge_all(store: Store, actor: Actor, run_id: int | None = None) -> int:
    """The actor has seen all their messages, or those of one run; how many had not been.

    Of all, those that have not arrived stay as they are. Raises NotFound for a run with no message for the actor.
    """
    with store.write() as session:
        user, now = acting_user(session, actor), store.clock.now()
        mine = _DELIVERIES.c.user_id == user.id
        if run_id is None:
            mine = sa.and_(mine, _DELIVERIES.c.status.in_((DeliveryStatus.SENT, DeliveryStatus.FOLDED)))
        else:
            mine = sa.and_(mine, _DELIVERIES.c.run_id == run_id)
            if session.execute(sa.select(_DELIVERIES.c.id).where(mine).limit(1)).first() is None:
                raise NotFound(f"Run {run_id} has no message for you; list the messages to see them.", field="run")
        unseen = sa.update(_DELIVERIES).where(mine, _DELIVERIES.c.acknowledged_at.is_(None))
        return session.connection().execute(unseen.values(acknowledged_at=now)).rowcount


def retry_delivery(store: Store, actor: Actor, delivery_id: int) -> DeliveryInfo:
    """Send a message that was given up once more. Raises NotFound, or Conflict when it was not."""

    def again(now: datetime, row: DeliveryInfo) -> Mapping[str, Any]:
        if row.status is not DeliveryStatus.FAILED:
            raise Conflict(f"Message {row.id} was not given up: it is {row.status.value}.", field="delivery")
        return {"status": DeliveryStatus.PENDING, "attempts": 0, "available_at": now}

    changed = _change(store, actor, delivery_id, again)
    store.changed()
    return changed


@dataclass(frozen=True, kw_only=True)
class Message:
    """What the owner of a task should hear of a run.

    folded: another message tells it, so it is only recorded. collected: it is told with the person's next digest.
    """

    user_id: UUID
    task_id: int
    run_id: int
    kind: str
    text: str
    folded: bool = False
    collected: bool = False


_KNOWN = sa.select(_DELIVERIES.c.run_id, _DELIVERIES.c.kind).where(
    _DELIVERIES.c.run_id.in_(sa.bindparam("runs", expanding=True))
)
_WISHES = (
    sa.select(
        _TASKS.c.id, _TASKS.c.channel, _PREFERENCES.c.channel.label("usual"), _PREFERENCES.c.quiet_hours,
        _PREFERENCES.c.digest_at, _PREFERENCES.c.timezone, _TASKS.c.timezone.label("task_zone"),
    )
    .outerjoin(_PREFERENCES, _PREFERENCES.c.user_id == _TASKS.c.owner_id)
    .where(_TASKS.c.id.in_(sa.bindparam("tasks", expanding=True)))
)  # fmt: skip
_QUEUE = sa.insert(_DELIVERIES)
_MESSAGES = (
    sa.select(_DELIVERIES, RUNS.c.scheduled_time, _TASKS.c.name)
    .outerjoin(RUNS, RUNS.c.run_id == _DELIVERIES.c.run_id)
    .outerjoin(_TASKS, _TASKS.c.id == _DELIVERIES.c.task_id)
)


# It may have been the message that ended them.
_GIVE_UP = (
    sa.update(_DELIVERIES)
    .where(
        _DELIVERIES.c.status == DeliveryStatus.SENDING,
        _DELIVERIES.c.claimed_at <= sa.bindparam("since", type_=_DELIVERIES.c.claimed_at.type),
        _DELIVERIES.c.attempts >= _MOST_ATTEMPTS,
        _DELIVERIES.c.channel != TERMINAL,
    )
    .values(status=DeliveryStatus.FAILED, error="whoever sent it did not come back")
)


def queue_messages(connection: sa.Connection, messages: Sequence[Message], now: datetime) -> None:
    """Queue messages in the transaction of what caused them; a second one of the same run and kind changes nothing.

    They go where the task says, or else where the person lives, and not in the person's quiet hours.
    """
    if not messages:
        return
    known = {tuple(row) for row in connection.execute(_KNOWN, {"runs": [each.run_id for each in messages]})}
    wishes = {row.id: row for row in connection.execute(_WISHES, {"tasks": [each.task_id for each in messages]})}
    new = [_queued(each, wishes[each.task_id], now) for each in messages if (each.run_id, each.kind) not in known]
    if new:
        connection.execute(_QUEUE, new)


def _queued(message: Message, wish: Any, now: datetime) -> dict[str, Any]:
    zone = wish.timezone or wish.task_zone
    status, available = DeliveryStatus.PENDING, loud_again(wish.quiet_hours, now, zone)
    if message.folded:
        status = DeliveryStatus.FOLDED
    elif message.collected:
        status, available = DeliveryStatus.COLLECTED, _next_digest(wish.digest_at or _DIGEST_AT, now, zone)
    channel = wish.channel or wish.usual or TERMINAL
    return message_row(
        message.user_id, message.task_id, message.run_id, message.kind, channel, message.text, status, now, available
    )


def message_row(
    user_id: UUID,
    task_id: int | None,
    run_id: int | None,
    kind: str,
    channel: str,
    text: str,
    status: DeliveryStatus,
    now: datetime,
    available: datetime,
) -> dict[str, Any]:
    """The columns of a message to be inserted, which nobody has tried to send yet."""
    return {
        "user_id": user_id,
        "task_id": task_id,
        "run_id": run_id,
        "kind": kind,
        "channel": channel,
        "text": text,
        "status": status,
        "attempts": 0,
        "created_at": now,
        "available_at": available,
    }


def _next_digest(at: str, now: datetime, zone: str) -> datetime:
    """The next time that a clock in the zone shows this time of day."""
    local = now.astimezone(ZoneInfo(zone))
    today = datetime.combine(local.date(), time.fromisoformat(at))
    days = 0 if resolve(today, zone) > now else 1
    return resolve(today + timedelta(days=days), zone)


def _sending(ids: Collection[int]) -> sa.Update:
    mine = sa.and_(_DELIVERIES.c.id.in_(ids), _DELIVERIES.c.status == DeliveryStatus.SENDING)
    return sa.update(_DELIVERIES).where(mine)


def _change(store: Store, actor: Actor, delivery_id: int, change: Any) -> DeliveryInfo:
    with store.write() as session:
        user, connection = acting_user(session, actor), session.connection()
        mine = sa.and_(_DELIVERIES.c.id == delivery_id, _DELIVERIES.c.user_id == user.id)
        row = connection.execute(_MESSAGES.where(mine)).mappings().first()
        if row is None:
            raise NotFound(f"There is no message {delivery_id}; list them to see which there are.", field="delivery")
        connection.execute(sa.update(_DELIVERIES).where(mine).values(change(store.clock.now(), _info(row))))
        return _info(connection.execute(_MESSAGES.where(mine)).mappings().one())


def _info(row: sa.RowMapping) -> DeliveryInfo:
    return DeliveryInfo(
        id=row["id"],
        user_id=row["user_id"],
        task_id=row["task_id"],
        run_id=row["run_id"],
        title=row["name"] or "Digest",
        kind=row["kind"],
        channel=row["channel"],
        text=row["text"],
        status=row["status"],
        attempts=row["attempts"],
        scheduled_time=row["scheduled_time"] or row["created_at"],
        created_at=row["created_at"],
        available_at=row["available_at"],
        sent_at=row["sent_at"],
        acknowledged_at=row["acknowledged_at"],
        error=row["error"],
    )
