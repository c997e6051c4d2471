from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from croncierge.clock import FixedClock
from croncierge.errors import NotFound
from schedules.schedule import Interval
from store.kinds import DependencyType, Trigger
from store.operations import (
    add_dependency,
    create_task,
    delete_task,
    edit_task,
    explain,
    pause_task,
    resume_task,
    undo,
)
from store.session import Store
from store.status import RunStatus
from store.values import Actor, Prerequisite, TaskChange, TaskInfo, TaskSpec
from tests.store.conftest import MONDAY, add_run, cron, move_on, once

Person = Callable[[], Actor]
DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
"""When the Monday began in Berlin on which the tests begin."""


def day(number: int) -> tuple[datetime, datetime]:
    """The day that many days after that Monday."""
    return MIDNIGHT + number * DAY, MIDNIGHT + (number + 1) * DAY


@pytest.fixture
def task(store: Store, ann: Person) -> TaskInfo:
    """Created on Monday at 10:00 in Berlin, due every Monday at 12:00."""
    return create_task(store, ann(), TaskSpec(title="send the timesheet", schedule=cron("0 12 * * 1")))


@pytest.fixture
def why(store: Store, ann: Person) -> Callable[..., str]:
    def ask(task: TaskInfo, during: tuple[datetime, datetime] | None = None) -> str:
        return " ".join(explain(store, ann(), task.id, during=during).sentences)

    return ask


def test_before_it_was_created(task: TaskInfo, why: Callable[..., str]) -> None:
    assert why(task, day(-1)) == "“send the timesheet” was created only today at 10:00."


def test_created_after_its_time_that_day(store: Store, ann: Person, clock: FixedClock, why: Callable[..., str]) -> None:
    clock.set(MONDAY.replace(hour=11))
    late = create_task(store, ann(), TaskSpec(title="late", schedule=cron("0 12 * * 1")))
    clock.set(MONDAY + DAY)
    assert why(late, day(0)) == (
        "“late” was not due yesterday: it runs every Monday at 12:00 (Europe/Berlin). "
        "It was created only yesterday at 12:00. It is next due on Mon 30 Nov at 12:00."
    )


def test_not_due_that_day(store: Store, task: TaskInfo, clock: FixedClock, why: Callable[..., str]) -> None:
    clock.set(MONDAY + 2 * DAY)
    move_on(store, task.id, MONDAY + 7 * DAY)
    assert why(task, day(1)) == (
        "“send the timesheet” was not due yesterday: it runs every Monday at 12:00 (Europe/Berlin). "
        "It is next due on Mon 30 Nov at 10:00."
    )


def test_completed(store: Store, task: TaskInfo, clock: FixedClock, why: Callable[..., str]) -> None:
    noon = MONDAY.replace(hour=11)
    add_run(store, task.id, noon, RunStatus.COMPLETED, start_time=noon, end_time=noon)
    clock.set(MONDAY + DAY)
    assert why(task, day(0)) == "“send the timesheet” was due yesterday at 12:00 and completed."


@pytest.mark.parametrize(
    ("status", "columns", "ending"),
    [
        (RunStatus.FAILED, {"attempt": 3, "error_message": "No network."}, "failed after 3 attempts: No network."),
        (RunStatus.RETRYING, {"error_message": "no"}, "failed, but will be tried again: no."),
        (RunStatus.SKIPPED, {"reason": "skipped due to failure of “a”"}, "was skipped due to failure of “a”."),
        (RunStatus.BLOCKED, {"reason": "“a” is gone"}, "is blocked: “a” is gone."),
        (RunStatus.MISSED, {"reason": "nothing was running"}, "was missed: nothing was running."),
        (RunStatus.WAITING, {"reason": "waits for “a”"}, "is waiting: waits for “a”."),
        (RunStatus.CANCELLED, {}, "was cancelled."),
        (RunStatus.RUNNING, {}, "is running now."),
        (RunStatus.PENDING, {}, "is about to start."),
    ],
)
def test_each_outcome_is_told_with_its_reason(
    store: Store,
    task: TaskInfo,
    clock: FixedClock,
    why: Callable[..., str],
    status: RunStatus,
    columns: dict[str, object],
    ending: str,
) -> None:
    add_run(store, task.id, MONDAY.replace(hour=11), status, **columns)
    clock.set(MONDAY + DAY)
    assert why(task, day(0)) == f"“send the timesheet” was due yesterday at 12:00 and {ending}"


def test_started_late(store: Store, task: TaskInfo, clock: FixedClock, why: Callable[..., str]) -> None:
    noon = MONDAY.replace(hour=11)
    add_run(
        store,
        task.id,
        noon,
        RunStatus.COMPLETED,
        start_time=noon + timedelta(hours=3),
        triggered_by=Trigger.CATCH_UP,
    )
    clock.set(MONDAY + DAY)
    assert why(task, day(0)) == (
        "“send the timesheet” was due yesterday at 12:00, started only yesterday at 15:00 and completed."
    )


def test_started_by_hand(store: Store, task: TaskInfo, clock: FixedClock, why: Callable[..., str]) -> None:
    add_run(store, task.id, MONDAY.replace(hour=10), RunStatus.COMPLETED, triggered_by=Trigger.MANUAL)
    add_run(store, task.id, MONDAY.replace(hour=11), RunStatus.COMPLETED)
    clock.set(MONDAY + DAY)
    assert why(task, day(0)) == (
        "“send the timesheet” was started by hand yesterday at 11:00 and completed. "
        "It was due yesterday at 12:00 and completed."
    )


def test_nothing_was_running(task: TaskInfo, clock: FixedClock, why: Callable[..., str]) -> None:
    clock.set(MONDAY + DAY)
    assert why(task, day(0)) == (
        "“send the timesheet” was due yesterday at 12:00, but nothing has been running since that could start it."
    )
    assert "has been due since yesterday at 12:00, but nothing has been running" in why(task)


def test_an_occurrence_without_any_record_is_not_passed_over(
    store: Store, task: TaskInfo, clock: FixedClock, why: Callable[..., str]
) -> None:
    move_on(store, task.id, MONDAY + 7 * DAY)
    clock.set(MONDAY + DAY)
    assert "was due yesterday at 12:00, but there is no record of a run for that" in why(task, day(0))


def test_paused(
    store: Store, ann: Person, bob: Person, task: TaskInfo, clock: FixedClock, why: Callable[..., str]
) -> None:
    pause_task(store, ann(), task.id, "holiday")
    clock.set(MONDAY + DAY)
    resume_task(store, ann(), task.id)
    assert why(task, day(0)) == (
        "“send the timesheet” was due yesterday at 12:00, but it was paused by you yesterday at 10:00 (“holiday”)."
    )
    assert "was not due today" in why(task, day(1))


def test_paused_now(store: Store, ann: Person, task: TaskInfo, why: Callable[..., str]) -> None:
    pause_task(store, ann(), task.id)
    assert why(task) == "“send the timesheet” is paused. It has not run yet; it was created today at 10:00."


def test_deleted(store: Store, ann: Person, task: TaskInfo, clock: FixedClock, why: Callable[..., str]) -> None:
    delete_task(store, ann(), task.id)
    clock.set(MONDAY + DAY)
    assert why(task, day(0)) == "“send the timesheet” was deleted by you yesterday at 10:00."
    assert why(task).startswith("“send the timesheet” was deleted yesterday at 10:00.")
    undo(store, ann())
    assert why(task, day(0)) == "“send the timesheet” was deleted by you yesterday at 10:00."
    assert "not due today" in why(task, day(1))


def test_it_had_another_schedule_then(
    store: Store, ann: Person, task: TaskInfo, clock: FixedClock, why: Callable[..., str]
) -> None:
    clock.set(MONDAY + 2 * DAY)
    move_on(store, task.id, MONDAY + 7 * DAY)
    edit_task(store, ann(), task.id, TaskChange(schedule=cron("0 9 * * *")))
    assert why(task, day(1)) == (
        "“send the timesheet” was not due yesterday: it ran every Monday at 12:00 (Europe/Berlin). "
        "It was changed today at 10:00 to every day at 09:00 (Europe/Berlin)."
    )


def test_a_title_changed_meanwhile_does_not_matter(
    store: Store, ann: Person, task: TaskInfo, clock: FixedClock, why: Callable[..., str]
) -> None:
    clock.set(MONDAY + 2 * DAY)
    edit_task(store, ann(), task.id, TaskChange(title="timesheet"))
    assert why(task, day(1)).startswith("“timesheet” was not due yesterday: it runs every Monday")


def test_many_runs_are_summed_up(store: Store, ann: Person, clock: FixedClock, why: Callable[..., str]) -> None:
    every_hour = Interval(every=timedelta(hours=1), anchor=MONDAY, zone="Europe/Berlin")
    hourly = create_task(store, ann(), TaskSpec(title="look", schedule=every_hour))
    for hour in range(1, 11):
        at = MONDAY + timedelta(hours=hour)
        add_run(store, hourly.id, at, RunStatus.FAILED if hour == 3 else RunStatus.COMPLETED)
    move_on(store, hourly.id, MONDAY + timedelta(hours=11))
    clock.set(MONDAY + timedelta(hours=10, minutes=30))
    assert why(hourly, (MIDNIGHT, clock.now())).startswith("“look” came up 10 times between")
    assert why(hourly, day(0)) == (
        "“look” came up 10 times today: 9 completed and 1 failed. The latest: it was due today at 20:00 and completed."
    )


def test_it_waits_for_another(
    store: Store, ann: Person, task: TaskInfo, clock: FixedClock, why: Callable[..., str]
) -> None:
    after = create_task(store, ann(), TaskSpec(title="archive it", zone="Europe/Berlin"))
    add_dependency(store, ann(), after.id, Prerequisite(task_id=task.id, type=DependencyType.COMPLETION))
    assert why(after) == (
        "“archive it” waits for “send the timesheet” (which has not run yet). "
        "It has not run yet; it was created today at 10:00."
    )
    noon = MONDAY.replace(hour=11)
    add_run(store, task.id, noon, RunStatus.FAILED, end_time=noon)
    clock.set(MONDAY + DAY)
    assert why(after, day(1)) == (
        "“archive it” has not run today. “archive it” waits for “send the timesheet” (last failed yesterday at 12:00)."
    )


def test_a_run_that_waits_says_for_what(
    store: Store, ann: Person, task: TaskInfo, clock: FixedClock, why: Callable[..., str]
) -> None:
    other = create_task(store, ann(), TaskSpec(title="count the hours"))
    add_dependency(store, ann(), task.id, Prerequisite(task_id=other.id))
    add_run(store, task.id, MONDAY.replace(hour=11), RunStatus.WAITING)
    add_run(store, other.id, MONDAY, RunStatus.RUNNING, triggered_by=Trigger.MANUAL)
    clock.set(MONDAY + DAY)
    assert why(task, day(0)) == (
        "“send the timesheet” was due yesterday at 12:00 and is waiting. "
        "“send the timesheet” waits for “count the hours” (which is running)."
    )


def test_what_it_waited_for_was_deleted(store: Store, ann: Person, task: TaskInfo, why: Callable[..., str]) -> None:
    after = create_task(store, ann(), TaskSpec(title="archive it", depends_on=(Prerequisite(task_id=task.id),)))
    delete_task(store, ann(), task.id)
    assert why(after).startswith(
        "It no longer waits for “send the timesheet”, which was deleted. “archive it” has no time of its own, "
        "so it only runs when somebody starts it."
    )


def test_a_one_off_that_is_over(store: Store, ann: Person, clock: FixedClock, why: Callable[..., str]) -> None:
    at = MONDAY + timedelta(hours=1)
    call = create_task(store, ann(), TaskSpec(title="call mom", schedule=once(at)))
    add_run(store, call.id, at, RunStatus.COMPLETED)
    move_on(store, call.id, None)
    clock.set(MONDAY + DAY)
    assert why(call) == (
        "“call mom” is over: its one time, Mon 23 Nov 11:00, has passed. "
        "Its latest run: it was due yesterday at 11:00 and completed."
    )


def test_a_day_that_is_still_to_come(task: TaskInfo, why: Callable[..., str]) -> None:
    assert why(task, day(7)) == (
        "“send the timesheet” runs every Monday at 12:00 (Europe/Berlin); it is due on Mon 30 Nov at 12:00."
    )
    assert "nothing is due then" in why(task, day(8))
    assert why(task, day(0)).endswith("; it is due today at 12:00.")


def test_how_it_stands(task: TaskInfo, why: Callable[..., str]) -> None:
    assert why(task) == (
        "“send the timesheet” runs every Monday at 12:00 (Europe/Berlin), next today at 12:00. "
        "It has not run yet; it was created today at 10:00."
    )


def test_the_runs_it_speaks_of_come_with_it(store: Store, ann: Person, task: TaskInfo, clock: FixedClock) -> None:
    run_id = add_run(store, task.id, MONDAY.replace(hour=11), RunStatus.COMPLETED)
    add_run(store, task.id, MONDAY + 7 * DAY, RunStatus.COMPLETED)
    clock.set(MONDAY + 8 * DAY)
    assert [run.id for run in explain(store, ann(), task.id, during=day(0)).runs] == [run_id]


def test_a_task_that_is_not_there_is_not_explained(store: Store, ann: Person) -> None:
    with pytest.raises(NotFound, match="#5"):
        explain(store, ann(), 5)
