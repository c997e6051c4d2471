"""`serve`: the runtime in the foreground."""

import os
import signal
import socket
import threading
from types import FrameType
from typing import TYPE_CHECKING

from interfaces.cli.options import Common
from interfaces.output import put, put_json

if TYPE_CHECKING:
    from interfaces.wiring import App
    from store.values import RunInfo

_VIA = "serve"
_LATEST = 200


def serve(common: Common) -> None:
    """Make everything happen on time, until Ctrl-C.

    What is running then is finished first; a second Ctrl-C does not wait for that.

    \b
    croncierge serve
    croncierge serve --json >> runs.jsonl
    """
    with common.app() as app:
        asked_to_stop = _asked_to_stop()
        reporter = _Reporter(app, common.as_json)
        app.runtime.subscribe(reporter.call)
        app.run()
        if not common.as_json:
            put("Running. Ctrl-C stops.")
        reporter.start()
        asked_to_stop.recv(1)
        app.runtime.stop()
        reporter.finish()


def _asked_to_stop() -> socket.socket:
    """Has a byte to read when a first signal has come; a second one ends the program at once.

    A thread that waits on a lock can sleep through a signal that comes in the moment before; this it cannot miss.
    """
    listening, telling = socket.socketpair()
    asked = False

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(128 + number)
        asked = True

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)
    telling.setblocking(False)
    signal.set_wakeup_fd(telling.detach())
    return listening


class _Reporter(threading.Thread):
    """Prints each run of the person's tasks that has ended, once; waits without polling."""

    def __init__(self, app: "App", as_json: bool) -> None:
        super().__init__(name="reporter", daemon=True)
        self._app = app
        self._as_json = as_json
        self._call = threading.Event()
        self._finishing = False
        self._told = {run.id for run in self._ended()}

    def call(self) -> None:
        self._call.set()

    def finish(self) -> None:
        """Report what is left."""
        self._finishing = True
        self._call.set()
        self.join()

    def run(self) -> None:
        finishing = False
        while not finishing and self._call.wait():
            self._call.clear()
            finishing = self._finishing
            for run in self._ended():
                if run.id not in self._told:
                    self._told.add(run.id)
                    self._report(run)

    def _ended(self) -> "list[RunInfo]":
        from store.operations import list_runs
        from store.status import ENDED

        found = list_runs(self._app.store, self._app.actor(_VIA), limit=_LATEST)
        return [run for run in reversed(found) if run.status in ENDED]

    def _report(self, run: "RunInfo") -> None:
        from schedules.describe import describe_moment
        from tools.views import run_view

        zone = self._app.context(_VIA).preferences.zone
        if self._as_json:
            put_json(run_view(run, zone))
            return
        when = describe_moment(run.end_time or run.scheduled_time, zone, self._app.clock.now())
        why = run.error_message or run.reason
        put(f"{when}  {run.status.value}  {run.title}{f' ({why})' if why else ''}")
