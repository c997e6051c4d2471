"""This project's runtime, with all that it records."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks.engines import Action
from croncierge.clock import FixedClock, SystemClock
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from schedules.schedule import Once
from store.open import open_store
from store.operations import create_task, create_tasks, ensure_user
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from store.session import Store
from store.status import RunStatus
from store.tables import Run
from store.values import Actor, Prerequisite, TaskSpec
from tools.connectors.executor import Control

_DONE = sa.select(sa.func.count()).select_from(Run).where(sa.column("status") == RunStatus.COMPLETED.value)


class Engine:
    """One runtime on one SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'croncierge.db'}"
        self._bell = Doorbell(self.url)
        self.sqlite = open_store(self.url, SystemClock(), self._changed)
        self.actor = Actor(user_id=ensure_user(self.sqlite, "bench"), via="benchmark", change_set="1")
        self._runtime: Runtime | None = None

    def store(self, due: Sequence[datetime]) -> None:
        # What has passed already was made before.
        before = Store(self.sqlite.engine, FixedClock(min(due) - timedelta(minutes=1)))
        create_tasks(before, self.actor, [_spec(number, moment) for number, moment in enumerate(due)])

    def create(self, due: datetime) -> None:
        create_task(self.sqlite, self.actor, _spec(0, due))

    def chain(self, length: int) -> None:
        now = self.sqlite.clock.now()
        before = Store(self.sqlite.engine, FixedClock(now - timedelta(minutes=1)))
        last = create_task(before, self.actor, _spec(0, now))
        for number in range(1, length):
            last = create_task(before, self.actor, _spec(number, None, Prerequisite(task_id=last.id)))

    def start(self, action: Action) -> None:
        def work(run: Claimed, _control: Control) -> Outcome:
            action(run.action_payload["number"])
            return Outcome()

        self._runtime = Runtime(self.sqlite, {"work": work}, self._bell)
        self._runtime.start()

    def settled(self, jobs: int) -> bool:
        with self.sqlite.engine.connect() as connection:
            return connection.execute(_DONE).scalar_one() >= jobs

    def stop(self) -> None:
        if self._runtime is not None:
            self._runtime.stop()
        self.sqlite.engine.dispose()

    def _changed(self) -> None:
        if self._runtime is not None:
            self._runtime.wake()
        self._bell.ring()


def _spec(number: int, due: datetime | None, *after: Prerequisite) -> TaskSpec:
    return TaskSpec(
        title=f"job {number}",
        schedule=None if due is None else Once(at=due, zone="UTC"),
        depends_on=after,
        action_type="work",
        action_payload={"number": number},
    )
