"""The templates for AI tasks, as people name them, see them and fill them in."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from croncierge.errors import InvalidInput, NotFound, Unclear
from prompts.tasks import TaskTemplate, task_templates

AI_PROMPT = "ai_prompt"
"""The action that a template makes a task of."""
_NO_NAME = re.compile(r"[^a-z0-9]+")


def template_meant(words: str) -> TaskTemplate:
    """The template of this name, however it is written: "weekly-report", "the weekly report". Raises NotFound."""
    found, said = task_templates(), _NO_NAME.sub("-", words.lower().removeprefix("the ")).strip("-")
    if said not in found:
        raise NotFound(f"There is no template “{words}”; there are {', '.join(found)}.", field="template")
    return found[said]


def payload_from(template: TaskTemplate, given: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of an `ai_prompt` task. Raises InvalidInput for a value that it does not take, Unclear for none."""
    for name, value in given.items():
        if name not in template.variables:
            takes = ", ".join(template.variables) or "nothing"
            raise InvalidInput(f"The template {template.name} takes {takes}, but no {name}.", field="what")
        if not isinstance(value, str | int | float | list):
            raise InvalidInput(f"The {name} of the template {template.name} has to be a text.", field="what")
    values = {name: text for name, value in given.items() if (text := _text(value))}
    for name in template.missing(values):
        raise Unclear(
            f"What shall the template {template.name} take as {name}: {template.variables[name]}?", field=name
        )
    return template.filled_in(values)


def takes(template: TaskTemplate) -> str:
    """What has to be said to use it, and what can be: "url, matters", "about (else all tasks)"."""
    return ", ".join(
        f"{name} (else {template.defaults[name]})" if name in template.defaults else name for name in template.variables
    )


def template_lines(template: TaskTemplate) -> Iterable[str]:
    """What it is for, what it takes and may use, and what the model is told."""
    yield template.purpose
    for name, about in template.variables.items():
        usual = f"; else {template.defaults[name]}" if name in template.defaults else ""
        yield f"- {name}: {about}{usual}"
    yield f"- tools: {', '.join(template.payload.get('tools', ())) or 'none'}"
    yield ""
    yield template.text


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value).strip()
