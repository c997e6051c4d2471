"""How fast an engine is: `python -m benchmarks.engines.measures ENGINE FOLDER` prints its figures as JSON."""

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from time import perf_counter, sleep
from typing import Any

from benchmarks.engines import Engine, killed, load
from croncierge.clock import SystemClock

_CLOCK = SystemClock()
_PATIENCE = 60.0  # seconds that an engine may take for one measure
_JOBS, _ROUNDS, _LINKS, _STARTS, _A_SECOND = 5_000, 3, 200, 500, 100


class _Tally:
    """Counts jobs from any thread, each with its moments."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._all = Event()
        self.seen: list[tuple[int, datetime, float]] = []

    def __call__(self, number: int) -> None:
        self.seen.append((number, _CLOCK.now(), perf_counter()))  # appending is atomic
        if len(self.seen) >= self._jobs:
            self._all.set()

    def wait(self) -> None:
        if not self._all.wait(_PATIENCE):
            raise TimeoutError(f"{len(self.seen)} of {self._jobs} jobs were done in {_PATIENCE:.0f} s")


def jobs_a_second(make: Callable[[], Engine]) -> float:
    """How many jobs are done each second, and durably recorded, of many that are due when it starts."""
    engine, tally = make(), _Tally(_JOBS)
    engine.store([_CLOCK.now()] * _JOBS)
    begin = perf_counter()
    engine.start(tally)
    tally.wait()
    while not engine.settled(_JOBS):
        sleep(0.001)
    took = perf_counter() - begin
    engine.stop()
    return _JOBS / took


def hop_ms(make: Callable[[], Engine]) -> float:
    """From the start of a job to the start of its successor."""
    engine, tally = make(), _Tally(_LINKS)
    engine.chain(_LINKS)
    engine.start(tally)
    tally.wait()
    engine.stop()
    moments = [moment for _, _, moment in tally.seen]
    return 1000 * (moments[-1] - moments[0]) / (_LINKS - 1)


def lateness_ms(make: Callable[[], Engine]) -> tuple[float, float]:
    """How late jobs begin that are due at an even pace: the median, and what one of a hundred exceeds."""
    engine, tally = make(), _Tally(_STARTS)
    begin = _CLOCK.now() + timedelta(seconds=2)
    due = [begin + timedelta(seconds=number / _A_SECOND) for number in range(_STARTS)]
    engine.store(due)
    engine.start(tally)
    tally.wait()
    engine.stop()
    late = quantiles([1000 * (at - due[number]).total_seconds() for number, at, _ in tally.seen], n=100)
    return late[49], late[98]


def created_a_second(make: Callable[[], Engine], seconds: float = 1.5) -> float:
    """How many jobs are stored each second, one after the other."""
    engine, count, far = make(), 0, _CLOCK.now() + timedelta(days=30)
    begin = perf_counter()
    while (took := perf_counter() - begin) < seconds:
        engine.create(far)
        count += 1
    engine.stop()
    return count / took


def bulk_a_second(make: Callable[[], Engine]) -> float:
    """How many jobs are stored each second, when all are handed over together."""
    engine, far = make(), _CLOCK.now() + timedelta(days=30)
    begin = perf_counter()
    engine.store([far + timedelta(seconds=number) for number in range(_JOBS)])
    took = perf_counter() - begin
    engine.stop()
    return _JOBS / took


def figures(name: str, engine: type[Engine], folder: Path) -> dict[str, Any]:
    """Everything, each measure with a folder of its own."""
    folders = iter(range(1_000))

    def own_folder() -> Path:
        own = folder / str(next(folders))
        own.mkdir(parents=True)
        return own

    def make() -> Engine:
        return engine(own_folder())

    p50, p99 = lateness_ms(make)
    return {
        "jobs_a_second": round(median(jobs_a_second(make) for _ in range(_ROUNDS))),
        "hop_ms": round(median(hop_ms(make) for _ in range(_ROUNDS)), 3),
        "late_p50_ms": round(p50, 2),
        "late_p99_ms": round(p99, 2),
        "created_a_second": round(created_a_second(make)),
        "bulk_a_second": round(bulk_a_second(make)),
        **killed.measure(name, own_folder()),
    }


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    engine = load(name)
    sys.stdout.write(json.dumps(engine and figures(name, engine, folder)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
