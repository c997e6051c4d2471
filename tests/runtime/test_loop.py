"""The runtime as it lives: threads, an alarm, and other processes on the same database."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from croncierge.clock import SystemClock
from croncierge.errors import Unavailable
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from schedules.schedule import Interval, Once
from store.kinds import Overlap
from store.open import open_store
from store.operations import create_task, delete_task, ensure_user, list_runs
from store.operations.claims import Claimed, claim_due, held_runs
from store.operations.runs import Outcome, recover_runs
from store.session import Store
from store.values import Actor, RunInfo, TaskInfo, TaskSpec
from tools.connectors.executor import Control, Executor

SOON = timedelta(seconds=0.3)


class Live:
    """A runtime in this process on a database in a file, with the machine's own clock."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path}"
        self.doorbell = Doorbell(self.url)
        self.executors: dict[str, Executor] = {"work": lambda _run, _control: Outcome()}
        self.store: Store = open_store(self.url, SystemClock(), self._changed)
        self.actor = Actor(user_id=ensure_user(self.store, "ann"), via="test", change_set="1")
        self.runtime = Runtime(self.store, self.executors, self.doorbell, workers=2)

    def _changed(self) -> None:
        self.runtime.wake()
        self.doorbell.ring()

    def task(self, title: str, delay: timedelta = SOON, **spec: object) -> TaskInfo:
        schedule = Once(at=datetime.now(UTC) + delay, zone="UTC")
        wanted = TaskSpec(title=title, schedule=schedule, action_type="work", **spec)  # type: ignore[arg-type]
        return create_task(self.store, self.actor, wanted)

    def runs(self) -> list[RunInfo]:
        return list_runs(self.store, self.actor, limit=500)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    live = Live(tmp_path / "live.db")
    yield live
    live.runtime.stop(drain_seconds=5)
    live.store.engine.dispose()


def until(true: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def ended(live: Live, count: int) -> Callable[[], bool]:
    return lambda: sum(run.end_time is not None for run in live.runs()) == count


def test_a_task_made_while_running_fires_by_itself_and_says_so(live: Live) -> None:
    told = threading.Event()
    live.runtime.subscribe(told.set)
    live.runtime.start()
    live.task("soon")
    until(ended(live, 1))
    (run,) = live.runs()
    assert run.start_time is not None
    assert timedelta() <= run.start_time - run.scheduled_time < timedelta(seconds=2)
    assert told.wait(5)


def test_a_change_takes_effect_at_once(live: Live) -> None:
    live.runtime.start()
    task = live.task("never", timedelta(seconds=0.4))
    delete_task(live.store, live.actor, task.id)
    live.task("later", timedelta(seconds=0.6))
    until(ended(live, 1))
    assert [run.title for run in live.runs()] == ["later"]


def test_a_slow_run_holds_nobody_else_up(live: Live) -> None:
    release = threading.Event()

    def work(run: Claimed, _control: Control) -> Outcome:
        if run.title == "slow":
            release.wait(10)
        return Outcome()

    live.executors["work"] = work
    live.runtime.start()
    live.task("slow", timedelta(seconds=0.1))
    live.task("quick")
    until(ended(live, 1))
    release.set()
    until(ended(live, 2))


def test_a_run_that_takes_too_long_fails_and_its_late_result_is_ignored(live: Live) -> None:
    release = threading.Event()

    def work(_run: Claimed, _control: Control) -> Outcome:
        release.wait(10)
        return Outcome(message="too late")

    live.executors["work"] = work
    live.runtime.start()
    live.task("stuck", timeout_seconds=0.3)
    until(ended(live, 1))
    release.set()
    (run,) = live.runs()
    assert (run.status.value, run.error_message) == ("failed", "it took longer than 0.3 seconds")


def test_the_late_result_of_an_attempt_is_not_taken_for_the_next_one_s(live: Live) -> None:
    second_started, release = threading.Event(), threading.Event()

    def work(run: Claimed, _control: Control) -> Outcome:
        if run.attempt == 1:
            second_started.wait(10)
        else:
            second_started.set()
            release.wait(10)
        return Outcome(result={"attempt": run.attempt})

    live.executors["work"] = work
    live.runtime.start()
    live.task("again", timeout_seconds=0.5, max_retries=1, retry_delay_seconds=0)
    assert second_started.wait(10)
    time.sleep(0.1)
    release.set()
    until(ended(live, 1))
    assert [run.result for run in live.runs()] == [{"attempt": 2}]


def test_stuck_runs_take_nobody_s_place_for_good(live: Live) -> None:
    release = threading.Event()

    def work(run: Claimed, _control: Control) -> Outcome:
        if run.title == "stuck":
            release.wait(20)
        return Outcome()

    live.executors["work"] = work
    live.runtime.start()
    for _ in range(4):  # twice as many as there are workers
        live.task("stuck", timedelta(seconds=0.05), timeout_seconds=0.2)
    live.task("quick", timedelta(seconds=0.1))
    until(ended(live, 5))
    release.set()
    assert [run.title for run in live.runs() if run.status.value == "completed"] == ["quick"]


def test_what_is_due_while_all_are_busy_is_recorded_at_its_time(live: Live) -> None:
    release = threading.Event()

    def work(_run: Claimed, _control: Control) -> Outcome:
        release.wait(20)
        return Outcome()

    live.executors["work"] = work
    live.runtime.start()
    for title in ("one", "two", "three"):
        live.task(title, timedelta(seconds=0.05))
    live.task("later", timedelta(seconds=0.5))
    until(lambda: "later" in {run.title for run in live.runs()})
    assert Counter(run.status.value for run in live.runs()) == {"running": 2, "pending": 2}
    release.set()
    until(ended(live, 4))


def test_stopping_waits_for_what_runs_and_starts_nothing_new(live: Live) -> None:
    started = threading.Event()

    def work(_run: Claimed, _control: Control) -> Outcome:
        started.set()
        time.sleep(0.6)
        return Outcome()

    live.executors["work"] = work
    live.runtime.start()
    live.task("running")
    assert started.wait(5)
    live.task("not yet")
    live.runtime.stop(drain_seconds=5)
    assert [(run.title, run.status.value) for run in live.runs()] == [("running", "completed")]


def test_it_survives_a_database_that_is_busy_for_a_while(live: Live) -> None:
    live.runtime.start()
    with live.store.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        time.sleep(0.2)
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("BEGIN")
    live.task("afterwards")
    until(ended(live, 1))


def test_results_are_kept_while_the_database_is_away(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    class Away(Store):
        away = False

        @contextmanager
        def writing(self) -> Iterator[sa.Connection]:
            if self.away:
                raise Unavailable("The database is away.")
            with super().writing() as connection:
                yield connection

    def work(_run: Claimed, _control: Control) -> Outcome:
        store.away = True
        return Outcome(result={"kept": True})

    store = Away(live.store.engine, SystemClock())
    runtime = Runtime(store, {"work": work}, live.doorbell)
    live.task("kept", timedelta(seconds=0.05))
    runtime.start()
    until(lambda: "The database is away." in caplog.text)
    store.away = False
    until(ended(live, 1))
    runtime.stop(5)
    (run,) = live.runs()
    assert (run.attempt, run.result) == (1, {"kept": True})
    assert "Traceback" not in caplog.text


_MAKES_A_TASK = """
import sys
from datetime import UTC, datetime, timedelta
from croncierge.clock import SystemClock
from runtime.doorbell import Doorbell
from schedules.schedule import Once
from store.kinds import Overlap
from store.open import open_store
from store.operations import create_task, ensure_user
from store.values import Actor, TaskSpec
url = sys.argv[1]
store = open_store(url, SystemClock(), Doorbell(url).ring)
actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="2")
at = datetime.now(UTC) + timedelta(seconds=0.2)
create_task(store, actor, TaskSpec(title="from elsewhere", schedule=Once(at=at, zone="UTC"), action_type="work"))
"""


def test_another_process_wakes_it(live: Live) -> None:
    live.runtime.start()
    subprocess.run([sys.executable, "-c", _MAKES_A_TASK, live.url], check=True, timeout=60)
    until(ended(live, 1))
    (run,) = live.runs()
    assert run.start_time is not None
    assert run.start_time - run.scheduled_time < timedelta(seconds=2)


def test_a_process_that_is_gone_is_noticed_without_waiting_for_its_lease(live: Live) -> None:
    live.task("lost", timedelta(seconds=0.01))
    time.sleep(0.05)
    assert claim_due(live.store, "4711-gone", 1, lease_seconds=3600)
    live.runtime.start()
    until(ended(live, 1))
    assert [run.attempt for run in live.runs()] == [2]


@pytest.mark.parametrize("taken", [True, False])
def test_what_it_claimed_before_it_stood_still_begins_only_while_it_is_its_own(
    live: Live, monkeypatch: pytest.MonkeyPatch, *, taken: bool
) -> None:
    begun: list[int] = []

    def claim_and_stand_still(*arguments: Any, **options: Any) -> list[Claimed]:
        claimed = claim_due(*arguments, **options)
        if any(run.attempt == 1 for run in claimed):
            time.sleep(0.6)
            if taken:
                assert recover_runs(live.store, held_runs(live.store, "other").abandoned) == 1
        return claimed

    monkeypatch.setattr("runtime.loop.claim_due", claim_and_stand_still)
    monkeypatch.setattr("runtime.loop.LEASE_SECONDS", 0.4)
    monkeypatch.setattr("runtime.loop._RENEW_EVERY", 0.1)
    live.executors["work"] = lambda run, _control: begun.append(run.attempt) or Outcome()  # type: ignore[func-returns-value]
    live.task("work")
    live.runtime.start()
    until(ended(live, 1))
    assert begun == ([2] if taken else [1])


def test_two_runtimes_share_the_work_and_repeat_nothing(tmp_path: Path) -> None:
    one, other = Live(tmp_path / "shared.db"), Live(tmp_path / "shared.db")
    executed: list[tuple[str, datetime]] = []
    for live in (one, other):
        live.executors["work"] = lambda run, _control: executed.append((run.title, run.scheduled_time)) or Outcome()  # type: ignore[func-returns-value]
        live.runtime.start()
    start = datetime.now(UTC) + timedelta(seconds=2)  # all tasks have to be there by then
    every = Interval(every=timedelta(seconds=1), anchor=start, zone="UTC", max_runs=2)
    policy = {"action_type": "work", "overlap": Overlap.ALLOW}
    for number in range(30):
        create_task(one.store, one.actor, TaskSpec(title=str(number), schedule=every, **policy))  # type: ignore[arg-type]
    until(ended(one, 60), seconds=20)
    for live in (one, other):
        live.runtime.stop(drain_seconds=5)
        live.store.engine.dispose()
    assert len(executed) == len(set(executed)) == 60


def test_an_idle_runtime_uses_no_processor_time(live: Live) -> None:
    live.task("far away", timedelta(days=1))
    live.runtime.start()
    time.sleep(0.5)
    before = time.process_time()
    time.sleep(2)
    assert time.process_time() - before < 0.1


def test_the_bell_knows_who_lives(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bell.db'}"
    one, other = Doorbell(url), Doorbell(url)
    assert not other.anybody()
    heard = threading.Event()
    one.listen(heard.set)
    assert other.anybody()
    assert other.is_alive(one.name)
    other.ring()
    assert heard.wait(5)
    one.close()
    assert not other.anybody()
    assert other.is_alive(one.name) is False
    assert not list((tmp_path / "bell.db.runtime").iterdir())
