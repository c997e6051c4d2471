"""The alarm clock: APScheduler wakes us at one moment, and when the machine's clock is no longer what it was."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from croncierge.clock import Clock

_LOOK_EVERY = 5  # seconds; a waiting thread does not notice that the machine slept
_JUMP = timedelta(seconds=2)


class Alarm:
    """Calls `ring` at the moment that was `set`, and whenever the wall clock jumped."""

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._moment: datetime | None = None
        self._offset = self._wall_against_monotonic()

    def start(self) -> None:
        self._scheduler.add_job(self._look, "interval", seconds=_LOOK_EVERY, id="look")
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def set(self, moment: datetime | None) -> None:
        """Ring at `moment` (aware), instead of whatever was set before; None rings no more."""
        if moment == self._moment:
            return
        self._moment = moment
        if moment is not None:
            self._scheduler.add_job(self._due, "date", run_date=moment, id="due", replace_existing=True)
        elif self._scheduler.get_job("due"):
            self._scheduler.remove_job("due")

    def _due(self) -> None:
        self._moment = None
        self._ring()

    def _look(self) -> None:
        offset = self._wall_against_monotonic()
        if abs(offset - self._offset) > _JUMP:
            self._offset = offset
            self._ring()

    def _wall_against_monotonic(self) -> timedelta:
        return self._clock.now() - datetime.fromtimestamp(time.monotonic(), UTC)
