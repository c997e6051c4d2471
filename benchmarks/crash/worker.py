"""The program itself, serving, with one more action: `append` writes to a file outside. Argument: the file."""

import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import runtime.loop
from benchmarks.crash.plan import ACTION
from croncierge.app import open_app
from interfaces.cli.main import run
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.executor import Control, Executor


def main(witness: Path) -> int:
    def append(claimed: Claimed, _control: Control) -> Outcome:
        note("begin", claimed)
        _wait(claimed.action_payload["seconds"])
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
    if "FAKETIME_TIMESTAMP_FILE" in os.environ:  # libfaketime does not know how time.sleep asks the system
        time.sleep = lambda seconds: _wait(float(seconds))
    return run(open_app, ["serve"])


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
