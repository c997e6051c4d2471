"""The runtime: wakes when something is due, claims it, has it executed and records how it went.

One thread, the dispatcher, claims and supervises; other threads execute; finished runs are recorded in batches by the
dispatcher. APScheduler is the alarm clock: one alarm for the earliest moment at which anything is due. Between alarms
nothing runs but a look at the clock every few seconds, without the database, which notices that the machine slept or
that its clock was changed: a thread that waits notices neither.
"""

import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from croncierge.errors import Unavailable
from runtime.alarm import Alarm
from runtime.conditions import Check, executed_if, never
from runtime.doorbell import Doorbell
from runtime.executors import execute
from runtime.runlogs import RunLog, RunLogs
from runtime.workers import Attempt, Workers
from store.operations.claims import Claimed, claim_due, held_runs, next_wakeup, renew_leases
from store.operations.heartbeats import EVERY, beat, end_beat
from store.operations.runs import Outcome, finish_runs, recover_runs, wake_runs
from store.session import Store
from tools.connectors.executor import Control, Executor

_log = logging.getLogger("croncierge.runtime")

LEASE_SECONDS = 15.0
_RENEW_EVERY = LEASE_SECONDS / 3
_LONGEST_PAUSE = 5.0  # seconds between tries while the database cannot be reached
_LOOK_EVERY = 5.0  # seconds between looks at the clock
_RECORD_AFTER = 0.05  # seconds between looks at what is due while no thread is free for it
_LOOK_ANYWAY = 1.0  # seconds, for what is not news, however much news there is
_JUMP = timedelta(seconds=0.5)
_LEAD = timedelta(milliseconds=2)  # what is due is claimed this long before, and begins at its moment
_CALM = 0.002  # seconds without news before what is not news is seen to: a chain goes on faster than that
_MOST_AHEAD = 256
_AHEAD_SECONDS = 0.02  # of quick work is claimed before a thread is free for it, so that one commit serves many


class Runtime:
    """Runs what is due on one store. `start` and `stop` it, or `tick` it by hand.

    workers: how many runs execute at the same time; per_user: how many of one owner. check: whether the condition of a
    run's task holds. logs: where long logs go. The store's `changed` should call `wake` and ring the doorbell.
    """

    def __init__(
        self,
        store: Store,
        executors: Mapping[str, Executor],
        doorbell: Doorbell,
        *,
        workers: int = 8,
        per_user: int | None = None,
        check: Check = never,
        logs: RunLogs = RunLogs("memory://runs"),
    ) -> None:
        self._store = store
        self._executors = executors
        self._check = check
        self._logs = logs
        self._doorbell = doorbell
        self._workers = workers
        self._per_user = per_user
        self._usual_seconds: float | None = None
        self._something_due = True
        self._inbox: queue.SimpleQueue[tuple[Attempt, Outcome] | None] = queue.SimpleQueue()
        self._running: dict[int, Attempt] = {}
        self._listeners: list[Callable[[], None]] = []
        self._alarm = Alarm(self.wake)
        self._pool: Workers | None = None
        self._dispatcher: threading.Thread | None = None
        self._stopping = threading.Event()
        self._claimed = store.clock.now()
        self._renewed = self._looked = self._recorded = time.monotonic()
        self._due_at: datetime | None = None
        self._beaten: float | None = None
        self._clock_offset = self._wall_against_monotonic()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener`, from a thread of ours, whenever runs have ended or another process has rung."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to work; returns at once. What died with an earlier process is recovered first."""
        self._stopping.clear()
        self._pool = Workers(
            self._workers,
            self._execute,
            lambda attempt, outcome: self._inbox.put((attempt, _logged(outcome, attempt.log))),
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
        with suppress(Unavailable):
            end_beat(self._store, self._doorbell.name)
        self._alarm.stop()
        self._doorbell.close()
        self._pool.stop()
        self._dispatcher = self._pool = None

    def tick(self) -> int:
        """Do all that is due now, in this thread, chains included; how many runs were executed."""
        self._recover()
        executed, outcomes = 0, list[tuple[int, Outcome]]()
        while claimed := claim_due(self._store, self._doorbell.name, self._workers, LEASE_SECONDS, outcomes):
            outcomes = []
            for run in claimed:
                log = self._logs.open(run)
                outcomes.append((run.run_id, _logged(self._execute(run, Control(log=log.write)), log)))
            executed += len(claimed)
        return executed

    def _execute(self, run: Claimed, control: Control) -> Outcome:
        return executed_if(self._check, partial(execute, self._executors), run, control)

    # --- the dispatcher's thread -------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        pause = 0.1
        finished: list[tuple[Attempt, Outcome]] = []
        unseen = False  # what is not news waits to be seen to
        while True:
            news = self._collect(_CALM if unseen else _LOOK_EVERY)
            self._beat()
            if news is None and not unseen:
                continue
            finished += news or []
            try:
                if news is not None:
                    self._work(finished)
                    finished, pause, unseen = [], 0.1, True
                if news is None or time.monotonic() - self._looked >= _LOOK_ANYWAY:
                    self._look_around()
                    unseen = False
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

    def _beat(self) -> None:
        """Say now and then that this process is well."""
        now = time.monotonic()
        if self._beaten is None or now - self._beaten >= EVERY.total_seconds():
            self._beaten = now
            try:
                beat(self._store, self._doorbell.name, socket.gethostname(), os.getpid())
            except Unavailable as error:  # the next one will do
                _log.warning("The runtime could not say that it is well: %s", error)

    def _collect(self, timeout: float) -> list[tuple[Attempt, Outcome]] | None:
        """Wait for news, then take all that there is; None when there is none but the time that has passed."""
        finished = []
        try:
            news = self._inbox.get(timeout=timeout)
        except queue.Empty:
            if not self._clock_jumped():
                return None
            news = None
        else:
            self._clock_jumped()  # it may jump back before there is nothing new
        while True:
            if news is not None:
                finished.append(news)
            else:
                self._something_due = True
            try:
                news = self._inbox.get_nowait()
            except queue.Empty:
                return finished

    def _work(self, finished: list[tuple[Attempt, Outcome]]) -> None:
        """Record what has ended and start what is due, in one transaction."""
        now, lease = self._store.clock.now(), time.monotonic() + LEASE_SECONDS
        self._claimed = now
        outcomes, late = self._ended(finished)
        name = self._doorbell.name
        soon = self._due_at if self._due_at is not None and now < self._due_at <= now + _LEAD else None
        claimed: list[Claimed] = []
        free, ahead = self._room(len(self._running) - len(outcomes))
        room, look = free + ahead, self._something_due
        if room == 0:  # what is due is recorded, but not so soon that it is written twice if it can start in a moment
            look = look and time.monotonic() - self._recorded >= _RECORD_AFTER
        if self._stopping.is_set():
            if outcomes:
                finish_runs(self._store, name, outcomes)
        elif outcomes or room or look:
            claimed = claim_due(
                self._store, name, free, LEASE_SECONDS, outcomes,
                ahead=ahead, per_user=self._per_user, look=look, at=soon,
            )  # fmt: skip
            if look:
                self._recorded = time.monotonic()
            if room or look:
                self._something_due = 0 < room <= len(claimed)  # then there may be more
        for run_id, _ in outcomes:
            del self._running[run_id]
        if soon is not None and claimed:
            time.sleep(max(0.0, (soon - self._store.clock.now()).total_seconds()))
        pool = self._pool
        if pool is None:
            raise RuntimeError("the runtime was not started")
        for attempt in late:
            pool.give_up(attempt)
        for run in claimed:
            deadline = time.monotonic() + run.timeout_seconds
            log = self._logs.open(run)
            attempt = Attempt(run=run, control=Control(log=log.write), log=log, deadline=deadline, lease=lease)
            if (lost := self._running.get(run.run_id)) is not None:  # others took it over, and it came back to us
                pool.give_up(lost)
            self._running[run.run_id] = attempt
            pool.submit(attempt)
        if outcomes:
            self._tell_listeners()

    def _ended(self, finished: list[tuple[Attempt, Outcome]]) -> tuple[list[tuple[int, Outcome]], list[Attempt]]:
        """How what we wait for went, and which of it takes too long, which is an outcome, too."""
        outcomes = {}
        for attempt, outcome in finished:
            # Not one that was given up and is tried again.
            if self._running.get(attempt.run.run_id) is attempt:
                outcomes[attempt.run.run_id] = outcome
                usual = self._usual_seconds
                self._usual_seconds = attempt.seconds if usual is None else 0.9 * usual + 0.1 * attempt.seconds
        late, now = [], time.monotonic()
        for run_id, attempt in self._running.items():
            if attempt.deadline <= now and run_id not in outcomes:
                seconds = attempt.run.timeout_seconds
                if attempt.begun:
                    late.append(attempt)
                    outcomes[run_id] = _logged(Outcome(error=f"it took longer than {seconds:g} seconds"), attempt.log)
                else:
                    attempt.deadline = now + seconds
        return list(outcomes.items()), late

    def _room(self, running: int) -> tuple[int, int]:
        """How many runs can be executed at once, and how many more to claim ahead."""
        free, ahead = self._workers - running, 0
        if self._usual_seconds is not None:
            ahead = min(_MOST_AHEAD, int(self._workers * _AHEAD_SECONDS / max(self._usual_seconds, 1e-6)))
        return max(free, 0), max(0, ahead + min(free, 0))

    def _look_around(self) -> None:
        """See to what is not news: leases, runs that were called off or whose process is gone, and the alarm."""
        self._looked = time.monotonic()
        renews = bool(self._running) and self._looked - self._renewed >= _RENEW_EVERY
        if renews:
            renew_leases(self._store, self._doorbell.name, LEASE_SECONDS)
            self._renewed = self._looked
        if self._recover():
            self._inbox.put(None)
        if renews:
            for attempt in self._running.values():  # what others took over is no longer among them
                attempt.lease = self._looked + LEASE_SECONDS
        if not self._stopping.is_set():
            self._alarm.set(self._next_look())

    def _recover(self) -> int:
        """Take over from processes on this machine that are gone, and from any whose lease has ended."""
        held = held_runs(self._store, self._doorbell.name, lambda worker: self._doorbell.is_alive(worker) is False)
        for run_id in [each for each in self._running if each not in held.mine]:
            attempt = self._running.pop(run_id)  # somebody cancelled it, or took it for dead
            if self._pool is not None:
                self._pool.give_up(attempt)
        rested = wake_runs(self._store, held.rested) if held.rested else 0
        # What is ours by the record, but not by our own reckoning, was claimed when something failed just then.
        forgotten = [(run_id, self._doorbell.name) for run_id in held.mine if run_id not in self._running]
        abandoned = [each for each in held.abandoned if each[0] not in held.mine]
        return rested + recover_runs(self._store, [*forgotten, *abandoned])

    def _next_look(self) -> datetime | None:
        self._due_at = next_wakeup(self._store, self._claimed)
        moments = [] if self._due_at is None else [self._due_at - _LEAD]
        if self._something_due and moments:
            moments = [max(*moments, self._store.clock.now() + timedelta(seconds=_RECORD_AFTER))]
        if self._running:
            first = min(self._renewed + _RENEW_EVERY, *(each.deadline for each in self._running.values()))
            moments.append(self._store.clock.now() + timedelta(seconds=first - time.monotonic()))
        return min(moments, default=None)

    def _clock_jumped(self) -> bool:
        offset = self._wall_against_monotonic()
        if abs(offset - self._clock_offset) <= _JUMP:
            return False
        self._clock_offset = offset
        self._renewed = time.monotonic() - _RENEW_EVERY  # the leases were reckoned with the other clock
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


def _logged(outcome: Outcome, log: RunLog) -> Outcome:
    """The outcome with what was written meanwhile."""
    text, place = log.close()
    return replace(outcome, log=outcome.log + text, log_ref=place) if text else outcome
