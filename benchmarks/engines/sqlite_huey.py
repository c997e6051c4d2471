"""Huey on SQLite, with its consumer in this process."""

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Thread

from huey import SqliteHuey  # type: ignore[import-not-found,import-untyped,unused-ignore]

from benchmarks.engines import Action


class Engine:
    """Eight worker threads, and its scheduler looking every second, which is the most often it can."""

    def __init__(self, folder: Path) -> None:
        logging.getLogger("huey").setLevel(logging.ERROR)
        self._huey = SqliteHuey(filename=str(folder / "huey.db"), utc=True)
        self._consumer = self._huey.create_consumer(workers=8, scheduler_interval=1)
        self._length = 0
        self._action: Action = lambda _number: None
        self._task = self._huey.task()(self._perform)

    def store(self, due: Sequence[datetime]) -> None:
        for number, moment in enumerate(due):
            if moment <= min(due):
                self._task(number)
            else:
                self._task.schedule((number,), eta=moment)

    def create(self, due: datetime) -> None:
        self._task.schedule((0,), eta=due)

    def chain(self, length: int) -> None:
        self._length = length
        self._task(0)

    def start(self, action: Action) -> None:
        self._action = action
        self._consumer.start()

    def settled(self, _jobs: int) -> bool:
        return bool(self._huey.pending_count() == 0)

    def stop(self) -> None:
        Thread(target=self._consumer.stop, daemon=True).start()

    def _perform(self, number: int) -> None:
        self._action(number)
        if number + 1 < self._length:
            self._task(number + 1)
