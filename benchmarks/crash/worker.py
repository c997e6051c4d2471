"""The program itself, serving, with one more action: `append` writes to a file outside.

Arguments: that file, and the one that says how many seconds its clock is from the machine's.
"""

import os
import sys
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine

import runtime.loop
from benchmarks.crash.plan import ACTION
from croncierge.app import open_app
from croncierge.clock import SystemClock
from interfaces.cli.main import run
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.executor import Control, Executor

_LOOK_EVERY = 0.01  # seconds


def main(witness: Path, shift: Path) -> int:
    _follow(shift)

    def append(claimed: Claimed, _control: Control) -> Outcome:
        note("begin", claimed)
        time.sleep(claimed.action_payload["seconds"])
        note("end", claimed)
        return Outcome()

    def note(what: str, claimed: Claimed) -> None:
        slot = claimed.scheduled_time.timestamp()
        line = f"{what} {claimed.task_id} {slot:.6f} {claimed.attempt} {claimed.run_id} {time.monotonic():.6f}\n"
        handle = os.open(witness, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())  # one write, so that a kill leaves no half of it
        os.close(handle)

    class Witnessed(runtime.loop.Runtime):
        def __init__(self, store: Any, executors: Mapping[str, Executor], *rest: Any, **options: Any) -> None:
            super().__init__(store, {**executors, ACTION: append}, *rest, **options)

    runtime.loop.Runtime = Witnessed  # type: ignore[misc]
    return run(open_app, ["serve"])


def _follow(shift: Path) -> None:
    """Set the clock of this process as the file says, now and whenever it says something else."""
    traveller = time_machine.travel(timedelta()).start()
    SystemClock().now()  # from the first look on it ticks
    offset = 0

    def look() -> None:
        nonlocal offset
        wanted = int(shift.read_text())
        if wanted != offset:
            traveller.shift(wanted - offset)
            offset = wanted

    def keep_looking() -> None:
        while True:
            time.sleep(_LOOK_EVERY)
            look()

    look()
    threading.Thread(target=keep_looking, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
