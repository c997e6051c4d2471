"""A regression is found when there is one, and noise is not taken for one."""

from evals.comparison import compare
from tests.evals.conftest import report


def test_one_case_that_fails_now_is_a_regression_of_a_model_that_repeats_itself() -> None:
    found = compare(report({"a": (1, 1), "b": (0, 1)}), report({"a": (0, 1), "b": (1, 1)}))
    assert [change.id for change in found.worse] == ["a"]
    assert [change.id for change in found.better] == ["b"]
    assert found.worse[0].why == "off"
    assert found.regressed


def test_the_same_again_is_none() -> None:
    same = report({"a": (1, 1), "b": (0, 1)})
    assert not compare(same, same).regressed


def test_a_few_cases_more_or_less_are_noise_where_answers_vary_and_many_are_not() -> None:
    before = report({f"c{i}": (4, 4) for i in range(20)}, repeatable=False)
    few = report({f"c{i}": (3 if i < 3 else 4, 4) for i in range(20)}, repeatable=False)
    many = report({f"c{i}": (3 if i < 8 else 4, 4) for i in range(20)}, repeatable=False)
    assert not compare(before, few).regressed
    assert compare(before, many).regressed


def test_other_models_are_compared_as_if_by_chance() -> None:
    assert not compare(report({"a": (1, 1)}), report({"a": (0, 1)}, model="other")).regressed


def test_cases_that_were_edited_or_are_new_are_not_compared() -> None:
    before = report({"a": (1, 1), "b": (1, 1)})
    edited = before.cases[0].model_copy(update={"digest": "edited", "trials": ()})
    now = report({"b": (1, 1), "c": (0, 1)}, digest="e")
    found = compare(before, now.model_copy(update={"cases": (edited, *now.cases)}))
    assert (found.changed, found.added, found.removed, found.compared) == (("a",), ("c",), (), 1)
    assert not found.regressed


def test_a_case_is_gone_only_when_its_dataset_is_another() -> None:
    before = report({"a": (1, 1), "b": (1, 1)})
    assert compare(before, report({"b": (1, 1)})).removed == ()
    assert compare(before, report({"b": (1, 1)}, digest="e")).removed == ("a",)


def test_errors_of_the_machinery_are_no_failures_but_let_nothing_pass_for_good() -> None:
    found = compare(report({"a": (1, 1), "b": (0, 1)}), report({"a": (0, 0), "b": (0, 0)}))
    assert (found.worse, found.spoilt) == ((), ("a",))
    assert found.regressed
