from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from croncierge.clock import FixedClock
from croncierge.errors import Conflict, NotAllowed, NotFound
from store.kinds import Permission
from store.operations import (
    add_dependency,
    create_task,
    delete_task,
    edit_task,
    get_preferences,
    get_task,
    list_tasks,
    pause_task,
    remove_dependency,
    resume_task,
    set_preferences,
    share_task,
    undo,
    unshare_task,
)
from store.session import Store
from store.values import Actor, Prerequisite, TaskChange, TaskInfo, TaskSpec
from tests.store.conftest import MONDAY, People, cron, move_on, once

Person = Callable[[], Actor]
DAY = timedelta(days=1)


@pytest.fixture
def task(store: Store, ann: Person) -> TaskInfo:
    return create_task(store, ann(), TaskSpec(title="send the timesheet", schedule=cron("0 9 * * 1")))


def test_a_new_task_is_deleted_again(store: Store, ann: Person, task: TaskInfo) -> None:
    undone = undo(store, ann())
    assert undone.sentences == ("“send the timesheet” is deleted.",)
    assert [each.deleted_at for each in undone.tasks] == [MONDAY]
    assert list_tasks(store, ann()) == []


def test_a_deleted_task_comes_back_and_is_due_from_now_on(
    store: Store, ann: Person, task: TaskInfo, clock: FixedClock
) -> None:
    delete_task(store, ann(), task.id)
    clock.set(MONDAY + 10 * DAY)
    undone = undo(store, ann())
    back = get_task(store, ann(), task.id)
    assert undone.tasks == (back,)
    assert (back.deleted_at, back.is_active) == (None, True)
    assert back.next_run_at == datetime(2026, 12, 7, 8, 0, tzinfo=UTC)
    assert undone.sentences == (
        "“send the timesheet” is back. It runs every Monday at 09:00 (Europe/Berlin), next Mon 7 Dec 09:00.",
    )


def test_a_deleted_one_off_whose_time_has_passed_comes_back_inactive_and_says_so(
    store: Store, ann: Person, clock: FixedClock
) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=once(MONDAY + timedelta(hours=1))))
    delete_task(store, ann(), task.id)
    clock.set(MONDAY + DAY)
    undone = undo(store, ann())
    assert undone.sentences == (
        "“call mom” is back. It will not run, because its one time, Mon 23 Nov 11:00, has passed.",
    )
    back = get_task(store, ann(), task.id)
    assert (back.is_active, back.next_run_at, back.deleted_at) == (False, None, None)


def test_an_edit_is_taken_back(store: Store, ann: Person, task: TaskInfo) -> None:
    edit_task(store, ann(), task.id, TaskChange(title="send it", schedule=cron("0 10 * * 2"), max_retries=4))
    undone = undo(store, ann())
    assert undone.sentences == (
        "“send it” is called “send the timesheet” again. “send the timesheet” runs every Monday at 09:00 "
        "(Europe/Berlin), next Mon 30 Nov 09:00.",
    )
    assert get_task(store, ann(), task.id) == task


def test_an_edit_of_the_title_taken_back_leaves_the_next_run_alone(
    store: Store, ann: Person, task: TaskInfo, clock: FixedClock
) -> None:
    edit_task(store, ann(), task.id, TaskChange(title="send it"))
    clock.set(MONDAY + 30 * DAY)
    undo(store, ann())
    assert get_task(store, ann(), task.id).next_run_at == task.next_run_at


def test_a_repeating_schedule_comes_back_alive_after_the_one_time_that_replaced_it_has_passed(
    store: Store, ann: Person, task: TaskInfo, clock: FixedClock
) -> None:
    at = MONDAY + timedelta(hours=1)
    edit_task(store, ann(), task.id, TaskChange(schedule=once(at)))
    clock.set(MONDAY + DAY)
    move_on(store, task.id, None)
    undo(store, ann())
    back = get_task(store, ann(), task.id)
    assert (back.is_active, back.schedule, back.next_run_at) == (True, task.schedule, task.next_run_at)


def test_a_new_time_taken_back_leaves_what_was_over_over(store: Store, ann: Person, clock: FixedClock) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=once(MONDAY + timedelta(hours=1))))
    clock.set(MONDAY + DAY)
    move_on(store, task.id, None)
    edit_task(store, ann(), task.id, TaskChange(schedule=once(MONDAY + 2 * DAY)))
    assert undo(store, ann()).sentences == (
        "“call mom” will not run, because its one time, Mon 23 Nov 11:00, has passed.",
    )
    assert not get_task(store, ann(), task.id).is_active


def test_pausing_and_resuming_are_taken_back(store: Store, ann: Person, task: TaskInfo) -> None:
    paused = pause_task(store, ann(), task.id, "holiday")
    resume_task(store, ann(), task.id)
    assert undo(store, ann()).sentences == ("“send the timesheet” is paused again.",)
    assert get_task(store, ann(), task.id) == paused
    undo(store, ann())
    assert get_task(store, ann(), task.id) == task


def test_what_was_asked_for_in_one_breath_is_taken_back_together_newest_first(
    store: Store, people: People, task: TaskInfo
) -> None:
    breath = people("ann", "one breath")
    other = create_task(store, breath, TaskSpec(title="archive it"))
    add_dependency(store, breath, other.id, Prerequisite(task_id=task.id))
    pause_task(store, breath, task.id)
    undone = undo(store, people("ann"))
    assert [sentence.split(" ")[0] for sentence in undone.sentences] == ["“send", "“archive", "“archive"]
    assert [each.id for each in undone.tasks] == [task.id, other.id]
    assert list_tasks(store, people("ann")) == [task]


def test_each_undo_goes_one_step_further_back_until_nothing_is_left(store: Store, ann: Person, task: TaskInfo) -> None:
    edit_task(store, ann(), task.id, TaskChange(title="b"))
    edit_task(store, ann(), task.id, TaskChange(title="c"))
    undo(store, ann())
    assert get_task(store, ann(), task.id).title == "b"
    undo(store, ann())
    assert get_task(store, ann(), task.id).title == "send the timesheet"
    undo(store, ann())
    with pytest.raises(NotFound, match="nothing to undo"):
        undo(store, ann())


def test_dependencies_are_taken_back(store: Store, ann: Person, task: TaskInfo) -> None:
    after = create_task(store, ann(), TaskSpec(title="archive it"))
    waiting = add_dependency(store, ann(), after.id, Prerequisite(task_id=task.id))
    remove_dependency(store, ann(), after.id, task.id)
    assert undo(store, ann()).sentences == ("“archive it” waits for “send the timesheet” again.",)
    assert get_task(store, ann(), after.id).depends_on == waiting.depends_on
    assert undo(store, ann()).sentences == ("“archive it” no longer waits for “send the timesheet”.",)
    assert get_task(store, ann(), after.id).depends_on == ()


def test_sharing_is_taken_back(store: Store, ann: Person, bob: Person, task: TaskInfo) -> None:
    bob()
    share_task(store, ann(), task.id, "bob", Permission.VIEW)
    unshare_task(store, ann(), task.id, "bob")
    assert undo(store, ann()).sentences == ("“send the timesheet” is shared with bob as before.",)
    assert get_task(store, bob(), task.id) == task
    assert undo(store, ann()).sentences == ("“send the timesheet” is no longer shared with bob.",)
    assert list_tasks(store, bob()) == []


def test_preferences_are_taken_back(store: Store, ann: Person) -> None:
    usual = get_preferences(store, ann())
    set_preferences(store, ann(), zone="Europe/Berlin")
    berlin = set_preferences(store, ann(), zone="Europe/Berlin")
    set_preferences(store, ann(), zone="Asia/Tokyo", default_time="07:00")
    assert undo(store, ann()).sentences == (
        "Your preferences are as before: the time zone is Europe/Berlin, the usual time of day 09:00.",
    )
    assert get_preferences(store, ann()) == berlin
    undo(store, ann())
    assert get_preferences(store, ann()) == usual


def test_one_person_does_not_undo_what_another_did(store: Store, ann: Person, bob: Person, task: TaskInfo) -> None:
    with pytest.raises(NotFound):
        undo(store, bob())
    assert get_task(store, ann(), task.id) == task


def test_what_somebody_else_has_changed_since_is_not_overwritten(
    store: Store, ann: Person, bob: Person, task: TaskInfo
) -> None:
    bob()
    share_task(store, ann(), task.id, "bob", Permission.EDIT)
    edit_task(store, ann(), task.id, TaskChange(title="a"))
    edit_task(store, bob(), task.id, TaskChange(title="b"))
    with pytest.raises(Conflict, match="bob has changed “b” since"):
        undo(store, ann())
    assert get_task(store, ann(), task.id).title == "b"


def test_what_one_may_no_longer_change_is_not_undone(store: Store, ann: Person, bob: Person, task: TaskInfo) -> None:
    bob()
    share_task(store, ann(), task.id, "bob", Permission.EDIT)
    edit_task(store, bob(), task.id, TaskChange(title="b"))
    share_task(store, ann(), task.id, "bob", Permission.VIEW)
    with pytest.raises(NotAllowed):
        undo(store, bob())
    assert get_task(store, ann(), task.id).title == "b"


def test_an_undo_that_fails_half_way_changes_nothing(store: Store, people: People, ann: Person, task: TaskInfo) -> None:
    people("bob")
    share_task(store, ann(), task.id, "bob", Permission.EDIT)
    other = create_task(store, people("ann"), TaskSpec(title="mine"))
    breath = people("ann", "one breath")
    edit_task(store, breath, task.id, TaskChange(title="a"))
    edit_task(store, breath, other.id, TaskChange(title="still mine"))
    edit_task(store, people("bob"), task.id, TaskChange(title="b"))
    with pytest.raises(Conflict):
        undo(store, ann())
    assert get_task(store, ann(), other.id).title == "still mine"


def test_the_runtime_is_told_after_an_undo(store: Store, ann: Person, task: TaskInfo, rings: list[str]) -> None:
    delete_task(store, ann(), task.id)
    rings.clear()
    undo(store, ann())
    assert rings == ["ring"]
