"""Tasks that wait for something to become true."""

from collections.abc import Callable

import pytest

from croncierge.errors import Unavailable
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from store.operations import run_now
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tests.runtime.conftest import World, cron
from tools.connectors.executor import Control

CONDITION = {"action_type": "http", "action_payload": {"url": "https://example.org"}, "expression": "status == 200"}


@pytest.fixture
def watching(world: World) -> Callable[[Callable[[], bool]], None]:
    """Has the world's conditions answered by a function."""

    def answer(check: Callable[[], bool]) -> None:
        def ask(run: Claimed, _control: Control) -> bool:
            assert run.condition == CONDITION
            return check()

        executors = {"work": world._work}
        world.runtime = Runtime(world.store, executors, Doorbell("sqlite://"), check=ask)

    return answer


def test_a_task_with_a_condition_acts_only_when_it_becomes_true(
    world: World, watching: Callable[[Callable[[], bool]], None]
) -> None:
    answers = iter([False, True, True, False, True])
    watching(lambda: next(answers))
    world.task("watch", cron("0 * * * *"), condition=CONDITION)

    for _ in range(5):
        world.after(hours=1)

    assert world.outcomes("watch") == ["skipped", "completed", "skipped", "skipped", "completed"]
    assert [run.reason for run in world.runs() if run.reason] == [
        "its condition was not true",
        "its condition had been true already",
        "its condition was not true",
    ]
    assert len(world.executed) == 2


def test_what_failed_after_its_condition_became_true_is_tried_again(
    world: World, watching: Callable[[Callable[[], bool]], None]
) -> None:
    watching(lambda: True)
    outcomes = iter([Outcome(error="no luck"), Outcome()])
    world.behaviour["watch"] = lambda _run: next(outcomes)
    world.task("watch", cron("0 * * * *"), condition=CONDITION, max_retries=1, retry_delay_seconds=10)

    world.after(hours=1)
    world.after(seconds=10)

    assert world.outcomes("watch") == ["completed"]


def test_a_condition_that_cannot_be_checked_is_a_failure_that_says_so(
    world: World, watching: Callable[[Callable[[], bool]], None]
) -> None:
    def away() -> bool:
        raise Unavailable("The host example.org does not answer.")

    watching(away)
    world.task("watch", cron("0 * * * *"), condition=CONDITION)

    world.after(hours=1)

    (run,) = world.runs()
    assert run.status.value == "failed"
    assert run.error_message == "its condition could not be checked: The host example.org does not answer."
    assert world.executed == []


def test_a_person_who_starts_it_by_hand_need_not_wait(
    world: World, watching: Callable[[Callable[[], bool]], None]
) -> None:
    watching(lambda: False)
    task = world.task("watch", cron("0 * * * *"), condition=CONDITION)

    run_now(world.store, world.actor, task.id)
    world.runtime.tick()

    assert world.outcomes("watch") == ["completed"]
