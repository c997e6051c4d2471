"""Each engine that is installed does every job once, at its time, and a chain in its order."""

from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest

from benchmarks.engines import load
from croncierge.clock import SystemClock

_SQLITE = ["croncierge", "apscheduler", "bare claims"]


@pytest.mark.parametrize("name", _SQLITE)
def test_every_job_is_done_once_and_recorded(name: str, tmp_path: Path) -> None:
    engine = load(name)
    assert engine is not None
    own, seen, now = engine(tmp_path), list[int](), SystemClock().now()
    own.store([now, now, now + timedelta(seconds=0.3)])
    own.start(seen.append)
    deadline = monotonic() + 20
    while not (own.settled(3) and len(seen) == 3):
        assert monotonic() < deadline, seen
        sleep(0.01)
    late = SystemClock().now() - now
    own.stop()
    assert sorted(seen) == [0, 1, 2]
    assert late >= timedelta(seconds=0.3)


@pytest.mark.parametrize("name", _SQLITE)
def test_a_chain_is_done_in_its_order(name: str, tmp_path: Path) -> None:
    engine = load(name)
    assert engine is not None
    own, seen, over = engine(tmp_path), list[int](), Event()

    def action(number: int) -> None:
        seen.append(number)
        if number == 4:
            over.set()

    own.chain(5)
    own.start(action)
    assert over.wait(20)
    own.stop()
    assert seen == [0, 1, 2, 3, 4]


def test_an_engine_whose_package_is_missing_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.engines.find_spec", lambda _package: None)
    assert load("huey") is None
