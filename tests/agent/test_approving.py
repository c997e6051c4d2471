"""Deciding in conversation, without a language model, on what AI tasks ask."""

from agent.ai.toolbox import PERSONAL, known_tools
from store.kinds import ApprovalStatus
from store.operations import create_task, run_now
from store.operations.approvals import ApprovalInfo, Question, ask_for, get_approval
from store.values import Actor, TaskSpec
from tests.agent.conftest import Talk


def _actor(talk: Talk) -> Actor:
    return Actor(user_id=talk.user, via="test", change_set="1")


def _asked(talk: Talk) -> ApprovalInfo:
    run = run_now(talk.store, _actor(talk), create_task(talk.store, _actor(talk), TaskSpec(title="report")).id)
    question = Question(call_id="c1", tool="email", arguments={"to": ["ben@example.org"]}, why="it sends mail")
    (approval,) = ask_for(talk.store, run.id, [question])
    return approval


def test_what_waits_is_shown_with_the_exact_call_and_decided_by_its_number(talk: Talk) -> None:
    assert talk.say("what waits for my approval?").reply == "Nothing waits for your approval."
    approval = _asked(talk)
    assert 'email with {"to": ["ben@example.org"]}' in talk.say("show my approvals").reply
    assert talk.say(f"approve #{approval.id}").reply.startswith("Approved: ")
    assert get_approval(talk.store, _actor(talk), approval.id).status is ApprovalStatus.APPROVED
    again = talk.say(f"refuse {approval.id}")
    assert [call.result["status"] for call in again.tool_calls] == ["error"]
    assert get_approval(talk.store, _actor(talk), approval.id).status is ApprovalStatus.APPROVED


def test_a_refusal_keeps_its_reason(talk: Talk) -> None:
    approval = _asked(talk)
    talk.say(f"refuse approval {approval.id}, because it is not Friday")
    refused = get_approval(talk.store, _actor(talk), approval.id)
    assert (refused.status, refused.note) == (ApprovalStatus.REFUSED, "it is not Friday")


def test_what_does_not_exist_or_is_somebody_elses_is_told(talk: Talk) -> None:
    assert "99" in talk.say("approve #99").reply


def test_no_task_can_be_granted_the_decision() -> None:
    assert PERSONAL.isdisjoint(known_tools({}))
