"""Named workflows: one notice when a round of one did not complete."""

from typing import Any

import pytest

from store.kinds import DeliveryStatus, DependencyType, NotifyOn
from store.operations import cancel_run
from store.operations.deliveries import list_deliveries
from store.operations.runs import Outcome
from store.values import TaskInfo
from tests.runtime.conftest import World, cron

FAILS = Outcome(error="broken", retryable=False)


def diamond(world: World, **spec: Any) -> TaskInfo:
    a = world.task("a", cron("0 10 * * *"), workflow="nightly", **spec)
    b = world.task("b", after=(a,), workflow="nightly", **spec)
    c = world.task("c", after=(a,), workflow="nightly", **spec)
    world.task("d", after=(b, c), workflow="nightly", **spec)
    return a


def test_a_chain_that_breaks_is_told_once_by_its_name(world: World) -> None:
    diamond(world)
    world.behaviour["a"] = lambda _run: FAILS
    world.after(hours=1)
    assert world.messages() == [
        "The workflow “nightly” did not complete: “a” failed: broken; skipped because of it: “b”, “c”, “d”"
    ]


def test_two_branches_that_fail_in_one_round_are_one_notice(world: World) -> None:
    diamond(world)
    world.behaviour |= {"b": lambda _run: FAILS, "c": lambda _run: Outcome(error="lost", retryable=False)}
    world.after(hours=1)
    (told,) = world.messages()
    assert told == (
        "The workflow “nightly” did not complete: “b” failed: broken; “c” failed: lost; skipped because of it: “d”"
    )
    folded = list_deliveries(world.store, world.actor, status=DeliveryStatus.FOLDED)
    assert sorted(each.title for each in folded) == ["b", "c"]


def test_a_round_that_fails_like_the_one_before_is_only_recorded_and_recovery_is_told(world: World) -> None:
    diamond(world)
    world.behaviour["c"] = lambda _run: FAILS
    world.after(hours=1)
    world.after(days=1)
    assert len(world.messages()) == 1
    del world.behaviour["c"]
    world.after(days=1)
    assert world.messages() == ["“c” works again after 2 failures"]
    world.behaviour["b"] = lambda _run: FAILS
    world.after(days=1)
    assert world.messages() == [
        "The workflow “nightly” did not complete: “b” failed: broken; skipped because of it: “d”"
    ]


def test_the_notice_waits_until_the_other_branch_is_over(world: World) -> None:
    diamond(world, max_retries=1)
    world.behaviour |= {
        "b": lambda _run: FAILS,
        "c": lambda run: Outcome(error="not yet") if run.attempt == 1 else Outcome(),
    }
    world.after(hours=1)
    assert world.messages() == []
    world.after(minutes=5)
    assert len(world.messages()) == 1
    assert world.outcomes("c") == ["completed"]


def test_what_runs_last_and_is_cancelled_does_not_swallow_the_notice(world: World) -> None:
    diamond(world, max_retries=3)
    world.behaviour["b"] = lambda _run: FAILS
    world.behaviour["c"] = lambda _run: Outcome(error="again")
    world.after(hours=1)
    (retrying,) = world.runs("c")
    cancel_run(world.store, world.actor, retrying.id)
    assert world.messages() == [
        "The workflow “nightly” did not complete: “b” failed: broken; skipped because of it: “d”"
    ]


def test_a_handled_failure_and_silent_tasks_keep_their_rules(world: World) -> None:
    a = world.task("a", cron("0 10 * * *"), workflow="calm", notify_on=NotifyOn.NEVER)
    world.task("mend", after=(a,), on=DependencyType.FAILURE, workflow="calm")
    world.behaviour["a"] = lambda _run: FAILS
    world.after(hours=1)
    assert world.outcomes("mend") == ["completed"]
    assert world.messages() == []


def test_a_pause_after_failures_is_said_in_the_notice(world: World) -> None:
    diamond(world, pause_after_failures=2)
    world.behaviour["a"] = lambda _run: FAILS
    world.after(hours=1)
    world.messages()
    world.after(days=1)
    (told,) = world.messages()
    assert told.endswith(". It failed too often, so “a” is paused now; resume it when that is mended")


@pytest.mark.parametrize("workflow", [None, "nightly"])
def test_a_task_alone_is_told_of_either_way(world: World, workflow: str | None) -> None:
    world.task("a", cron("0 10 * * *"), workflow=workflow)
    world.behaviour["a"] = lambda _run: FAILS
    world.after(hours=1)
    assert len(world.messages()) == 1


def test_a_waiting_join_from_elsewhere_does_not_hold_the_notice_back(world: World) -> None:
    a = world.task("a", cron("0 10 * * *"), workflow="nightly")
    other = world.task("other", cron("0 12 * * *"))
    world.task("join", workflow="nightly", after=(a, other))
    world.task("b", after=(a,), workflow="nightly")
    world.behaviour["b"] = lambda _run: FAILS
    world.after(hours=1)
    assert world.outcomes("join") == ["waiting"]
    assert len(world.messages()) == 1
