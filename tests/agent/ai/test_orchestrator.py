from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from store.operations import cancel_run
from store.operations.budgets import where_it_stands
from store.status import RunStatus
from tests.agent.ai.conftest import Ai, calls, says

Make = Callable[..., Ai]


def spawn(title: str, prompt: str = "", **more: Any) -> tuple[str, dict[str, Any]]:
    return "spawn_subtask", {"title": title, "payload": {"prompt": prompt or title}, **more}


def is_orchestrator(messages: Sequence[BaseMessage]) -> bool:
    return "You reach a goal" in str(messages[0].content)


def by_role(*orchestrator: AIMessage, subtask: Callable[[str], AIMessage]) -> Callable[..., AIMessage]:
    """A script in which the orchestrator says these, one after the other, and subtasks answer their prompt."""
    left = iter(orchestrator)

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        if is_orchestrator(messages):
            return next(left)
        return subtask(next(str(each.content) for each in messages if isinstance(each, HumanMessage)))

    return script


THREE = (
    calls(("plan", {"steps": ["find", "sum up", "write"]})),
    calls(spawn("find"), spawn("sum up", after=["find"]), spawn("write", after=["find", "sum up"])),
    says("Three subtasks are started."),
    calls(("conclude", {"result": "The report: all is well."})),
)


def test_a_goal_is_planned_split_and_concluded_from_the_results(ai: Make) -> None:
    world = ai(script=by_role(*THREE, subtask=lambda prompt: says(f"did {prompt}")))
    run = world.until_done(world.goal("Write the report").id)
    assert run.status is RunStatus.COMPLETED
    assert run.result is not None
    assert run.result["conclusion"] == "The report: all is well."
    assert run.result["plan"] == ["find", "sum up", "write"]
    assert [part["status"] for part in run.result["subtasks"]] == ["completed"] * 3
    assert world.messages() == ["The report: all is well."]
    assert "did sum up" in world.told()
    ends = {each.title: each.start_time for each in world.runs()}
    assert ends["find"] <= ends["sum up"] <= ends["write"]  # type: ignore[operator]


def test_while_its_subtasks_run_it_waits_and_shows_its_plan(ai: Make) -> None:
    world = ai(script=by_role(*THREE, subtask=lambda _prompt: says("done")))
    seen: list[Any] = []
    original = world.model.script

    def watching(messages: Sequence[BaseMessage]) -> AIMessage:
        if not is_orchestrator(messages):
            seen.extend(run for run in world.runs() if run.title == "the task")
        return original(messages)

    world.model.script = watching
    world.goal("Write the report")
    assert seen[0].status is RunStatus.WAITING
    assert seen[0].reason == "waits for 3 subtasks: “find”, “sum up”, “write”"
    assert seen[0].result["plan"] == ["find", "sum up", "write"]


def test_what_failed_is_told_and_what_needed_it_is_skipped(ai: Make) -> None:
    world = ai(script=by_role(*THREE, subtask=lambda _prompt: says("")))
    run = world.until_done(world.goal("Write the report").id)
    assert run.status is RunStatus.COMPLETED
    assert run.result is not None
    assert [part["status"] for part in run.result["subtasks"]] == ["failed", "skipped", "skipped"]
    assert "The model gave an empty answer." in world.told()


def test_it_may_plan_again_with_what_it_learnt(ai: Make) -> None:
    world = ai(
        script=by_role(
            calls(spawn("look")), says("Started."), calls(spawn("look closer")), says("Started."),
            calls(("conclude", {"result": "Found."})),
            subtask=lambda _prompt: says("something"),
        )
    )  # fmt: skip
    run = world.until_done(world.goal("Find it").id)
    assert run.result is not None
    assert run.result["conclusion"] == "Found."
    assert [part["title"] for part in run.result["subtasks"]] == ["look", "look closer"]


def test_a_small_goal_needs_no_subtasks(ai: Make) -> None:
    run = ai(says("It is 4.")).goal("What is 2 and 2?")
    assert run.status is RunStatus.COMPLETED
    assert run.result is not None
    assert run.result["conclusion"] == "It is 4."


def always_spawns() -> Callable[..., AIMessage]:
    count = iter(range(10_000))

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        if "no further calls are possible" in str(messages[0].content):
            return says("This is what I have.")
        number = next(count)
        nested = {"title": f"part {number}", "action_type": "ai_goal", "payload": {"goal": f"part {number}"}}
        return calls(("spawn_subtask", nested)) if number % 3 else says(f"started {number}")

    return script


@pytest.mark.parametrize(
    "budget",
    [{"subtasks": 4}, {"entries": 5}, {"calls": 4}, {"tokens": 30_000}, {"steps": 3}, {"depth": 1}, {"cost": 300}],
)
def test_a_model_that_always_spawns_stays_within_each_budget(ai: Make, budget: dict[str, int]) -> None:
    world = ai(script=always_spawns())
    world.model.model_name = "gpt-5-nano"
    root = world.goal("Spawn", budget=budget).id
    run = world.until_done(root)
    assert run.status in (RunStatus.FAILED, RunStatus.COMPLETED)
    stands = where_it_stands(world.store, root)
    assert all(stands.spent[name] <= stands.limits[name] for name in stands.spent)
    assert len(world.tasks()) - 1 == stands.spent["subtasks"] <= stands.limits["subtasks"]
    assert all(each.end_time is not None for each in world.runs())


def test_time_that_is_over_ends_a_goal_that_waits(ai: Make) -> None:
    mail = calls(("email", {"to": ["ben"], "subject": "s", "text": "t"}))
    part = {"title": "mail", "payload": {"prompt": "mail", "tools": ["email"]}}
    world = ai(script=by_role(calls(("spawn_subtask", part)), says("Started."), subtask=lambda _prompt: mail))
    run = world.goal("Wait", tools=["email"], budget={"seconds": 60})
    assert run.status is RunStatus.WAITING
    world.later(seconds=61)
    run = world.run(run.id)
    assert run.status is RunStatus.FAILED
    assert run.error_message == "The time that this may take in all is over."


def test_a_subtask_gets_nothing_that_the_goal_has_not(ai: Make) -> None:
    world = ai(
        calls(
            ("spawn_subtask", {"title": "a", "action_type": "script", "payload": {"script": "x"}}),
            ("spawn_subtask", {"title": "b", "payload": {"prompt": "b", "tools": ["email"]}}),
            ("spawn_subtask", {"title": "c", "payload": {"prompt": "c", "allowed": ["http"]}}),
            ("spawn_subtask", {"title": "d", "payload": {"prompt": "{{ secrets.KEY }}"}}),
        ),
        says("It was not allowed."),
    )
    world.goal("Do it", tools=["http"])
    assert [task.title for task in world.tasks()] == ["the task"]
    for sentence in ("may not use 'script'", "may only have these tools", "may only have these allowed", "Secrets"):
        assert sentence in world.told()


def test_a_cancelled_goal_is_not_entered_again(ai: Make) -> None:
    world = ai(script=by_role(*THREE, subtask=lambda _prompt: says("done")))
    original = world.model.script

    def cancelling(messages: Sequence[BaseMessage]) -> AIMessage:
        goal = next(run for run in world.runs() if run.title == "the task")
        if not is_orchestrator(messages) and goal.status is RunStatus.WAITING:
            cancel_run(world.store, world.actor, goal.id)
        return original(messages)

    world.model.script = cancelling
    root = world.goal("Write the report").id
    assert world.until_done(root).status is RunStatus.CANCELLED
    world.later(seconds=60)
    assert world.messages() == []
