from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from croncierge.clock import FixedClock
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from schedules.schedule import Cron, Schedule
from store.kinds import DependencyType
from store.open import open_store
from store.operations import create_task, ensure_user, list_runs
from store.operations.claims import Claimed
from store.operations.deliveries import TERMINAL, claim_deliveries, mark_sent
from store.operations.runs import Outcome
from store.values import Actor, Prerequisite, RunInfo, TaskInfo, TaskSpec
from tools.connectors.config import Config
from tools.connectors.executor import Control
from tools.connectors.registry import Connectors

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def cron(expression: str) -> Cron:
    return Cron(expression=expression, zone="UTC")


class World:
    """A store with one person and a runtime, on a clock that stands still until it is moved."""

    def __init__(self, url: str = "sqlite://") -> None:
        self.clock = FixedClock(MONDAY)
        self.store = open_store(url, self.clock)
        self.actor = Actor(user_id=ensure_user(self.store, "ann"), via="test", change_set="1")
        self.executed: list[Claimed] = []
        self.behaviour: dict[str, Callable[[Claimed], Outcome]] = {}
        self.connectors = Connectors(Config({}))
        executors = {**self.connectors.executors(self.store), "work": self._work}
        self.runtime = Runtime(self.store, executors, Doorbell(url))

    def _work(self, run: Claimed, _control: Control) -> Outcome:
        self.executed.append(run)
        behaviour = self.behaviour.get(run.title)
        return behaviour(run) if behaviour else Outcome()

    def task(
        self,
        title: str,
        schedule: Schedule | None = None,
        *,
        after: tuple[TaskInfo, ...] = (),
        on: DependencyType = DependencyType.SUCCESS,
        action: str = "work",
        **spec: Any,
    ) -> TaskInfo:
        waits = tuple(Prerequisite(task_id=each.id, type=on) for each in after)
        wanted = TaskSpec(title=title, schedule=schedule, depends_on=waits, action_type=action, **spec)
        return create_task(self.store, self.actor, wanted)

    def at(self, moment: datetime) -> int:
        self.clock.set(moment)
        return self.runtime.tick()

    def after(self, **elapsed: float) -> int:
        return self.at(self.clock.now() + timedelta(**elapsed))

    def runs(self, title: str | None = None) -> list[RunInfo]:
        found = list_runs(self.store, self.actor, limit=500)
        return sorted((run for run in found if title in (None, run.title)), key=lambda run: run.id)

    def outcomes(self, title: str) -> list[str]:
        return [run.status.value for run in self.runs(title)]

    def messages(self) -> list[str]:
        found = claim_deliveries(self.store, self.actor.user_id, TERMINAL, "test")
        mark_sent(self.store, [each.id for each in found])
        return [each.text for each in found]


@pytest.fixture
def world() -> World:
    return World()
