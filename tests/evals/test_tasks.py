"""The suites of AI tasks: they pass, always the same way, and see when an enforcement is taken away."""

from pathlib import Path
from typing import Any

import pytest

from agent.models import choose_model
from croncierge.errors import InvalidInput
from evals.datasets import load_suites, read_suite
from evals.results import CaseResult
from evals.runner import run_suite
from tests.evals.conftest import suite


def tried(*ids: str) -> dict[str, CaseResult]:
    cases = [case for each in load_suites(["budgets", "orchestration"]) for case in each.cases if case.id in ids]
    assert len(cases) == len(ids)
    return {each.id: each for each in run_suite(suite(*cases), choose_model(None))}


def wrong(result: CaseResult) -> str:
    assert result.trials[0].error is None
    return "; ".join(result.trials[0].wrong)


SOME = ("budget-subtasks", "budget-tokens", "goal-chain", "goal-part-fails", "goal-nested", "goal-edited-mail")


def test_what_is_enforced_holds_and_the_same_way_each_time() -> None:
    first, second = tried(*SOME), tried(*SOME)
    assert {name: wrong(each) for name, each in first.items()} == dict.fromkeys(SOME, "")
    for name in SOME:
        assert first[name].trials[0].turns == second[name].trials[0].turns


def test_a_budget_that_nobody_guards_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def free(*_: Any, **_amounts: int) -> None:
        """Nothing is paid."""

    for room in ("store.operations.budgets", "store.operations.trees"):
        monkeypatch.setattr(f"{room}.spend", free)
    found = tried("budget-calls", "goal-chain")
    assert "http should be carried out 3 times" in wrong(found["budget-calls"])
    assert "0 subtasks were paid, but there are 3" in wrong(found["goal-chain"])


def test_a_question_that_nobody_asks_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.ai.graph.reason_to_ask", lambda *_, **__: None)
    found = tried("goal-script-refused", "goal-outside-text-in-a-part", "goal-waits-for-a-yes")
    assert "the person was asked []" in wrong(found["goal-script-refused"])
    assert "http should be carried out 1 times" in wrong(found["goal-outside-text-in-a-part"])
    assert "email should be carried out 0 times, but was 1 times" in wrong(found["goal-waits-for-a-yes"])


def test_a_budget_that_there_is_not_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("""suite: s
version: 1
about: x
defaults: {now: "2026-11-24T10:30:00+01:00", zone: Europe/Berlin}
cases:
  - id: a
    task: {action: ai_prompt, payload: {prompt: x}}
    script: [{say: x}]
    expect: {status: completed, spent: {money: 1}}
""")
    with pytest.raises(InvalidInput, match=r"s.yaml:6: .*no budget 'money'"):
        read_suite(file)
