"""Threads that execute runs.

One that is stuck is written off and replaced: it holds up neither the others nor the exit.
"""

import queue
import threading
from collections.abc import Callable

from store.operations.claims import Claimed
from store.operations.runs import Outcome


class Workers:
    """`count` threads that execute what is submitted and report each outcome to `done`, from the thread that had it."""

    def __init__(
        self, count: int, execute: Callable[[Claimed], Outcome], done: Callable[[Claimed, Outcome], None]
    ) -> None:
        self._execute = execute
        self._done = done
        self._jobs: queue.SimpleQueue[Claimed | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._given_up: set[tuple[int, int]] = set()
        self._count = count
        for _ in range(count):
            self._add()

    def submit(self, run: Claimed) -> None:
        self._jobs.put(run)

    def give_up(self, run: Claimed) -> None:
        """Wait no longer for a run that was submitted; what it still brings is dropped."""
        with self._lock:
            self._given_up.add((run.run_id, run.attempt))
        self._add()

    def stop(self) -> None:
        """Let the threads end as soon as they are free."""
        for _ in range(self._count):
            self._jobs.put(None)

    def _add(self) -> None:
        # Daemons, since a stuck thread must not keep the process from ending.
        threading.Thread(target=self._work, name="run", daemon=True).start()

    def _work(self) -> None:
        while (run := self._jobs.get()) is not None:
            outcome = self._execute(run)
            with self._lock:
                written_off = (run.run_id, run.attempt) in self._given_up
                self._given_up.discard((run.run_id, run.attempt))
            if written_off:
                return  # another thread has taken its place
            self._done(run, outcome)
