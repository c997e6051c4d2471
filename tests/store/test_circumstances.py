"""`explain` tells what decides about a task besides its schedule, and what became of its messages."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from runtime.delivering import Postman
from store.kinds import EventMode, NotifyOn
from store.moves import table_of
from store.operations import emit_event, explain, resume_task, set_preferences, undo
from store.operations.deliveries import acknowledge_all
from store.operations.prune import Policy, begin_pruning, prune
from store.operations.runs import Outcome
from store.tables import AuditEntry
from store.values import TaskInfo, TriggerSpec
from tests.runtime.conftest import MONDAY, World, cron
from tests.runtime.conftest import world as world

DAY = timedelta(days=1)
Why = Callable[..., str]


@pytest.fixture
def why(world: World) -> Why:
    def ask(task: TaskInfo, during: tuple[datetime, datetime] | None = None) -> str:
        return " ".join(explain(world.store, world.actor, task.id, during=during).sentences)

    return ask


def tea(world: World, **spec: object) -> TaskInfo:
    return world.task("tea", cron("0 10 * * *"), action="notify", action_payload={"message": "Tea!"}, **spec)


def test_run_message_and_acknowledgement_are_told_apart(world: World, why: Why) -> None:
    task = tea(world)
    world.after(hours=1)
    assert why(task).endswith("it was due today at 10:00 and completed. Its message waits to be shown at the terminal.")
    world.messages()
    assert why(task).endswith("Its message went to the terminal today at 10:00, and nobody has acknowledged it.")
    world.after(minutes=5)
    acknowledge_all(world.store, world.actor)
    today = (MONDAY.replace(hour=0), MONDAY.replace(hour=0) + DAY)
    assert why(task, today).endswith(
        "completed. Its message went to the terminal today at 10:00, and was acknowledged today at 10:05."
    )


def test_a_message_that_does_not_arrive_is_said_so_until_it_is_given_up(world: World, why: Why) -> None:
    def broken(*_: str) -> None:
        raise OSError

    task = tea(world, channel="phone")
    world.after(hours=1)
    assert why(task).endswith("Its message is about to go to phone.")
    postman = Postman(world.store, broken, "test")
    postman.deliver()
    assert why(task).endswith(
        "Its message did not reach phone (it could not be sent (OSError)), and is tried again today at 10:00:15."
    )
    for _ in range(8):
        world.clock.set(world.clock.now() + DAY)
        postman.deliver()
    assert "Its message could not be delivered to phone: it could not be sent (OSError)." in why(task)


def test_quiet_hours_and_digests_are_told(world: World, why: Why) -> None:
    set_preferences(world.store, world.actor, zone="UTC", quiet_hours="09:30-11:30", digest_at="18:00")
    quiet, later = tea(world), world.task("cake", cron("0 10 * * *"), action="notify", notify_on=NotifyOn.DIGEST)
    held = world.task("held", cron("0 10 * * *"), quiet_hours="09:30-12:00")
    world.after(hours=1)
    assert why(quiet).endswith("Its message waits for the end of quiet hours, today at 11:30.")
    assert why(later).endswith("Its message waits for the digest, today at 18:00.")
    assert why(held).endswith("It starts today at 12:00 (its quiet hours are 09:30-12:00).")
    world.clock.set(MONDAY.replace(hour=18))
    Postman(world.store, broken_nothing, "test").deliver()
    assert why(later).endswith("Its message went into the digest today at 18:00.")


def broken_nothing(*_: str) -> None:
    """A channel that takes everything."""


def test_conditions_events_and_workflows_are_told(world: World, why: Why) -> None:
    condition = {"action_type": "work", "action_payload": {}, "expression": "status == 200"}
    task = world.task(
        "watch", cron("0 10 * * *"), condition=condition, triggers=(TriggerSpec(event="deploy"),), workflow="nightly"
    )
    assert (
        "It is also started by the event “deploy”; none has come yet. "
        "It acts only when status == 200 becomes true; it has not looked yet. "
        "It belongs to the workflow “nightly”."
    ) in why(task)
    emit_event(world.store, world.actor, "deploy")
    assert "“deploy” came last today at 09:00." in why(task)
    last = world.task("last", cron("0 12 * * *"), triggers=(TriggerSpec(event="deploy"),), event_mode=EventMode.INSTEAD)
    assert "It is started by the event “deploy”, instead of its next time; " in why(last)
    assert "It is started by the event “deploy”; " in why(world.task("only", triggers=(TriggerSpec(event="deploy"),)))


def test_an_automatic_pause_is_recorded_told_and_not_undone(world: World, why: Why) -> None:
    world.behaviour["import"] = lambda _run: Outcome(error="no luck", retryable=False)
    task = world.task("import", cron("0 10 * * *"), pause_after_failures=2)
    world.after(hours=1)
    assert "It failed the last time, and is paused after 2 failures in a row." in why(task)
    world.after(days=1)
    assert why(task).startswith("“import” is paused (“it failed 2 times in a row: no luck”).")
    world.after(days=1)
    yesterday = (MONDAY.replace(hour=0) + 2 * DAY, MONDAY.replace(hour=0) + 3 * DAY)
    assert why(task, yesterday) == (
        "“import” was due today at 10:00, but it was paused yesterday at 10:00 by itself "
        "(“it failed 2 times in a row: no luck”)."
    )
    with world.store.reading() as connection:
        audit = table_of(AuditEntry)
        (entry,) = connection.execute(sa.select(audit).where(audit.c.action == "pause_task")).all()
    assert (entry.via, entry.actor_id, entry.after["pause_note"]) == (
        "runtime",
        world.actor.user_id,
        "it failed 2 times in a row: no luck",
    )
    resume_task(world.store, world.actor, task.id)
    assert "is paused again" in undo(world.store, world.actor).sentences[0]


def test_what_was_removed_is_said_to_have_been(world: World, why: Why) -> None:
    task = world.task("tea", cron("0 10 * * *"))
    after = world.task("cake", after=(task,))
    for number in range(10):
        world.at(MONDAY + number * DAY + timedelta(hours=1))
    policy = Policy(keep_runs=3)
    prune(world.store, policy, begin_pruning(world.store, policy))
    assert why(task, (MONDAY, MONDAY + DAY)) == (
        "The records of its runs between Mon 23 Nov 10:00 and Sun 29 Nov 10:00 were removed, as old ones are: "
        "7 completed."
    )
    assert why(after, (MONDAY, MONDAY + DAY)).endswith("were removed, as old ones are: 7 completed.")
    assert "removed" not in why(after, (MONDAY + 8 * DAY, MONDAY + 9 * DAY))


def test_of_more_runs_than_are_told_none_is_said_to_be_missing(world: World, why: Why) -> None:
    task = world.task("often", cron("* * * * *"))
    for minute in range(1, 251):
        world.at(MONDAY + timedelta(minutes=minute))
    assert "no record" not in why(task, (MONDAY, MONDAY + DAY))
