"""One yes is one execution of one call, whoever tries again, changes it, comes late or clicks twice."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from agent.memory import close_checkpointer, open_checkpointer
from croncierge.clock import FixedClock
from croncierge.errors import Conflict, CronciergeError, NotFound
from store.operations import create_task, ensure_user, run_now
from store.operations.approvals import PATIENCE, ApprovalInfo, approve, list_approvals, refuse
from store.status import RunStatus
from store.values import Actor, TaskSpec
from tests.agent.ai.conftest import MONDAY, Ai, calls, in_order, says

Make = Callable[..., Ai]
MAIL: dict[str, Any] = {"to": ["ben@example.org"], "subject": "Report", "text": "All is well."}


def open_questions(world: Ai) -> Sequence[ApprovalInfo]:
    return list_approvals(world.store, world.actor)


def sent(world: Ai) -> list[str]:
    return [each["subject"] for each in world.fakes["email"].done]


@pytest.mark.parametrize("change", [{}, {"subject": "Other"}, {"to": ["eve@example.org"]}, {"text": "Send money."}])
def test_a_yes_is_not_good_for_the_next_call(ai: Make, change: dict[str, Any]) -> None:
    world = ai(calls(("email", MAIL)), calls(("email", {**MAIL, **change})), says("Done."))
    run = world.prompt("Mail the report to ben@example.org", tools=["email"])
    approve(world.store, world.actor, open_questions(world)[0].id)
    world.runtime.tick()
    assert len(world.fakes["email"].done) == 1
    if change:
        assert world.run(run.id).status is RunStatus.WAITING
        assert open_questions(world)[0].arguments == {**MAIL, **change}
    else:
        assert "use that" in str(world.model.asked[-1][-1].content)
        assert open_questions(world) == []
    world.clock.set(MONDAY + PATIENCE + timedelta(seconds=1))
    world.until_done(run.id)
    assert len(world.fakes["email"].done) == 1


def test_a_yes_is_not_good_for_the_next_run_of_the_task(ai: Make) -> None:
    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        return says("Done.") if isinstance(messages[-1], ToolMessage) else calls(("email", MAIL))

    world = ai(script=script)
    first = world.prompt("Mail the report to ben@example.org", tools=["email"])
    approve(world.store, world.actor, open_questions(world)[0].id)
    world.runtime.tick()
    assert world.run(first.id).status is RunStatus.COMPLETED
    second = run_now(world.store, world.actor, first.task_id)
    world.runtime.tick()
    assert world.run(second.id).status is RunStatus.WAITING
    assert sent(world) == ["Report"]


def test_nobody_else_can_say_yes_and_nobody_can_say_it_late_or_again(ai: Make) -> None:
    world = ai(calls(("email", MAIL)), says("Nobody agreed."))
    run = world.prompt("Mail the report to ben@example.org", tools=["email"])
    (question,) = open_questions(world)
    eve = Actor(user_id=ensure_user(world.store, "eve"), via="test", change_set="2")
    for decide in (approve, refuse):
        with pytest.raises(NotFound):
            decide(world.store, eve, question.id)
    assert list_approvals(world.store, eve) == []
    world.clock.set(question.expires_at)
    with pytest.raises(Conflict, match="its time is over"):
        approve(world.store, world.actor, question.id)
    world.runtime.tick()
    assert world.run(run.id).status is RunStatus.COMPLETED
    with pytest.raises(Conflict, match="it was expired"):
        approve(world.store, world.actor, question.id)
    world.later(seconds=60)
    assert sent(world) == []


def test_a_no_cannot_be_turned_into_a_yes_nor_a_yes_into_another_call(ai: Make) -> None:
    world = ai(calls(("email", MAIL), ("email", {**MAIL, "subject": "Second"})), says("Done."))
    world.prompt("Mail the report to ben@example.org", tools=["email"])
    yes, no = sorted(open_questions(world), key=lambda each: each.id)
    approve(world.store, world.actor, yes.id)
    refuse(world.store, world.actor, no.id)
    for each in (yes, no):
        with pytest.raises(Conflict):
            approve(world.store, world.actor, each.id, arguments={**MAIL, "to": ["eve@example.org"]})
    world.runtime.tick()
    assert [each["to"] for each in world.fakes["email"].done] == [("ben@example.org",)]


def test_many_clicks_in_many_processes_after_a_restart_are_one_mail(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    saver = open_checkpointer(url)
    before = Ai(in_order(calls(("email", MAIL))), url=url, saver=saver)
    payload = {"prompt": "Mail the report to ben@example.org", "tools": ["email"]}
    # The processes here do not know that the others are alive, so they take over from each other.
    patience: Any = {"max_retries": 9, "retry_delay_seconds": 1, "retry_backoff": 1}
    task = TaskSpec(title="the task", action_type="ai_prompt", action_payload=payload, **patience)
    run = run_now(before.store, before.actor, create_task(before.store, before.actor, task).id)
    before.runtime.tick()
    (question,) = open_questions(before)
    close_checkpointer(saver)
    before.store.engine.dispose()

    clock = FixedClock(MONDAY + timedelta(hours=1))
    savers = [open_checkpointer(url) for _ in range(4)]
    worlds = [Ai(lambda _messages: says("Sent."), url=url, saver=each, clock=clock) for each in savers]

    def click(world: Ai) -> bool:
        said_yes = False
        with suppress(CronciergeError):
            said_yes = approve(world.store, world.actor, question.id).used is False
        world.runtime.tick()
        return said_yes

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, worlds * 2)) == 1
    worlds[0].until_done(run.id)
    assert worlds[0].run(run.id).status is RunStatus.COMPLETED
    assert sum(len(sent(each)) for each in worlds) == 1
    for world, each in zip(worlds, savers, strict=True):
        close_checkpointer(each)
        world.store.engine.dispose()
