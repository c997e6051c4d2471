from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from croncierge.clock import FixedClock
from croncierge.errors import Conflict, NotFound
from store.kinds import ApprovalStatus
from store.open import open_store
from store.operations import create_task, ensure_user, run_now
from store.operations.approvals import (
    PATIENCE,
    ApprovalInfo,
    Question,
    approve,
    ask_for,
    decided,
    get_approval,
    list_approvals,
    refuse,
    use,
)
from store.operations.deliveries import TERMINAL, claim_deliveries
from store.session import Store
from store.values import Actor, TaskSpec
from tests.store.conftest import MONDAY, make_admin


def asked(store: Store, actor: Actor, call_id: str = "c1") -> ApprovalInfo:
    run = run_now(store, actor, create_task(store, actor, TaskSpec(title="report")).id)
    question = Question(call_id=call_id, tool="email", arguments={"to": ["ben@example.org"]}, why="it sends mail")
    (approval,) = ask_for(store, run.id, [question])
    return approval


def test_the_owner_is_asked_with_the_exact_call(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    approval = asked(store, actor)
    assert list_approvals(store, actor) == [approval]
    assert approval.arguments == {"to": ["ben@example.org"]}
    (message,) = claim_deliveries(store, actor.user_id, TERMINAL, "test")
    assert f"croncierge approvals show {approval.id}" in message.text


def test_what_was_asked_is_not_asked_again(store: Store, ann: Callable[[], Actor]) -> None:
    approval = asked(store, ann())
    other = Question(call_id="c1", tool="script", arguments={}, why="")
    assert ask_for(store, approval.run_id, [other]) == [approval]


def test_an_approved_call_is_carried_out_once(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    approval = asked(store, actor)
    assert not use(store, approval.id)
    approve(store, actor, approval.id)
    assert use(store, approval.id)
    assert not use(store, approval.id)


def test_a_refused_call_is_never_carried_out(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    approval = refuse(store, actor, asked(store, actor).id, note="not to Ben")
    assert (approval.status, approval.note) == (ApprovalStatus.REFUSED, "not to Ben")
    assert not use(store, approval.id)


def test_edited_arguments_are_what_counts(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    approval = approve(store, actor, asked(store, actor).id, arguments={"to": ["eve@example.org"]})
    assert approval.arguments == {"to": ["eve@example.org"]}
    assert decided(store, approval.run_id, ["c1"]) == [approval]


def test_a_decision_stands(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    approval = asked(store, actor)
    refuse(store, actor, approval.id)
    with pytest.raises(Conflict, match="it was refused"):
        approve(store, actor, approval.id)
    assert get_approval(store, actor, approval.id).status is ApprovalStatus.REFUSED


def test_only_the_owner_and_administrators_decide(
    store: Store, ann: Callable[[], Actor], bob: Callable[[], Actor]
) -> None:
    approval = asked(store, ann())
    for decide in (approve, refuse):
        with pytest.raises(NotFound):
            decide(store, bob(), approval.id)
    assert list_approvals(store, bob()) == []
    assert approve(store, make_admin(store, bob()), approval.id).status is ApprovalStatus.APPROVED


def test_what_nobody_decides_counts_as_refused(store: Store, clock: FixedClock, ann: Callable[[], Actor]) -> None:
    actor = ann()
    approval = asked(store, actor)
    clock.set(MONDAY + PATIENCE)
    with pytest.raises(Conflict, match="its time is over"):
        approve(store, actor, approval.id)
    assert list_approvals(store, actor) == []
    (expired,) = decided(store, approval.run_id, ["c1"])
    assert expired.status is ApprovalStatus.EXPIRED
    assert not use(store, approval.id)


def test_just_before_its_end_it_can_be_decided(store: Store, clock: FixedClock, ann: Callable[[], Actor]) -> None:
    actor = ann()
    approval = asked(store, actor)
    clock.set(MONDAY + PATIENCE - timedelta(seconds=1))
    assert approve(store, actor, approval.id).status is ApprovalStatus.APPROVED


def test_two_clicks_at_once_are_one_decision_and_one_execution(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a.db", FixedClock(MONDAY))
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    approval = asked(store, actor)

    def click(index: int) -> str:
        try:
            (approve if index % 2 else refuse)(store, actor, approval.id)
        except Conflict:
            return "late"
        return "decided"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(click, range(8)))[:2] == ["decided", "late"]
        taken = sum(pool.map(lambda _: use(store, approval.id), range(8)))
    approved = get_approval(store, actor, approval.id).status is ApprovalStatus.APPROVED
    assert taken == (1 if approved else 0)
    store.engine.dispose()
