"""Which language model an AI task gets, and that it keeps it."""

from dataclasses import asdict, replace

import pytest

from agent.ai.payloads import AiPromptPayload
from croncierge.errors import InvalidInput
from croncierge.models import Models
from croncierge.settings import Settings
from store.operations.budgets import SAFE


def _models(**given: object) -> Models:
    return Models(Settings(api_key="none", **given))  # type: ignore[arg-type]


def test_each_purpose_has_a_model_of_its_own_or_the_next_ones() -> None:
    models = _models(model="small", task_model="middle", goal_model="large")
    assert models.pinned("ai_prompt", {"prompt": "x"})["model"] == "middle"
    assert models.pinned("ai_goal", {"goal": "x"})["model"] == "large"
    assert _models(model="small").pinned("ai_goal", {"goal": "x"})["model"] == "small"
    assert models.pinned("http", {"url": "x"}) == {"url": "x"}


def test_what_was_pinned_stays_and_what_a_person_says_comes_first() -> None:
    models = _models(model="small", temperature=0.5, task_temperature=0.0, goal_reasoning_effort="high")
    assert models.pinned("ai_prompt", {"prompt": "x", "model": "mine"}) == {
        "prompt": "x", "model": "mine", "temperature": 0.0, "budget": asdict(SAFE),
    }  # fmt: skip
    goal = models.pinned("ai_goal", {"goal": "x", "budget": {"subtasks": 3}})
    budget = asdict(replace(SAFE, subtasks=3))  # all of it, so that other limits of later versions change nothing
    assert goal == {"goal": "x", "model": "small", "temperature": 0.0, "reasoning_effort": "high", "budget": budget}
    assert _models(model="other", task_temperature=1.0).pinned("ai_goal", goal) == goal


def test_a_task_that_thinks_is_refused_where_nothing_can_think() -> None:
    for name in (None, "builtin"):
        with pytest.raises(InvalidInput, match="CRONCIERGE_TASK_MODEL") as raised:
            _models(model=name).pinned("ai_prompt", {"prompt": "x"})
        assert raised.value.field == "model"


def test_a_task_is_served_as_it_was_pinned() -> None:
    payload = AiPromptPayload(prompt="x", model="mine", temperature=0.25, answer_tokens=7)
    model = _models(model="other").of(payload)
    assert (model.model_name, model.temperature, model.max_tokens) == ("mine", 0.25, 7)  # type: ignore[attr-defined]
