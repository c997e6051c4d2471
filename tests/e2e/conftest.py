"""The program as a person starts it: real processes, a real terminal, a home of their own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from croncierge.settings import load_settings

COMMAND = (sys.executable, "-m", "croncierge")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])")

Finished = subprocess.CompletedProcess[str]
Run = Callable[..., Finished]


@pytest.fixture
def run() -> Run:
    """Run a command to its end: `run("when", "tomorrow", stdin="…")`."""

    def call(*words: str, stdin: str = "", env: dict[str, str] | None = None) -> Finished:
        return subprocess.run(
            [*COMMAND, *words],
            input=stdin,
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            timeout=60,
            env={**os.environ, **(env or {})},
        )

    return call


class Terminal:
    """A person at a terminal, who types and looks."""

    def __init__(self, *words: str) -> None:

        environment = {**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm-256color", "TZ": "Europe/Berlin"}
        self.child = pexpect.spawn(
            COMMAND[0],
            [*COMMAND[1:], *words],
            encoding="utf-8",
            dimensions=(40, 120),
            timeout=30,
            env=environment,
        )

    def sees(self, text: str) -> str:
        """Wait until a text appears; what came before it, without colours."""
        self.child.expect(text)
        return plain(str(self.child.before))

    def types(self, line: str) -> None:
        self.child.send(f"{line}\r")

    def presses(self, letter: str) -> None:
        """A key together with Ctrl."""
        self.child.sendcontrol(letter)

    def ends(self) -> int:
        """Wait for the program to end; its exit code."""

        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus)


def plain(text: str) -> str:
    return _ESCAPES.sub("", text).replace("\r", "")


@pytest.fixture
def chat() -> Iterator[Callable[..., Terminal]]:
    """Start chats; those that are still there at the end are killed."""
    started: list[Terminal] = []

    def start(*words: str) -> Terminal:
        terminal = Terminal("chat", *words)
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.child.close(force=True)


@pytest.fixture
def database(a_home_of_its_own: Path) -> Path:
    """Where the person's database is, or will be."""

    return Path(load_settings().db.removeprefix("sqlite:///"))
