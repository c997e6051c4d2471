"""For work that waits inside a library: somebody else has to end it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tools.connectors.executor import Control

_LOOK_SECONDS = 0.1


@contextmanager
def ended_when_cancelled(control: Control, end: Callable[[], object]) -> Iterator[None]:
    """Call `end`, from another thread, if the attempt is cancelled before the block is over."""
    over = threading.Event()

    def watch() -> None:
        while not control.cancelled.wait(_LOOK_SECONDS):
            if over.is_set():
                return
        if not over.is_set():
            with suppress(Exception):  # the work may be over at this very moment
                end()

    thread = threading.Thread(target=watch, name="cancelling", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
