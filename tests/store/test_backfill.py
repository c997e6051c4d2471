"""Runs for a stretch of the past."""

from datetime import timedelta

import pytest

from croncierge.errors import InvalidInput, NotAllowed, NotFound
from store.kinds import CatchUp, Trigger
from store.operations import backfill, ensure_user
from store.values import Actor
from tests.runtime.conftest import MONDAY, World, cron


@pytest.fixture
def world() -> World:
    return World()


def test_what_was_missed_runs_once_each_and_what_ran_is_left_alone(world: World) -> None:
    task = world.task("report", cron("0 * * * *"), catch_up=CatchUp.SKIP)
    world.after(hours=1)
    world.after(hours=4, minutes=30)
    assert world.outcomes("report") == ["completed", *["missed"] * 4]

    runs = backfill(world.store, world.actor, task.id, MONDAY + timedelta(minutes=1), MONDAY + timedelta(hours=4))
    assert [run.scheduled_time.hour for run in runs] == [11, 12]
    world.runtime.tick()

    assert world.outcomes("report") == ["completed", "completed", "completed", "missed", "missed"]
    assert [run.scheduled_time.hour for run in world.executed] == [10, 11, 12]


def test_occurrences_before_the_task_was_made_get_runs_of_their_own(world: World) -> None:
    task = world.task("report", cron("0 8 * * *"))

    runs = backfill(world.store, world.actor, task.id, MONDAY - timedelta(days=3), MONDAY)
    world.runtime.tick()

    assert [run.scheduled_time.day for run in runs] == [21, 22, 23]
    assert {run.triggered_by for run in world.runs("report")} == {Trigger.BACKFILL}
    assert world.outcomes("report") == ["completed"] * len(runs)
    with pytest.raises(InvalidInput, match="left to run"):
        backfill(world.store, world.actor, task.id, MONDAY - timedelta(days=3), MONDAY)


def test_a_stretch_that_cannot_be_is_refused_and_changes_nothing(world: World) -> None:
    task, loose = world.task("report", cron("* * * * *")), world.task("loose")
    day = timedelta(days=1)
    for wrong, start, end in (
        (loose, MONDAY - day, MONDAY),
        (task, MONDAY, MONDAY - day),
        (task, MONDAY, MONDAY + day),
        (task, MONDAY - day, MONDAY),
    ):
        with pytest.raises(InvalidInput):
            backfill(world.store, world.actor, wrong.id, start, end)
    bob = Actor(user_id=ensure_user(world.store, "bob"), via="test", change_set="1")
    with pytest.raises((NotFound, NotAllowed)):
        backfill(world.store, bob, task.id, MONDAY - timedelta(minutes=5), MONDAY)
    assert world.runs() == []


def test_the_limit_names_the_number(world: World) -> None:
    task = world.task("report", cron("*/10 * * * *"))

    with pytest.raises(InvalidInput, match="would be 12 runs"):
        backfill(world.store, world.actor, task.id, MONDAY - timedelta(hours=2), MONDAY, limit=11)
    assert len(backfill(world.store, world.actor, task.id, MONDAY - timedelta(hours=2), MONDAY, limit=12)) == 12
