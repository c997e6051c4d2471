"""Bringing ended runs back."""

import pytest

from croncierge.errors import Conflict, NotAllowed, NotFound
from store.kinds import OnCrash
from store.operations import delete_task, ensure_user, rerun, run_now, run_story
from store.operations.claims import claim_due
from store.operations.runs import Outcome
from store.values import Actor
from tests.runtime.conftest import World, cron

FAILS = {"import": lambda run: Outcome(error="no luck")}


@pytest.fixture
def world() -> World:
    return World()


def failed_chain(world: World) -> int:
    """import → report → mail: the first fails, the others are skipped; the id of the first run."""
    first = world.task("import", cron("0 10 * * *"))
    second = world.task("report", after=(first,))
    world.task("mail", after=(second,))
    world.behaviour = dict(FAILS)
    world.after(hours=1)
    assert [world.outcomes(title) for title in ("import", "report", "mail")] == [["failed"], ["skipped"], ["skipped"]]
    return world.runs("import")[0].id


def test_a_failed_run_is_tried_again_and_carries_on_with_what_was_skipped(world: World) -> None:
    run_id = failed_chain(world)
    world.behaviour.clear()

    again = rerun(world.store, world.actor, run_id)
    assert (again.id, again.status.value, again.error_message) == (run_id, "pending", None)
    assert world.outcomes("report") == ["waiting"]
    world.runtime.tick()

    assert [world.outcomes(title) for title in ("import", "report", "mail")] == [["completed"]] * 3
    assert [run.attempt for run in world.runs("import")] == [2]
    steps = [step.to_status.value for step in run_story(world.store, world.actor, run_id)]
    assert steps == ["running", "failed", "pending", "running", "completed"]


def test_a_run_that_fails_again_skips_what_waited_again(world: World) -> None:
    run_id = failed_chain(world)

    rerun(world.store, world.actor, run_id)
    world.runtime.tick()

    assert [world.outcomes(title) for title in ("import", "report", "mail")] == [["failed"], ["skipped"], ["skipped"]]


def test_other_starts_are_left_alone(world: World) -> None:
    run_id = failed_chain(world)
    world.after(days=1)

    rerun(world.store, world.actor, run_id)

    assert world.outcomes("report") == ["waiting", "skipped"]


def test_a_skipped_run_can_be_started_anyway(world: World) -> None:
    failed_chain(world)

    rerun(world.store, world.actor, world.runs("mail")[0].id)
    world.runtime.tick()

    assert [world.outcomes(title) for title in ("report", "mail")] == [["skipped"], ["completed"]]


def test_what_must_not_be_repeated_needs_force(world: World) -> None:
    task = world.task("transfer", on_crash=OnCrash.FAIL)
    world.behaviour = {"transfer": FAILS["import"]}
    run_id = run_now(world.store, world.actor, task.id).id
    world.runtime.tick()

    with pytest.raises(Conflict, match="--force"):
        rerun(world.store, world.actor, run_id)
    assert rerun(world.store, world.actor, run_id, force=True).status.value == "pending"


def test_only_an_ended_run_of_ones_own_can_be_run_again(world: World) -> None:
    run_id = failed_chain(world)
    bob = Actor(user_id=ensure_user(world.store, "bob"), via="test", change_set="1")
    with pytest.raises((NotFound, NotAllowed)):
        rerun(world.store, bob, run_id)
    with pytest.raises(NotFound):
        rerun(world.store, world.actor, 99)

    rerun(world.store, world.actor, run_id)
    with pytest.raises(Conflict, match="has not ended"):
        rerun(world.store, world.actor, run_id)
    claim_due(world.store, "me", 10, 60)
    with pytest.raises(Conflict, match="it is running"):
        rerun(world.store, world.actor, run_id)


def test_a_run_of_a_deleted_task_stays_as_it_is(world: World) -> None:
    run_id = failed_chain(world)
    delete_task(world.store, world.actor, world.runs("import")[0].task_id)

    with pytest.raises(NotFound):
        rerun(world.store, world.actor, run_id)
