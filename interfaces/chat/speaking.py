"""How a reply comes to the screen: piece by piece on a terminal, as plain text in a pipe."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from interfaces.output import clean, put

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from agent.invoke import Delta, ToolCall, Turn


def speak(pieces: "Iterator[Delta | ToolCall | Turn]", indent: int = 0) -> "Turn":
    """Show a reply while it comes; the turn that it was. indent: columns to keep free on the left of a terminal."""
    if sys.stdout.isatty():
        return _show(pieces, indent)
    turn = _last(pieces)
    put(turn.reply)
    return turn


def _last(pieces: "Iterator[Delta | ToolCall | Turn]") -> "Turn":
    from agent.invoke import Turn

    for piece in pieces:
        if isinstance(piece, Turn):
            return piece
    raise RuntimeError("a reply ended without its turn")


def _show(pieces: "Iterator[Delta | ToolCall | Turn]", indent: int) -> "Turn":
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner

    from agent.invoke import Delta, Turn
    from interfaces.chat.keyboard import interruptible, without_echo

    console = Console()
    waiting = Spinner("dots", style="dim")
    said = ""
    with (
        without_echo(),
        Live(_indented(waiting, indent), console=console, refresh_per_second=12, transient=True) as live,
        interruptible(lambda: live.update(_indented("Stopping…", indent))),
    ):
        for piece in pieces:
            if isinstance(piece, Turn):
                live.update(_indented("", indent))
                break
            if isinstance(piece, Delta):
                said += piece.text
                live.update(_indented(_tail(said, console), indent))
            else:
                said = ""
                live.update(_indented(waiting, indent))
        else:
            raise RuntimeError("a reply ended without its turn")
    show_markdown(console, piece.reply, indent)
    return piece


def show_markdown(console: "Console", text: str, indent: int = 0) -> None:
    """Markdown on a terminal."""
    from interfaces.markdown import rendered

    console.print(_indented(rendered(clean(text)), indent))


def _tail(text: str, console: "Console") -> "RenderableType":
    """As much of a growing reply as fits the screen; the whole of it is printed at its end."""
    from interfaces.markdown import rendered

    lines = clean(text).split("\n")
    return rendered("\n".join(lines[-max(console.height - 4, 1) :]))


def _indented(what: "RenderableType", indent: int) -> "RenderableType":
    from rich.padding import Padding

    return Padding(what, (0, 0, 0, indent))
