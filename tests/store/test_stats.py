"""Runs in numbers: per task, per day, and why they failed."""

import sys
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from croncierge.clock import FixedClock
from croncierge.errors import NotFound
from store.kinds import Trigger
from store.operations import create_task
from store.operations.stats import analyse
from store.session import Store
from store.status import RunStatus
from store.values import Actor, TaskSpec
from tests.store.conftest import MONDAY, add_run

Ann = Callable[[], Actor]
DAY = timedelta(days=1)


def test_runs_are_counted_per_task_per_day_and_per_reason(store: Store, ann: Ann, bob: Ann, clock: FixedClock) -> None:
    clock.set(MONDAY + 3 * DAY)
    tea, cake = (create_task(store, ann(), TaskSpec(title=title)).id for title in ("tea", "cake"))

    def ran(task: int, day: int, status: RunStatus, seconds: float = 1, error: str | None = None) -> None:
        due = MONDAY + day * DAY
        took = timedelta(seconds=seconds)
        add_run(
            store, task, due, status, triggered_by=Trigger.MANUAL, start_time=due, end_time=due + took,
            error_message=error,
        )  # fmt: skip

    for seconds in range(1, 101):
        ran(tea, 0, RunStatus.COMPLETED, seconds)
    ran(tea, 1, RunStatus.FAILED, error="it took longer than 30 seconds")
    ran(cake, 1, RunStatus.FAILED, error="it took longer than 300 seconds")
    ran(cake, 1, RunStatus.FAILED, error="burnt")
    ran(cake, 3, RunStatus.SKIPPED)
    found = analyse(store, ann(), MONDAY - DAY, "Europe/Berlin")

    assert (found.numbers.runs, found.numbers.success_rate) == (104, 100 / 103)
    assert [(each.title, each.numbers.runs, each.numbers.success_rate) for each in found.tasks] == [
        ("tea", 101, 100 / 101),
        ("cake", 3, 0),
    ]
    times = found.tasks[0].numbers
    assert (times.median_time, times.p95_time, times.p99_time) == (
        timedelta(seconds=50.5),
        timedelta(seconds=95.05),
        timedelta(seconds=99.01),
    )
    assert [(each.completed, each.failed, each.others) for each in found.days] == [
        (0, 0, 0),
        (100, 0, 0),
        (0, 3, 0),
        (0, 0, 0),
        (0, 0, 1),
    ]
    assert [(each.runs, each.reason, each.tasks) for each in found.failures] == [
        (2, "it took longer than 300 seconds", ("cake", "tea")),
        (1, "burnt", ("cake",)),
    ]
    assert analyse(store, bob(), MONDAY - DAY, "UTC").numbers.runs == 0
    assert analyse(store, ann(), MONDAY - DAY, "UTC", cake).numbers.runs == 3
    with pytest.raises(NotFound):
        analyse(store, bob(), MONDAY, "UTC", cake)


def test_a_day_begins_in_the_zone_of_the_person(store: Store, ann: Ann, clock: FixedClock) -> None:
    task = create_task(store, ann(), TaskSpec(title="late")).id
    late = MONDAY.replace(hour=23, minute=30)
    add_run(store, task, late, RunStatus.COMPLETED)
    clock.set(late)
    for zone, day in (("UTC", 23), ("Europe/Berlin", 24)):
        days = analyse(store, ann(), MONDAY, zone).days
        assert [each.day for each in days if each.completed] == [date(2026, 11, day)]


def test_of_very_many_runs_the_latest_are_counted(store: Store, ann: Ann, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[analyse.__module__], "_MOST_COUNTED", 2)
    task = create_task(store, ann(), TaskSpec(title="tea")).id
    for hour in range(3):
        add_run(store, task, MONDAY + timedelta(hours=hour), RunStatus.COMPLETED)
    found = analyse(store, ann(), MONDAY - DAY, "UTC")
    assert (found.numbers.runs, found.cut) == (2, True)
