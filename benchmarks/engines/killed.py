"""What an engine loses and repeats when it is killed: `python -m benchmarks.engines.killed ENGINE FOLDER WHAT`.

WHAT is what this process does: `store` the jobs, or `work` until all are done, or until it is killed.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from benchmarks.engines import load
from croncierge.clock import SystemClock

_JOBS, _SECONDS, _KILLS = 1_000, 0.005, (250, 500, 750)
_PATIENCE = 25.0  # seconds without any news


def measure(name: str, folder: Path) -> dict[str, Any]:
    """1,000 jobs of 5 ms, all due, and a SIGKILL each time that another quarter is done.

    lost: jobs that never happened; repeated: that happened again; restart_s: from the worst start to a job done.
    """
    witness = folder / "witness"
    witness.touch()
    subprocess.run(_command(name, folder, "store"), check=True)
    restarts = []
    for enough in (*_KILLS, None):
        before, begin = _lines(witness), monotonic()
        process = subprocess.Popen(_command(name, folder, "work"))
        moment = _until(process, witness, before + 1)
        if moment is not None:
            restarts.append(moment - begin)
        _until(process, witness, enough)
        process.kill()
        process.wait()
    done = Counter(witness.read_text().split())
    return {
        "lost": _JOBS - len(done),
        "repeated": sum(count > 1 for count in done.values()),
        "restart_s": round(max(restarts[1:], default=0.0), 2),
    }


def _until(process: subprocess.Popen[bytes], witness: Path, lines: int | None) -> float | None:
    """When there were so many lines; None when it ended before, or nothing came of it any more."""
    seen, news = _lines(witness), monotonic()
    while process.poll() is None and monotonic() - news < _PATIENCE:
        now = _lines(witness)
        if lines is not None and now >= lines:
            return monotonic()
        if now > seen:
            seen, news = now, monotonic()
        sleep(0.001)
    return None


def _lines(witness: Path) -> int:
    return witness.read_bytes().count(b"\n")


def _command(name: str, folder: Path, what: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.engines.killed", name, str(folder), what]


def main(name: str, folder: Path, what: str) -> None:
    kind = load(name)
    if kind is None:
        raise SystemExit(f"{name} is not installed")
    engine = kind(folder)
    if what == "store":
        engine.store([SystemClock().now()] * _JOBS)
        os._exit(0)  # as it is; whatever was not written down by now does not count
    handle = os.open(folder / "witness", os.O_WRONLY | os.O_APPEND)

    def action(number: int) -> None:
        sleep(_SECONDS)
        os.write(handle, f"{number}\n".encode())

    engine.start(action)
    while not engine.settled(_JOBS):
        sleep(0.05)
    sleep(1)  # what was handed out already may still be at work
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
