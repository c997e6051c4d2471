"""While very much is due, the program stays answerable; what is stuck delays nobody."""

import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from croncierge.app import App, open_app
from schedules.schedule import Interval
from store.kinds import Overlap
from store.operations import create_task, create_tasks, health, list_runs, list_tasks, pause_task, run_now
from store.status import RunStatus
from store.values import TaskSpec
from tests.e2e.conftest import COMMAND, Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")

_TASKS = 1_000
_SECONDS = 3
_ANSWER = 1.0  # seconds, of 19 answers in 20
_LATE = timedelta(seconds=5)  # other tests run at the same time


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    stuck = '[scripts.stuck]\ncommand = ["/bin/sleep", "120"]\nsandbox = "off"\n'
    (tmp_path / "connectors.toml").write_text(stuck)
    monkeypatch.setenv("CRONCIERGE_CONNECTORS", str(tmp_path / "connectors.toml"))
    with open_app() as app:
        yield app


@pytest.fixture
def serving(app: App) -> Iterator[None]:
    app.user_id  # noqa: B018 (the database is there before the process is)
    process = subprocess.Popen([*COMMAND, "serve"], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not app.doorbell.anybody():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def took(act: Callable[[], Any]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


@pytest.mark.usefixtures("serving")
def test_while_a_thousand_tasks_fire_everything_answers_and_a_stuck_one_delays_none(app: App, run: Run) -> None:
    actor = app.actor("test")
    stuck = create_task(
        app.store, actor, TaskSpec(title="stuck", action_type="script", action_payload={"script": "stuck"})
    )
    run_now(app.store, actor, stuck.id)
    begin = app.clock.now() + timedelta(seconds=3)
    every = Interval(every=timedelta(seconds=_SECONDS), anchor=begin, zone="UTC", max_runs=2)
    specs = [TaskSpec(title=f"task {number}", schedule=every, overlap=Overlap.QUEUE) for number in range(_TASKS)]
    create_tasks(app.store, actor, specs)
    time.sleep(max(0.0, (begin - app.clock.now()).total_seconds()))

    answers: dict[str, list[float]] = defaultdict(list)
    while app.clock.now() < begin + timedelta(seconds=2 * _SECONDS):
        for name, act in {
            "list tasks": lambda: list_tasks(app.store, actor),
            "list runs": lambda: list_runs(app.store, actor),
            "create": lambda: create_task(app.store, actor, TaskSpec(title="new")),
            "pause": lambda: pause_task(app.store, actor, stuck.id),
            "health": lambda: health(app.store),
        }.items():
            answers[name].append(took(act))
        time.sleep(0.1)
    assert run("tasks", "list").returncode == 0
    assert run("ask", "remind me tomorrow at 9 to rest").stdout.startswith("I'll remind you to rest tomorrow")
    worst = {name: sorted(each)[-1 - len(each) // 20] for name, each in answers.items()}
    assert max(worst.values()) < _ANSWER, worst

    deadline = time.monotonic() + 30
    while list_runs(app.store, actor, status=RunStatus.PENDING) and time.monotonic() < deadline:
        time.sleep(0.2)
    fired = [each for each in list_runs(app.store, actor, limit=3 * _TASKS) if each.title.startswith("task ")]
    assert Counter(each.scheduled_time for each in fired) == {begin: _TASKS, begin + every.every: _TASKS}
    assert {each.status for each in fired} == {RunStatus.COMPLETED}
    latest = max(each.start_time - each.scheduled_time for each in fired if each.start_time is not None)
    assert latest < _LATE
    assert [each.status for each in list_runs(app.store, actor, task_id=stuck.id)] == [RunStatus.RUNNING]
