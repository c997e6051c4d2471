"""What is removed, what stays, and what is known of it afterwards."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from croncierge.clock import FixedClock
from croncierge.errors import InvalidInput
from store.kinds import CatchUp, DeliveryStatus, Trigger
from store.moves import RUNS, TRANSITIONS, table_of
from store.operations import backfill, create_task, emit_event, list_events, list_runs, rerun, run_now
from store.operations.claims import claim_due
from store.operations.deliveries import acknowledge, list_deliveries
from store.operations.prune import Policy, Pruned, begin_pruning, compact, prune
from store.operations.pruned import pruned_of
from store.operations.runs import Outcome, finish_runs
from store.session import Store
from store.status import RunStatus
from store.tables import Event, Pruning, Task
from store.values import Actor, TaskInfo, TaskSpec, TriggerSpec
from tests.runtime.conftest import World, cron
from tests.runtime.conftest import world as world
from tests.store.conftest import MONDAY, add_run

Ann = Callable[[], Actor]
MONTH = Policy(keep_days=30)
DAY = timedelta(days=1)


def pruned(store: Store, policy: Policy = MONTH, **more: Any) -> Pruned:
    return prune(store, policy, begin_pruning(store, policy), **more)


def counted(store: Store, table: sa.Table) -> int:
    with store.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def days(world: World, number: int) -> None:
    """Let so many days pass, each to the moment when tea is due."""
    for _ in range(number):
        now = world.clock.now()
        world.at(now + DAY if now > MONDAY else now + timedelta(hours=1))


def test_old_runs_go_with_all_that_is_theirs_and_are_counted(world: World) -> None:
    task = world.task("tea", cron("0 10 * * *"))
    days(world, 41)
    assert pruned(world.store) == Pruned(by_status=Counter({RunStatus.COMPLETED: 10}))
    assert len(world.runs()) == 31
    assert counted(world.store, TRANSITIONS) == 31 * 2
    with world.store.reading() as connection:
        span = pruned_of(connection, task.id)
        (row,) = connection.execute(sa.select(table_of(Pruning))).all()
    assert span is not None
    assert (span.slots, span.by_status) == (10, {RunStatus.COMPLETED: 10})
    assert span.covers(MONDAY + timedelta(hours=1))
    assert not span.covers(world.runs()[0].scheduled_time)
    assert (row.runs, row.keep_days, row.ended_at) == (10, 30, world.clock.now())
    assert pruned(world.store).runs == 0


def test_only_so_many_runs_of_a_task_are_kept(world: World) -> None:
    world.task("tea", cron("0 10 * * *"))
    world.task("cake", cron("0 11 */20 * *"))
    days(world, 40)
    pruned(world.store, Policy(keep_runs=5))
    assert (len(world.runs("tea")), len(world.runs("cake"))) == (5, len(world.runs("cake")))
    assert world.runs("tea")[-1].scheduled_time == max(run.scheduled_time for run in world.runs("tea"))


def test_a_look_says_the_same_as_the_removal_and_removes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.operations.prune._AT_ONCE", 7)  # a start is cut in two
    a = world.task("a", cron("0 10 * * *"))
    world.task("b", after=(a,), action="notify")
    days(world, 51)
    seen = prune(world.store, MONTH, None)
    assert len(world.runs()) == 2 * 51
    assert seen == pruned(world.store)
    assert seen.runs == 2 * 20


def test_the_last_run_of_each_outcome_is_always_known(world: World) -> None:
    world.behaviour["tea"] = lambda run: Outcome(error="cold" if run.scheduled_time.day == 24 else None)
    task = world.task("tea", cron("0 10 * * *"))
    days(world, 5)
    run_now(world.store, world.actor, task.id)
    world.runtime.tick()
    days(world, 1)
    with world.store.writing() as connection:
        connection.execute(sa.update(table_of(Task)).values(is_active=False))
    days(world, 400)
    pruned(world.store)
    left = [(run.status.value, run.triggered_by.value) for run in world.runs()]
    assert sorted(left) == [("completed", "manual"), ("completed", "schedule"), ("failed", "schedule")]


@pytest.mark.parametrize("active", [RunStatus.WAITING, RunStatus.PENDING, RunStatus.RUNNING, RunStatus.RETRYING])
def test_what_has_not_ended_stays_and_so_does_its_start(store: Store, ann: Ann, active: RunStatus) -> None:
    first, second = (create_task(store, ann(), TaskSpec(title=title)) for title in ("first", "second"))
    old = MONDAY - timedelta(days=400)
    root = add_run(store, first.id, old, RunStatus.COMPLETED, end_time=old)
    waiting = add_run(store, second.id, old, active, workflow_run_id=root)
    other = add_run(store, first.id, old + DAY, RunStatus.COMPLETED, end_time=old + DAY)
    last = add_run(store, first.id, MONDAY, RunStatus.COMPLETED, end_time=MONDAY)
    assert pruned(store).runs == 1
    assert {run.id for run in list_runs(store, ann())} == {root, waiting, last} - {other}


def test_the_first_run_of_a_start_stays_while_anything_of_it_does(world: World) -> None:
    a = world.task("a", cron("0 10 * * *"))
    world.behaviour["b"] = lambda run: Outcome(error="broken") if (run.run_id, run.attempt) == (2, 1) else Outcome()
    world.task("b", after=(a,))
    days(world, 50)
    pruned(world.store)
    failed = world.runs("b")[0]
    assert (failed.id, failed.workflow_run_id, world.runs("a")[0].id) == (2, 1, 1)
    rerun(world.store, world.actor, failed.id)
    world.after(minutes=1)
    assert world.runs("b")[0].status is RunStatus.COMPLETED


def test_messages_that_nobody_has_seen_stay(world: World) -> None:
    world.task("tea", cron("0 10 * * *"), action="notify")
    days(world, 34)
    found = list_deliveries(world.store, world.actor)
    acknowledge(world.store, world.actor, found[-1].id)
    result = pruned(world.store)
    assert (result.runs, result.messages, result.kept_messages) == (3, 1, 2)
    left = list_deliveries(world.store, world.actor)
    assert [(each.title, each.run_id) for each in left[-2:]] == [("tea", None), ("tea", None)]
    acknowledge(world.store, world.actor, left[-1].id)
    assert pruned(world.store).messages == 1
    assert all(each.status is DeliveryStatus.PENDING for each in left)


def test_events_go_once_their_runs_are_gone_but_files_that_are_watched_stay_known(
    store: Store, ann: Ann, clock: FixedClock
) -> None:
    task = create_task(
        store,
        ann(),
        TaskSpec(title="tell", triggers=(TriggerSpec(event="deploy"), TriggerSpec(event="file", path="/x"))),
    )
    for key in "ab":
        emit_event(store, ann(), "deploy", {}, key)
        claimed = claim_due(store, "w", 9, 60)
        finish_runs(store, "w", [(run.run_id, Outcome()) for run in claimed])
    emit_event(store, ann(), "file", {"path": "/y"}, "old file")
    emit_event(store, ann(), "unheard", {})
    clock.set(MONDAY + 31 * DAY)
    result = pruned(store)
    assert (result.runs, result.events) == (1, 2)
    assert [(each.name, each.key) for each in list_events(store, ann())] == [("file", "old file"), ("deploy", "b")]
    assert [run.task_id for run in list_runs(store, ann())] == [task.id]
    assert counted(store, table_of(Event)) == 2


def test_all_is_archived_before_it_goes_and_a_failure_keeps_it(world: World) -> None:
    world.task("tea", cron("0 10 * * *"), action="notify")
    days(world, 33)
    for each in list_deliveries(world.store, world.actor):
        acknowledge(world.store, world.actor, each.id)

    def full(_records: Sequence[Mapping[str, Any]]) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        pruned(world.store, keep=full)
    assert len(world.runs()) == 33

    archived: list[Mapping[str, Any]] = []
    pruned(world.store, keep=archived.extend)
    assert [record["run"]["task"] for record in archived] == ["tea", "tea"]
    assert [len(archived[0][part]) for part in ("transitions", "messages")] == [2, 1]
    assert archived[0]["run"]["run_id"] == 1
    assert len(world.runs()) == 31


def test_a_run_that_is_brought_back_meanwhile_stays(world: World) -> None:
    world.task("tea", cron("0 10 * * *"))
    days(world, 33)
    result = pruned(world.store, keep=lambda _: rerun(world.store, world.actor, 1) and None)
    assert result.runs == 1
    assert world.runs()[0].status is RunStatus.PENDING


def test_pruned_occurrences_come_up_neither_again_nor_in_a_backfill(world: World) -> None:
    task: TaskInfo = world.task("tea", cron("0 10 * * *"), catch_up=CatchUp.ALL)
    days(world, 40)
    pruned(world.store, Policy(keep_runs=3))
    executed = len(world.executed)
    # The clock goes back, and the task is due from then on once more.
    with world.store.writing() as connection:
        connection.execute(sa.update(table_of(Task)).values(next_run_at=MONDAY + 20 * DAY + timedelta(hours=1)))
    world.at(MONDAY + 39 * DAY + timedelta(hours=2))
    assert len(world.executed) == executed
    assert len(world.runs()) == 3
    with pytest.raises(InvalidInput, match="is left to run"):
        backfill(world.store, world.actor, task.id, MONDAY, MONDAY + 30 * DAY)
    early = backfill(world.store, world.actor, task.id, MONDAY - 3 * DAY, MONDAY + 30 * DAY)
    assert [run.triggered_by for run in early] == [Trigger.BACKFILL] * 3
    with world.store.reading() as connection:
        accounted = pruned_of(connection, task.id)
        left = connection.execute(
            sa.select(sa.func.count()).where(RUNS.c.triggered_by == Trigger.SCHEDULE)
        ).scalar_one()
    assert accounted is not None
    assert accounted.slots + left == 40


def test_only_the_first_in_a_day_begins(store: Store, clock: FixedClock) -> None:
    since = clock.now() - DAY
    assert begin_pruning(store, MONTH, unless_since=since) == 1
    assert begin_pruning(store, MONTH, unless_since=since) is None
    clock.set(MONDAY + 2 * DAY)
    assert begin_pruning(store, MONTH, unless_since=MONDAY + DAY) == 2


def test_the_database_is_compacted(world: World) -> None:
    world.task("tea", cron("0 10 * * *"))
    days(world, 3)
    compact(world.store)
    assert len(world.runs()) == 3
