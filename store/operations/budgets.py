"""What a tree of AI runs may spend, in all.

One row for the whole tree; each payment is one guarded statement in the transaction of what it pays for, so that
neither a race nor a crash nor a second process gets past a limit. What a call of a model may cost at most is reserved
before the call and settled after it: whoever dies in between has spent the reservation.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from croncierge.errors import InvalidInput, NotAllowed
from store.moves import table_of
from store.operations.usage import charge
from store.session import Store
from store.tables import Budget

_BUDGETS = table_of(Budget)


class Exhausted(NotAllowed):
    """A budget does not allow it. field: which one."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a tree may spend. cost: in millionths of a dollar; seconds: from its beginning to its end.

    depth: levels of AI runs below the first. steps: answers of the model in one entry. entries: how often the runs of
    the tree may be entered, all together.
    """

    subtasks: int = 10
    depth: int = 2
    steps: int = 25
    entries: int = 20
    calls: int = 50
    tokens: int = 200_000
    cost: int = 500_000
    seconds: int = 3_600


SAFE = Limits()
_MOST = Limits(
    subtasks=1_000, depth=5, steps=200, entries=2_000, calls=10_000, tokens=20_000_000, cost=100_000_000,
    seconds=7 * 86_400,
)  # fmt: skip

_NAMES = {
    "subtasks": "{limit} subtasks",
    "entries": "{limit} entries into the model",
    "calls": "{limit} tool calls",
    "tokens": "{limit:,} tokens",
    "cost": "${dollars}",
}


def limits_of(wished: Mapping[str, Any]) -> Limits:
    """The safe limits with what a person wishes instead. Raises InvalidInput for a name or a number that cannot be."""
    known = asdict(_MOST)
    for name, value in wished.items():
        if name not in known:
            raise InvalidInput(f"There is no budget {name!r}; there are {', '.join(known)}.", field="budget")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= known[name]:
            raise InvalidInput(
                f"The budget {name} is {value!r}; give a whole number from 0 to {known[name]:,}.", field="budget"
            )
    return replace(SAFE, **wished)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Where a budget stands: what may be spent and what has been, by name. deadline: aware UTC."""

    limits: Mapping[str, int]
    spent: Mapping[str, int]
    deadline: datetime


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """Tokens, and millionths of a dollar, that are spent unless less is settled."""

    root_run_id: int
    user_id: UUID
    tokens: int
    cost: int
    at: datetime


def open_budget(connection: sa.Connection, root_run_id: int, user_id: UUID, limits: Limits, now: datetime) -> None:
    """Give the tree under this run its budget, unless it has one: it is set once, whatever happens later."""
    if connection.execute(sa.select(_BUDGETS.c.steps).where(_BUDGETS.c.root_run_id == root_run_id)).first():
        return
    figures = {f"{name}_limit": getattr(limits, name) for name in _NAMES}
    figures |= {f"{name}_spent": 0 for name in _NAMES}
    connection.execute(
        sa.insert(_BUDGETS).values(
            root_run_id=root_run_id,
            user_id=user_id,
            deadline=now + timedelta(seconds=limits.seconds),
            seconds=limits.seconds,
            depth=limits.depth,
            steps=limits.steps,
            **figures,
        )
    )


def spend(connection: sa.Connection, root_run_id: int, now: datetime | None, **amounts: int) -> None:
    """Pay, by names of `Limits`, or raise Exhausted, which undoes the transaction; all of it or nothing.

    now: None for what may be paid when the time is over.
    """
    statement = sa.update(_BUDGETS).where(_BUDGETS.c.root_run_id == root_run_id)
    if now is not None:
        statement = statement.where(_BUDGETS.c.deadline > now)
    for name, amount in amounts.items():
        statement = statement.where(_BUDGETS.c[f"{name}_spent"] + amount <= _BUDGETS.c[f"{name}_limit"])
    new = {f"{name}_spent": _BUDGETS.c[f"{name}_spent"] + amount for name, amount in amounts.items()}
    if connection.execute(statement.values(new)).rowcount == 0:
        raise _exhausted(connection, root_run_id, now, amounts)


def reserve(
    store: Store, root_run_id: int, *, tokens: int, cost: int, keep: tuple[int, int] = (0, 0), late: bool = False
) -> Reservation:
    """Pay for a call of a model beforehand. keep: tokens and cost that have to be left for a last answer.

    late: it is that last one, which may be given when the time is over.

    Raises Exhausted.
    """
    now = store.clock.now()
    with store.writing() as connection:
        user_id = connection.execute(
            sa.select(_BUDGETS.c.user_id).where(_BUDGETS.c.root_run_id == root_run_id)
        ).scalar_one()
        spend(connection, root_run_id, None if late else now, tokens=tokens + keep[0], cost=cost + keep[1])
        _give_back(connection, root_run_id, tokens=keep[0], cost=keep[1])
        over = charge(connection, user_id, now, tokens=tokens, cost=cost, ceilings=store.ceilings)
        if over is not None:
            raise Exhausted(f"The model is not asked any more: {over}.", field="usage")
    return Reservation(root_run_id=root_run_id, user_id=user_id, tokens=tokens, cost=cost, at=now)


def settle(store: Store, reservation: Reservation, *, tokens: int, cost: int) -> None:
    """Replace a reservation by what was used, even if that was more: the record is true, and the rest is refused."""
    less = {"tokens": reservation.tokens - tokens, "cost": reservation.cost - cost}
    with store.writing() as connection:
        _give_back(connection, reservation.root_run_id, **less)
        back = {name: -amount for name, amount in less.items()}
        charge(connection, reservation.user_id, reservation.at, **back, ceilings=None)


def where_it_stands(store: Store, root_run_id: int) -> Spent:
    """What the tree may spend and has spent. Raises NoResultFound for a run that began no tree."""
    with store.reading() as connection:
        row = connection.execute(sa.select(_BUDGETS).where(_BUDGETS.c.root_run_id == root_run_id)).one()
    return stands(row)


def stands(row: Any) -> Spent:
    """Where the budget of this row stands."""
    return Spent(
        limits={name: getattr(row, f"{name}_limit") for name in _NAMES}
        | {"depth": row.depth, "steps": row.steps, "seconds": row.seconds},
        spent={name: getattr(row, f"{name}_spent") for name in _NAMES},
        deadline=row.deadline,
    )


def out_of_time(seconds: int) -> Exhausted:
    """That the time of a tree is over."""
    return Exhausted(f"The budget of {seconds:,} seconds is used up.", field="seconds")


def in_dollars(cost: int) -> str:
    """Millionths of a dollar in dollars, with cents, and with more digits where there is more to say."""
    whole = f"{cost / 1_000_000:,.6f}"
    return f"{whole[:-4]}{whole[-4:].rstrip('0')}"


def _give_back(connection: sa.Connection, root_run_id: int, *, tokens: int, cost: int) -> None:
    connection.execute(
        sa.update(_BUDGETS)
        .where(_BUDGETS.c.root_run_id == root_run_id)
        .values(tokens_spent=_BUDGETS.c.tokens_spent - tokens, cost_spent=_BUDGETS.c.cost_spent - cost)
    )


def _exhausted(
    connection: sa.Connection, root_run_id: int, now: datetime | None, amounts: Mapping[str, int]
) -> Exhausted:
    row = connection.execute(sa.select(_BUDGETS).where(_BUDGETS.c.root_run_id == root_run_id)).one()
    if now is not None and row.deadline <= now:
        return out_of_time(row.seconds)
    for name, amount in amounts.items():
        limit, spent = getattr(row, f"{name}_limit"), getattr(row, f"{name}_spent")
        if spent + amount > limit:
            most = _NAMES[name].format(limit=limit, dollars=in_dollars(limit))
            return Exhausted(f"The budget of {most} is used up.", field=name)
    return Exhausted("The budget is used up.", field=None)  # it was, when we asked for it
