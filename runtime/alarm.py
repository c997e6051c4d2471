"""The alarm clock: APScheduler wakes us at one moment."""

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler


class Alarm:
    """Calls `ring`, from a thread of its own, at the moment that was `set`."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": DebugExecutor()},  # in the scheduler's own thread: to ring takes no time
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._moment: datetime | None = None

    def start(self) -> None:
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

    def clock_changed(self) -> None:
        """How long to wait was reckoned with a clock that has changed since: reckon again."""
        self._scheduler.wakeup()

    def _due(self) -> None:
        self._moment = None
        self._ring()
