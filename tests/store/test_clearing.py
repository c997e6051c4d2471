"""Forgetting how runs went, and starting what waits."""

import pytest

from croncierge.errors import Conflict, NotFound
from store.kinds import OnCrash
from store.operations import clear_run, delete_task, run_anyway, run_now
from store.operations.runs import Outcome
from tests.runtime.conftest import World, cron


@pytest.fixture
def world() -> World:
    return World()


def chain(world: World) -> list[int]:
    """import → report → mail; the ids of their runs after all have completed."""
    first = world.task("import", cron("0 10 * * *"))
    second = world.task("report", after=(first,))
    world.task("mail", after=(second,))
    world.after(hours=1)
    return [run.id for run in world.runs()]


def test_a_cleared_run_and_all_after_it_run_again(world: World) -> None:
    ids = chain(world)
    world.executed.clear()

    assert clear_run(world.store, world.actor, ids[1]).status.value == "pending"
    assert world.outcomes("mail") == ["waiting"]
    world.runtime.tick()

    assert [run.title for run in world.executed] == ["report", "mail"]
    assert [run.id for run in world.runs()] == ids


def test_a_run_can_be_cleared_alone(world: World) -> None:
    ids = chain(world)
    world.executed.clear()

    clear_run(world.store, world.actor, ids[1], downstream=False)
    world.runtime.tick()

    assert [run.title for run in world.executed] == ["report"]


def test_a_cleared_run_whose_prerequisite_failed_is_skipped_again(world: World) -> None:
    world.behaviour = {"import": lambda _: Outcome(error="no luck")}
    ids = chain(world)

    assert clear_run(world.store, world.actor, ids[1]).status.value == "skipped"


def test_a_skipped_run_can_be_started_anyway_and_goes_on(world: World) -> None:
    world.behaviour = {"import": lambda _: Outcome(error="no luck")}
    ids = chain(world)

    assert run_anyway(world.store, world.actor, ids[1]).reason == "started anyway by ann"
    world.runtime.tick()

    assert world.outcomes("report") == ["completed"]


def test_what_did_not_wait_cannot_be_started_anyway(world: World) -> None:
    ids = chain(world)
    with pytest.raises(Conflict, match="rerun"):
        run_anyway(world.store, world.actor, ids[0])


def test_what_must_not_be_repeated_needs_force_also_further_down(world: World) -> None:
    first = world.task("import", cron("0 10 * * *"))
    world.task("transfer", after=(first,), on_crash=OnCrash.FAIL)
    world.after(hours=1)
    run_id = world.runs("import")[0].id

    with pytest.raises(Conflict, match="--force"):
        clear_run(world.store, world.actor, run_id)
    assert world.outcomes("import") == ["completed"]
    clear_run(world.store, world.actor, run_id, force=True)
    world.runtime.tick()
    assert [run.attempt for run in world.runs()] == [2, 2]


def test_an_active_run_and_one_of_a_deleted_task_are_refused(world: World) -> None:
    task = world.task("import")
    active = run_now(world.store, world.actor, task.id)
    with pytest.raises(Conflict, match="has not ended"):
        clear_run(world.store, world.actor, active.id)
    world.runtime.tick()
    delete_task(world.store, world.actor, task.id)

    for change in (clear_run, run_anyway):
        with pytest.raises(NotFound):
            change(world.store, world.actor, active.id)
        with pytest.raises(NotFound):
            change(world.store, world.actor, 99)
