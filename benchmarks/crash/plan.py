"""What the program is asked to do, and which slots that makes, by nothing but addition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from time import monotonic

from benchmarks.records import Expected, Order
from croncierge.clock import SystemClock
from croncierge.errors import CronciergeError
from schedules.schedule import Cron, Interval, Once, Schedule
from store.kinds import CatchUp, OnCrash, Overlap
from store.operations import create_task, delete_task
from store.session import Store
from store.values import Actor, Prerequisite, TaskSpec

ACTION = "append"

_LEAD = 3.0  # seconds until the first slot
_ONCE = 1.5  # tasks a second
_LINKS, _STOPPED = 3, 3
_CHECKED = (Overlap.SKIP, Overlap.QUEUE, Overlap.ALLOW)


class Scale:
    """Seconds on the clock of the test, which nothing shifts."""

    def __init__(self) -> None:
        self._wall = SystemClock().now().timestamp()
        self._monotonic = monotonic()

    def now(self) -> float:
        return monotonic() - self._monotonic

    def of_monotonic(self, seconds: float) -> float:
        return seconds - self._monotonic

    def of_timestamp(self, seconds: float) -> float:
        return seconds - self._wall

    def slot(self, timestamp: float) -> float:
        """A slot by the moment that names it, the same wherever that was read."""
        return round(self.of_timestamp(timestamp), 3)

    def moment(self, seconds: float) -> datetime:
        return datetime.fromtimestamp(self._wall + seconds, UTC)


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """A schedule and its slots as moments. policy: of a `TaskSpec`."""

    schedule: Schedule
    slots: tuple[datetime, ...]
    policy: Mapping[str, object]
    duration: float


class Plan:
    """Tasks in a store, and what is expected of them."""

    def __init__(self, store: Store, actor: Actor, scale: Scale, chance: Random, seconds: float) -> None:
        self._store, self._actor, self._scale, self._chance = store, actor, scale, chance
        self.tasks: list[Expected] = []
        first = scale.moment(scale.now() + _LEAD)
        self.last = first + timedelta(seconds=seconds)
        for wish in self._wishes(first, seconds):
            self._add(wish)
        heads = [task for task in self.tasks if task.catch_up is not CatchUp.SKIP and len(task.slots) > 1]
        for head in chance.sample([each for each in heads if each.repeatable], _LINKS):
            between = self._follow(head.task)
            self._follow(between)
        followed = {task.after for task in self.tasks}
        self._stoppable = [task.task for task in self.tasks if len(task.slots) > 1 and task.task not in followed]
        chance.shuffle(self._stoppable)
        del self._stoppable[_STOPPED:]

    def stop_one(self) -> None:
        """Delete one of a few tasks that are meant for it, while there are any."""
        if not self._stoppable:
            return
        task_id, asked = self._stoppable.pop(), self._scale.now()
        try:
            delete_task(self._store, self._actor, task_id)
            answered: float | None = self._scale.now()
        except CronciergeError:
            answered = None
        order = Order(begins=False, asked=asked, answered=answered)
        self.tasks = [replace(t, orders=(*t.orders, order)) if t.task == task_id else t for t in self.tasks]

    def _wishes(self, first: datetime, seconds: float) -> Iterator[_Wish]:
        chance = self._chance
        for catch_up, overlap, on_crash in product(CatchUp, _CHECKED, OnCrash):
            policy = {"catch_up": catch_up, "overlap": overlap, "on_crash": on_crash}
            every = chance.choice([1, 1, 2])
            anchor = first + timedelta(seconds=round(chance.uniform(0, 1), 3))
            count = int(seconds / every)
            step = timedelta(seconds=every)
            schedule = Interval(every=step, anchor=anchor, zone="UTC", max_runs=count)
            slots = tuple(anchor + number * step for number in range(count))
            yield _Wish(schedule=schedule, slots=slots, policy=policy, duration=chance.choice([0, 0.05, 0.4]))
        for number in range(int(_ONCE * seconds)):
            at = first + timedelta(seconds=round(chance.uniform(0, seconds), 3))
            policy = {"on_crash": OnCrash.FAIL if number % 3 == 0 else OnCrash.RETRY}
            yield _Wish(schedule=Once(at=at, zone="UTC"), slots=(at,), policy=policy, duration=chance.choice([0, 0.3]))
        minute = first.replace(second=0, microsecond=0)
        minutes = (minute + timedelta(minutes=number) for number in range(int(seconds / 60) + 2))
        slots = tuple(each for each in minutes if first <= each <= self.last)
        for catch_up in CatchUp if slots else ():
            cron = Cron(expression="* * * * *", zone="UTC", start=first, until=self.last)
            yield _Wish(schedule=cron, slots=slots, policy={"catch_up": catch_up}, duration=0.1)

    def _add(self, wish: _Wish) -> None:
        asked = self._scale.now()
        spec = TaskSpec(
            title="append",
            schedule=wish.schedule,
            action_type=ACTION,
            action_payload={"seconds": wish.duration},
            **wish.policy,  # type: ignore[arg-type]
        )
        task = create_task(self._store, self._actor, spec)
        order = Order(begins=True, asked=asked, answered=self._scale.now())
        self.tasks.append(
            Expected(
                task=task.id,
                orders=(order,),
                slots=tuple(self._scale.slot(each.timestamp()) for each in wish.slots),
                catch_up=spec.catch_up,
                overlap=spec.overlap,
                repeatable=spec.on_crash is OnCrash.RETRY,
                duration=wish.duration,
            )
        )

    def _follow(self, task_id: int) -> int:
        asked = self._scale.now()
        spec = TaskSpec(
            title="follow",
            depends_on=(Prerequisite(task_id=task_id),),
            overlap=Overlap.QUEUE,
            action_type=ACTION,
            action_payload={"seconds": 0},
        )
        task = create_task(self._store, self._actor, spec)
        order = Order(begins=True, asked=asked, answered=self._scale.now())
        self.tasks.append(Expected(task=task.id, orders=(order,), after=task_id))
        return task.id
