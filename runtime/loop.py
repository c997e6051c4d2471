"""The runtime: wakes when something is due, claims it, has it executed and records how it went.

One thread, the dispatcher, claims and supervises; other threads execute; finished runs are recorded in batches by the
dispatcher. APScheduler is the alarm clock: one alarm for the earliest moment at which anything is due. Between alarms
nothing runs but a look at the clock every few seconds, without the database, which notices that the machine slept or
that its clock was changed: a thread that waits notices neither.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from croncierge.errors import Unavailable
from runtime.alarm import Alarm
from runtime.doorbell import Doorbell
from runtime.executors import execute
from runtime.workers import Workers
from store.operations.claims import Claimed, abandoned, claim_due, next_wakeup, renew_leases
from store.operations.runs import Outcome, finish_runs, recover_runs
from store.session import Store
from tools.connectors.executor import Control, Executor

_log = logging.getLogger("croncierge.runtime")

LEASE_SECONDS = 15.0
_RENEW_AFTER = timedelta(seconds=LEASE_SECONDS / 3)
_LONGEST_PAUSE = 5.0  # seconds between tries while the database cannot be reached
_LOOK_EVERY = 5.0  # seconds between looks at the clock
_LOOK_ANYWAY = timedelta(seconds=1)  # for what is not news, however much news there is
_JUMP = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class _Running:
    """An attempt that is being executed. deadline: when it has taken too long."""

    run: Claimed
    control: Control
    deadline: datetime


class Runtime:
    """Runs what is due on one store. `start` and `stop` it, or `tick` it by hand.

    workers: how many runs execute at the same time. The store's `changed` should call `wake` and ring the doorbell.
    """

    def __init__(
        self, store: Store, executors: Mapping[str, Executor], doorbell: Doorbell, *, workers: int = 8
    ) -> None:
        self._store = store
        self._executors = executors
        self._doorbell = doorbell
        self._workers = workers
        self._inbox: queue.SimpleQueue[tuple[Claimed, Outcome] | None] = queue.SimpleQueue()
        self._running: dict[int, _Running] = {}
        self._listeners: list[Callable[[], None]] = []
        self._alarm = Alarm(self.wake)
        self._pool: Workers | None = None
        self._dispatcher: threading.Thread | None = None
        self._stopping = threading.Event()
        self._renewed = self._looked = store.clock.now()
        self._clock_offset = self._wall_against_monotonic()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener`, from a thread of ours, whenever runs have ended or another process has rung."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to work; returns at once. What died with an earlier process is recovered first."""
        self._stopping.clear()
        self._pool = Workers(
            self._workers,
            lambda run, control: execute(self._executors, run, control),
            lambda run, outcome: self._inbox.put((run, outcome)),
        )
        self._doorbell.listen(self._rung)
        self._alarm.start()
        self._dispatcher = threading.Thread(target=self._dispatch, name="dispatcher", daemon=True)
        self._dispatcher.start()
        self.wake()

    def wake(self) -> None:
        """Look for due work now. Cheap, and safe from any thread."""
        if threading.current_thread() is not self._dispatcher:  # which looks after whatever it does anyway
            self._inbox.put(None)

    def stop(self, drain_seconds: float = 25.0) -> None:
        """Claim nothing more, wait for what runs, and let go. Runs that outlast the wait are recovered by others."""
        if self._dispatcher is None or self._pool is None:
            return
        self._stopping.set()
        self.wake()
        self._dispatcher.join(drain_seconds)
        self._alarm.stop()
        self._doorbell.close()
        self._pool.stop()
        self._dispatcher = self._pool = None

    def tick(self) -> int:
        """Do all that is due now, in this thread, chains included; how many runs were executed."""
        self._recover()
        executed = 0
        while claimed := claim_due(self._store, self._doorbell.name, self._workers, LEASE_SECONDS):
            outcomes = [(run.run_id, execute(self._executors, run, _control())) for run in claimed]
            finish_runs(self._store, self._doorbell.name, outcomes)
            executed += len(claimed)
        return executed

    # --- the dispatcher's thread -------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        pause = 0.1
        finished: list[tuple[Claimed, Outcome]] = []
        while True:
            news = self._collect()
            if news is None:
                continue
            finished += news
            try:
                self._step(finished)
                finished, pause = [], 0.1
            except Exception as error:  # whatever it is, the next try may succeed, and nobody else would make it
                _log.warning(
                    "The runtime could not work, and tries again in %.1f s: %s",
                    pause,
                    error,
                    exc_info=None if isinstance(error, Unavailable) else error,
                )
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                self._inbox.put(None)
            if self._stopping.is_set() and not self._running:
                return

    def _collect(self) -> list[tuple[Claimed, Outcome]] | None:
        """Wait for news, then take all that there is; None when there is none but the time that has passed."""
        finished = []
        try:
            news = self._inbox.get(timeout=_LOOK_EVERY)
        except queue.Empty:
            return [] if self._clock_jumped() else None
        while True:
            if news is not None:
                finished.append(news)
            try:
                news = self._inbox.get_nowait()
            except queue.Empty:
                return finished

    def _step(self, finished: list[tuple[Claimed, Outcome]]) -> None:
        now = self._store.clock.now()
        if self._running and now - self._renewed >= _RENEW_AFTER:
            renew_leases(self._store, self._doorbell.name, LEASE_SECONDS)
            self._renewed = now
        self._finish(finished, now)
        if self._stopping.is_set():
            return
        self._claim()
        if self._inbox.empty() or abs(now - self._looked) >= _LOOK_ANYWAY:
            self._looked = now
            if self._recover():
                self._claim()
            self._alarm.set(self._next_look(now))

    def _finish(self, finished: list[tuple[Claimed, Outcome]], now: datetime) -> None:
        """Record what has ended, and what takes too long as failed."""
        ended = {run.run_id: (run, outcome) for run, outcome in finished if self._is_running(run)}
        late = [each for run_id, each in self._running.items() if each.deadline <= now and run_id not in ended]
        for each in late:
            error = f"it took longer than {each.run.timeout_seconds:g} seconds"
            ended[each.run.run_id] = (each.run, Outcome(error=error))
        if not ended:
            return
        outcomes = [(run_id, outcome) for run_id, (_, outcome) in ended.items()]
        finish_runs(self._store, self._doorbell.name, outcomes)
        for run_id in ended:
            del self._running[run_id]
        if self._pool is not None:
            for each in late:
                self._pool.give_up(each.control)
        self._tell_listeners()

    def _is_running(self, run: Claimed) -> bool:
        """Whether this attempt is the one that we wait for, not one that was given up and tried again."""
        return run.run_id in self._running and self._running[run.run_id].run is run

    def _claim(self) -> None:
        """Claim what there is room for. With no room, too: what is due gets its run at its time."""
        free = self._workers - len(self._running)
        claimed = claim_due(self._store, self._doorbell.name, free, LEASE_SECONDS)
        now = self._store.clock.now()
        for run in claimed:
            control = _control()
            deadline = now + timedelta(seconds=run.timeout_seconds)
            self._running[run.run_id] = _Running(run=run, control=control, deadline=deadline)
            if self._pool is not None:
                self._pool.submit(run, control)

    def _recover(self) -> int:
        """Take over from processes on this machine that are gone, and from any whose lease has ended."""
        lost = abandoned(self._store, lambda worker: self._doorbell.is_alive(worker) is False)
        return recover_runs(self._store, [each for each in lost if each[0] not in self._running])

    def _next_look(self, after: datetime) -> datetime | None:
        moments = [next_wakeup(self._store, after), *(each.deadline for each in self._running.values())]
        if self._running:
            moments.append(self._renewed + _RENEW_AFTER)
        return min((moment for moment in moments if moment is not None), default=None)

    def _clock_jumped(self) -> bool:
        offset = self._wall_against_monotonic()
        if abs(offset - self._clock_offset) <= _JUMP:
            return False
        self._clock_offset = offset
        self._alarm.clock_changed()
        return True

    def _wall_against_monotonic(self) -> timedelta:
        return self._store.clock.now() - datetime.fromtimestamp(time.monotonic(), UTC)

    def _rung(self) -> None:
        self.wake()
        self._tell_listeners()

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception:
                _log.exception("a listener failed")


def _control() -> Control:
    return Control(log=lambda _piece: None)
