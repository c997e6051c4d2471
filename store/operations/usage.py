"""What a person's AI runs may spend in a day and in a month, over everything."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from store.moves import table_of
from store.session import Ceilings, Store
from store.tables import Usage

_USAGE = table_of(Usage)


def charge(
    connection: sa.Connection,
    user_id: UUID,
    now: datetime,
    *,
    tokens: int,
    cost: int,
    ceilings: Ceilings | None,
) -> str | None:
    """Count this for the person, or say which ceiling it would pass; then nothing may be kept of the transaction.

    ceilings: None when it has been used already, or is given back, so that none matters.
    """
    for name, period in _periods(now).items():
        row = {"user_id": user_id, "period": period}
        _ensure(connection, row)
        statement = sa.update(_USAGE).where(_USAGE.c.user_id == user_id, _USAGE.c.period == period)
        most_tokens, most_cost = getattr(ceilings, name) if ceilings else (0, 0)
        if ceilings:
            statement = statement.where(_USAGE.c.tokens + tokens <= most_tokens, _USAGE.c.cost + cost <= most_cost)
        spent = statement.values(tokens=_USAGE.c.tokens + tokens, cost=_USAGE.c.cost + cost)
        if connection.execute(spent).rowcount == 0:
            return (
                f"your AI tasks may use {most_tokens:,} tokens and ${most_cost / 1_000_000:.2f} in a {name}, "
                "and that is used up"
            )
    return None


def usage(store: Store, user_id: UUID) -> dict[str, tuple[int, int]]:
    """Tokens and millionths of a dollar that the person's AI runs have used: of this "day" and of this "month"."""
    periods = _periods(store.clock.now())
    with store.reading() as connection:
        rows = connection.execute(sa.select(_USAGE).where(_USAGE.c.user_id == user_id)).all()
    known = {row.period: (row.tokens, row.cost) for row in rows}
    return {name: known.get(period, (0, 0)) for name, period in periods.items()}


def _periods(now: datetime) -> dict[str, str]:
    return {"day": f"{now:%Y-%m-%d}", "month": f"{now:%Y-%m}"}


def _ensure(connection: sa.Connection, row: dict[str, object]) -> None:
    """A row of zeros, unless there is one, also when somebody else makes it at the same moment."""
    insert: sa.Insert
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        insert = postgresql.insert(_USAGE).on_conflict_do_nothing()
    else:
        from sqlalchemy.dialects import sqlite

        insert = sqlite.insert(_USAGE).on_conflict_do_nothing()
    connection.execute(insert.values(**row, tokens=0, cost=0))
