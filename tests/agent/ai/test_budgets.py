"""Goals and prompts that would run away, each stopped by one budget and after that by nothing else."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage
from langgraph.checkpoint.memory import InMemorySaver

from croncierge.clock import SystemClock
from store.open import open_store
from store.operations import rerun
from store.operations.budgets import where_it_stands
from store.status import RunStatus
from tests.agent.ai.conftest import Ai, Script, calls, says
from tests.agent.ai.test_orchestrator import is_orchestrator

Make = Callable[..., Ai]
MODEL = "gpt-5-nano"
HAVE = "This is what I have."


def nested(number: int) -> tuple[str, dict[str, Any]]:
    return "spawn_subtask", {"title": f"part {number}", "action_type": "ai_goal", "payload": {"goal": f"{number}"}}


def flat(number: int) -> tuple[str, dict[str, Any]]:
    return "spawn_subtask", {"title": f"part {number}", "payload": {"prompt": f"{number}"}}


def fetches(number: int) -> tuple[str, dict[str, Any]]:
    return "http", {"url": f"https://a.example/{number}"}


def plans(number: int) -> tuple[str, dict[str, Any]]:
    return "plan", {"steps": [f"step {number}"]}


def runs_away(wish: Callable[[int], tuple[str, dict[str, Any]]], ends_entries: bool = False) -> Script:
    """A model that wishes on and on until it is told that this was the end, and then says what it has.

    ends_entries: it ends its turn after each wish, and begins again with the results.
    """
    count = iter(range(10_000))

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        last = str(messages[-1].content)
        if "no further calls are possible" in str(messages[0].content) or "is used up" in last or "nested" in last:
            return says(HAVE)
        if not is_orchestrator(messages) and wish is flat:
            return says("done")
        if ends_entries and messages[-1].type == "tool":
            return says("Started.")
        return calls(wish(next(count)))

    return script


@pytest.mark.parametrize(
    ("budget", "script", "status", "sentence"),
    [
        ({"subtasks": 4}, runs_away(flat), "completed", "The budget of 4 subtasks is used up."),
        ({"calls": 4}, runs_away(fetches), "completed", "The budget of 4 tool calls is used up."),
        ({"steps": 4}, runs_away(plans), "failed", "The budget of 4 steps is used up."),
        ({"entries": 5}, runs_away(flat, ends_entries=True),
         "failed", "The budget of 5 entries into the model is used up."),
        ({"tokens": 30_000}, runs_away(plans), "failed", "The budget of 30,000 tokens is used up."),
        ({"cost": 5_000}, runs_away(plans), "failed", "The budget of $0.005 is used up."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_one_that_would_run_away_is_stopped_and_says_what_it_has(
    ai: Make, budget: dict[str, int], script: Script, status: str, sentence: str
) -> None:
    limits = {"steps": 200, "entries": 200, "calls": 200, "subtasks": 200, "tokens": 20_000_000, "cost": 100_000_000}
    world = ai(script=script)
    world.model.model_name = MODEL
    world.model.tokens = 500
    run = world.until_done(world.goal("Run", tools=["http"], allowed=["http"], budget={**limits, **budget}).id)
    assert run.status.value == status
    assert run.result is not None
    assert run.result["conclusion"] == HAVE
    if status == "failed":
        assert run.error_message == sentence
    else:
        assert run.result["used_up"] == [sentence]
    assert sentence in " ".join(world.messages())
    stands = where_it_stands(world.store, run.id)
    assert all(stands.spent[name] <= stands.limits[name] for name in stands.spent)
    (name,) = budget
    if name not in ("steps", "tokens", "cost"):
        assert stands.spent[name] == budget[name], "it was stopped too early"
    assert len(world.tasks()) - 1 == stands.spent["subtasks"]
    assert all(each.end_time is not None for each in world.runs())


def test_goals_within_goals_end_at_the_depth_that_is_allowed(ai: Make) -> None:
    world = ai(script=runs_away(nested, ends_entries=True))
    run = world.until_done(world.goal("Run", budget={"depth": 1, "entries": 6}).id)
    assert run.result is not None
    assert run.result["conclusion"] == HAVE
    depths = Counter(depth for _, depth in world.places())
    assert set(depths) == {0, 1}
    assert "AI tasks may be nested 1 deep here" in str(world.model.asked)


def test_time_that_is_over_ends_a_goal_and_its_subtasks_with_a_last_word(ai: Make) -> None:
    mail = ("email", {"to": ["ben"], "subject": "s", "text": "t"})
    part = {"title": "mail", "payload": {"prompt": "mail", "tools": ["email"]}}

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        if "no further calls are possible" in str(messages[0].content):
            return says(HAVE)
        if not is_orchestrator(messages):
            return calls(mail)
        return says("Started.") if messages[-1].type == "tool" else calls(("spawn_subtask", part))

    world = ai(script=script)
    run = world.goal("Wait", tools=["email"], budget={"seconds": 60})
    assert run.status is RunStatus.WAITING
    world.later(seconds=61)
    run = world.run(run.id)
    assert (run.status, run.error_message) == (RunStatus.FAILED, "The budget of 60 seconds is used up.")
    assert run.result is not None
    assert run.result["conclusion"] == HAVE
    assert "Not all subtasks have ended" in world.told()
    mailing = next(each for each in world.runs() if each.title == "mail")
    assert (mailing.status, mailing.reason) == (
        RunStatus.CANCELLED,
        "it was a part of “the task”, which failed",
    )
    assert world.open_questions() == []


def test_an_exhausted_run_that_is_tried_again_has_a_fresh_budget_and_starts_afresh(ai: Make) -> None:
    world = ai(script=runs_away(flat, ends_entries=True))
    run = world.until_done(world.goal("Run", budget={"entries": 3}).id)
    assert run.status is RunStatus.FAILED
    before = where_it_stands(world.store, run.id)
    world.model.script = lambda messages: calls(("conclude", {"result": "done"})) if len(messages) == 2 else says("no")
    rerun(world.store, world.actor, run.id)
    world.runtime.tick()
    again = world.run(run.id)
    assert again.status is RunStatus.COMPLETED
    after = where_it_stands(world.store, run.id)
    assert before.spent["entries"] > after.spent["entries"] == 1
    assert again.result is not None
    assert "subtasks" not in again.result
    assert [task.title for task in world.tasks()] == ["the task"]


@pytest.mark.parametrize("limit", [{"tokens": 60_000}, {"calls": 25}, {"entries": 8}, {"cost": 20_000}])
def test_ten_subtasks_that_spend_at_once_never_pass_a_limit(tmp_path: Path, limit: dict[str, int]) -> None:
    """Ten threads, one budget, a database in a file."""
    limits = {"subtasks": 10, "calls": 500, "entries": 100, "tokens": 2_000_000, "cost": 10_000_000}
    count = iter(range(10_000))

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        last = str(messages[-1].content)
        if "no further calls are possible" in str(messages[0].content) or "is used up" in last:
            return says(HAVE)
        if not is_orchestrator(messages):
            return calls(fetches(next(count)))
        if "subtasks have ended" in last:
            return calls(("conclude", {"result": HAVE}))
        if messages[-1].type == "tool":
            return says("Started.")
        part = {"payload": {"prompt": "fetch it all", "tools": ["http"], "allowed": ["http"]}}
        return calls(*(("spawn_subtask", {"title": f"part {number}", **part}) for number in range(10)))

    def changed() -> None:
        world.runtime.wake()

    store = open_store(f"sqlite:///{tmp_path}/a.db", SystemClock(), changed)
    world = Ai(script, url=f"sqlite:///{tmp_path}/a.db", clock=store.clock, store=store, saver=InMemorySaver())
    world.model.model_name, world.model.tokens = MODEL, 1_000
    world.runtime.start()
    try:
        budget = {**limits, **limit}
        run = world.start("ai_goal", {"goal": "Run", "tools": ["http"], "allowed": ["http"], "budget": budget})
        run = world.waited_for(run.id)
    finally:
        world.runtime.stop()
    stands = where_it_stands(store, run.id)
    assert all(stands.spent[name] <= stands.limits[name] for name in stands.spent)
    (name,) = limit
    assert stands.spent[name] > 0.3 * limit[name], "it did not come near the limit"
    assert stands.spent["subtasks"] == 10
    assert all(each.end_time is not None for each in world.runs())
    store.engine.dispose()
