"""The runtime: wakes when something is due, claims it, has it executed and records how it went.

One thread, the dispatcher, claims and supervises; a pool of threads executes; finished runs are recorded in batches by
the dispatcher. APScheduler is the alarm clock: one alarm for the earliest moment at which anything is due. Between
alarms nothing runs but a look at the clock every few seconds, without the database, which notices that the machine
slept or that its clock was changed.
"""

import logging
import queue
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from runtime.alarm import Alarm
from runtime.doorbell import Doorbell
from runtime.executors import Executor, execute
from store.operations.claims import Claimed, abandoned, claim_due, next_wakeup, renew_leases, working
from store.operations.runs import Outcome, finish_runs, recover_runs
from store.session import Store

_log = logging.getLogger("croncierge.runtime")

LEASE_SECONDS = 15.0
_RENEW_AFTER = timedelta(seconds=LEASE_SECONDS / 3)
_LONGEST_PAUSE = 5.0  # seconds between tries while the database cannot be reached


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
        self._running: dict[int, tuple[Claimed, datetime]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._alarm = Alarm(store.clock, self.wake)
        self._pool: ThreadPoolExecutor | None = None
        self._dispatcher: threading.Thread | None = None
        self._stopping = threading.Event()
        self._renewed = store.clock.now()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener`, from a thread of ours, whenever runs have ended or another process has rung."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to work; returns at once. What died with an earlier process is recovered first."""
        self._stopping.clear()
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="run")
        self._doorbell.listen(self._rung)
        self._alarm.start()
        self._dispatcher = threading.Thread(target=self._dispatch, name="dispatcher", daemon=True)
        self._dispatcher.start()
        self.wake()

    def wake(self) -> None:
        """Look for due work now. Cheap, and safe from any thread."""
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
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._dispatcher = self._pool = None

    def tick(self) -> int:
        """Do all that is due now, in this thread, chains included; how many runs were executed."""
        recover_runs(self._store, self._lost())
        executed = 0
        while claimed := claim_due(self._store, self._doorbell.name, self._workers, LEASE_SECONDS):
            outcomes = [(run.run_id, execute(self._executors, run)) for run in claimed]
            finish_runs(self._store, self._doorbell.name, outcomes)
            executed += len(claimed)
        return executed

    # --- the dispatcher's thread -------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        pause = 0.1
        while True:
            finished = self._collect()
            try:
                self._step(finished)
                pause = 0.1
            except Exception:  # whatever it is, the next try may succeed, and nobody else would make it
                _log.exception("the runtime could not work; it tries again in %.1f s", pause)
                for run, outcome in finished:
                    self._inbox.put((run, outcome))
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                self.wake()
            if self._stopping.is_set() and not self._running:
                return

    def _collect(self) -> list[tuple[Claimed, Outcome]]:
        """Wait for news, then take all that there is."""
        finished = []
        news = self._inbox.get()
        while True:
            if news is not None:
                finished.append(news)
            try:
                news = self._inbox.get_nowait()
            except queue.Empty:
                return finished

    def _step(self, finished: list[tuple[Claimed, Outcome]]) -> None:
        now = self._store.clock.now()
        finished += self._overdue(now, {run.run_id for run, _ in finished})
        if finished:
            finish_runs(self._store, self._doorbell.name, [(run.run_id, outcome) for run, outcome in finished])
            for run, _ in finished:
                self._running.pop(run.run_id, None)
            self._tell_listeners()
        if self._running and now - self._renewed >= _RENEW_AFTER:
            renew_leases(self._store, self._doorbell.name, LEASE_SECONDS)
            self._renewed = now
        if not self._stopping.is_set():
            recover_runs(self._store, self._lost())
            self._claim()
            self._alarm.set(self._next_look())

    def _claim(self) -> None:
        assert self._pool is not None
        while (free := self._workers - len(self._running)) > 0:
            claimed = claim_due(self._store, self._doorbell.name, free, LEASE_SECONDS)
            now = self._store.clock.now()
            for run in claimed:
                self._running[run.run_id] = (run, now + timedelta(seconds=run.timeout_seconds))
                self._pool.submit(self._execute, run)
            if len(claimed) < free:
                return

    def _execute(self, run: Claimed) -> None:
        self._inbox.put((run, execute(self._executors, run)))

    def _overdue(self, now: datetime, done: Collection[int]) -> list[tuple[Claimed, Outcome]]:
        """Runs that took too long; what their thread still brings is ignored, since they are no longer ours."""
        late = [run for run, deadline in self._running.values() if deadline <= now and run.run_id not in done]
        return [(run, Outcome(error=f"it took longer than {run.timeout_seconds:g} seconds")) for run in late]

    def _next_look(self) -> datetime | None:
        moments: list[Any] = [next_wakeup(self._store), *(deadline for _, deadline in self._running.values())]
        if self._running:
            moments.append(self._store.clock.now() + _RENEW_AFTER)
        return min((moment for moment in moments if moment is not None), default=None)

    def _lost(self) -> list[tuple[int, str]]:
        """Runs of processes on this machine that are gone, and of any whose lease has ended."""
        others = working(self._store) - {self._doorbell.name}
        dead = {name for name in others if self._doorbell.is_alive(name) is False}
        lost = abandoned(self._store, dead)
        return [(run_id, worker) for run_id, worker in lost if run_id not in self._running]

    def _rung(self) -> None:
        self.wake()
        self._tell_listeners()

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception:
                _log.exception("a listener failed")
