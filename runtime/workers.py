"""Threads that execute runs.

One that is stuck is written off and replaced: it holds up neither the others nor the exit.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.runlogs import RunLog
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.executor import Control

_LOOK_EVERY = 0.01  # seconds between looks whether a lease that had ended was renewed


@dataclass(kw_only=True, eq=False)
class Attempt:
    """One try of a run. begun: a thread has it; seconds: how long it took.

    deadline: when it has taken too long, on the monotonic clock, which nobody sets and which rests while the machine
    sleeps. lease: until when nobody else may take the run over, on the same clock.
    """

    run: Claimed
    control: Control
    log: RunLog
    deadline: float
    lease: float
    begun: bool = False
    seconds: float = 0.0


class Workers:
    """`count` threads that execute what is submitted and report each outcome to `done`, from the thread that had it."""

    def __init__(
        self, count: int, execute: Callable[[Claimed, Control], Outcome], done: Callable[[Attempt, Outcome], None]
    ) -> None:
        self._execute = execute
        self._done = done
        self._jobs: queue.SimpleQueue[Attempt | None] = queue.SimpleQueue()
        self._count = count
        for _ in range(count):
            self._add()

    def submit(self, attempt: Attempt) -> None:
        self._jobs.put(attempt)

    def give_up(self, attempt: Attempt) -> None:
        """Wait no longer for an attempt, and tell it so; what it still brings is dropped."""
        attempt.control.cancelled.set()
        if attempt.begun:
            self._add()

    def stop(self) -> None:
        """Let the threads end as soon as they are free."""
        for _ in range(self._count):
            self._jobs.put(None)

    def _add(self) -> None:
        # Daemons, since a stuck thread must not keep the process from ending.
        threading.Thread(target=self._work, name="run", daemon=True).start()

    def _work(self) -> None:
        while (attempt := self._jobs.get()) is not None:
            if not _may_begin(attempt):
                continue
            attempt.begun, start = True, time.perf_counter()
            outcome = self._execute(attempt.run, attempt.control)
            attempt.seconds = time.perf_counter() - start
            if attempt.control.cancelled.is_set():
                return  # another thread has taken its place
            self._done(attempt, outcome)


def _may_begin(attempt: Attempt) -> bool:
    """Wait until the run is surely ours. A process that stood still may find that others took over what it claimed."""
    while time.monotonic() >= attempt.lease:
        if attempt.control.cancelled.wait(_LOOK_EVERY):
            break
    return not attempt.control.cancelled.is_set()
