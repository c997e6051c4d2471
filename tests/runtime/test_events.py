"""Events and schedules together, as they come to pass."""

from datetime import timedelta

from store.kinds import EventMode
from store.operations import cancel_run
from store.operations.events import emit_event
from store.values import TriggerSpec
from tests.runtime.conftest import World, cron


def test_an_event_stands_in_for_the_next_occurrence_and_only_for_that(world: World) -> None:
    world.task("call", cron("0 12 * * *"), triggers=(TriggerSpec(event="webhook"),), event_mode=EventMode.INSTEAD)

    world.after(hours=2)
    emit_event(world.store, world.actor, "webhook", {}, "1")
    world.runtime.tick()
    world.after(hours=2)
    assert world.outcomes("call") == ["completed", "skipped"]
    assert world.runs("call")[1].reason == "done already at 11:00, when “webhook” came"

    world.after(hours=24)
    assert world.outcomes("call") == ["completed", "skipped", "completed"]
    assert len(world.executed) == 2


def test_without_the_event_the_time_comes_at_the_latest(world: World) -> None:
    world.task("call", cron("0 12 * * *"), triggers=(TriggerSpec(event="webhook"),), event_mode=EventMode.INSTEAD)

    world.after(hours=4)

    assert world.outcomes("call") == ["completed"]


def test_the_end_of_one_task_is_an_event_for_another(world: World) -> None:
    world.task("import", cron("0 10 * * *"))
    world.task("tidy", triggers=(TriggerSpec(event="task.completed", filter={"task": "import"}),))

    world.after(hours=1)

    assert world.outcomes("tidy") == ["completed"]


def test_a_run_that_is_called_off_is_an_event_too(world: World) -> None:
    world.task("import", cron("0 10 * * *"), jitter_seconds=3_600)
    world.task("tidy", triggers=(TriggerSpec(event="task.cancelled"),))
    world.clock.set(world.clock.now() + timedelta(hours=1))
    world.runtime.tick()

    cancel_run(world.store, world.actor, world.runs("import")[0].id)
    world.runtime.tick()

    assert world.outcomes("tidy") == ["completed"]
