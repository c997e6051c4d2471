"""The world of one case: a store of its own with a clock that stands still, and what can be seen of it."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import col

from croncierge.clock import FixedClock
from croncierge.errors import InvalidInput
from evals.cases import Case, StartingTask
from schedules.reading import Preferences
from schedules.words import read_when
from store.kinds import Trigger
from store.open import open_store
from store.operations import create_task, ensure_user, list_tasks, pause_task
from store.session import Store, open_engine
from store.status import RunStatus
from store.tables import Run, Task
from store.values import Actor, Prerequisite, TaskInfo, TaskSpec

PERSON = "ann"
_AGE = timedelta(days=30)
Snapshot = Mapping[str, tuple[TaskInfo, ...]]
"""Everybody's tasks by the owner's name, the oldest first."""


class World:
    """The store as the case describes it."""

    def __init__(self, case: Case) -> None:
        self.zone = case.zone
        self.store = new_store(FixedClock(case.now))
        self._people: dict[str, UUID] = {}
        self.person = self._user(PERSON)
        ids: dict[str, int] = {}
        for task in case.before:
            ids[task.title] = self._make(task, ids, case)

    def snapshot(self) -> Snapshot:
        """What everybody has now."""
        return {
            name: tuple(
                sorted(
                    (task for task in list_tasks(self.store, _actor(user), limit=1_000) if task.owner_id == user),
                    key=lambda task: task.id,
                )
            )
            for name, user in self._people.items()
        }

    def close(self) -> None:
        self.store.engine.dispose()

    def _user(self, name: str) -> UUID:
        if name not in self._people:
            self._people[name] = ensure_user(self.store, name)
        return self._people[name]

    def _make(self, task: StartingTask, ids: Mapping[str, int], case: Case) -> int:
        actor = _actor(self._user(task.owner))
        reading = read_when(task.when, now=case.now, preferences=Preferences(zone=case.zone)) if task.when else None
        if task.when and (reading is None or reading.schedule is None):
            raise InvalidInput(f"The case {case.id!r} begins with {task.title!r} at {task.when!r}, which is no time.")
        spec = TaskSpec(
            title=task.title,
            schedule=reading.schedule if reading else None,
            schedule_words=task.when,
            zone=case.zone,
            depends_on=tuple(Prerequisite(task_id=ids[title]) for title in task.after),
        )
        made = create_task(self.store, actor, spec)
        if task.paused:
            pause_task(self.store, actor, made.id)
        with self.store.write() as session:
            # It has been there for a while, so that the record can go back.
            made_at = case.now.astimezone(UTC) - _AGE
            session.execute(
                sa.update(Task).where(col(Task.id) == made.id).values(created_at=made_at, updated_at=made_at)
            )
            for past in task.past:
                moment = past.at.replace(tzinfo=ZoneInfo(case.zone))
                session.add(_run(made.id, moment, RunStatus(past.status), past.error))
        return made.id


def _run(task_id: int, moment: datetime, status: RunStatus, error: str | None) -> Run:
    ran = moment if status in (RunStatus.COMPLETED, RunStatus.FAILED) else None
    return Run(
        task_id=task_id,
        scheduled_time=moment,
        available_at=moment,
        start_time=ran,
        end_time=moment,
        status=status,
        triggered_by=Trigger.SCHEDULE,
        error_message=error,
    )


def _actor(user: UUID) -> Actor:
    return Actor(user_id=user, via="eval", change_set="before")


@cache
def _template() -> bytes:
    store = open_store("sqlite://", FixedClock(datetime.fromisoformat("2026-01-01T00:00:00+00:00")))
    with store.reading() as connection:
        return bytes(_sqlite(connection).serialize())


def new_store(clock: FixedClock) -> Store:
    """An empty store in memory, copied from one that was migrated, which takes a fraction of the time."""
    engine = open_engine("sqlite://")
    with engine.connect() as connection:
        connection.rollback()
        _sqlite(connection).deserialize(_template())
    return Store(engine, clock)


def _sqlite(connection: sa.Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)
