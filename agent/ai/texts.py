"""What a model is told of AI runs and their tools, and which versions of those texts there are."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

import yaml

from prompts import load


def described(name: str) -> str:
    """What a tool is for, as `prompts/ai_tools.yaml` has it."""
    return _texts().get(name, f"Carry out {name}.")


def versions_of(prompt: str) -> dict[str, str]:
    """The labels of that prompt and of the texts of the tools, for the record of a run."""
    text = _file()
    return {
        prompt: load(prompt).label,
        "ai_tools": f"{yaml.safe_load(text)['version']} ({sha256(text.encode()).hexdigest()[:12]})",
    }


@cache
def _texts() -> Mapping[str, str]:
    tools: Mapping[str, str] = yaml.safe_load(_file())["tools"]
    return tools


@cache
def _file() -> str:
    return (files("prompts") / "ai_tools.yaml").read_text(encoding="utf-8")
