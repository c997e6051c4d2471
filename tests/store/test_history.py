from collections.abc import Callable
from datetime import timedelta

import pytest

from croncierge.errors import NotFound
from store.kinds import Trigger
from store.operations import create_task, delete_task, get_run, list_runs, run_story, stats
from store.session import Store
from store.status import RunStatus
from store.tables import RunTransition
from store.values import Actor, RunStep, TaskInfo, TaskSpec
from tests.store.conftest import MONDAY, add_run, cron

Person = Callable[[], Actor]
HOUR = timedelta(hours=1)


@pytest.fixture
def task(store: Store, ann: Person) -> TaskInfo:
    return create_task(store, ann(), TaskSpec(title="water the plants", schedule=cron("0 12 * * *")))


def test_runs_are_listed_newest_first_and_only_those_asked_for(store: Store, ann: Person, task: TaskInfo) -> None:
    other = create_task(store, ann(), TaskSpec(title="call mom"))
    first = add_run(store, task.id, MONDAY, RunStatus.COMPLETED)
    second = add_run(store, task.id, MONDAY + HOUR, RunStatus.FAILED)
    third = add_run(store, other.id, MONDAY + 2 * HOUR, RunStatus.COMPLETED)

    def ids(**which: object) -> list[int]:
        return [run.id for run in list_runs(store, ann(), **which)]  # type: ignore[arg-type]

    assert ids() == [third, second, first]
    assert ids(limit=1) == [third]
    assert ids(task_id=task.id) == [second, first]
    assert ids(status=RunStatus.COMPLETED) == [third, first]
    assert ids(since=MONDAY + HOUR) == [third, second]
    assert ids(until=MONDAY + HOUR) == [first]
    assert ids(since=MONDAY, until=MONDAY) == []


def test_a_run_bears_its_tasks_title_and_all_that_was_recorded(store: Store, ann: Person, task: TaskInfo) -> None:
    run_id = add_run(
        store,
        task.id,
        MONDAY,
        RunStatus.FAILED,
        start_time=MONDAY,
        end_time=MONDAY + HOUR,
        error_message="no water",
        attempt=2,
        triggered_by=Trigger.MANUAL,
    )
    run = get_run(store, ann(), run_id)
    assert (run.title, run.task_id, run.status) == ("water the plants", task.id, RunStatus.FAILED)
    assert (run.scheduled_time, run.start_time, run.end_time) == (MONDAY, MONDAY, MONDAY + HOUR)
    assert (run.error_message, run.attempt, run.triggered_by) == ("no water", 2, Trigger.MANUAL)


def test_the_story_of_a_run_is_told_in_order(store: Store, ann: Person, task: TaskInfo) -> None:
    run_id = add_run(store, task.id, MONDAY, RunStatus.FAILED)
    with store.write() as session:
        session.add(RunTransition(run_id=run_id, to_status=RunStatus.PENDING, at=MONDAY))
    with store.write() as session:
        session.add(
            RunTransition(
                run_id=run_id,
                from_status=RunStatus.PENDING,
                to_status=RunStatus.RUNNING,
                at=MONDAY + HOUR,
                attempt=1,
                reason="free at last",
            )
        )
    assert run_story(store, ann(), run_id) == [
        RunStep(from_status=None, to_status=RunStatus.PENDING, at=MONDAY, attempt=0, reason=None),
        RunStep(
            from_status=RunStatus.PENDING,
            to_status=RunStatus.RUNNING,
            at=MONDAY + HOUR,
            attempt=1,
            reason="free at last",
        ),
    ]


def test_the_runs_of_a_deleted_task_stay_on_record(store: Store, ann: Person, task: TaskInfo) -> None:
    run_id = add_run(store, task.id, MONDAY, RunStatus.COMPLETED)
    delete_task(store, ann(), task.id)
    assert [run.id for run in list_runs(store, ann(), task_id=task.id)] == [run_id]
    assert [run.id for run in list_runs(store, ann())] == [run_id]


def test_somebody_elses_run_looks_as_if_it_were_not_there(
    store: Store, ann: Person, bob: Person, task: TaskInfo
) -> None:
    run_id = add_run(store, task.id, MONDAY, RunStatus.COMPLETED)
    assert list_runs(store, bob()) == []
    for operation in (get_run, run_story):
        with pytest.raises(NotFound, match=f"no run {run_id}"):
            operation(store, bob(), run_id)
        with pytest.raises(NotFound, match="no run 77"):
            operation(store, bob(), 77)


def test_numbers_count_runs_and_how_long_completed_ones_took(store: Store, ann: Person, task: TaskInfo) -> None:
    for number in range(1, 21):
        at = MONDAY + number * HOUR
        add_run(store, task.id, at, RunStatus.COMPLETED, start_time=at, end_time=at + timedelta(seconds=number))
    add_run(store, task.id, MONDAY, RunStatus.FAILED, start_time=MONDAY, end_time=MONDAY + 9 * HOUR)
    add_run(store, task.id, MONDAY - HOUR, RunStatus.MISSED)
    numbers = stats(store, ann(), task.id)
    assert numbers.runs == 22
    assert numbers.by_status == {RunStatus.COMPLETED: 20, RunStatus.FAILED: 1, RunStatus.MISSED: 1}
    assert numbers.success_rate == pytest.approx(20 / 21)
    assert numbers.median_time == timedelta(seconds=10.5)
    assert numbers.p95_time is not None
    assert timedelta(seconds=19) <= numbers.p95_time <= timedelta(seconds=20)
    assert numbers.sentence == (
        "22 runs, 20 completed, 1 failed and 1 missed; 95.2% succeeded; a run takes 10.5 s, "
        "and 95% of them at most 19.1 s."
    )
    assert stats(store, ann(), since=MONDAY + HOUR).runs == 20


def test_there_are_no_numbers_before_the_first_run(store: Store, ann: Person, bob: Person, task: TaskInfo) -> None:
    numbers = stats(store, ann(), task.id)
    assert (numbers.runs, numbers.success_rate, numbers.median_time) == (0, None, None)
    assert numbers.sentence == "no runs yet."
    add_run(store, task.id, MONDAY, RunStatus.COMPLETED)
    assert stats(store, ann()).runs == 1
    assert stats(store, bob()).runs == 0
