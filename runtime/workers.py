"""Threads that execute runs.

One that is stuck is written off and replaced: it holds up neither the others nor the exit.
"""

import queue
import threading
from collections.abc import Callable

from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.executor import Control


class Workers:
    """`count` threads that execute what is submitted and report each outcome to `done`, from the thread that had it."""

    def __init__(
        self, count: int, execute: Callable[[Claimed, Control], Outcome], done: Callable[[Claimed, Outcome], None]
    ) -> None:
        self._execute = execute
        self._done = done
        self._jobs: queue.SimpleQueue[tuple[Claimed, Control] | None] = queue.SimpleQueue()
        self._count = count
        for _ in range(count):
            self._add()

    def submit(self, run: Claimed, control: Control) -> None:
        self._jobs.put((run, control))

    def give_up(self, control: Control) -> None:
        """Wait no longer for what was submitted with this control, and tell it so; what it still brings is dropped."""
        control.cancelled.set()
        self._add()

    def stop(self) -> None:
        """Let the threads end as soon as they are free."""
        for _ in range(self._count):
            self._jobs.put(None)

    def _add(self) -> None:
        # Daemons, since a stuck thread must not keep the process from ending.
        threading.Thread(target=self._work, name="run", daemon=True).start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            run, control = job
            outcome = self._execute(run, control)
            if control.cancelled.is_set():
                return  # another thread has taken its place
            self._done(run, outcome)
