from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from croncierge.clock import FixedClock
from croncierge.errors import InvalidInput, NotFound
from store.operations import create_task, delete_task, get_task, list_tasks, pause_task, resume_task
from store.session import Store
from store.tables import Task
from store.values import Actor, Prerequisite, TaskInfo, TaskSpec
from tests.store.conftest import MONDAY, cron, once

Person = Callable[[], Actor]


@pytest.fixture
def daily(store: Store, ann: Person) -> TaskInfo:
    return create_task(store, ann(), TaskSpec(title="water the plants", schedule=cron("0 12 * * *")))


def test_a_paused_task_is_not_due(store: Store, ann: Person, daily: TaskInfo, rings: list[str]) -> None:
    rings.clear()
    paused = pause_task(store, ann(), daily.id, "on holiday")
    assert (paused.is_active, paused.next_run_at, paused.pause_note) == (False, None, "on holiday")
    assert rings == ["ring"]


def test_pausing_without_a_reason_is_told_from_being_over(store: Store, ann: Person, daily: TaskInfo) -> None:
    assert daily.pause_note is None
    assert pause_task(store, ann(), daily.id).pause_note == ""


def test_a_resumed_task_goes_on_from_now_and_catches_nothing_up(
    store: Store, ann: Person, daily: TaskInfo, clock: FixedClock
) -> None:
    pause_task(store, ann(), daily.id)
    clock.set(MONDAY + timedelta(days=10))
    resumed = resume_task(store, ann(), daily.id)
    assert (resumed.is_active, resumed.pause_note) == (True, None)
    assert resumed.next_run_at == datetime(2026, 12, 3, 11, 0, tzinfo=UTC)


def test_resuming_what_was_not_paused_changes_nothing(
    store: Store, ann: Person, daily: TaskInfo, rings: list[str]
) -> None:
    rings.clear()
    assert resume_task(store, ann(), daily.id) == daily
    assert rings == []


def test_a_one_off_whose_moment_passed_while_paused_cannot_be_resumed(
    store: Store, ann: Person, clock: FixedClock
) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=once(MONDAY + timedelta(hours=1))))
    pause_task(store, ann(), task.id)
    clock.set(MONDAY + timedelta(hours=2))
    with pytest.raises(InvalidInput, match="“call mom” cannot be resumed: its one time, Mon 23 Nov 11:00, has passed"):
        resume_task(store, ann(), task.id)
    assert get_task(store, ann(), task.id).pause_note == ""


def test_a_task_that_is_over_can_be_neither_paused_nor_resumed(store: Store, ann: Person, clock: FixedClock) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=once(MONDAY + timedelta(hours=1))))
    clock.set(MONDAY + timedelta(hours=2))
    with store.write() as session:
        row = session.get(Task, task.id)
        assert row is not None
        row.next_run_at, row.is_active, row.run_count = None, False, 1
    with pytest.raises(InvalidInput, match="over"):
        pause_task(store, ann(), task.id)
    with pytest.raises(InvalidInput, match="has passed"):
        resume_task(store, ann(), task.id)


def test_a_deleted_task_is_gone_but_its_record_stays(store: Store, ann: Person, daily: TaskInfo) -> None:
    deleted = delete_task(store, ann(), daily.id)
    assert (deleted.deleted_at, deleted.next_run_at) == (MONDAY, None)
    assert list_tasks(store, ann()) == []
    with pytest.raises(NotFound):
        get_task(store, ann(), daily.id)
    with pytest.raises(NotFound):
        delete_task(store, ann(), daily.id)
    assert get_task(store, ann(), daily.id, include_deleted=True).title == "water the plants"


def test_what_waited_for_a_deleted_task_no_longer_does(store: Store, ann: Person, daily: TaskInfo) -> None:
    after = create_task(store, ann(), TaskSpec(title="tidy up", depends_on=(Prerequisite(task_id=daily.id),)))
    delete_task(store, ann(), daily.id)
    assert get_task(store, ann(), after.id).depends_on == ()


def test_a_note_that_is_too_long_is_refused(store: Store, ann: Person, daily: TaskInfo) -> None:
    with pytest.raises(InvalidInput, match="note"):
        pause_task(store, ann(), daily.id, "x" * 501)
    assert get_task(store, ann(), daily.id) == daily
