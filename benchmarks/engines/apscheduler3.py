"""APScheduler 3 with its SQLAlchemy job store on SQLite in WAL mode."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks.engines import Action
from croncierge.clock import SystemClock

_CLOCK = SystemClock()
_CURRENT: "list[Engine]" = []  # jobs are found by the name of their function, so the latest engine performs them


class Engine:
    """Its background scheduler with eight threads; nothing is dropped for being late."""

    def __init__(self, folder: Path) -> None:
        _CURRENT[:] = [self]
        url = f"sqlite:///{folder / 'apscheduler.db'}"
        jobs = SQLAlchemyJobStore(engine=sa.create_engine(url, connect_args={"check_same_thread": False}))
        sa.event.listen(jobs.engine, "connect", _in_wal_mode)
        self._scheduler = BackgroundScheduler(
            jobstores={"default": jobs},
            executors={"default": ThreadPoolExecutor(8)},
            job_defaults={"misfire_grace_time": None},
            timezone=UTC,
        )
        self._length = 0
        self.action: Action = lambda _number: None

    def store(self, due: Sequence[datetime]) -> None:
        self._write_down()
        for number, moment in enumerate(due):
            self._scheduler.add_job(_perform, "date", run_date=moment, args=[number])

    def create(self, due: datetime) -> None:
        self._write_down()
        self._scheduler.add_job(_perform, "date", run_date=due, args=[0])

    def chain(self, length: int) -> None:
        self._length = length
        self._write_down()
        self._scheduler.add_job(_perform, "date", run_date=_CLOCK.now(), args=[0])

    def start(self, action: Action) -> None:
        self.action = action
        self._write_down()
        self._scheduler.resume()

    def settled(self, _jobs: int) -> bool:
        return not self._scheduler.get_jobs()

    def _write_down(self) -> None:
        """Jobs that are added before the start are kept in memory, so it is started, but not let go."""
        if not self._scheduler.running:
            self._scheduler.start(paused=True)

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown()

    def perform(self, number: int) -> None:
        self.action(number)
        if number + 1 < self._length:
            self._scheduler.add_job(_perform, "date", run_date=_CLOCK.now(), args=[number + 1])


def _perform(number: int) -> None:
    _CURRENT[0].perform(number)


def _in_wal_mode(connection: sa.PoolProxiedConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()
