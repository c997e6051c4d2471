"""The daily removal of what is old, and the archive that it goes into before."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from croncierge.errors import Unavailable
from runtime import runlogs
from runtime.archive import Archive
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from runtime.pruning import Pruner, prune_now
from runtime.runlogs import RunLogs
from store.operations.claims import Claimed
from store.operations.prune import Policy
from store.operations.runs import Outcome
from tests.runtime.conftest import MONDAY, World, cron
from tools.connectors.executor import Control

TWO = Policy(keep_runs=2)


def lines(path: Path) -> list[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_batches_are_appended_and_what_a_crash_left_half_written_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "runs.jsonl.gz"
    Archive(path).keep([{"run": 1}, {"run": 2}])
    Archive(path).keep([{"run": "drei, ü"}])
    assert lines(path) == [{"run": 1}, {"run": 2}, {"run": "drei, ü"}]
    whole = path.read_bytes()
    for torn in (whole[:-3], whole + b"\x1f\x8b\x08", whole + b"rubbish"):
        path.write_bytes(torn)
        archive = Archive(path)
        archive.keep([{"run": 4}])
        archive.keep([{"run": 5}])
        assert [each["run"] for each in lines(path)][-2:] == [4, 5]
    assert [each["run"] for each in lines(path)] == [1, 2, "drei, ü", 4, 5]


def test_a_file_that_cannot_be_written_is_said_and_nothing_is_removed(world: World, tmp_path: Path) -> None:
    days(world, 4)
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        prune_now(world.store, TWO, RunLogs("memory://x"), tmp_path / "file" / "runs.jsonl.gz")
    assert len(world.runs()) == 4


def days(world: World, number: int) -> None:
    world.task("tea", cron("0 9 * * *"))
    for _ in range(number):
        world.after(days=1)


def wordy(world: World, logs: RunLogs) -> None:
    def work(run: Claimed, control: Control) -> Outcome:
        control.log(f"{run.attempt} " * runlogs._SHORT)
        return Outcome(error="again") if run.attempt == 1 else Outcome()

    world.runtime = Runtime(world.store, {"work": work}, Doorbell("sqlite://"), logs=logs)
    world.task("wordy", cron("0 9 * * *"), max_retries=1)
    for day in range(1, 5):
        world.at(MONDAY + timedelta(days=day))
        world.after(minutes=1)


def test_long_logs_go_into_the_archive_and_their_files_go(world: World, tmp_path: Path) -> None:
    logs = RunLogs(str(tmp_path / "runs"))
    wordy(world, logs)
    assert len(list(tmp_path.glob("runs/*/*.log"))) == 8
    pruned = prune_now(world.store, TWO, logs, tmp_path / "old.jsonl.gz")
    assert pruned is not None
    assert pruned.runs == 2
    assert [each["whole_log"] for each in lines(tmp_path / "old.jsonl.gz")] == ["2 " * runlogs._SHORT] * 2
    assert len(list(tmp_path.glob("runs/*"))) == 2
    assert [path.name for path in sorted(tmp_path.glob("runs/*/*.log"))] == ["3-1.log", "3-2.log", "4-1.log", "4-2.log"]


def test_a_log_that_is_gone_does_not_hold_anything_up(world: World, tmp_path: Path) -> None:
    logs = RunLogs(str(tmp_path / "runs"))
    wordy(world, logs)
    for path in tmp_path.glob("runs/*/*.log"):
        path.unlink()
    assert prune_now(world.store, TWO, logs, tmp_path / "old.jsonl.gz") is not None
    first, _ = lines(tmp_path / "old.jsonl.gz")
    assert first["whole_log"] is None
    assert "cannot be read any more" in first["why"]


def test_it_happens_once_a_day_whoever_looks(world: World, tmp_path: Path) -> None:
    days(world, 6)
    one, other = (Pruner(world.store, TWO, RunLogs("memory://x"), tmp_path / "old") for _ in range(2))
    done = one.look()
    assert done is not None
    assert done.runs == 4
    assert other.look() is None
    world.after(days=1)
    again = other.look()
    assert again is not None
    assert again.runs == 1
    files = sorted((tmp_path / "old").iterdir())
    assert [path.name for path in files] == ["runs-2026-11.jsonl.gz"]
    assert [each["run"]["run_id"] for each in lines(files[0])] == [1, 2, 3, 4, 5]
    world.clock.set(world.clock.now() + timedelta(hours=2))
    assert one.look() is None


def test_the_thread_looks_and_stops(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    days(world, 4)
    monkeypatch.setattr("runtime.pruning._AT_FIRST", 0.01)
    pruner = Pruner(world.store, TWO, RunLogs("memory://x"))
    pruner.start()
    for _ in range(500):
        if len(world.runs()) == 2:
            break
        pruner._stop.wait(0.01)
    pruner.stop()
    assert len(world.runs()) == 2
