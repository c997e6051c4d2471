"""The keyboard while a reply is being shown."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def without_echo() -> Iterator[None]:
    """What is typed ahead is kept for the next line, and not shown amid the reply."""
    try:
        import termios
    except ImportError:  # no such terminals on this system
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    silent = termios.tcgetattr(stdin)
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(stdin, termios.TCSANOW, silent)
    try:
        yield
    finally:
        termios.tcsetattr(stdin, termios.TCSANOW, before)


@contextmanager
def interruptible(stopping: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C calls `stopping` before it interrupts: what is under way, such as a request, may take a while to end."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stopping()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
