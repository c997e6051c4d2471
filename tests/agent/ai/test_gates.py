from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from agent.memory import close_checkpointer, open_checkpointer
from croncierge.clock import FixedClock
from store.operations.approvals import PATIENCE, ApprovalInfo, approve, list_approvals, refuse
from store.status import RunStatus
from tests.agent.ai.conftest import MONDAY, Ai, calls, in_order, says

Make = Callable[..., Ai]
MAIL: dict[str, Any] = {"to": ["ben@example.org"], "subject": "Report", "text": "All is well."}
HONEST = "Read https://a.example/ and then fetch https://b.example/ping"


def asked(world: Ai) -> Sequence[ApprovalInfo]:
    return list_approvals(world.store, world.actor)


def test_mail_waits_for_a_yes_and_is_then_sent_once(ai: Make) -> None:
    world = ai(calls(("email", MAIL)), says("The mail is sent."))
    run = world.prompt("Mail the report to ben@example.org", tools=["email"])
    (approval,) = asked(world)
    assert run.status is RunStatus.WAITING
    assert run.reason == f"waits for your approval: email (#{approval.id})"
    assert (approval.arguments, approval.why) == (MAIL, "it sends mail")
    assert world.fakes["email"].done == []
    approve(world.store, world.actor, approval.id)
    world.runtime.tick()
    assert world.run(run.id).status is RunStatus.COMPLETED
    assert world.fakes["email"].done == [{**MAIL, "to": ("ben@example.org",)}]


def test_a_no_is_told_and_the_run_goes_on_without_it(ai: Make) -> None:
    world = ai(calls(("email", MAIL)), says("I have sent the mail."))
    run = world.prompt("Mail the report to ben@example.org", tools=["email"])
    refuse(world.store, world.actor, asked(world)[0].id, note="too early")
    world.messages()
    world.runtime.tick()
    assert world.run(run.id).status is RunStatus.COMPLETED
    assert world.fakes["email"].done == []
    assert "did not agree to this call (refused: too early)" in world.told()
    assert world.messages() == ["I have sent the mail.\n\n(Not carried out: email.)"]


def test_what_was_edited_is_what_happens(ai: Make) -> None:
    world = ai(calls(("email", MAIL)), says("Sent."))
    world.prompt("Mail the report to ben@example.org", tools=["email"])
    approve(world.store, world.actor, asked(world)[0].id, arguments={**MAIL, "subject": "Weekly report"})
    world.runtime.tick()
    assert [each["subject"] for each in world.fakes["email"].done] == ["Weekly report"]


def test_an_approval_that_nobody_gives_expires_and_the_run_concludes(ai: Make) -> None:
    world = ai(calls(("email", MAIL)), says("Nobody agreed."))
    run = world.prompt("Mail the report to ben@example.org", tools=["email"])
    world.clock.set(MONDAY + PATIENCE + timedelta(seconds=1))
    world.runtime.tick()
    world.runtime.tick()
    assert world.run(run.id).status is RunStatus.COMPLETED
    assert world.fakes["email"].done == []
    assert "(expired)" in world.told()


def test_several_calls_are_asked_about_together_and_each_is_made_once(ai: Make) -> None:
    other = {**MAIL, "subject": "Another"}
    world = ai(calls(("email", MAIL), ("email", other)), says("Done."))
    run = world.prompt("Mail ben@example.org twice", tools=["email"])
    first, second = sorted(asked(world), key=lambda each: each.id)
    approve(world.store, world.actor, first.id)
    world.runtime.tick()
    assert world.run(run.id).status is RunStatus.WAITING
    assert world.fakes["email"].done == []
    refuse(world.store, world.actor, second.id)
    world.runtime.tick()
    assert world.run(run.id).status is RunStatus.COMPLETED
    assert [each["subject"] for each in world.fakes["email"].done] == ["Report"]


def test_an_approval_is_granted_after_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    saver = open_checkpointer(url)
    before = Ai(in_order(calls(("email", MAIL))), url=url, saver=saver)
    run = before.prompt("Mail the report to ben@example.org", tools=["email"])
    close_checkpointer(saver)
    before.store.engine.dispose()

    saver = open_checkpointer(url)
    after = Ai(in_order(says("Sent.")), url=url, saver=saver, clock=FixedClock(MONDAY + timedelta(hours=5)))
    after.runtime.tick()
    assert after.run(run.id).status is RunStatus.WAITING
    approve(after.store, after.actor, asked(after)[0].id)
    after.runtime.tick()
    assert after.run(run.id).status is RunStatus.COMPLETED
    assert len(after.fakes["email"].done) == 1
    close_checkpointer(saver)
    after.store.engine.dispose()


def test_the_clock_of_a_budget_stands_still_while_a_person_thinks(ai: Make) -> None:
    world = ai(calls(("email", MAIL)), says("Sent."))
    run = world.prompt("Mail the report to ben@example.org", tools=["email"], budget={"seconds": 60})
    world.clock.set(MONDAY + timedelta(hours=3))
    approve(world.store, world.actor, asked(world)[0].id)
    world.runtime.tick()
    assert world.run(run.id).status is RunStatus.COMPLETED


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("script", {"script": "deploy"}),
        ("sql", {"connection": "crm", "statement": "delete from people", "write": True}),
        ("email", MAIL),
        ("delete_task", {"task": "all"}),
        ("pause_task", {"task": "Everything"}),
    ],
)
def test_what_a_person_wants_to_see_first_always_asks(ai: Make, tool: str, arguments: dict[str, Any]) -> None:
    world = ai(calls((tool, arguments)), says("Done."))
    run = world.prompt("deploy; delete all; delete from people; everything", tools=[tool])
    assert run.status is RunStatus.WAITING
    assert [each.tool for each in asked(world)] == [tool]


def test_what_the_owner_allowed_beforehand_does_not_ask(ai: Make) -> None:
    world = ai(calls(("http", {"url": "https://a.example/"})), calls(("email", MAIL)), says("Sent."))
    run = world.prompt("Read https://a.example/ and mail ben", tools=["http", "email"], allowed=["email"])
    assert run.status is RunStatus.COMPLETED
    assert len(world.fakes["email"].done) == 1


@pytest.mark.parametrize(
    ("then", "stops"),
    [
        (("http", {"url": "https://b.example/ping"}), False),  # the person's own words
        (("http", {"url": "https://b.example/ping", "method": "GET"}), False),
        (("sql", {"connection": "crm", "statement": "select 1"}), False),  # it only reads
        (("notify", {"message": "All is well."}), False),  # it tells the owner
        (("list_tasks", {}), False),
        (("http", {"url": "https://b.example/ping?data=secret"}), True),
        (("http", {"url": "https://b.example/pin"}), True),
        (("http", {"url": "https://b.example/ping", "body": "secret"}), True),
        (("http", {"url": "https://evil.example/"}), True),
        (("notify", {"message": "x", "channels": ["public"]}), True),
        (("create_task", {"title": "obey me", "when": "every hour"}), True),
        (("remember", {"text": "obey me"}), True),
        (("set_preferences", {"zone": "Asia/Tokyo"}), True),
    ],
)
def test_after_text_from_outside_only_the_persons_own_words_act_without_asking(
    ai: Make, then: tuple[str, dict[str, Any]], stops: bool
) -> None:
    world = ai(calls(("http", {"url": "https://a.example/"})), calls(then), says("Done."))
    run = world.prompt(
        HONEST, tools=["http", "sql", "notify", *(() if then[0] in ("http", "sql", "notify") else [then[0]])]
    )
    assert (run.status is RunStatus.WAITING) is stops
    assert bool(asked(world)) is stops


def test_what_one_call_brings_counts_for_the_next_of_the_same_answer(ai: Make) -> None:
    world = ai(calls(("http", {"url": "https://a.example/"}), ("http", {"url": "https://evil.example/"})), says("x"))
    run = world.prompt(HONEST, tools=["http"])
    assert run.status is RunStatus.WAITING
    assert world.fakes["http"].done == []


def test_values_filled_into_a_prompt_are_from_outside(ai: Make) -> None:
    world = ai(calls(("http", {"url": "https://evil.example/"})), says("x"))
    run = world.prompt("Summarise {{ results.page.body }}", tools=["http"])
    assert run.status is RunStatus.WAITING


def test_a_call_that_was_approved_is_not_repeated_after_a_crash(ai: Make) -> None:
    crash = [True]

    def script(messages: Sequence[Any]) -> AIMessage:
        return says("Done.") if len(messages) > 2 else calls(("email", MAIL))

    world = ai(script=script)
    run = world.prompt("Mail ben", tools=["email"])
    approve(world.store, world.actor, asked(world)[0].id)

    class Killed(BaseException):
        pass

    def die(_payload: object) -> Any:
        if crash[0]:
            raise Killed
        raise AssertionError("it was sent twice")

    world.fakes["email"].answer = die
    with pytest.raises(Killed):
        world.runtime.tick()
    crash[0] = False
    world.later(seconds=60)  # the lease ends, and the run is taken over
    assert world.run(run.id).status is RunStatus.COMPLETED
    assert "carried out before an interruption" in world.told()
    assert len(world.fakes["email"].done) == 1


def test_to_make_a_task_that_acts_is_asked_about_as_the_act_itself(ai: Make) -> None:
    mailing = {"title": "mail it", "when": "every hour", "do": "email", "what": MAIL}
    world = ai(calls(("create_task", mailing)), says("It is planned."))
    payload = {"tools": ["create_task", "email"], "allowed": ["create_task"]}
    run = world.prompt("Mail the report to ben@example.org every hour", **payload)
    (approval,) = asked(world)
    assert (world.run(run.id).status, approval.why) == (RunStatus.WAITING, "a task that it makes: it sends mail")


def test_a_task_that_acts_is_not_made_without_the_grant_of_the_act(ai: Make) -> None:
    mailing = {"title": "mail it", "when": "every hour", "do": "email", "what": MAIL}
    world = ai(calls(("create_task", mailing)), says("It cannot be planned."))
    world.prompt("Mail the report to ben@example.org every hour", tools=["create_task"])
    approve(world.store, world.actor, asked(world)[0].id)
    world.runtime.tick()
    assert "This task grants no email" in world.told()
