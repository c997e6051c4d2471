"""What was collected for a person becomes one message a day."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store.kinds import DeliveryStatus
from store.moves import table_of
from store.operations.deliveries import message_row
from store.quiet import loud_again
from store.session import Store
from store.tables import Delivery, Task, UserPreferences

_DELIVERIES, _TASKS, _PREFERENCES = table_of(Delivery), table_of(Task), table_of(UserPreferences)
_COLLECTED = (
    sa.select(
        _DELIVERIES.c.id, _DELIVERIES.c.user_id, _DELIVERIES.c.channel, _DELIVERIES.c.text,
        _PREFERENCES.c.quiet_hours, _PREFERENCES.c.timezone, _TASKS.c.timezone.label("task_zone"),
    )
    .outerjoin(_PREFERENCES, _PREFERENCES.c.user_id == _DELIVERIES.c.user_id)
    .outerjoin(_TASKS, _TASKS.c.id == _DELIVERIES.c.task_id)
    .order_by(_DELIVERIES.c.id)
)  # fmt: skip


def send_digests(store: Store) -> int:
    """Put what was collected for people's digests that are due now into one message each; how many there are.

    A digest that is due in the person's quiet hours waits for their end, as any message does.
    """
    now = store.clock.now()
    due = sa.and_(_DELIVERIES.c.status == DeliveryStatus.COLLECTED, _DELIVERIES.c.available_at <= now)
    with store.reading() as connection:
        if connection.execute(sa.select(_DELIVERIES.c.id).where(due).limit(1)).first() is None:
            return 0
    with store.writing() as connection:
        wanted = _COLLECTED.where(due).with_for_update(skip_locked=True, of=_DELIVERIES)
        rows = connection.execute(wanted).all()
        if not rows:  # another process has them
            return 0
        digests: dict[tuple[UUID, str], list[Any]] = {}
        for row in rows:
            digests.setdefault((row.user_id, row.channel), []).append(row)
        messages = []
        for (user_id, channel), collected in digests.items():
            count = "1 message" if len(collected) == 1 else f"{len(collected)} messages"
            text = "\n".join([f"Since the last digest, {count}:", *(f"- {each.text}" for each in collected)])
            first = collected[0]
            loud = loud_again(first.quiet_hours, now, first.timezone or first.task_zone or "UTC")
            messages.append(
                message_row(user_id, None, None, "digest", channel, text, DeliveryStatus.PENDING, now, loud)
            )
        connection.execute(sa.insert(_DELIVERIES), messages)
        told = sa.update(_DELIVERIES).where(_DELIVERIES.c.id.in_([row.id for row in rows]))
        connection.execute(told.values(status=DeliveryStatus.FOLDED, sent_at=now))
    return len(digests)
