"""What becomes of an occurrence: every cell of catch-up, overlap, still running, paused, window and now."""

import threading
from datetime import timedelta
from itertools import product

import pytest

from schedules.schedule import Interval, Once
from store.kinds import CatchUp, NotifyOn, OnCrash, Overlap, Trigger
from store.operations import cancel_run, ensure_user, list_tasks, pause_task, resume_task, run_now
from store.operations.claims import claim_due
from store.operations.runs import Outcome, finish_runs
from store.slots import due_slots
from store.values import Actor
from tests.runtime.conftest import MONDAY, World, cron
from tests.runtime.test_loop import Live, live, until

__all__ = ["live"]  # a fixture

LONG = 30 * 86_400.0
ON_TIME, LATE = timedelta(hours=2, seconds=10), timedelta(hours=4, minutes=30)
CELLS = list(product(CatchUp, Overlap, (False, True), (False, True), (None, 2700.0), (ON_TIME, LATE)))


@pytest.mark.parametrize(("catch_up", "overlap", "running", "paused", "window", "now"), CELLS)
def test_every_occurrence_ends_as_the_policies_say(
    catch_up: CatchUp, overlap: Overlap, running: bool, paused: bool, window: float | None, now: timedelta
) -> None:
    world = World()
    task = world.task(
        "hourly", cron("0 * * * *"), catch_up=catch_up, overlap=overlap, catch_up_window_seconds=window
    )  # fmt: skip
    world.clock.set(MONDAY + timedelta(hours=1))
    (first,) = claim_due(world.store, "other", 10, LONG)
    if not running:
        finish_runs(world.store, "other", [(first.run_id, Outcome())])
    if paused:
        pause_task(world.store, world.actor, task.id)

    world.at(MONDAY + now)

    before, *rows = world.runs("hourly")
    assert [(run.scheduled_time.hour, run.status.value) for run in rows] == _expected(
        catch_up, overlap, running, paused, window, now
    )
    called_off = running and not paused and now == ON_TIME and overlap is Overlap.CANCEL_OTHER
    assert before.status.value == ("cancelled" if called_off else "running" if running else "completed")
    assert all(run.reason for run in rows if run.status.value in ("missed", "skipped"))


def _expected(
    catch_up: CatchUp, overlap: Overlap, running: bool, paused: bool, window: float | None, now: timedelta
) -> list[tuple[int, str]]:
    if paused:
        return []
    held_up = running and overlap is not Overlap.ALLOW
    if now == ON_TIME:
        if held_up and overlap is Overlap.SKIP:
            return [(11, "skipped")]
        return [(11, "pending" if held_up and overlap is Overlap.QUEUE else "completed")]
    caught_up = "pending" if held_up else "completed"
    if catch_up is CatchUp.SKIP:
        return [(11, "missed"), (12, "missed"), (13, "missed")]
    if catch_up is CatchUp.ALL and window is None:
        return [(11, caught_up), (12, caught_up), (13, caught_up)]
    return [(11, "missed"), (12, "missed"), (13, caught_up)]


def test_at_most_so_many_runs_of_a_task_go_side_by_side(world: World) -> None:
    task = world.task("wide", overlap=Overlap.ALLOW, max_parallel=2)
    for _ in range(4):
        run_now(world.store, world.actor, task.id)

    claimed = claim_due(world.store, "one", 10, LONG)
    assert len(claimed) == 2
    assert claim_due(world.store, "two", 10, LONG) == []
    finish_runs(world.store, "one", [(claimed[0].run_id, Outcome())])
    assert len(claim_due(world.store, "two", 10, LONG)) == 1


def test_one_person_cannot_take_every_place(world: World) -> None:
    bob = Actor(user_id=ensure_user(world.store, "bob"), via="test", change_set="1")
    for number in range(5):
        run_now(world.store, world.actor, world.task(f"ann's {number}").id)
    mine, world.actor = world.actor, bob
    run_now(world.store, bob, world.task("bob's").id)
    world.actor = mine

    titles = [run.title for run in claim_due(world.store, "one", 10, LONG, per_user=2)]

    assert titles == ["ann's 0", "ann's 1", "bob's"]
    assert claim_due(world.store, "two", 10, LONG, per_user=2) == []


def test_what_must_not_be_repeated_is_never_claimed_ahead(world: World) -> None:
    for number in range(4):
        on_crash = OnCrash.FAIL if number % 2 else OnCrash.RETRY
        run_now(world.store, world.actor, world.task(f"{number}", on_crash=on_crash).id)

    assert [run.title for run in claim_due(world.store, "one", 1, LONG, ahead=9)] == ["0", "2"]


def test_jitter_delays_within_its_bound_and_the_same_every_time(world: World) -> None:
    for number in range(20):
        world.task(f"{number}", cron("0 10 * * *"), jitter_seconds=600)

    assert world.after(hours=1) < 20
    starts = {run.title: run for run in world.runs()}
    assert len(starts) == 20
    world.after(minutes=5)
    some = sum(run.status.value == "completed" for run in world.runs())
    assert 0 < some < 20
    world.after(minutes=5)
    assert all(run.status.value == "completed" for run in world.runs())
    assert {run.scheduled_time for run in world.runs()} == {MONDAY + timedelta(hours=1)}


def test_in_its_quiet_hours_a_task_waits_for_their_end(world: World) -> None:
    world.task("loud", cron("0 12 * * *"), quiet_hours="11:00-14:30")

    assert world.after(hours=3) == 0
    assert world.outcomes("loud") == ["pending"]
    assert world.after(hours=2) == 0
    assert world.after(minutes=30) == 1


def test_work_held_up_by_an_outage_comes_back_in_steps_and_never_ahead_of_time(world: World) -> None:
    for number in range(250):
        world.task(f"{number}", Once(at=MONDAY + timedelta(minutes=5), zone="UTC"))

    assert world.after(hours=1) == 10
    assert world.after(seconds=0.1) == 10
    assert world.after(seconds=1) == 100
    assert world.after(seconds=1.3) == 130
    assert {run.triggered_by for run in world.runs()} == {Trigger.CATCH_UP}


def test_after_a_very_long_outage_what_is_not_told_one_by_one_is_told_of() -> None:
    often = Interval(every=timedelta(seconds=1), anchor=MONDAY, zone="UTC")
    first, now = MONDAY + timedelta(seconds=1), MONDAY + timedelta(days=1)

    slots = due_slots(often, first, now, CatchUp.ONCE)

    (at, reason), *told = slots.missed
    assert at == first
    assert f"{told[0][0]:%H:%M}" in reason
    assert told[-1][0] == now - timedelta(seconds=1)
    assert [each for each, _ in slots.runs] == [now]
    assert len(told) == 999


def test_a_run_that_is_cancelled_ends_where_it_is_executed(live: Live) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    def work(_run: object, control: object) -> Outcome:
        begun.set()
        if control.cancelled.wait(10):  # type: ignore[attr-defined]
            cancelled.set()
        return Outcome()

    live.executors["work"] = work
    live.task("long")
    live.runtime.start()
    assert begun.wait(5)
    (run,) = live.runs()

    cancel_run(live.store, live.actor, run.id)

    assert cancelled.wait(5)
    until(lambda: live.runs()[0].status.value == "cancelled")
    live.task("next")
    begun.clear()
    assert begun.wait(5), "the place of the cancelled run is free again"


def _failing(world: World, title: str, **spec: object) -> None:
    world.behaviour[title] = lambda run: Outcome(error="no luck")
    world.task(title, cron("0 * * * *"), **spec)


def test_of_failures_in_a_row_the_first_is_told_and_that_it_works_again(world: World) -> None:
    _failing(world, "import")
    for _ in range(3):
        world.after(hours=1)
    assert world.messages() == ["“import” failed: no luck"]

    world.behaviour["import"] = lambda run: Outcome(message="42 rows")
    world.after(hours=1)

    assert world.messages() == ["“import” works again after 3 failures", "42 rows"]
    world.after(hours=1)
    assert world.messages() == ["42 rows"]


def test_success_can_be_silent_and_so_can_everything(world: World) -> None:
    _failing(world, "loud when broken", notify_on=NotifyOn.FAILURE)
    _failing(world, "silent", notify_on=NotifyOn.NEVER)
    world.after(hours=1)
    assert world.messages() == ["“loud when broken” failed: no luck"]

    world.behaviour = dict.fromkeys(world.behaviour, lambda run: Outcome(message="done"))
    world.after(hours=1)
    world.after(hours=1)

    assert world.messages() == ["“loud when broken” works again after 1 failure"]


def test_after_so_many_failures_in_a_row_a_task_is_paused_and_its_owner_told(world: World) -> None:
    _failing(world, "import", pause_after_failures=3)
    for _ in range(6):
        world.after(hours=1)

    assert world.outcomes("import") == ["failed"] * 3
    assert world.messages() == [
        "“import” failed: no luck",
        "“import” failed: no luck. It failed 3 times in a row and is paused now; resume it when that is mended",
    ]
    (task,) = list_tasks(world.store, world.actor)
    assert task.pause_note == "it failed 3 times in a row: no luck"
    resume_task(world.store, world.actor, task.id)
    world.after(hours=1)
    world.after(hours=1)
    assert world.outcomes("import") == ["failed"] * 5, "it has its chances again"


def test_runs_of_a_task_that_fail_together_are_counted_one_by_one(world: World) -> None:
    world.behaviour["wide"] = lambda run: Outcome(error="no luck")
    task = world.task("wide", overlap=Overlap.ALLOW, pause_after_failures=3)
    for _ in range(3):
        run_now(world.store, world.actor, task.id)

    world.runtime.tick()

    assert [text[:30] for text in world.messages()] == ["“wide” failed: no luck", "“wide” failed: no luck. It fai"]
