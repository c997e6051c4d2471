"""The suites with the built-in model, and that the gate closes when something is broken on purpose."""

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.tools import BaseTool

from agent.models import choose_model
from croncierge.errors import Unavailable
from evals.comparison import compare
from evals.datasets import load_suites
from evals.results import Report, load_report
from evals.suite import BUILT_IN, Plan, evaluate
from evals.summary import summaries
from tests.evals.conftest import Scripted, case, suite
from tools.registry import all_tools


def part(*names: str, every: int = 1, **fields: Any) -> Plan:
    suites = load_suites(names)
    few = [suite(*each.cases[::every], name=each.name) for each in suites]
    return Plan(suites=few, model=BUILT_IN, **fields)


def run(plan: Plan) -> Report:
    return evaluate(plan, lambda: choose_model(None))


def test_the_built_in_model_is_right_about_most_and_no_case_ends_in_an_error() -> None:
    report = run(part("scheduling", "editing", "ambiguity", "irrelevance", "safety", every=8))
    total = summaries(report)[-1]
    assert total.errors == 0
    assert total.right >= 0.7
    assert total.low < total.right < total.high or total.right == 1


def test_it_answers_the_same_thing_the_same_way_every_time_however_many_are_at_it() -> None:
    plan = part("conversations", every=5, repeat=2)
    report = run(plan)
    assert report.without_transcripts() == run(part("conversations", every=5, repeat=2, jobs=3)).without_transcripts()
    for each in report.cases:
        assert len({trial.model_copy(update={"seconds": 0}).model_dump_json() for trial in each.trials}) == 1
    total = summaries(report)[-1]
    assert total.all_of[2] == total.right


def test_a_tool_that_is_missing_closes_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = part("editing")
    wanted = [each for each in plan.suites[0].cases if each.id in ("edit-pause", "edit-delete", "edit-rename")]
    plan = Plan(suites=[suite(*wanted, name="editing")], model=BUILT_IN)
    before = run(plan)
    assert not compare(before, run(plan)).regressed

    def fewer() -> tuple[BaseTool, ...]:
        return tuple(tool for tool in all_tools() if tool.name != "pause_task")

    monkeypatch.setattr("agent.invoke.all_tools", fewer)
    assert [change.id for change in compare(before, run(plan)).worse] == ["edit-pause"]


def test_what_is_saved_comes_back_as_it_was(tmp_path: Any) -> None:
    report = run(part("chaining", every=8)).without_transcripts()
    file = tmp_path / "r.json"
    file.write_text(report.text(), encoding="utf-8")
    assert load_report(file) == report


def test_tokens_and_their_price_are_counted(tmp_path: Any) -> None:
    prices = tmp_path / "p.yaml"
    prices.write_text("models: {scripted: {input: 1000, output: 10000}}")
    plan = Plan(suites=[suite(case(say="hi", no_tool=True))], model="scripted", prices=prices, repeat=2)
    total = summaries(evaluate(plan, Scripted))[-1]
    assert (total.input_tokens, total.output_tokens) == (200, 20)
    assert total.cost == pytest.approx(0.4)


def failing(error: Exception) -> Callable[[], Scripted]:
    class Broken(Scripted):
        def _generate(self, *args: Any, **kwargs: Any) -> Any:
            raise error

    return Broken


@pytest.mark.parametrize("error", [Unavailable("The server is away."), ZeroDivisionError("oops")])
def test_errors_of_the_machinery_are_counted_apart(error: Exception) -> None:
    plan = Plan(suites=[suite(case(say="hi", no_tool=True))], model="m")
    report = evaluate(plan, failing(error))
    assert report.cases[0].counted == 0
    assert summaries(report)[-1].errors == 1
    assert str(error) in str(report.cases[0].trials[0].error)


def test_progress_is_told_case_by_case() -> None:
    told: list[str] = []
    plan = part("chaining", every=8)
    evaluate(plan, lambda: choose_model(None), lambda each: told.append(each.id))
    assert told == [each.id for each in plan.suites[0].cases]
