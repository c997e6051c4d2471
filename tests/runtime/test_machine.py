"""Random work on a store by people and by two workers that crash, hang and come back, and what must always hold."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import count, pairwise

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from croncierge.clock import FixedClock
from croncierge.errors import Conflict, InvalidInput, NotFound
from schedules.schedule import Cron, Interval, Once, Schedule
from store.kinds import CatchUp, OnCrash, Overlap, Trigger
from store.moves import RUNS, TRANSITIONS, table_of
from store.operations import (
    cancel_run,
    create_task,
    delete_task,
    edit_task,
    ensure_user,
    pause_task,
    rerun,
    resume_task,
    run_now,
)
from store.operations.claims import claim_due, held_runs, renew_leases
from store.operations.runs import Outcome, finish_runs, recover_runs
from store.status import ENDED, RunStatus, may_become
from store.tables import Task
from store.values import Actor, Prerequisite, TaskChange, TaskSpec
from tests.store.conftest import MONDAY, new_store

LEASE = 15.0
WORKERS = st.sampled_from(["a", "b"])
PACES = st.sampled_from([30, 60, 200])
OF_SLOTS = (Trigger.SCHEDULE, Trigger.CATCH_UP, Trigger.BACKFILL)
_TASKS = table_of(Task)


class Working(RuleBasedStateMachine):
    """`held`: which attempts each worker believes to hold; several may, once a lease has ended."""

    @initialize()
    def begin(self) -> None:
        self.clock = FixedClock(MONDAY)
        self.store = new_store(self.clock)
        self.user = ensure_user(self.store, "ann")
        self.requests = count()
        self.tasks: list[int] = []
        self.held: dict[str, dict[int, int]] = {"a": {}, "b": {}}
        self.leases: dict[int, tuple[str, int]] = {}
        self.claims: Counter[tuple[int, int]] = Counter()

    def actor(self) -> Actor:
        return Actor(user_id=self.user, via="test", change_set=str(next(self.requests)))

    def schedule(self, seconds: int) -> Schedule:
        if seconds == 60:
            return Cron(expression="* * * * *", zone="Europe/Berlin")
        return Interval(every=timedelta(seconds=seconds), anchor=self.clock.now(), zone="UTC", max_runs=50)

    # --- people

    @rule(
        pace=PACES,
        catch_up=st.sampled_from(CatchUp),
        overlap=st.sampled_from(Overlap),
        on_crash=st.sampled_from(OnCrash),
        retries=st.integers(0, 2),
    )
    def create(self, pace: int, catch_up: CatchUp, overlap: Overlap, on_crash: OnCrash, retries: int) -> None:
        spec = TaskSpec(
            title=f"task {len(self.tasks)}",
            schedule=self.schedule(pace),
            catch_up=catch_up,
            overlap=overlap,
            on_crash=on_crash,
            max_retries=retries,
        )
        self.tasks.append(create_task(self.store, self.actor(), spec).id)

    @rule(seconds=st.integers(0, 120))
    def create_once(self, seconds: int) -> None:
        at = self.clock.now() + timedelta(seconds=seconds + 1)
        spec = TaskSpec(title="once", schedule=Once(at=at, zone="UTC"))
        self.tasks.append(create_task(self.store, self.actor(), spec).id)

    @precondition(lambda self: self.tasks)
    @rule(data=st.data(), change=st.sampled_from(["pause", "resume", "delete", "edit", "run", "follow"]), pace=PACES)
    def change(self, data: st.DataObject, change: str, pace: int) -> None:
        task, actor = data.draw(st.sampled_from(self.tasks)), self.actor()
        try:
            match change:
                case "pause":
                    pause_task(self.store, actor, task)
                case "resume":
                    resume_task(self.store, actor, task)
                case "delete":
                    delete_task(self.store, actor, task)
                case "edit":
                    edit_task(self.store, actor, task, TaskChange(schedule=self.schedule(pace)))
                case "run":
                    run_now(self.store, actor, task)
                case "follow":
                    spec = TaskSpec(title="follower", depends_on=(Prerequisite(task_id=task),))
                    self.tasks.append(create_task(self.store, actor, spec).id)
        except (NotFound, InvalidInput):
            pass  # it was deleted, or is over

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), again=st.booleans())
    def bring_back_or_call_off(self, data: st.DataObject, again: bool) -> None:
        run_id, _ = data.draw(st.sampled_from(sorted(self.claims)))
        try:
            if again:
                rerun(self.store, self.actor(), run_id)
            else:
                cancel_run(self.store, self.actor(), run_id)
                self.leases.pop(run_id, None)
        except (Conflict, NotFound):
            pass  # it is not in a state for that

    # --- time and workers

    @rule(seconds=st.sampled_from([1, 20, 61, 400]))
    def wait(self, seconds: int) -> None:
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))

    @rule(worker=WORKERS, limit=st.integers(1, 6))
    def claim(self, worker: str, limit: int) -> None:
        claimed = claim_due(self.store, worker, limit, LEASE)
        assert len(claimed) <= limit
        self.give_way()
        for run in claimed:
            assert run.run_id not in self.leases, "somebody holds it already"
            self.claims[run.run_id, run.attempt] += 1
            self.leases[run.run_id] = (worker, run.attempt)
            self.held[worker][run.run_id] = run.attempt

    def give_way(self) -> None:
        """A run that is due calls off the one before it where the task says so."""
        off = sa.select(RUNS.c.run_id, RUNS.c.reason).join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
        held = off.where(RUNS.c.run_id.in_(self.leases), RUNS.c.status == RunStatus.CANCELLED)
        with self.store.reading() as connection:
            for row in connection.execute(held.where(_TASKS.c.overlap == Overlap.CANCEL_OTHER)):
                assert row.reason == "cancelled because its next run was due"
                del self.leases[row.run_id]

    @rule(worker=WORKERS, error=st.sampled_from([None, "it broke"]), limit=st.integers(1, 3))
    def finish(self, worker: str, error: str | None, limit: int) -> None:
        mine = dict(list(self.held[worker].items())[:limit])
        for run_id in mine:
            del self.held[worker][run_id]
        theirs = {run_id for run_id in mine if self.leases.get(run_id, ("", 0))[0] == worker}
        recorded = finish_runs(self.store, worker, [(run_id, Outcome(error=error)) for run_id in mine])
        assert recorded == len(theirs), "what a worker has lost is not its to finish"
        for run_id in theirs:
            del self.leases[run_id]

    @rule(worker=WORKERS)
    def crash(self, worker: str) -> None:
        self.held[worker] = {}

    @rule(worker=WORKERS)
    def renew(self, worker: str) -> None:
        assert renew_leases(self.store, worker, LEASE) == sum(owner == worker for owner, _ in self.leases.values())

    @rule(worker=WORKERS)
    def recover(self, worker: str) -> None:
        abandoned = held_runs(self.store, worker).abandoned
        assert recover_runs(self.store, abandoned) == len(abandoned)
        for run_id, owner in abandoned:
            assert self.leases.pop(run_id)[0] == owner

    # --- what must always hold

    @invariant()
    def every_slot_has_one_row_and_the_counters_are_right(self) -> None:
        with self.store.reading() as connection:
            slots = connection.execute(
                sa.select(RUNS.c.task_id, RUNS.c.scheduled_time, RUNS.c.status).where(RUNS.c.triggered_by.in_(OF_SLOTS))
            ).all()
            counters = connection.execute(sa.select(_TASKS.c.id, _TASKS.c.run_count)).all()
        assert max(Counter((row.task_id, row.scheduled_time) for row in slots).values(), default=1) == 1
        started = Counter(row.task_id for row in slots if row.status is not RunStatus.MISSED)
        assert {row.id: row.run_count for row in counters} == {row.id: started[row.id] for row in counters}

    @invariant()
    def statuses_went_by_the_table_and_attempts_are_counted(self) -> None:
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(RUNS)).all()
            steps = connection.execute(sa.select(TRANSITIONS).order_by(TRANSITIONS.c.id)).all()
        stories = defaultdict(list)
        for step in steps:
            stories[step.run_id].append((step.from_status, step.to_status))
        for row in rows:
            story = stories[row.run_id]
            assert story[0][0] is None
            assert story[-1][1] is row.status
            assert all(one[1] is other[0] for one, other in pairwise(story))
            assert all(may_become(before, after) for before, after in story[1:])
            assert sum(after is RunStatus.RUNNING for _, after in story) == row.attempt
            assert (row.end_time is not None) is (row.status in ENDED)

    @invariant()
    def what_runs_is_held_by_one_worker_and_nothing_else_is(self) -> None:
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(RUNS).where(RUNS.c.status == RunStatus.RUNNING)).all()
        assert {row.run_id: (row.lease_owner, row.attempt) for row in rows} == self.leases
        assert max(self.claims.values(), default=1) == 1, "one attempt was claimed twice"


TestWorking = Working.TestCase
TestWorking.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
