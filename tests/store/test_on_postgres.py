"""What a runtime leaves behind, on a real Postgres where its server and its driver are."""

from datetime import timedelta

from runtime.delivering import Postman
from store.kinds import NotifyOn
from store.operations import explain, list_runs
from store.operations.deliveries import acknowledge_all, next_delivery
from store.operations.prune import Policy, begin_pruning, prune
from store.operations.runs import Outcome
from store.operations.stats import analyse
from store.operations.workflows import list_workflows, rename_workflow
from tests.runtime.conftest import MONDAY, World, cron
from tests.tools.connectors.test_postgres import server as server

DAY = timedelta(days=1)


def test_runs_messages_and_workflows_are_kept_counted_and_removed(server: str) -> None:
    world = World(server.replace("postgresql:", "postgresql+psycopg:"))
    a = world.task("a", cron("0 10 * * *"), workflow="nightly")
    world.task("b", after=(a,), workflow="nightly")
    world.task("tea", cron("0 10 * * *"), action="notify", notify_on=NotifyOn.DIGEST, channel="phone")
    world.behaviour["b"] = lambda run: Outcome(
        error="broken" if run.scheduled_time.day == 25 else None, result={"größe": 1}, retryable=False
    )
    for number in range(6):
        world.at(MONDAY + number * DAY + timedelta(hours=1))
    world.clock.set(MONDAY + 6 * DAY)

    assert [text[:41] for text in world.messages()] == [
        "The workflow “nightly” did not complete: ",
        "“b” works again after 1 failure",
    ]
    heard: list[str] = []
    assert Postman(world.store, lambda *message: heard.append(message[2]), "test").deliver() == 1
    assert heard[0].startswith("Since the last digest, 6 messages:\n- tea")
    assert next_delivery(world.store) is None
    (workflow,) = list_workflows(world.store, world.actor)
    assert workflow.status.value == "succeeded"
    assert rename_workflow(world.store, world.actor, "nightly", "daily").name == "daily"
    assert len(list_runs(world.store, world.actor, text="größe")) == 6
    assert len(analyse(world.store, world.actor, MONDAY, "UTC").failures) == 1

    acknowledge_all(world.store, world.actor)
    policy, archived = Policy(keep_runs=2), list[object]()
    seen = prune(world.store, policy, None)
    assert seen == prune(world.store, policy, begin_pruning(world.store, policy), keep=archived.extend)
    assert seen.runs == len(archived)
    assert seen.runs > 0
    told = explain(world.store, world.actor, a.id, during=(MONDAY, MONDAY + DAY)).sentences
    assert "were removed, as old ones are" in " ".join(told)
    world.store.engine.dispose()
