"""Files become events."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import runtime.files
from runtime.files import FileWatcher
from store.operations import list_events
from store.values import TriggerSpec
from tests.runtime.conftest import World


@pytest.fixture
def watcher(world: World) -> Iterator[FileWatcher]:
    world.clock.set(datetime(2020, 1, 1, tzinfo=UTC))  # triggers are older than the files, whatever the day is
    made = FileWatcher(world.store, settle_seconds=0.1)
    yield made
    made.stop()


def _names(world: World) -> list[str]:
    return sorted(f"{each.data['name']} {each.data['size']}" for each in list_events(world.store, world.actor))


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def test_a_file_that_appears_starts_the_task(world: World, watcher: FileWatcher, tmp_path: Path) -> None:
    world.task("report", triggers=(TriggerSpec(event="file", path=f"{tmp_path}/*.csv"),))
    watcher.start()
    (tmp_path / "a.txt").write_text("other")
    (tmp_path / "a.csv").write_text("12345")

    _until(lambda: _names(world) == ["a.csv 5"])
    assert world.outcomes("report") == ["pending"]


def test_a_file_that_came_meanwhile_is_found_at_the_start_and_once(
    world: World, watcher: FileWatcher, tmp_path: Path
) -> None:
    world.task("report", triggers=(TriggerSpec(event="file", path=str(tmp_path)),))
    (tmp_path / "a.csv").write_text("12345")
    watcher.start()
    _until(lambda: _names(world) == ["a.csv 5"])
    watcher.stop()

    again = FileWatcher(world.store, settle_seconds=0.05)
    again.start()
    (tmp_path / "b.csv").write_text("1")
    try:
        _until(lambda: "b.csv 1" in _names(world))
    finally:
        again.stop()
    assert _names(world) == ["a.csv 5", "b.csv 1"]


def test_nothing_is_watched_while_no_task_wants_it(world: World, watcher: FileWatcher, tmp_path: Path) -> None:
    watcher.start()
    assert watcher._thread is None
    world.task("report", triggers=(TriggerSpec(event="file", path=str(tmp_path)),))
    watcher.refresh()
    (tmp_path / "a.csv").write_text("1")
    _until(lambda: _names(world) == ["a.csv 1"])


def test_a_file_that_comes_just_as_watching_begins_is_not_missed(
    world: World, watcher: FileWatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = runtime.files._files

    def and_then_one_comes(folder: str) -> list[str]:
        found = listed(folder)
        (tmp_path / "a.csv").write_text("1")
        return found

    monkeypatch.setattr(runtime.files, "_files", and_then_one_comes)
    world.task("report", triggers=(TriggerSpec(event="file", path=str(tmp_path)),))
    watcher.start()
    _until(lambda: _names(world) == ["a.csv 1"])
