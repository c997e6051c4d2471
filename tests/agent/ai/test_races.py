"""Whoever races, or is killed while spending: never one unit over any budget, and nothing that was not paid for."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.messages import AIMessage, BaseMessage

from agent.memory import close_checkpointer, open_checkpointer
from croncierge.clock import SystemClock
from store.open import open_store
from store.operations import create_task, ensure_user, get_run, list_tasks, run_now
from store.operations.budgets import Spent, where_it_stands
from store.operations.claims import Claimed
from store.values import Actor, RunInfo, TaskSpec
from tests.agent.ai.conftest import Ai, calls, says
from tools.connectors.connector import Call
from tools.connectors.executor import Control

_SECONDS = 60


def within(stands: Spent) -> bool:
    return all(stands.spent[name] <= stands.limits[name] for name in stands.spent)


def until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _SECONDS
    while not done():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.02)


def spawns_for_ever(messages: Sequence[BaseMessage]) -> AIMessage:
    if "no further calls are possible" in str(messages[0].content):
        return says("That is all there was.")
    title = f"part {uuid4()}"
    return calls(("spawn_subtask", {"title": title, "payload": {"prompt": title}}))


def claimed(run: RunInfo, actor: Actor, payload: dict[str, Any], attempt: int) -> Claimed:
    return Claimed(
        run_id=run.id,
        task_id=run.task_id,
        owner_id=actor.user_id,
        title=run.title,
        action_type="ai_goal",
        action_payload=payload,
        scheduled_time=run.scheduled_time,
        attempt=attempt,
        timeout_seconds=60,
        triggered_by=run.triggered_by,
        workflow_run_id=run.id,
    )


@pytest.mark.parametrize(
    "budget", [{"subtasks": 3, "tokens": 20_000}, {"calls": 4}, {"entries": 6}], ids=lambda each: next(iter(each))
)
def test_twenty_racing_entries_into_one_run_spend_no_unit_too_much(tmp_path: Path, budget: dict[str, int]) -> None:
    """As if nineteen processes took over from one that is not dead at all."""
    url = f"sqlite:///{tmp_path}/a.db"
    savers = [open_checkpointer(url) for _ in range(4)]
    worlds = [Ai(spawns_for_ever, url=url, saver=each) for each in savers]
    first = worlds[0]
    for world in worlds:
        world.model.tokens = 900
    payload = {"goal": "Spawn", "budget": {**budget, "steps": 3}}
    task = create_task(first.store, first.actor, TaskSpec(title="t", action_type="ai_goal", action_payload=payload))
    run = run_now(first.store, first.actor, task.id)
    seen: list[bool] = []

    def enter(number: int) -> None:
        world = worlds[number % len(worlds)]
        connector = world.connectors["ai_goal"]
        call = Call(run=claimed(run, world.actor, payload, 1 + number % 5), control=Control(), record=lambda *_: None)
        with suppress(Exception):  # what two of them write into one conversation may make no sense
            connector.run(connector.payload.model_validate(payload), call)
        seen.append(within(where_it_stands(world.store, run.id)))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(enter, range(20)))
    assert seen == [True] * 20
    stands = where_it_stands(first.store, run.id)
    (name, limit) = next(iter(budget.items()))
    assert stands.limits[name] == limit
    assert len(first.tasks()) - 1 == stands.spent["subtasks"] > 0
    if name in ("entries", "calls"):
        assert stands.spent[name] == limit, "they did not even reach it"
    for world, saver in zip(worlds, savers, strict=True):
        close_checkpointer(saver)
        world.store.engine.dispose()


@pytest.mark.parametrize("budget", [{"calls": 23}, {"tokens": 20_000}], ids=lambda each: next(iter(each)))
def test_ten_children_that_spend_at_once_share_one_budget(tmp_path: Path, budget: dict[str, int]) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    saver = open_checkpointer(url)
    together = threading.Barrier(8, timeout=1)  # as many as there are workers

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        if "You reach a goal" in str(messages[0].content):
            part = {"prompt": "x", "tools": ["http"], "allowed": ["http"]}
            parts = [{"title": f"part {each}", "payload": part} for each in range(10)]
            return says("Started.") if len(messages) > 2 else calls(*(("spawn_subtask", each) for each in parts))
        if "no further calls are possible" in str(messages[0].content):
            return says("That is all there was.")
        with suppress(threading.BrokenBarrierError):
            together.wait()
        return calls(("http", {"url": f"https://a.example/{uuid4()}"}))

    world = Ai(script, url=url, saver=saver, clock=SystemClock())
    world.store.changed = world.runtime.wake
    world.model.tokens = 900
    payload = {"goal": "Read", "tools": ["http"], "allowed": ["http"], "budget": {**budget, "entries": 100, "steps": 6}}
    task = create_task(world.store, world.actor, TaskSpec(title="t", action_type="ai_goal", action_payload=payload))
    run = run_now(world.store, world.actor, task.id)
    world.runtime.start()
    try:
        until(lambda: world.run(run.id).end_time is not None, "its end")
    finally:
        world.runtime.stop()
    stands = where_it_stands(world.store, run.id)
    fetched = len(world.fakes["http"].done)
    assert stands.spent["calls"] == fetched + 10
    if "calls" in budget:
        assert fetched == 13
    assert stands.limits["tokens"] >= stands.spent["tokens"] > 10 * 30
    close_checkpointer(saver)
    world.store.engine.dispose()


def test_a_model_that_always_spawns_is_killed_in_the_middle_and_gets_nothing_more_for_it(tmp_path: Path) -> None:
    url, witness = f"sqlite:///{tmp_path}/a.db", tmp_path / "witness"
    witness.touch()
    store = open_store(url, SystemClock())
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    budget = {"subtasks": 12, "depth": 3, "steps": 4, "entries": 30, "tokens": 60_000}
    payload = {"goal": "Spawn", "budget": budget}
    spec = TaskSpec(title="spawn", action_type="ai_goal", action_payload=payload, max_retries=9)
    run = run_now(store, actor, create_task(store, actor, spec).id)

    def asked() -> int:
        return len(witness.read_text().splitlines())

    def over() -> bool:
        assert asked() == 0 or within(where_it_stands(store, run.id))
        return get_run(store, actor, run.id).end_time is not None

    for moment in (9, None):
        command = [sys.executable, "-m", "tests.agent.ai.worker", url, str(witness), "spawns"]
        process = subprocess.Popen(command, cwd=Path(__file__).parents[3])
        try:
            until(lambda: over() or (moment is not None and asked() >= moment), str(moment))  # noqa: B023
        finally:
            process.kill()
            process.wait()
    stands = where_it_stands(store, run.id)
    assert within(stands)
    assert len(list_tasks(store, actor, limit=1_000)) - 1 == stands.spent["subtasks"] > 3
    assert stands.spent["tokens"] >= 30 * (asked() - 8), "what was asked must have been paid"
    store.engine.dispose()
