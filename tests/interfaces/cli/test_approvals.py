from pathlib import Path

import pytest

from croncierge.clock import SystemClock
from store.open import open_store
from store.operations import create_task, ensure_user, run_now
from store.operations.approvals import Question, ask_for
from store.values import Actor, TaskSpec
from tests.interfaces.cli.conftest import Command


@pytest.fixture
def pending(tmp_path: Path) -> tuple[str, ...]:
    """Options for a database in which one call waits for ann."""
    url = f"sqlite:///{tmp_path}/a.db"
    store = open_store(url, SystemClock())
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    run = run_now(store, actor, create_task(store, actor, TaskSpec(title="weekly report")).id)
    ask_for(store, run.id, [Question(call_id="c", tool="email", arguments={"to": ["ben"]}, why="it sends mail")])
    store.engine.dispose()
    return ("--db", url, "--user", "ann")


def test_what_waits_is_listed_and_shown_exactly(croncierge: Command, pending: tuple[str, ...]) -> None:
    listed = croncierge("approvals", "list", *pending)
    assert "“weekly report” wants to call email: it sends mail" in listed.out
    shown = croncierge("approvals", "show", "1", "--json", *pending).json
    assert shown["arguments"] == {"to": ["ben"]}
    assert shown["status"] == "pending"


def test_a_yes_is_kept_and_cannot_be_given_twice(croncierge: Command, pending: tuple[str, ...]) -> None:
    assert croncierge("approvals", "approve", "#1", *pending).out.startswith("Approval 1: approved")
    again = croncierge("approvals", "approve", "1", *pending)
    assert again.code != 0
    assert "it was approved" in again.err
    assert "Nothing waits" in croncierge("approvals", "list", *pending).out
    assert [each["status"] for each in croncierge("approvals", "list", "--all", "--json", *pending).json] == [
        "approved"
    ]


def test_a_no_and_other_arguments(croncierge: Command, pending: tuple[str, ...]) -> None:
    edited = croncierge("approvals", "edit", "1", '{"to": ["eve"]}', "--json", *pending).json
    assert (edited["status"], edited["arguments"]) == ("approved", {"to": ["eve"]})


def test_a_refusal_with_its_reason(croncierge: Command, pending: tuple[str, ...]) -> None:
    refused = croncierge("approvals", "refuse", "1", "--note", "too early", "--json", *pending).json
    assert (refused["status"], refused["note"]) == ("refused", "too early")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "x"), "The approval 'x' is not a number"),
        (("show", "7"), "There is no approval 7"),
        (("edit", "1", "["), "The arguments are not JSON"),
        (("edit", "1", "[]"), "have to be a JSON object"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    croncierge: Command, pending: tuple[str, ...], words: tuple[str, ...], sentence: str
) -> None:
    ended = croncierge("approvals", *words, *pending)
    assert ended.code != 0
    assert sentence in ended.err
    assert len(ended.err.strip().splitlines()) == 1


def test_somebody_else_sees_nothing(croncierge: Command, pending: tuple[str, ...]) -> None:
    assert croncierge("approvals", "approve", "1", *pending[:2], "--user", "eve").code != 0
