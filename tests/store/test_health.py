"""What needs attention is counted, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

from croncierge.clock import FixedClock
from store.operations import create_task, health
from store.operations.heartbeats import beat, end_beat
from store.session import Store
from store.status import RunStatus
from store.tables import Task
from store.values import Actor, TaskSpec
from tests.store.conftest import MONDAY, add_run, cron, move_on


def test_a_store_that_is_well_has_nothing_to_report(store: Store, ann: Callable[[], Actor]) -> None:
    create_task(store, ann(), TaskSpec(title="fine", schedule=cron("0 9 * * *")))
    found = health(store)
    assert (found.tasks, found.overdue.count, found.stuck.count, found.without_next.count) == (1, 0, 0, 0)
    assert found.ok
    assert found.sentence == "All is well: 1 task is active, and nothing is running them now."


def test_what_is_overdue_stuck_or_without_a_next_run_is_counted(
    store: Store, clock: FixedClock, ann: Callable[[], Actor]
) -> None:
    late = create_task(store, ann(), TaskSpec(title="late", schedule=cron("0 9 * * *")))
    lost = create_task(store, ann(), TaskSpec(title="lost", schedule=cron("0 9 * * *")))
    move_on(store, late.id, MONDAY + timedelta(hours=1))
    move_on(store, lost.id, None)
    with store.write() as session:
        session.get_one(Task, lost.id).is_active = True
    add_run(store, late.id, MONDAY, RunStatus.RUNNING, lease_owner="gone", lease_expires_at=MONDAY)
    clock.set(MONDAY + timedelta(hours=2))
    found = health(store)
    assert [(each.count, each.named) for each in (found.overdue, found.stuck, found.without_next)] == [
        (1, "#1 “late”"),
        (1, "#1 “late”"),
        (1, "#2 “lost”"),
    ]
    assert not found.ok
    assert "#1 “late” is overdue" in found.sentence


def test_who_runs_the_tasks_says_so_and_is_missed_when_it_does_not(
    store: Store, clock: FixedClock, ann: Callable[[], Actor]
) -> None:
    create_task(store, ann(), TaskSpec(title="fine", schedule=cron("0 9 1 1 *")))
    beat(store, "worker", "here", 7)
    clock.set(MONDAY + timedelta(seconds=60))
    beat(store, "worker", "here", 7)
    clock.set(MONDAY + timedelta(seconds=120))
    assert (health(store).silent, health(store).beat_at) == (False, MONDAY + timedelta(seconds=60))
    assert "they are being run" in health(store).sentence
    clock.set(MONDAY + timedelta(seconds=151))
    assert health(store).silent
    assert "has not been heard of since" in health(store).sentence
    end_beat(store, "worker")
    assert health(store).ok
