"""Prompts are loaded whole and filled in strictly, or not at all."""

import pytest

from prompts import PromptError, load, tool_descriptions


def test_the_assistants_prompt_takes_exactly_its_variables() -> None:
    prompt = load("assistant")
    text = prompt.render(now="Monday 23 November 2026, 09:00", zone="Europe/Berlin", known="")
    assert "Monday 23 November 2026, 09:00 in Europe/Berlin" in text
    assert "{{" not in text
    assert prompt.version >= 1
    assert len(prompt.digest) == 64


@pytest.mark.parametrize("values", [{}, {"now": "x"}, {"now": "x", "zone": "y", "known": "", "more": "z"}])
def test_a_missing_or_unknown_variable_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(PromptError, match="takes"):
        load("assistant").render(**values)


def test_a_prompt_that_is_not_there_is_named() -> None:
    with pytest.raises(PromptError, match="'nothing'"):
        load("nothing")


def test_values_are_not_read_as_templates_again() -> None:
    assert "{{zone}}" in load("assistant").render(now="{{zone}}", zone="UTC", known="")


def test_every_tool_is_described_with_every_argument() -> None:
    for name, texts in tool_descriptions().items():
        assert texts["description"].endswith("."), name
        assert all(texts["arguments"].values()), name
