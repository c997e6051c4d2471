"""Which language model an AI task gets, and that it keeps it."""

import pytest

from agent.ai.payloads import AiPromptPayload
from croncierge.errors import InvalidInput
from croncierge.models import Models
from croncierge.settings import Settings


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
        "prompt": "x", "model": "mine", "temperature": 0.0,
    }  # fmt: skip
    goal = models.pinned("ai_goal", {"goal": "x"})
    assert goal == {"goal": "x", "model": "small", "temperature": 0.0, "reasoning_effort": "high"}
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
