"""The real program while its clock jumps by hours or trembles: nothing twice, nothing lost, and soon on time again."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from benchmarks.crash import prepare
from benchmarks.crash.faults import set_clock
from benchmarks.crash.plan import ACTION
from benchmarks.crash.program import Program
from schedules.schedule import Interval, Once, Schedule
from store.kinds import CatchUp, Overlap
from store.operations import create_task
from store.values import TaskSpec

pytestmark = pytest.mark.crash

_SOON = 10.0  # seconds, on a machine that is busy with other tests; in peace it takes at most five
_HOUR = 3_600


class _Shifted:
    """The program, serving, with a clock that can be set."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._shift = folder, folder / "shift"
        self.set(0)
        self._database, self.store, self._actor = prepare(folder)
        self.program = Program("0", folder, self._shift)
        self.program.start()
        self.program.wait_until_well()
        self.ask(Once(at=_from_now(days=99), zone="UTC"))  # the first takes seconds on a busy machine: it loads much

    def set(self, seconds: int) -> None:
        """Have the program see the time that many seconds from the machine's."""
        set_clock(self._shift, seconds)

    def ask(self, schedule: Schedule, catch_up: CatchUp = CatchUp.ONCE, seconds: float = 0) -> int:
        policy = {"catch_up": catch_up, "overlap": Overlap.QUEUE}
        spec = TaskSpec(
            title="append",
            schedule=schedule,
            action_type=ACTION,
            action_payload={"seconds": seconds},
            **policy,  # type: ignore[arg-type]
        )
        return create_task(self.store, self._actor, spec).id

    def done(self, task: int) -> int:
        """How often the witness saw the task."""
        lines = (line.split() for file in self._folder.glob("*.witness") for line in file.read_text().splitlines())
        return sum(what == "begin" and int(mine) == task for what, mine, *_ in lines)

    def rows(self, task: int) -> dict[str, str]:
        """The status of each slot; a slot with two rows fails."""
        with closing(sqlite3.connect(self._database)) as connection:
            query = "SELECT scheduled_time, status FROM task_runs WHERE task_id = ?"
            rows = connection.execute(query, [task]).fetchall()
        assert max(Counter(slot for slot, _ in rows).values(), default=1) == 1
        return dict(rows)

    def tremble(self, seconds: int) -> None:
        for number in range(seconds):
            self.set(2 if number % 2 else -2)
            sleep(1)

    def until(self, holds: Callable[[], bool], patience: float = _SOON) -> None:
        deadline = monotonic() + patience
        while not holds():
            assert monotonic() < deadline
            sleep(0.05)


@pytest.fixture
def shifted(tmp_path: Path) -> Iterator[_Shifted]:
    made = _Shifted(tmp_path)
    yield made
    made.program.destroy()
    made.store.engine.dispose()


def _from_now(**ahead: float) -> datetime:
    return datetime.now(UTC) + timedelta(**ahead)


def test_a_clock_that_jumps_by_hours_makes_nothing_early_twice_or_lost(shifted: _Shifted) -> None:
    late = shifted.ask(Once(at=_from_now(minutes=40), zone="UTC"))
    every = Interval(every=timedelta(minutes=30), anchor=_from_now(minutes=10), zone="UTC")
    merged, each = shifted.ask(every), shifted.ask(every, CatchUp.ALL)
    long = shifted.ask(Once(at=_from_now(seconds=2), zone="UTC"), seconds=8)
    shifted.until(lambda: shifted.done(long) == 1)

    shifted.set(_HOUR)
    shifted.until(lambda: shifted.done(late) == 1 and shifted.done(merged) == 1 and shifted.done(each) == 2)
    assert Counter(shifted.rows(merged).values()) == {"missed": 1, "completed": 1}

    shifted.set(0)
    soon = shifted.ask(Once(at=_from_now(seconds=2), zone="UTC"))
    shifted.until(lambda: shifted.done(soon) == 1)
    assert (shifted.done(late), shifted.done(merged), shifted.done(each)) == (1, 1, 2)
    shifted.until(lambda: list(shifted.rows(long).values()) == ["completed"])  # an hour was not its time
    assert shifted.done(long) == 1

    shifted.set(25 * _HOUR)
    shifted.until(lambda: shifted.done(merged) == 2 and shifted.done(each) > 2)
    shifted.until(lambda: shifted.done(each) == 50, patience=60)
    assert Counter(shifted.rows(merged).values()) == {"missed": 48, "completed": 2}
    assert set(shifted.rows(each)) == set(shifted.rows(merged))
    assert shifted.program.end(25) == 0


def test_a_clock_that_trembles_makes_nothing_twice_and_costs_little(shifted: _Shifted) -> None:
    begin, count = _from_now(seconds=3), 3
    every = Interval(every=timedelta(seconds=2), anchor=begin, zone="UTC", max_runs=count)
    task = shifted.ask(every, CatchUp.ALL)
    shifted.tremble(10)
    shifted.set(0)
    shifted.until(lambda: list(shifted.rows(task).values()) == ["completed"] * count)
    slots = {(begin + number * timedelta(seconds=2)).strftime("%Y-%m-%d %H:%M:%S.%f") for number in range(count)}
    assert set(shifted.rows(task)) == slots
    assert shifted.done(task) == count

    before, began = shifted.program.spent(), monotonic()
    shifted.tremble(6)
    assert (shifted.program.spent() - before) / (monotonic() - began) < 0.2
