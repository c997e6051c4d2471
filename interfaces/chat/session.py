"""A conversation in a terminal: replies stream, reminders appear by themselves, typing goes on undisturbed."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from croncierge.errors import CronciergeError
from interfaces.chat import commands
from interfaces.chat.postman import Postman
from interfaces.chat.screen import Screen
from interfaces.chat.speaking import show_markdown, speak
from interfaces.chat.thread import Thread
from interfaces.output import clean

if TYPE_CHECKING:
    from agent.invoke import Delta, ToolCall, Turn
    from interfaces.wiring import App

_PROMPT = "you> "
_INDENT = len(_PROMPT)
_VIA = "chat"
_HELLO = "Say what to do and when, in your own words. /help shows more, Ctrl-D leaves."


class Session:
    """One person at one terminal, with the runtime in the same process. zone: an IANA name, or the person's own."""

    def __init__(self, app: "App", thread: Thread, zone: str | None) -> None:
        self._app = app
        self._thread = thread
        self._zone = zone
        self._console = Console()
        self._screen = Screen(_PROMPT, app.settings.history_file)
        self._postman = Postman(app, self._arrived)
        self._working = threading.Event()
        self._ready = threading.Event()
        self._trouble: Exception | None = None

    def hold(self) -> None:
        """Talk until the person leaves. Raises what the database or the model complains of."""
        self._say(_HELLO, style="dim")
        threading.Thread(target=self._get_ready, name="get-ready", daemon=True).start()
        try:
            with suppress(KeyboardInterrupt):  # between two lines it is no key of the prompt
                self._talk()
        finally:
            self._leave()

    def _get_ready(self) -> None:
        """What takes a while goes on behind the prompt: first what keeps the promises, then what talks."""
        try:
            self._app.context(_VIA).preferences  # noqa: B018  (who may not talk is told so at once)
            self._app.runtime.subscribe(self._postman.call)
            self._app.run()
            self._postman.start()
            self._postman.call()
            self._working.set()
            self._app.assistant  # noqa: B018
        except Exception as error:  # ends the conversation, in the thread that holds it
            self._trouble = error
            self._screen.give_up(error)
        self._working.set()
        self._ready.set()

    def _talk(self) -> None:
        interrupted = False
        while True:
            try:
                line = self._screen.read()
                interrupted = False
                if line.strip():
                    self._answer(line)
            except KeyboardInterrupt:
                if interrupted:
                    return
                interrupted = True
                self._say("Ctrl-C again leaves; so does Ctrl-D.", style="dim")
            except (EOFError, commands.Leave):
                return

    def _answer(self, line: str) -> None:
        try:
            self._wait(self._working)
            told = commands.answer(line, self._app, self._thread)
            if told is None:
                speak(self._pieces(line), _INDENT)
            else:
                show_markdown(self._console, told, _INDENT)
        except KeyboardInterrupt:
            self._say("Stopped.", style="dim")
        except CronciergeError as error:
            if error is self._trouble:
                raise
            self._say(error.message, style="red")

    def _pieces(self, line: str) -> "Iterator[Delta | ToolCall | Turn]":
        self._wait(self._ready)
        yield from self._app.assistant.stream(line, self._app.user_id, self._thread.name, via=_VIA, zone=self._zone)

    def _wait(self, event: threading.Event) -> None:
        event.wait()
        if self._trouble is not None:
            raise self._trouble

    def _arrived(self, lines: list[str]) -> bool:
        return self._screen.show(lambda: self._say("\n".join(lines), bell=True))

    def _say(self, text: str, *, style: str = "", bell: bool = False) -> None:
        self._console.print(Padding(Text(clean(text), style=style), (0, 0, 0, _INDENT)))
        if bell:
            self._console.bell()

    def _leave(self) -> None:
        with suppress(KeyboardInterrupt):
            self._working.wait()
            if self._trouble is not None:
                return
            self._postman.leave()
            self._screen.close()
            self._app.runtime.stop()
            self._say(goodbye(self._app), style="dim")


def goodbye(app: "App") -> str:
    """What becomes of the person's tasks now."""
    from store.operations import list_tasks

    due = [task for task in list_tasks(app.store, app.actor(_VIA), active=True) if task.next_run_at]
    if not due:
        return "Bye."
    if app.doorbell.anybody():
        return "Bye. Your reminders go on: another Croncierge is running."
    tasks = "Your reminder is kept, but waits" if len(due) == 1 else f"Your {len(due)} reminders are kept, but wait"
    return f"Bye. {tasks} until you come back, or until `croncierge serve` runs."
