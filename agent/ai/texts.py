"""What a model is told of the tools of AI runs."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


def described(name: str) -> str:
    """What a tool is for, as `prompts/ai_tools.yaml` has it."""
    return _texts().get(name, f"Carry out {name}.")


@cache
def _texts() -> Mapping[str, str]:
    tools: Mapping[str, str] = yaml.safe_load((files("prompts") / "ai_tools.yaml").read_text(encoding="utf-8"))["tools"]
    return tools
