"""The processes that run tasks say that they are well: who does not say so any more is not."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from store.moves import table_of
from store.session import Store
from store.tables import Heartbeat

_BEATS = table_of(Heartbeat)
EVERY = timedelta(seconds=30)
MISSED = 3
"""How many times a process may fail to say so before it counts as gone."""
_REMEMBERED = timedelta(days=1)


def beat(store: Store, worker: str, host: str, pid: int) -> None:
    """Say that a process is well; the rows of those that have been gone for long are removed."""
    now = store.clock.now()
    with store.writing() as connection:
        mine = sa.update(_BEATS).where(_BEATS.c.worker == worker)
        if connection.execute(mine.values(beat_at=now, ended_at=None)).rowcount:
            return
        connection.execute(sa.delete(_BEATS).where(_BEATS.c.beat_at < now - _REMEMBERED))
        connection.execute(
            sa.insert(_BEATS).values(
                worker=worker, host=host, pid=pid, started_at=now, beat_at=now, every_seconds=EVERY.total_seconds()
            )
        )


def end_beat(store: Store, worker: str) -> None:
    """Say that a process has ended as it should."""
    with store.writing() as connection:
        connection.execute(sa.update(_BEATS).where(_BEATS.c.worker == worker).values(ended_at=store.clock.now()))


def latest_beat(store: Store) -> tuple[datetime, bool] | None:
    """When a process said last that it is well, and whether it has ended as it should; None for none.

    Of several the one that was heard of last counts; one that has ended does not while another is still heard of.
    """
    with store.reading() as connection:
        rows = connection.execute(sa.select(_BEATS.c.beat_at, _BEATS.c.ended_at)).all()
    if not rows:
        return None
    heard_of = [row for row in rows if row.ended_at is None and row.beat_at >= store.clock.now() - MISSED * EVERY]
    latest = max(heard_of or rows, key=lambda row: max(row.beat_at, row.ended_at or row.beat_at))
    return latest.beat_at, latest.ended_at is not None
