"""Real processes on one database, killed at random moments: nothing is lost and nothing that ended is repeated."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from croncierge.clock import SystemClock
from runtime.doorbell import Doorbell
from schedules.schedule import Interval
from store.kinds import CatchUp, Overlap
from store.open import open_store
from store.operations import create_task, ensure_user, health, list_runs
from store.operations.health import Trouble
from store.status import ENDED
from store.values import Actor, Prerequisite, TaskSpec

_KILLS = 8
_TASKS = 5


def _start(url: str, witness: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.crash.worker", url, str(witness)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.crash
@pytest.mark.parametrize("processes", [1, 2])
def test_kill_9_at_random_moments_loses_nothing_and_repeats_nothing_that_ended(tmp_path: Path, processes: int) -> None:
    seed = int(os.environ.get("CRASH_SEED", str(random.randrange(10**6))))
    print(f"CRASH_SEED={seed}")  # shown when it fails, to repeat it
    chance = random.Random(seed)
    url, witness = f"sqlite:///{tmp_path / 'crash.db'}", tmp_path / "witness"
    bell = Doorbell(url)
    store = open_store(url, SystemClock(), bell.ring)
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    begin = datetime.now(UTC) + timedelta(seconds=1)
    count = 15
    every = Interval(every=timedelta(seconds=1), anchor=begin, zone="UTC", max_runs=count)
    policy = {"action_type": "append", "catch_up": CatchUp.ALL, "overlap": Overlap.QUEUE}
    tasks = [
        create_task(store, actor, TaskSpec(title=f"task {number}", schedule=every, **policy))  # type: ignore[arg-type]
        for number in range(_TASKS)
    ]
    chained = create_task(
        store,
        actor,
        TaskSpec(title="chained", depends_on=(Prerequisite(task_id=tasks[0].id),), **policy),  # type: ignore[arg-type]
    )
    workers = [_start(url, witness) for _ in range(processes)]
    try:
        for _ in range(_KILLS):
            time.sleep(chance.uniform(0.3, 1.8))
            victim = chance.randrange(processes)
            workers[victim].kill()
            workers[victim].wait()
            workers[victim] = _start(url, witness)
        deadline = time.monotonic() + 60
        while True:
            runs = list_runs(store, actor, limit=1000)
            if len(runs) == (_TASKS + 1) * count and all(run.status in ENDED for run in runs):
                break
            assert time.monotonic() < deadline, Counter(run.status.value for run in runs)
            time.sleep(0.2)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    effects = Counter(tuple(line.split()[:2]) for line in witness.read_text().splitlines())
    attempts = Counter(tuple(line.split()) for line in witness.read_text().splitlines())
    expected = {begin + number * timedelta(seconds=1) for number in range(count)}
    for task in (*tasks, chained):
        mine = [run for run in runs if run.task_id == task.id]
        assert {run.scheduled_time for run in mine} == expected
        assert {run.status.value for run in mine} == {"completed"}
        for run in mine:
            seen = effects[str(task.id), run.scheduled_time.isoformat()]
            assert 1 <= seen <= run.attempt, "what ended was repeated, or what completed never happened"
    assert max(attempts.values()) == 1, "one attempt happened twice"
    found = health(store)  # what the doctor goes by
    assert (found.overdue, found.stuck, found.without_next, found.undelivered) == (Trouble(count=0),) * 4
    store.engine.dispose()
