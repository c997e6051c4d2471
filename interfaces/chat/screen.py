"""The terminal of a conversation: a line to type in, and a way for others to say something above it."""

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

Draw = Callable[[], None]


class Screen:
    """Reads lines in the main thread; any other thread may draw above the line without disturbing the typing.

    history: the file that remembers what was typed; in memory only when its folder cannot be written.
    """

    def __init__(self, prompt: str, history: Path) -> None:
        self._prompt = FormattedText([("bold", prompt)])
        self._session: PromptSession[str] = PromptSession(
            history=_history(history),
            auto_suggest=AutoSuggestFromHistory(),
            key_bindings=_keys(),
            enable_suspend=True,
        )
        self._waiting: deque[tuple[Draw, threading.Event]] = deque()
        self._lock = threading.Lock()
        self._closed = False

    def read(self) -> str:
        """The next line. Raises KeyboardInterrupt for Ctrl-C on an empty line, EOFError for Ctrl-D on one."""
        self._draw_waiting()
        return self._session.prompt(self._prompt, pre_run=self._draw_above)

    def show(self, draw: Draw) -> bool:
        """Let `draw` print above the line, as soon as no reply is being printed; whether it did before the end.

        For every thread but the one that reads.
        """
        drawn = threading.Event()
        with self._lock:
            if self._closed:
                return False
            self._waiting.append((draw, drawn))
        loop = self._session.app.loop
        if self._session.app.is_running and loop is not None:
            loop.call_soon_threadsafe(self._draw_above)
        drawn.wait()
        return True

    def give_up(self, error: Exception) -> None:
        """Let `read` raise the error, if it is reading. For any thread."""
        loop = self._session.app.loop
        if self._session.app.is_running and loop is not None:
            loop.call_soon_threadsafe(lambda: self._session.app.exit(exception=error))

    def close(self) -> None:
        """Draw what is waiting; nothing more is drawn after that."""
        with self._lock:
            self._closed = True
        self._draw_waiting()

    def _draw_above(self) -> None:
        if self._waiting:
            run_in_terminal(self._draw_waiting)

    def _draw_waiting(self) -> None:
        while self._waiting:
            draw, drawn = self._waiting.popleft()
            draw()
            drawn.set()


def _history(file: Path) -> History:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("c-c")
    def clear_or_leave(event: KeyPressEvent) -> None:
        buffer: Any = event.current_buffer
        if buffer.text:
            buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt)

    return keys
