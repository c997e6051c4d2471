"""What is left of an AI run when it has ended: nothing that is under way, and nothing that only it needed."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, BaseMessage

from agent.ai.payloads import AiPromptPayload
from agent.memory import close_checkpointer, open_checkpointer
from croncierge.clock import SystemClock
from store.open import open_store
from store.operations import cancel_run, create_task, rerun, run_now, run_story
from store.operations.runs import Outcome
from store.status import RunStatus
from store.values import TaskSpec
from tests.agent.ai.conftest import Ai, calls, says, task_of
from tests.agent.ai.test_orchestrator import THREE, by_role, is_orchestrator, spawn
from tools.connectors.connector import Call

Make = Callable[..., Ai]
WHY = "it was a part of “the task”, which was cancelled"


def test_cancelling_a_goal_cancels_its_subtasks_whatever_they_do(tmp_path: Path) -> None:
    """One is running, one waits for it, one has a goal of its own whose subtask asks for a yes, and one is pending."""
    running, go_on = threading.Event(), threading.Event()

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        task = task_of(messages)
        if task == "Do it all" and len(messages) == 2:
            deep = {"title": "deep", "action_type": "ai_goal", "payload": {"goal": "deep", "tools": ["email"]}}
            return calls(("spawn_subtask", deep))
        if task == "Do it all" and len(messages) == 4:
            world.wait_until(lambda: len(world.open_questions()) == 1)
            return calls(spawn("slow"), spawn("after", after=["slow"]), spawn("later"), spawn("latest"))
        if messages[-1].type == "tool":
            return says("Started.")
        if task == "deep":
            return calls(("spawn_subtask", {"title": "ask", "payload": {"prompt": "ask", "tools": ["email"]}}))
        if task == "ask":
            return calls(("email", {"to": ["ben"], "subject": "s", "text": "t"}))
        running.set()
        go_on.wait(30)
        return says("done")

    def changed() -> None:
        world.runtime.wake()

    url = f"sqlite:///{tmp_path}/a.db"
    store, saver = open_store(url, SystemClock(), changed), open_checkpointer(url)
    world = Ai(script, url=url, clock=store.clock, store=store, saver=saver, workers=2)
    world.runtime.start()
    try:
        goal = world.start("ai_goal", {"goal": "Do it all", "tools": ["email"]})
        assert running.wait(30)
        world.wait_until(lambda: world.run(goal.id).status is RunStatus.WAITING)
        world.wait_until(lambda: [run.status for run in world.runs()].count(RunStatus.RUNNING) == 2)
        before = {run.title: run.status.value for run in world.runs()}
        assert before == {
            "the task": "waiting", "deep": "waiting", "ask": "waiting", "slow": "running", "later": "running",
            "latest": "pending",
        }  # fmt: skip
        cancel_run(store, world.actor, goal.id)
        after = {run.title: (run.status.value, run.reason) for run in world.runs()}
    finally:
        go_on.set()
        world.runtime.stop()
    assert after.pop("the task") == ("cancelled", "cancelled by ann")
    assert after.pop("ask") == ("cancelled", "it was a part of “deep”, which was cancelled")
    assert after.pop("after") == ("skipped", "skipped because “slow” was cancelled")
    assert after == dict.fromkeys(("deep", "slow", "later", "latest"), ("cancelled", WHY))
    slow = next(run for run in world.runs() if run.title == "slow")
    assert [step.to_status.value for step in run_story(store, world.actor, slow.id)] == [
        "pending", "running", "cancelled",
    ]  # fmt: skip
    assert world.open_questions() == []
    close_checkpointer(saver)
    store.engine.dispose()


def threads(world: Ai) -> set[str]:
    return {str(kept.config["configurable"]["thread_id"]) for kept in world.saver.list(None)}


def test_of_ended_runs_the_next_run_finds_no_conversation(ai: Make) -> None:
    world = ai(script=by_role(*THREE, subtask=lambda prompt: says(f"did {prompt}")))
    world.until_done(world.goal("Write the report").id)
    world.model.script = lambda _messages: says("Hello.")
    last = world.prompt("Say hello")
    assert threads(world) == {f"run:{last.id}"}


def test_what_was_answered_but_not_recorded_is_not_asked_again(ai: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = ai(calls(("http", {"url": "https://example.org"})), says("All is well."))
    action = world.connectors["ai_prompt"]
    work = action.run

    def cut_off(payload: AiPromptPayload, call: Call) -> Outcome:
        work(payload, call)
        monkeypatch.setattr(action, "run", work)
        raise OSError("the disk is full")

    monkeypatch.setattr(action, "run", cut_off)
    payload = {"prompt": "Read the page", "tools": ["http"]}
    spec = TaskSpec(title="the task", action_type="ai_prompt", action_payload=payload, max_retries=1)
    run = run_now(world.store, world.actor, create_task(world.store, world.actor, spec).id)
    world.until_done(run.id)
    assert (world.run(run.id).status, world.run(run.id).attempt) == (RunStatus.COMPLETED, 2)
    assert len(world.model.asked) == 2
    assert len(world.fakes["http"].done) == 1


def test_the_conversation_of_a_cancelled_run_goes_with_the_next_run(ai: Make) -> None:
    mail = calls(("email", {"to": ["ben"], "subject": "s", "text": "t"}))
    world = ai(script=lambda messages: mail if "Mail" in str(messages[1].content) else says("Hello."))
    cancelled = world.prompt("Mail ben", tools=["email"])
    waiting = world.prompt("Mail him again", tools=["email"])
    cancel_run(world.store, world.actor, cancelled.id)
    assert threads(world) == {f"run:{cancelled.id}", f"run:{waiting.id}"}
    hello = world.prompt("Say hello")
    assert threads(world) == {f"run:{waiting.id}", f"run:{hello.id}"}


def test_a_cancelled_run_that_is_tried_again_knows_nothing_of_the_first_time(ai: Make) -> None:
    mail = calls(("email", {"to": ["ben"], "subject": "s", "text": "t"}))
    world = ai(mail, says("I start anew."))
    run = world.prompt("Mail ben", tools=["email"])
    cancel_run(world.store, world.actor, run.id)
    rerun(world.store, world.actor, run.id)
    world.runtime.tick()
    assert world.run(run.id).status is RunStatus.COMPLETED
    assert len(world.model.asked[-1]) == 2


def test_a_subtask_that_is_tried_again_after_its_goal_has_a_budget_of_its_own(ai: Make) -> None:
    world = ai(script=by_role(*THREE, subtask=lambda _prompt: says("")))
    world.until_done(world.goal("Write the report", budget={"entries": 3}).id)
    find = next(run for run in world.runs() if run.title == "find")
    assert find.status is RunStatus.FAILED
    world.model.script = lambda messages: says("found" if not is_orchestrator(messages) else "")
    rerun(world.store, world.actor, find.id)
    world.runtime.tick()
    assert world.run(find.id).status is RunStatus.COMPLETED
