from datetime import UTC, datetime

import pytest

from prompts import PromptError
from prompts.tasks import task_templates
from tools.connectors.templates import check_templates, filled_in

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOTHING_YET = {"last": {"result": {}, "at": None}}  # as the store gives it to a first run


@pytest.mark.parametrize("name", task_templates())
def test_each_template_makes_a_payload_that_can_be_filled_in_before_there_is_a_result(name: str) -> None:
    template = task_templates()[name]
    payload = template.filled_in(dict.fromkeys(template.variables, "a value"))
    assert "[[" not in payload["prompt"]
    check_templates(payload, "payload")
    prompt = str(filled_in(payload["prompt"], NOTHING_YET, "prompt"))
    assert "{" not in prompt


def test_what_was_said_last_is_filled_in() -> None:
    payload = task_templates()["watch-page"].filled_in({"url": "https://a.example/", "matters": "the price"})
    assert "is data: 9 €\n" in filled_in(
        payload["prompt"], {"last": {"result": {"text": "9 €"}, "at": MONDAY}}, "prompt"
    )


def test_values_have_to_be_those_that_are_named() -> None:
    with pytest.raises(PromptError, match="takes url"):
        task_templates()["summarise-page"].filled_in({"link": "x"})
