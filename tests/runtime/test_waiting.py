"""Runs that wait in the middle: they hold nothing, and go on when they are told or when their time has come."""

from datetime import timedelta

from store.operations import cancel_run, run_story
from store.operations.claims import next_wakeup
from store.operations.runs import Outcome, wake_runs
from tests.runtime.conftest import MONDAY, World, cron


def test_a_run_that_waits_goes_on_as_the_same_attempt_when_it_is_woken(world: World) -> None:
    outcomes = iter([Outcome(waiting="3 subtasks", result={"plan": ["a", "b"]}), Outcome(result={"done": True})])
    world.behaviour["goal"] = lambda _run: next(outcomes)
    world.task("goal", cron("0 10 * * *"))

    world.after(hours=1)
    (run,) = world.runs()
    assert (run.status.value, run.reason, run.result, run.end_time) == (
        "waiting", "3 subtasks", {"plan": ["a", "b"]}, None,
    )  # fmt: skip
    assert world.after(hours=1) == 0
    assert world.messages() == []

    assert wake_runs(world.store, [run.id]) == 1
    world.runtime.tick()

    assert [each.attempt for each in world.executed] == [1, 1]
    (run,) = world.runs()
    assert (run.status.value, run.result) == ("completed", {"done": True})
    steps = [step.to_status.value for step in run_story(world.store, world.actor, run.id)]
    assert steps == ["running", "waiting", "pending", "running", "completed"]
    assert wake_runs(world.store, [run.id]) == 0


def test_a_run_goes_on_by_itself_when_its_time_has_come(world: World) -> None:
    until = MONDAY + timedelta(hours=3)
    outcomes = iter([Outcome(waiting="an answer", wake_at=until), Outcome()])
    world.behaviour["ask"] = lambda _run: next(outcomes)
    world.task("ask", cron("0 10 23 11 *"))

    world.after(hours=1)
    assert next_wakeup(world.store, world.clock.now()) == until
    assert world.at(until - timedelta(seconds=1)) == 0
    assert world.at(until) == 1

    assert world.outcomes("ask") == ["completed"]


def test_what_a_waiting_run_failed_at_before_still_counts(world: World) -> None:
    outcomes = iter([Outcome(error="no luck"), Outcome(waiting="a while"), Outcome(error="no luck")])
    world.behaviour["goal"] = lambda _run: next(outcomes)
    world.task("goal", cron("0 10 * * *"), max_retries=1, retry_delay_seconds=10)

    world.after(hours=1)
    world.after(seconds=10)
    (run,) = world.runs()
    wake_runs(world.store, [run.id])
    world.runtime.tick()

    assert [each.attempt for each in world.executed] == [1, 2, 2]
    assert world.outcomes("goal") == ["failed"]


def test_a_waiting_run_can_be_cancelled(world: World) -> None:
    world.behaviour["goal"] = lambda _run: Outcome(waiting="for ever")
    world.task("goal", cron("0 10 * * *"))
    world.after(hours=1)

    cancel_run(world.store, world.actor, world.runs()[0].id)

    assert world.outcomes("goal") == ["cancelled"]
    assert wake_runs(world.store, [world.runs()[0].id]) == 0
