"""Common AI tasks, ready to be used: a text with front matter, and what the task is granted."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from prompts.loader import PromptError

_VARIABLE = re.compile(r"\[\[\s*([a-z_]+)\s*\]\]")
_PARTS = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class TaskTemplate:
    """variables: each with what it stands for; defaults: what is taken for those of them that need not be said.

    payload: what the task has besides its prompt, such as its tools.
    """

    name: str
    purpose: str
    variables: Mapping[str, str]
    defaults: Mapping[str, str]
    payload: Mapping[str, Any]
    text: str

    def missing(self, given: Collection[str]) -> list[str]:
        """The variables that have to be said, too, in their order."""
        return [name for name in self.variables if name not in given and name not in self.defaults]

    def filled_in(self, given: Mapping[str, str]) -> dict[str, Any]:
        """The payload of an `ai_prompt` task. Raises PromptError for a value too many or too few."""
        if self.missing(given) or not given.keys() <= self.variables.keys():
            raise PromptError(
                f"the template {self.name!r} takes {', '.join(self.variables) or 'no values'}, "
                f"but was given {', '.join(given) or 'none'}"
            )
        values = {**self.defaults, **given}
        return {"prompt": _VARIABLE.sub(lambda match: values[match[1]], self.text), **self.payload}


@cache
def task_templates() -> Mapping[str, TaskTemplate]:
    """All templates by name, from the files beside this one. Raises PromptError when one is malformed."""
    paths = [each for each in files("prompts.tasks").iterdir() if each.name.endswith(".md")]
    found = [
        _template(path.name.removesuffix(".md"), path.read_text(encoding="utf-8"))
        for path in sorted(paths, key=lambda each: each.name)
    ]
    return {each.name: each for each in found}


def _template(name: str, content: str) -> TaskTemplate:
    parts = _PARTS.fullmatch(content)
    if parts is None:
        raise PromptError(f"the template {name!r} must begin with front matter between two lines of ---")
    head, text = yaml.safe_load(parts[1]), parts[2].strip()
    variables, defaults = head.get("variables") or {}, head.get("defaults") or {}
    if head.get("name") != name or set(variables) != set(_VARIABLE.findall(text)):
        raise PromptError(f"the template {name!r} must declare its own name and the variables that it uses")
    if not defaults.keys() <= variables.keys():
        raise PromptError(f"the template {name!r} has a default for something that is none of its variables")
    payload = {key: head[key] for key in ("tools", "silent_when", "output_schema", "budget") if key in head}
    return TaskTemplate(
        name=name, purpose=head["purpose"], variables=variables, defaults=defaults, payload=payload, text=text
    )
