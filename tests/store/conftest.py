import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any, cast

import pytest
import sqlalchemy as sa

from croncierge.clock import FixedClock
from schedules.schedule import Cron, Once
from store.kinds import Trigger
from store.open import open_store
from store.operations import ensure_user
from store.session import Store, open_engine
from store.status import RunStatus
from store.tables import Run, Task, User
from store.values import Actor

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""The moment at which tests begin: 10:00 in Berlin."""


def cron(expression: str, zone: str = "Europe/Berlin") -> Cron:
    return Cron(expression=expression, zone=zone)


def once(at: datetime, zone: str = "Europe/Berlin") -> Once:
    return Once(at=at, zone=zone)


class People:
    """Actors by name; each call is a request of its own, unless it is given a change set."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._requests = count(1)

    def __call__(self, name: str, change_set: str | None = None) -> Actor:
        user_id = ensure_user(self._store, name)
        return Actor(user_id=user_id, via="test", change_set=change_set or f"request-{next(self._requests)}")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY)


@pytest.fixture
def rings() -> list[str]:
    """One entry for each time that the runtime was told to look again."""
    return []


@cache
def _template() -> bytes:
    store = open_store("sqlite://", FixedClock(MONDAY))
    with store.read() as session:
        return bytes(_sqlite(session.connection()).serialize())


def _sqlite(connection: sa.Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def new_store(clock: FixedClock, changed: Callable[[], None] = lambda: None) -> Store:
    """An empty store in memory, copied from one that was migrated, which takes a fraction of the time."""
    engine = open_engine("sqlite://")
    with engine.connect() as connection:
        connection.rollback()
        _sqlite(connection).deserialize(_template())
    return Store(engine, clock, changed)


@pytest.fixture
def store(clock: FixedClock, rings: list[str]) -> Store:
    return new_store(clock, lambda: rings.append("ring"))


@pytest.fixture
def people(store: Store) -> People:
    return People(store)


@pytest.fixture
def ann(people: People) -> Callable[[], Actor]:
    """Ann, with a new change set at each call."""
    return lambda: people("ann")


@pytest.fixture
def bob(people: People) -> Callable[[], Actor]:
    return lambda: people("bob")


def make_admin(store: Store, actor: Actor, *, is_admin: bool = True) -> Actor:
    with store.write() as session:
        user = session.get(User, actor.user_id)
        assert user is not None
        user.is_admin = is_admin
    return actor


def add_run(store: Store, task_id: int, due: datetime, status: RunStatus, **columns: Any) -> int:
    """Record a run as the runtime does, and return its id."""
    columns = {"triggered_by": Trigger.SCHEDULE, "available_at": due, **columns}
    with store.write() as session:
        row = Run(task_id=task_id, scheduled_time=due, status=status, **columns)
        session.add(row)
        session.flush()
        assert row.run_id is not None
        return row.run_id


def move_on(store: Store, task_id: int, next_run_at: datetime | None) -> None:
    """Set when a task is next due, as the runtime does when it claims a run."""
    with store.write() as session:
        row = session.get(Task, task_id)
        assert row is not None
        row.next_run_at, row.is_active = next_run_at, next_run_at is not None
