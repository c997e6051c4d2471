"""What tasks cost that only lie there: `python -m benchmarks.engines.stored FOLDER BEGUN` serves a store and measures.

BEGUN is when the process was begun, on the monotonic clock.
"""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from threading import Event
from time import monotonic, perf_counter, process_time, sleep
from typing import Any

from benchmarks.engines.croncierge import Engine
from croncierge.clock import SystemClock

_CLOCK = SystemClock()
_AT_ONCE = 10_000
_IDLE = 5.0  # seconds
_STARTS, _A_SECOND = 200, 100


def measure(folder: Path, stored: int) -> dict[str, Any]:
    """How the program does over a store with so many tasks for next month, and over an empty one."""
    found: dict[str, Any] = {}
    for name, count in (("empty", 0), ("full", stored)):
        own = folder / name
        own.mkdir(parents=True)
        engine, begin = Engine(own), perf_counter()
        for done in range(0, count, _AT_ONCE):
            engine.store([_CLOCK.now() + timedelta(days=30)] * min(_AT_ONCE, count - done))
        took = perf_counter() - begin
        engine.stop()
        command = [sys.executable, "-m", "benchmarks.engines.stored", str(own), str(monotonic())]
        served = subprocess.run(command, capture_output=True, text=True, check=True)
        found[name] = {"stored": count, **json.loads(served.stdout)}
        if count:
            found[name]["created_in_bulk_a_second"] = round(count / took)
    return found


def serve(folder: Path, begun: float) -> dict[str, Any]:
    """The figures of this process. start_s: from its very beginning until the first due job was done."""
    engine, seen = Engine(folder), list[float]()
    due = _CLOCK.now() + timedelta(seconds=_IDLE + 4)
    moments = [due + timedelta(seconds=number / _A_SECOND) for number in range(_STARTS)]
    prepared = perf_counter()
    engine.store([_CLOCK.now(), *moments])
    preparing = perf_counter() - prepared
    first, last = Event(), Event()

    def action(number: int) -> None:
        if number == 0:
            first.set()
        else:
            seen.append(1000 * (_CLOCK.now() - moments[number - 1]).total_seconds())
            if len(seen) == _STARTS:
                last.set()

    engine.start(action)
    _wait(first)
    start = monotonic() - begun - preparing
    sleep(1)
    spent = process_time()
    sleep(_IDLE)
    idle = (process_time() - spent) / _IDLE
    _wait(last)
    late = quantiles(seen, n=100)
    engine.stop()
    return {
        "start_s": round(start, 2),
        "idle_percent": round(100 * idle, 3),
        "peak_mb": _peak_mb(),
        "late_p50_ms": round(late[49], 2),
        "late_p99_ms": round(late[98], 2),
    }


def _wait(event: Event) -> None:
    if not event.wait(60):
        raise TimeoutError("what is due was not done within a minute")


def _peak_mb() -> int | None:
    """The most memory that this process ever had; None where that cannot be known."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    # What getrusage says includes the process that started this one.
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(serve(Path(sys.argv[1]), float(sys.argv[2]))) + "\n")
