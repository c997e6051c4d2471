"""What is due runs once, what was missed follows its policy, and what failed is tried again as its task says."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from runtime.loop import LEASE_SECONDS
from schedules.schedule import Interval, Once
from store.kinds import CatchUp, OnCrash, Overlap
from store.operations import cancel_run, delete_task, edit_task, get_task, pause_task, run_now, run_story
from store.operations.claims import claim_due, held_runs, next_wakeup
from store.operations.runs import Outcome, finish_runs, recover_runs
from store.status import RunStatus
from store.values import TaskChange
from tests.runtime.conftest import MONDAY, World, cron


def test_nothing_runs_before_it_is_due(world: World) -> None:
    world.task("late", cron("0 10 * * *"))
    assert world.after(minutes=59) == 0
    assert world.after(minutes=1) == 1
    assert world.after(minutes=1) == 0
    assert world.outcomes("late") == ["completed"]


def test_a_reminder_is_delivered_once(world: World) -> None:
    world.task("stretch", Once(at=MONDAY + timedelta(seconds=20), zone="UTC"), action="notify")
    world.after(seconds=20)
    assert world.messages() == ["stretch"]
    assert world.messages() == []


def test_a_one_off_is_over_afterwards(world: World) -> None:
    task = world.task("once", Once(at=MONDAY + timedelta(minutes=1), zone="UTC"))
    world.after(minutes=1)
    over = get_task(world.store, world.actor, task.id)
    assert (over.is_active, over.next_run_at, over.run_count) == (False, None, 1)


def test_an_interval_does_not_drift_with_late_runs(world: World) -> None:
    world.task("tick", Interval(every=timedelta(minutes=10), anchor=MONDAY, zone="UTC"))
    world.after(minutes=10, seconds=25)
    world.after(minutes=9, seconds=35)
    assert [run.scheduled_time for run in world.runs()] == [MONDAY + timedelta(minutes=each) for each in (10, 20)]


@pytest.mark.parametrize(
    ("policy", "window", "statuses", "triggers"),
    [
        (CatchUp.ONCE, None, ["missed", "missed", "completed"], ["schedule", "schedule", "catch_up"]),
        (CatchUp.SKIP, None, ["missed", "missed", "missed"], ["schedule", "schedule", "schedule"]),
        (CatchUp.ALL, None, ["completed", "completed", "completed"], ["catch_up", "catch_up", "catch_up"]),
        (CatchUp.ALL, 3600 * 2.0, ["missed", "completed", "completed"], ["schedule", "catch_up", "catch_up"]),
        (CatchUp.ONCE, 60.0, ["missed", "missed", "missed"], ["schedule", "schedule", "schedule"]),
    ],
)
def test_missed_occurrences_follow_the_policy(
    world: World, policy: CatchUp, window: float | None, statuses: list[str], triggers: list[str]
) -> None:
    world.task("hourly", cron("0 * * * *"), catch_up=policy, catch_up_window_seconds=window)
    world.after(hours=3, minutes=10)
    runs = sorted(world.runs(), key=lambda run: run.scheduled_time)
    assert [run.status.value for run in runs] == statuses
    assert [run.triggered_by.value for run in runs] == triggers
    assert [run.scheduled_time for run in runs] == [MONDAY + timedelta(hours=each) for each in (1, 2, 3)]
    assert all(run.reason for run in runs if run.status is RunStatus.MISSED)


def test_an_occurrence_on_time_takes_the_missed_ones_with_it(world: World) -> None:
    world.task("hourly", cron("0 * * * *"))
    world.after(hours=3, seconds=30)
    assert [run.status.value for run in sorted(world.runs(), key=lambda run: run.scheduled_time)] == [
        "missed",
        "missed",
        "completed",
    ]
    assert world.executed[0].scheduled_time == MONDAY + timedelta(hours=3)


def test_a_very_long_outage_ends_quickly_and_runs_the_latest(world: World) -> None:
    world.task("tick", Interval(every=timedelta(seconds=10), anchor=MONDAY, zone="UTC"))
    world.after(days=365)
    assert world.executed[-1].scheduled_time == world.clock.now()
    assert len(world.executed) == 1


def test_a_clock_that_goes_back_repeats_nothing(world: World) -> None:
    task = world.task("hourly", cron("0 * * * *"))
    world.after(hours=1)
    world.clock.set(MONDAY + timedelta(minutes=30))
    edit_task(world.store, world.actor, task.id, TaskChange(schedule=cron("0 */1 * * *")))
    world.at(MONDAY + timedelta(hours=1, seconds=1))
    world.at(MONDAY + timedelta(hours=2))
    assert [run.scheduled_time for run in world.runs()] == [MONDAY + timedelta(hours=each) for each in (1, 2)]


def test_a_failure_is_tried_again_with_growing_delays_and_then_told_once(world: World) -> None:
    world.behaviour["flaky"] = lambda run: Outcome(error="no luck")
    world.task("flaky", cron("0 10 * * *"), max_retries=2, retry_delay_seconds=30, retry_backoff=2)
    world.after(hours=1)
    assert world.outcomes("flaky") == ["retrying"]
    assert next_wakeup(world.store, world.clock.now()) == world.clock.now() + timedelta(seconds=30)
    assert world.after(seconds=29) == 0
    assert world.after(seconds=1) == 1
    assert world.after(seconds=59) == 0
    assert world.after(seconds=1) == 1
    assert world.outcomes("flaky") == ["failed"]
    assert [run.attempt for run in world.executed] == [1, 2, 3]
    assert world.messages() == ["“flaky” failed: no luck"]
    steps = [step.to_status.value for step in run_story(world.store, world.actor, world.runs()[0].id)]
    assert steps == ["running", "retrying", "running", "retrying", "running", "failed"]


def test_what_must_not_be_repeated_is_not(world: World) -> None:
    world.behaviour["once"] = lambda run: Outcome(error="half done", retryable=False)
    world.task("once", cron("0 10 * * *"), max_retries=5)
    world.after(hours=1)
    assert world.outcomes("once") == ["failed"]


def test_an_executor_that_raises_fails_its_run_only(world: World) -> None:
    def broken(_run: object) -> Outcome:
        raise RuntimeError("boom")

    world.behaviour["bad"] = broken
    world.task("bad", cron("0 10 * * *"))
    world.task("good", cron("0 10 * * *"))
    world.after(hours=1)
    assert world.outcomes("good") == ["completed"]
    assert world.runs("bad")[0].error_message == "RuntimeError: boom"


def test_an_action_nobody_knows_fails_with_its_name(world: World) -> None:
    world.task("odd", cron("0 10 * * *"), action="teleport", max_retries=3)
    world.after(hours=1)
    assert world.runs("odd")[0].error_message == "nothing here can do “teleport”"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Overlap.SKIP, ["running", "skipped"]),
        (Overlap.QUEUE, ["running", "pending"]),
        (Overlap.ALLOW, ["running", "running"]),
    ],
)
def test_an_occurrence_during_a_run_follows_the_overlap_policy(
    world: World, policy: Overlap, expected: list[str]
) -> None:
    world.task("slow", cron("*/10 * * * *"), overlap=policy)
    for _ in range(2):
        world.clock.set(world.clock.now() + timedelta(minutes=10))
        claim_due(world.store, "other", 10, LEASE_SECONDS * 1000)
    assert world.outcomes("slow") == expected


def test_a_queued_run_starts_when_the_one_before_it_ended(world: World) -> None:
    world.task("slow", cron("*/10 * * * *"), overlap=Overlap.QUEUE)
    world.clock.set(MONDAY + timedelta(minutes=10))
    (first,) = claim_due(world.store, "other", 10, 3600)
    world.clock.set(MONDAY + timedelta(minutes=20))
    assert claim_due(world.store, "other", 10, 3600) == []
    finish_runs(world.store, "other", [(first.run_id, Outcome())])
    assert len(claim_due(world.store, "other", 10, 3600)) == 1


def test_a_pause_and_a_deletion_hold_for_what_is_due_already(world: World) -> None:
    paused, deleted = world.task("paused", cron("0 10 * * *")), world.task("deleted", cron("0 10 * * *"))
    world.clock.set(MONDAY + timedelta(hours=1))
    claim_due(world.store, "other", 0, LEASE_SECONDS)
    pause_task(world.store, world.actor, paused.id)
    delete_task(world.store, world.actor, deleted.id)
    world.runtime.tick()
    assert world.executed == []
    assert world.outcomes("paused") == ["cancelled"]


def test_a_paused_task_can_be_run_by_hand(world: World) -> None:
    task = world.task("paused", cron("0 10 * * *"))
    pause_task(world.store, world.actor, task.id)
    run_now(world.store, world.actor, task.id)
    assert world.runtime.tick() == 1


def test_a_run_can_be_called_off_before_it_starts(world: World) -> None:
    task = world.task("later", cron("0 10 * * *"))
    run = run_now(world.store, world.actor, task.id)
    assert cancel_run(world.store, world.actor, run.id).status is RunStatus.CANCELLED
    assert world.runtime.tick() == 0


@pytest.mark.parametrize(("on_crash", "expected"), [(OnCrash.RETRY, "completed"), (OnCrash.FAIL, "failed")])
def test_a_run_whose_process_died_is_recovered_as_its_task_says(world: World, on_crash: OnCrash, expected: str) -> None:
    world.task("work", cron("0 10 * * *"), on_crash=on_crash)
    world.clock.set(MONDAY + timedelta(hours=1))
    claim_due(world.store, "dead", 10, LEASE_SECONDS)
    assert world.runtime.tick() == 0
    world.after(seconds=LEASE_SECONDS)
    assert world.outcomes("work") == [expected]


def test_a_worker_that_lost_its_lease_cannot_finish(world: World) -> None:
    world.task("work", cron("0 10 * * *"))
    world.clock.set(MONDAY + timedelta(hours=1))
    (run,) = claim_due(world.store, "slow", 10, LEASE_SECONDS)
    world.clock.set(world.clock.now() + timedelta(seconds=LEASE_SECONDS))
    recover_runs(world.store, held_runs(world.store, "me").abandoned)
    assert finish_runs(world.store, "slow", [(run.run_id, Outcome(message="too late"))]) == 0
    assert world.outcomes("work") == ["retrying"]


def test_a_run_that_always_kills_its_process_is_given_up(world: World) -> None:
    world.task("deadly", cron("0 10 * * *"))
    world.clock.set(MONDAY + timedelta(hours=1))
    for _ in range(4):
        (run,) = claim_due(world.store, "dead", 10, LEASE_SECONDS)
        recover_runs(world.store, [(run.run_id, "dead")])
    assert claim_due(world.store, "dead", 10, LEASE_SECONDS) == []
    assert world.outcomes("deadly") == ["failed"]


def test_no_more_runs_are_claimed_than_there_is_room_for(world: World) -> None:
    for number in range(10):
        world.task(f"job {number}", cron("0 10 * * *"))
    world.clock.set(MONDAY + timedelta(hours=1))
    assert len(claim_due(world.store, "one", 3, LEASE_SECONDS)) == 3
    assert len(claim_due(world.store, "two", 100, LEASE_SECONDS)) == 7


def test_the_next_wakeup_is_the_earliest_thing_that_is_due(world: World) -> None:
    assert next_wakeup(world.store, world.clock.now()) is None
    world.task("ten", cron("0 10 * * *"))
    world.task("half", cron("30 9 * * *"))
    assert next_wakeup(world.store, world.clock.now()) == MONDAY + timedelta(minutes=30)


def test_what_becomes_due_between_a_claim_and_a_look_ahead_is_not_slept_through(world: World) -> None:
    world.task("half", cron("30 9 * * *"))
    assert claim_due(world.store, "one", 8, LEASE_SECONDS) == []
    before = world.clock.now()
    world.clock.set(MONDAY + timedelta(minutes=30, milliseconds=1))
    assert next_wakeup(world.store, before) == MONDAY + timedelta(minutes=30)


def test_a_backlog_of_one_task_does_not_hold_up_others(world: World) -> None:
    every = Interval(every=timedelta(minutes=1), anchor=MONDAY, zone="UTC")
    world.task("backlog", every, overlap=Overlap.QUEUE, catch_up=CatchUp.ALL)
    world.clock.set(MONDAY + timedelta(hours=5))
    world.task("other", cron("0 14 * * *"))
    claim_due(world.store, "one", 0, LEASE_SECONDS)
    world.clock.set(MONDAY + timedelta(days=2))
    assert [run.title for run in claim_due(world.store, "one", 2, LEASE_SECONDS)] == ["backlog", "other"]
    assert claim_due(world.store, "two", 2, LEASE_SECONDS) == []


def test_a_schedule_that_cannot_be_read_any_more_blocks_its_own_task_only(world: World) -> None:
    broken = world.task("broken", cron("0 10 * * *"))
    world.task("good", cron("0 10 * * *"))
    with world.store.write() as session:
        session.connection().execute(
            sa.text("UPDATE tasks SET timezone = 'Atlantis/Poseidonis' WHERE id = :id"), {"id": broken.id}
        )
    world.after(hours=1)
    assert world.outcomes("good") == ["completed"]
    (run,) = world.runs("broken")
    assert (run.status, "cannot be read" in (run.reason or "")) == (RunStatus.BLOCKED, True)
    assert world.after(days=1) == 1


def test_of_very_many_due_tasks_the_rest_follows_at_once(world: World) -> None:
    for number in range(1_001):
        world.task(f"job {number}", Once(at=MONDAY + timedelta(minutes=1), zone="UTC"))
    world.clock.set(MONDAY + timedelta(minutes=1))
    assert len(claim_due(world.store, "one", 10_000, LEASE_SECONDS)) == 1_000
    wakeup = next_wakeup(world.store, world.clock.now())
    assert wakeup is not None
    assert wakeup <= world.clock.now()
    assert len(claim_due(world.store, "one", 10_000, LEASE_SECONDS)) == 1
