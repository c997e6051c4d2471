"""What goes to the screen: text for people, JSON for programs."""

import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import typer

_PIPE_CLOSED = 141  # what a shell shows for a program that a closed pipe has ended
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """Text without the control characters that could move the cursor or recolour the screen."""
    return _UNSAFE.sub("", text)


def put(text: str) -> None:
    """A line on standard output, at once."""
    typer.echo(clean(text))


def note(text: str) -> None:
    """A line beside the answer, on standard error."""
    typer.echo(clean(text), err=True)


def put_json(value: Mapping[str, Any] | list[Any]) -> None:
    """One line of JSON on standard output, at once; instants as ISO 8601 has them."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_as_text))


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def put_markdown(text: str) -> None:
    """Markdown, rendered on a terminal and as it is in a pipe."""
    if not sys.stdout.isatty():
        put(text)
        return
    from rich.console import Console

    from interfaces.markdown import rendered

    Console().print(rendered(text))


def close_quietly() -> int:
    """Whoever read has gone; nothing may be flushed into the closed pipe on the way out. Gives the exit code."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _PIPE_CLOSED


def speak_utf8() -> None:
    """Read and write UTF-8 whatever the machine's locale says; what is not text must not stop a filter."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors=errors)
