"""What runs write while they run."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from runtime.runlogs import RunLogs
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tests.runtime.conftest import World, cron
from tests.runtime.test_loop import Live, ended, until
from tests.runtime.test_loop import live as live
from tools.connectors.executor import Control


def written(world: World, folder: str, *pieces: str) -> tuple[str, str | None]:
    def work(_run: Claimed, control: Control) -> Outcome:
        for piece in pieces:
            control.log(piece)
        return Outcome()

    world.runtime = Runtime(world.store, {"work": work}, Doorbell("sqlite://"), logs=RunLogs(folder))
    world.task("wordy", cron("0 10 * * *"))
    world.after(hours=1)
    (run,) = world.runs("wordy")
    return run.log, run.log_ref


def test_a_short_log_stands_in_the_run(world: World, tmp_path: Path) -> None:
    assert written(world, str(tmp_path / "runs"), "one\n", "two\n") == ("one\ntwo\n", None)
    assert not (tmp_path / "runs").exists()


def test_a_long_log_stands_in_a_file_and_its_ends_in_the_run(world: World, tmp_path: Path) -> None:
    lines = [f"line {number}\n" for number in range(5_000)]

    log, place = written(world, str(tmp_path / "runs"), *lines)

    assert place == str(tmp_path / "runs" / "2026-11-23" / "1-1.log")
    assert Path(place).read_text(encoding="utf-8") == "".join(lines)
    assert log.startswith("line 0\n")
    assert log.endswith("line 4999\n")
    assert place in log
    assert len(log) < 13_000


def test_a_log_that_is_too_long_says_that_it_was_cut(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.runlogs._LONGEST", 30_000)

    log, place = written(world, str(tmp_path / "runs"), "a" * 29_000, "b" * 2_000, "c" * 500)

    assert place is not None
    whole = Path(place).read_text(encoding="utf-8")
    assert whole == "a" * 29_000 + "b" * 1_000 + "\n… 1,500 more characters were not kept …\n"
    assert "its first 30,000 characters are in" in log
    assert "the rest was not kept" in log
    assert "the whole is in" not in log
    assert log.endswith("c" * 500)


def test_one_piece_that_is_too_long_is_cut_as_well(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.runlogs._LONGEST", 30_000)
    _, place = written(world, str(tmp_path / "runs"), "a" * 40_000)
    assert place is not None
    assert Path(place).read_text(encoding="utf-8").startswith("a" * 30_000 + "\n… 10,000 more")


def test_a_place_that_cannot_be_written_costs_the_log_but_not_the_run(world: World, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    log, place = written(world, str(tmp_path / "file" / "runs"), "x" * 20_000, "the end")

    assert place is None
    assert "cannot be written" in log
    assert log.endswith("the end")
    assert world.outcomes("wordy") == ["completed"]


def test_what_was_written_before_a_timeout_is_kept(live: Live) -> None:
    go_on = threading.Event()

    def work(_run: Claimed, control: Control) -> Outcome:
        control.log("so far\n")
        go_on.wait(10)
        control.log("too late\n")
        return Outcome()

    live.executors["work"] = work
    live.runtime.start()
    live.task("slow", timedelta(seconds=0.3), timeout_seconds=0.2)
    until(ended(live, 1))
    go_on.set()

    (run,) = live.runs()
    assert (run.status.value, run.log) == ("failed", "so far\n")
