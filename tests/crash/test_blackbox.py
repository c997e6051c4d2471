"""The whole program under faults, for seconds; `python -m benchmarks crash` does the same for as long as one likes."""

import os
import sys
from pathlib import Path

import pytest

from benchmarks.crash import black_box, table
from benchmarks.records import Bounds

pytestmark = [pytest.mark.crash, pytest.mark.skipif(sys.platform == "win32", reason="needs SIGSTOP")]

_BUSY_MACHINE = Bounds(late=10)  # where other tests run at the same time; the command asks for one second


def test_everything_that_is_due_happens_once_in_its_window_whatever_is_done_to_the_program(tmp_path: Path) -> None:
    seed = int(os.environ.get("CRASH_SEED", "7"))  # the command tries others
    found = black_box(tmp_path, seconds=12, processes=2, seed=seed, bounds=_BUSY_MACHINE)
    assert not found["violations"], table(found)
    assert found["slots expected"] > 60
    assert sum(found["faults"].values()) >= 3
