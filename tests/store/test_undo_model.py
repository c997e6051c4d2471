"""Random changes and undos, compared with a model that simply keeps every earlier state."""

from dataclasses import dataclass, field, replace
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, invariant, multiple, rule

from croncierge.clock import FixedClock
from croncierge.errors import Conflict, NotFound
from schedules.occurrences import next_after
from schedules.schedule import Schedule
from store import operations
from store.values import Actor, Prerequisite, TaskChange, TaskSpec
from tests.store.conftest import MONDAY, cron, new_store, once

SCHEDULES = st.sampled_from([None, cron("0 9 * * 1"), cron("*/5 * * * *"), once(MONDAY.replace(hour=20))])
TITLES = st.sampled_from(["call mom", "water the plants", "pay 💶", "לשלוח"])


@dataclass(frozen=True)
class Kept:
    """What the model knows of a task."""

    title: str
    schedule: Schedule | None
    paused: bool = False
    deleted: bool = False
    waits_for: frozenset[int] = field(default_factory=frozenset)


class Undoing(RuleBasedStateMachine):
    tasks: Bundle[int] = Bundle("tasks")

    @initialize()
    def begin(self) -> None:
        self.store = new_store(FixedClock(MONDAY))
        self.user = operations.ensure_user(self.store, "ann")
        self.requests = count()
        self.now: dict[int, Kept] = {}
        self.earlier: list[dict[int, Kept]] = []

    def actor(self) -> Actor:
        return Actor(user_id=self.user, via="test", change_set=str(next(self.requests)))

    def becomes(self, task: int, kept: Kept) -> None:
        self.earlier.append(self.now)
        self.now = {**self.now, task: kept}

    def is_there(self, *tasks: int) -> bool:
        return all(task in self.now and not self.now[task].deleted for task in tasks)

    @rule(target=tasks, title=TITLES, schedule=SCHEDULES)
    def create(self, title: str, schedule: Schedule | None) -> int:
        task = operations.create_task(self.store, self.actor(), TaskSpec(title=title, schedule=schedule))
        self.becomes(task.id, Kept(title, schedule))
        return task.id

    @rule(task=tasks, title=TITLES, schedule=SCHEDULES)
    def edit(self, task: int, title: str, schedule: Schedule | None) -> None:
        kept = self.now[task]
        if self.is_there(task) and (kept.title, kept.schedule) != (title, schedule):
            operations.edit_task(self.store, self.actor(), task, TaskChange(title=title, schedule=schedule))
            self.becomes(task, replace(kept, title=title, schedule=schedule))

    @rule(task=tasks)
    def pause(self, task: int) -> None:
        if self.is_there(task) and not self.now[task].paused:
            operations.pause_task(self.store, self.actor(), task)
            self.becomes(task, replace(self.now[task], paused=True))

    @rule(task=tasks)
    def resume(self, task: int) -> None:
        if self.is_there(task) and self.now[task].paused:
            operations.resume_task(self.store, self.actor(), task)
            self.becomes(task, replace(self.now[task], paused=False))

    @rule(task=tasks)
    def delete(self, task: int) -> None:
        if self.is_there(task):
            operations.delete_task(self.store, self.actor(), task)
            self.becomes(task, replace(self.now[task], deleted=True))

    @rule(task=tasks, on=tasks)
    def chain(self, task: int, on: int) -> None:
        if not self.is_there(task, on) or on in self.now[task].waits_for:
            return
        try:
            operations.add_dependency(self.store, self.actor(), task, Prerequisite(task_id=on))
        except Conflict:
            return
        self.becomes(task, replace(self.now[task], waits_for=self.now[task].waits_for | {on}))

    @rule(task=tasks, on=tasks)
    def unchain(self, task: int, on: int) -> None:
        if self.is_there(task, on) and on in self.now[task].waits_for:
            operations.remove_dependency(self.store, self.actor(), task, on)
            self.becomes(task, replace(self.now[task], waits_for=self.now[task].waits_for - {on}))

    @rule(target=tasks)
    def undo(self) -> MultipleResults[int]:
        try:
            operations.undo(self.store, self.actor())
        except NotFound:
            assert not self.earlier
        else:
            before = self.earlier.pop()  # without the tasks that were created only then
            self.now = {task: before.get(task, replace(kept, deleted=True)) for task, kept in self.now.items()}
        return multiple()

    @invariant()
    def the_store_holds_what_the_model_holds(self) -> None:
        if not hasattr(self, "store"):
            return
        for task, kept in self.now.items():
            stored = operations.get_task(self.store, self.actor(), task, include_deleted=True)
            assert (stored.title, stored.schedule) == (kept.title, kept.schedule)
            assert (stored.deleted_at is not None) == kept.deleted
            due = not kept.paused and not kept.deleted and kept.schedule is not None
            assert stored.next_run_at == (next_after(stored.schedule, MONDAY) if due and stored.schedule else None)
            if not kept.deleted:
                assert stored.is_active == (not kept.paused)
                assert {each.task_id for each in stored.depends_on} == {
                    each for each in kept.waits_for if not self.now[each].deleted
                }


TestUndoing = Undoing.TestCase
TestUndoing.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
