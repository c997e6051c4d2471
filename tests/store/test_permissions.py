from collections.abc import Callable
from typing import Any

import pytest

from croncierge.errors import Conflict, InvalidInput, NotAllowed, NotFound
from store.kinds import Permission
from store.operations import (
    add_dependency,
    create_task,
    delete_task,
    edit_task,
    ensure_user,
    explain,
    find_tasks,
    get_task,
    list_runs,
    list_tasks,
    pause_task,
    remove_dependency,
    resume_task,
    share_task,
    stats,
    unshare_task,
)
from store.session import Store
from store.values import Actor, Prerequisite, TaskChange, TaskInfo, TaskSpec
from tests.store.conftest import People, cron, make_admin

Person = Callable[[], Actor]
Operation = Callable[[Store, Actor, int], Any]

LOOK: dict[str, Operation] = {
    "get": get_task,
    "explain": explain,
    "runs": lambda store, actor, task_id: list_runs(store, actor, task_id=task_id),
    "stats": stats,
}
CHANGE: dict[str, Operation] = {
    "edit": lambda store, actor, task_id: edit_task(store, actor, task_id, TaskChange(title="mine")),
    "pause": pause_task,
    "resume": resume_task,
    "delete": delete_task,
    "add": lambda store, actor, task_id: add_dependency(store, actor, task_id, Prerequisite(task_id=task_id + 1)),
    "be waited for": lambda store, actor, task_id: create_task(
        store, actor, TaskSpec(title="after", depends_on=(Prerequisite(task_id=task_id),))
    ),
    "remove": lambda store, actor, task_id: remove_dependency(store, actor, task_id, task_id + 1),
}
GIVE: dict[str, Operation] = {
    "share": lambda store, actor, task_id: share_task(store, actor, task_id, "carla", Permission.VIEW),
    "unshare": lambda store, actor, task_id: unshare_task(store, actor, task_id, "carla"),
}
EVERYTHING = LOOK | CHANGE | GIVE


@pytest.fixture
def task(store: Store, ann: Person) -> TaskInfo:
    ensure_user(store, "carla")
    return create_task(store, ann(), TaskSpec(title="pay the rent", schedule=cron("0 9 1 * *")))


@pytest.mark.parametrize("operation", EVERYTHING.values(), ids=EVERYTHING)
def test_what_is_somebody_elses_looks_as_if_it_were_not_there(
    store: Store, ann: Person, bob: Person, task: TaskInfo, operation: Operation
) -> None:
    with pytest.raises(NotFound) as not_mine:
        operation(store, bob(), task.id)
    with pytest.raises(NotFound) as not_there:
        operation(store, bob(), 77)
    assert not_mine.value.message.replace(f"#{task.id}", "#77") == not_there.value.message
    assert get_task(store, ann(), task.id) == task


@pytest.mark.parametrize("operation", LOOK.values(), ids=LOOK)
def test_what_is_shared_for_viewing_can_be_seen(
    store: Store, ann: Person, bob: Person, task: TaskInfo, operation: Operation
) -> None:
    bob()
    share_task(store, ann(), task.id, "bob", Permission.VIEW)
    operation(store, bob(), task.id)
    assert [each.id for each in list_tasks(store, bob())] == [task.id]
    assert [each.id for each in find_tasks(store, bob(), "rent")] == [task.id]


@pytest.mark.parametrize("operation", (CHANGE | GIVE).values(), ids=CHANGE | GIVE)
def test_what_is_shared_for_viewing_cannot_be_changed(
    store: Store, ann: Person, bob: Person, task: TaskInfo, operation: Operation
) -> None:
    bob()
    share_task(store, ann(), task.id, "bob", Permission.VIEW)
    with pytest.raises(NotAllowed, match="“pay the rent”"):
        operation(store, bob(), task.id)
    assert get_task(store, ann(), task.id) == task


def test_what_is_shared_for_editing_can_be_changed_but_not_given_on(
    store: Store, ann: Person, bob: Person, task: TaskInfo
) -> None:
    bob()
    share_task(store, ann(), task.id, "bob", Permission.EDIT)
    assert edit_task(store, bob(), task.id, TaskChange(title="pay")).title == "pay"
    with pytest.raises(NotAllowed, match="Only the owner"):
        share_task(store, bob(), task.id, "carla", Permission.VIEW)


def test_the_title_of_a_task_that_is_not_shared_stays_hidden_behind_one_that_is(
    store: Store, ann: Person, bob: Person, task: TaskInfo
) -> None:
    bob()
    after = create_task(store, ann(), TaskSpec(title="note it", depends_on=(Prerequisite(task_id=task.id),)))
    share_task(store, ann(), after.id, "bob", Permission.EDIT)
    told = " ".join(explain(store, bob(), after.id).sentences)
    assert "“note it” waits for a task that is not shared with you" in told
    assert "rent" not in told
    mine = create_task(store, bob(), TaskSpec(title="mine"))
    share_task(store, bob(), mine.id, "ann", Permission.EDIT)
    add_dependency(store, ann(), task.id, Prerequisite(task_id=mine.id))
    with pytest.raises(Conflict) as refused:
        add_dependency(store, bob(), mine.id, Prerequisite(task_id=after.id))
    assert "a task that is not shared with you" in refused.value.message
    assert "rent" not in refused.value.message


def test_sharing_again_replaces_what_somebody_may_do_and_unsharing_ends_it(
    store: Store, ann: Person, bob: Person, task: TaskInfo
) -> None:
    bob()
    share_task(store, ann(), task.id, "bob", Permission.EDIT)
    share_task(store, ann(), task.id, "bob", Permission.VIEW)
    with pytest.raises(NotAllowed):
        pause_task(store, bob(), task.id)
    unshare_task(store, ann(), task.id, "bob")
    assert list_tasks(store, bob()) == []
    with pytest.raises(NotFound, match="not shared with bob"):
        unshare_task(store, ann(), task.id, "bob")


def test_a_task_is_shared_with_somebody_who_is_there_and_not_its_owner(
    store: Store, ann: Person, task: TaskInfo
) -> None:
    with pytest.raises(NotFound, match="nobody called 'nobody'"):
        share_task(store, ann(), task.id, "nobody", Permission.VIEW)
    with pytest.raises(InvalidInput, match="belongs to ann already"):
        share_task(store, ann(), task.id, "ann", Permission.VIEW)


@pytest.mark.parametrize("operation", LOOK.values(), ids=LOOK)
def test_an_administrator_may_do_all_that_the_owner_may(
    store: Store, people: People, task: TaskInfo, operation: Operation
) -> None:
    root = make_admin(store, people("root"))
    operation(store, root, task.id)
    share_task(store, root, task.id, "carla", Permission.VIEW)
    assert edit_task(store, root, task.id, TaskChange(title="paid")).owner_id == task.owner_id
    assert list_tasks(store, root) == []
