"""Loading prompts. A prompt is a Markdown file with front matter; its variables are declared there and checked.

---
name: assistant
version: 1
purpose: …
variables: [now, zone]
notes: … what was learnt of models, and may be left out
---
It is {{now}} in {{zone}}.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml

_VARIABLE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


class PromptError(ValueError):
    """A prompt file is not as it should be, or was given the wrong values."""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One versioned text. `digest` is the SHA-256 of the text, so that a record can say exactly what was used.

    notes: what was learnt of how models take it, for whoever changes it; no model sees it.
    """

    name: str
    version: int
    purpose: str
    variables: frozenset[str]
    text: str
    notes: str = ""

    @property
    def digest(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    @property
    def label(self) -> str:
        """The version and the text it has, short enough for a record: `2 (6f1e…)`."""
        return _label(self.version, self.text)

    def render(self, **values: object) -> str:
        """The text with its variables filled in. Raises PromptError for a value too many or too few."""
        if values.keys() != self.variables:
            raise PromptError(
                f"prompt {self.name!r} takes {sorted(self.variables)}, but was given {sorted(values)}; "
                "the names must be the same"
            )
        return _VARIABLE.sub(lambda match: str(values[match[1]]), self.text)


@cache
def load(name: str) -> Prompt:
    """The prompt `name`, from `prompts/<name>.md`. Raises PromptError when it is missing or malformed."""
    head, text = _split(name)
    declared = frozenset(head.get("variables", []))
    used = frozenset(_VARIABLE.findall(text))
    if head.get("name") != name or not isinstance(head.get("version"), int):
        raise PromptError(f"prompt {name!r} must declare its own name and a whole number as version")
    if declared != used:
        raise PromptError(f"prompt {name!r} declares {sorted(declared)} but uses {sorted(used)}")
    return Prompt(
        name=name,
        version=head["version"],
        purpose=head.get("purpose", ""),
        variables=declared,
        text=text.strip(),
        notes=head.get("notes", ""),
    )


@cache
def tool_descriptions() -> Mapping[str, Mapping[str, Any]]:
    """What the model is told of each tool: its name → `description` and `arguments` (name → text)."""
    tools: Mapping[str, Mapping[str, Any]] = yaml.safe_load(_tools_text())["tools"]
    return tools


def versions() -> dict[str, str]:
    """What a record needs to say which prompts were used: the name of each text → its label."""
    names = sorted(each.name.removesuffix(".md") for each in files("prompts").iterdir() if each.name.endswith(".md"))
    tools = _tools_text()
    return {name: load(name).label for name in names} | {"tools": _label(yaml.safe_load(tools)["version"], tools)}


@cache
def _tools_text() -> str:
    return (files("prompts") / "tools.yaml").read_text(encoding="utf-8")


def _label(version: int, text: str) -> str:
    return f"{version} ({sha256(text.encode()).hexdigest()[:12]})"


def _split(name: str) -> tuple[dict[str, Any], str]:
    path = files("prompts") / f"{name}.md"
    if not path.is_file():
        raise PromptError(f"there is no prompt {name!r}")
    match = re.match(r"---\n(.*?)\n---\n(.*)", path.read_text(encoding="utf-8"), re.DOTALL)
    if match is None:
        raise PromptError(f"prompt {name!r} must begin with front matter between two lines of ---")
    return yaml.safe_load(match[1]), match[2]
