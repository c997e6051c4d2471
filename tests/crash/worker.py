"""A process to be killed: a runtime whose action appends a line to a file outside. Arguments: database, file."""

import os
import sys
import threading
from pathlib import Path

from croncierge.clock import SystemClock
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from store.open import open_store
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.executor import Control


def main(url: str, witness: Path) -> None:
    def append(run: Claimed, _control: Control) -> Outcome:
        line = f"{run.task_id} {run.scheduled_time.isoformat()} {run.attempt}\n"
        handle = os.open(witness, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())  # one write, so that a kill leaves no half of it
        os.close(handle)
        return Outcome()

    def changed() -> None:
        runtime.wake()
        bell.ring()

    bell = Doorbell(url)
    store = open_store(url, SystemClock(), changed)
    runtime = Runtime(store, {"append": append}, bell)
    runtime.start()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
