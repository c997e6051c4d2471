"""What needs attention is counted, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

from croncierge.clock import FixedClock
from store.operations import create_task, health
from store.session import Store
from store.status import RunStatus
from store.tables import Task
from store.values import Actor, TaskSpec
from tests.store.conftest import MONDAY, add_run, cron, move_on


def test_a_store_that_is_well_has_nothing_to_report(store: Store, ann: Callable[[], Actor]) -> None:
    create_task(store, ann(), TaskSpec(title="fine", schedule=cron("0 9 * * *")))
    found = health(store)
    assert (found.tasks, found.overdue, found.stuck, found.without_next) == (1, 0, 0, 0)


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
    assert (found.overdue, found.stuck, found.without_next) == (1, 1, 1)
