"""What needs attention is counted, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

from croncierge.clock import FixedClock
from store.kinds import DeliveryStatus
from store.operations import add_trigger, create_task, get_task, health
from store.operations.deliveries import TERMINAL, acknowledge, list_deliveries
from store.operations.heartbeats import beat, end_beat
from store.session import Store
from store.status import RunStatus
from store.tables import Delivery, Task
from store.values import Actor, TaskSpec, TriggerSpec
from tests.store.conftest import MONDAY, add_run, cron, make_admin, move_on, once


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


def test_a_process_that_ended_as_it_should_is_not_running_any_more(store: Store, clock: FixedClock) -> None:
    assert not health(store).running
    beat(store, "worker", "here", 7)
    assert health(store).running
    clock.set(MONDAY + timedelta(seconds=91))
    assert not health(store).running
    beat(store, "worker", "here", 7)
    end_beat(store, "worker")
    assert not health(store).running


def test_messages_that_did_not_arrive_are_counted_until_they_are_seen(store: Store, ann: Callable[[], Actor]) -> None:
    tea = create_task(store, ann(), TaskSpec(title="tea", schedule=cron("0 9 * * *")))
    add_message(store, ann(), tea.id, DeliveryStatus.FAILED, "phone")
    add_message(store, ann(), tea.id, DeliveryStatus.SENT, "phone")
    add_message(store, ann(), tea.id, DeliveryStatus.PENDING, TERMINAL)
    found = health(store)
    assert (found.undelivered.count, found.undelivered.named, found.ok) == (1, f"#{tea.id} “tea”", False)
    acknowledge(store, ann(), list_deliveries(store, ann(), status=DeliveryStatus.FAILED)[0].id)
    assert health(store).ok
    add_message(store, ann(), tea.id, DeliveryStatus.PENDING, "phone")
    assert health(store).undelivered.count == 1


def test_people_are_told_of_their_own_tasks_only_and_administrators_of_all(
    store: Store, clock: FixedClock, ann: Callable[[], Actor], bob: Callable[[], Actor]
) -> None:
    secret = create_task(store, bob(), TaskSpec(title="secret", schedule=cron("0 9 * * *")))
    add_run(store, secret.id, MONDAY, RunStatus.RUNNING, lease_owner="gone", lease_expires_at=MONDAY)
    add_message(store, bob(), secret.id, DeliveryStatus.FAILED, "phone")
    clock.set(MONDAY + timedelta(days=2))
    assert "secret" in health(store, bob()).sentence
    assert (health(store, ann()).sentence, health(store, ann()).tasks) == (
        "All is well: 0 tasks are active, and nothing is running them now.",
        0,
    )
    assert health(store, make_admin(store, ann())).undelivered.named == f"#{secret.id} “secret”"


def test_a_task_whose_schedule_is_over_but_that_events_start_is_well(store: Store, ann: Callable[[], Actor]) -> None:
    over = create_task(store, ann(), TaskSpec(title="over", schedule=once(MONDAY + timedelta(minutes=1))))
    move_on(store, over.id, None)
    add_trigger(store, ann(), over.id, TriggerSpec(event="import"))
    assert get_task(store, ann(), over.id).is_active
    assert health(store).ok


def test_of_many_troubles_the_first_are_named(store: Store, clock: FixedClock, ann: Callable[[], Actor]) -> None:
    for number in range(7):
        create_task(store, ann(), TaskSpec(title=f"task {number}", schedule=cron("0 9 * * *")))
    clock.set(MONDAY + timedelta(days=2))
    assert health(store).overdue.count == 7
    assert health(store).overdue.named.endswith("#5 “task 4” and 2 more")


def add_message(store: Store, actor: Actor, task_id: int, status: DeliveryStatus, channel: str) -> None:
    columns = {"kind": "result", "text": "Tea!", "created_at": MONDAY, "available_at": MONDAY - timedelta(minutes=2)}
    with store.write() as session:
        session.add(Delivery(user_id=actor.user_id, task_id=task_id, channel=channel, status=status, **columns))


def test_one_that_was_killed_is_forgotten_once_a_later_one_has_ended_well(
    store: Store, clock: FixedClock, ann: Callable[[], Actor]
) -> None:
    create_task(store, ann(), TaskSpec(title="fine", schedule=cron("0 9 1 1 *")))
    beat(store, "killed", "here", 7)
    clock.set(MONDAY + timedelta(minutes=5))
    assert health(store).silent
    beat(store, "later", "here", 8)
    assert "they are being run" in health(store).sentence
    clock.set(MONDAY + timedelta(minutes=6))
    end_beat(store, "later")
    clock.set(MONDAY + timedelta(minutes=10))
    assert health(store).ok
    assert "nothing is running them now" in health(store).sentence


def test_one_that_ends_does_not_hide_one_that_runs_nor_one_that_was_killed_since(
    store: Store, clock: FixedClock, ann: Callable[[], Actor]
) -> None:
    create_task(store, ann(), TaskSpec(title="fine", schedule=cron("0 9 1 1 *")))
    beat(store, "stays", "here", 7)
    clock.set(MONDAY + timedelta(seconds=20))
    beat(store, "goes", "here", 8)
    end_beat(store, "goes")
    assert "they are being run" in health(store).sentence
    clock.set(MONDAY + timedelta(seconds=60))
    beat(store, "stays", "here", 7)
    clock.set(MONDAY + timedelta(minutes=5))
    assert health(store).silent
