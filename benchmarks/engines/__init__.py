"""Schedulers that do the same jobs: this project, its peers, and the least that could be called one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

Action = Callable[[int], None]
"""What a job does; it is handed its number."""


class Engine(Protocol):
    """A scheduler whose jobs live in a folder of its own. Jobs have numbers, from 0 on; moments are aware UTC."""

    def __init__(self, folder: Path) -> None: ...

    def store(self, due: Sequence[datetime]) -> None:
        """Store a job for each moment, which may have passed, as fast as it can be done before `start`."""

    def create(self, due: datetime) -> None:
        """Store one job in the way that is meant for one."""

    def chain(self, length: int) -> None:
        """Store jobs of which each starts when the one before it has ended; the first is due now."""

    def start(self, action: Action) -> None: ...

    def settled(self, jobs: int, /) -> bool:
        """Whether it is recorded durably that so many jobs are done."""

    def stop(self) -> None: ...


ENGINES = {
    "croncierge": ("benchmarks.engines.croncierge", "croncierge"),
    "apscheduler": ("benchmarks.engines.apscheduler3", "apscheduler"),
    "huey": ("benchmarks.engines.sqlite_huey", "huey"),
    "bare claims": ("benchmarks.engines.bare", "sqlite3"),
}
"""By name: the module of the engine and the package that it needs."""


def load(name: str) -> type[Engine] | None:
    """The engine of that name; None where it is not installed."""
    module, package = ENGINES[name]
    if find_spec(package) is None:
        return None
    engine: type[Engine] = import_module(module).Engine
    return engine
