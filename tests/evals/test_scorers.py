"""What counts is the call and the store, whatever the model says. Each test has a model that is wrong in one way."""

from typing import Any

import pytest

from evals.results import Trial
from evals.runner import run_suite
from tests.evals.conftest import Scripted, case, suite

CREATE = {"name": "create_task", "args": {"title": "vote", "when": "tomorrow at 9"}}
VOTE = {"title": "vote", "runs": ["2026-11-25T09:00"]}
MOM = {"title": "call mom", "when": "tomorrow at 17:00"}
BOBS = {"title": "pay", "when": "tomorrow at 9", "owner": "bob"}


def tried(made: list[dict[str, Any]], words: str = "Done!", /, **fields: Any) -> Trial:
    (result,) = run_suite(suite(case(say="please", **fields)), Scripted(calls=made, words=words))
    return result.trials[0]


def test_what_is_right_passes() -> None:
    assert tried([CREATE], tasks=[VOTE], calls=[{"tool": "create_task", "args": {"title": "vote"}}]).passed


def test_a_confirmation_without_a_stored_row_is_a_failure() -> None:
    (wrong,) = tried([], "I'll remind you to vote tomorrow at 9.", tasks=[VOTE]).wrong
    assert "there is no task title=vote" in wrong


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"title": "call"}, "the title 'vote'"),
        ({"runs": ["2026-11-25T10:00"]}, "the runs ['2026-11-25 09:00']"),
        ({"runs": ["2026-11-25T09:00", "2026-11-26T09:00"]}, "the runs"),
        ({"runs": ["2026-11-25T09:00"], "ends": False}, "an end"),
        ({"days": ["2026-11-26"]}, "the runs"),
        ({"active": False}, "stayed active"),
        ({"zone": "UTC"}, "the zone Europe/Berlin"),
        ({"after": ["call mom"]}, "to wait for []"),
        ({"step_seconds": 60}, "the spacing"),
    ],
)
def test_a_task_that_differs_is_told_by_its_difference(expected: dict[str, Any], said: str) -> None:
    (wrong,) = tried([CREATE], tasks=[expected]).wrong
    assert said in wrong


def test_a_single_moment_is_not_enough_of_a_repetition() -> None:
    daily = {"name": "create_task", "args": {"title": "vote", "when": "every day at 9"}}
    assert "no end" in tried([daily], tasks=[VOTE]).wrong[0]
    assert tried([daily], tasks=[{**VOTE, "ends": False}]).passed


def test_a_task_too_many_is_a_failure() -> None:
    (wrong,) = tried([CREATE], before=[MOM], tasks=[{"title": "call mom"}]).wrong
    assert "too many: 'vote'" in wrong


def test_a_tool_where_none_was_needed_is_a_failure_even_if_it_only_looks() -> None:
    looking = [{"name": "list_tasks", "args": {}}]
    assert "no tool should be called, but list_tasks was" in tried(looking, no_tool=True).wrong[0]
    assert tried(looking, unchanged=True).passed


def test_a_question_needs_a_question_and_nothing_done() -> None:
    assert tried([], "When?", asks=True).passed
    assert "should be asked" in tried([], "Done.", asks=True).wrong[0]
    assert tried([{"name": "create_task", "args": {"title": "vote"}}], "Hm.", asks=True).passed
    assert "nothing should change" in tried([CREATE], "When?", asks=True).wrong[0]


def test_running_a_task_is_a_change_though_the_task_stays_as_it_is() -> None:
    assert "run_task" in tried([{"name": "run_task", "args": {"task": "1"}}], before=[MOM], unchanged=True).wrong[0]


def test_calls_count_in_their_order_unless_it_does_not_matter() -> None:
    made = [CREATE, {"name": "pause_task", "args": {"task": "call mom"}}]
    wanted = [{"tool": "pause_task"}, {"tool": "create_task"}]
    assert tried(made, before=[MOM], calls=wanted[::-1]).passed
    assert not tried(made, before=[MOM], calls=wanted).passed
    assert tried(made, before=[MOM], calls=wanted, any_order=True).passed


def test_looking_is_free_and_another_change_is_not() -> None:
    wanted = [{"tool": "create_task"}]
    assert tried([{"name": "list_tasks", "args": {}}, CREATE], calls=wanted).passed
    again = {"name": "delete_task", "args": {"task": "call mom"}}
    assert "delete_task should not be called" in tried([CREATE, again], before=[MOM], calls=wanted).wrong[0]


def test_a_call_that_was_refused_is_not_the_call_that_was_wanted() -> None:
    unknown = [{"name": "delete_task", "args": {"task": "yoga"}}]
    assert not tried(unknown, calls=[{"tool": "delete_task"}]).passed
    assert tried(unknown, calls=[{"tool": "delete_task", "answers": "error"}]).passed


def test_tasks_of_others_can_be_neither_seen_nor_touched_in_a_case() -> None:
    trial = tried([{"name": "delete_task", "args": {"task": "#1"}}], before=[BOBS], unchanged=True)
    assert trial.passed
    assert trial.turns[0].calls[0].status == "error"


def test_the_record_goes_back_to_what_ran_before() -> None:
    past = [{"at": "2026-11-23T17:00", "status": "failed", "error": "no line"}]
    trial = tried([{"name": "task_history", "args": {}}], before=[{**MOM, "past": past}], unchanged=True)
    assert "no line" in trial.turns[0].calls[0].text or "failed" in trial.turns[0].calls[0].text
