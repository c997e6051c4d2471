"""What the rules of the grammar find in a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool to call. instead: what is asked for after this `refusal`, the code and the field of an error."""

    tool: str
    args: Mapping[str, Any] = field(default_factory=dict)
    refusal: tuple[str, str] = ("", "")
    instead: tuple["Request", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Say:
    """Something to say without calling a tool."""

    text: str


Request = Call | Say


def call(tool: str, /, **args: Any) -> list[Request]:
    """One call, without the arguments that are empty."""
    return [Call(tool=tool, args={name: value for name, value in args.items() if value not in ("", None, [])})]
