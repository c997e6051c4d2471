from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from croncierge.clock import FixedClock
from croncierge.errors import Conflict, NotFound
from store.kinds import DependencyType
from store.operations import add_dependency, create_task, delete_task, get_task, remove_dependency, undo
from store.session import Store
from store.values import Actor, Prerequisite, TaskSpec
from tests.store.conftest import MONDAY, People, make_admin, new_store
from tests.store.test_dag import is_acyclic

Person = Callable[[], Actor]


def _tasks(store: Store, actor: Actor, *titles: str) -> list[int]:
    return [create_task(store, actor, TaskSpec(title=title)).id for title in titles]


def test_a_task_waits_for_others_in_the_way_that_was_asked_for(store: Store, ann: Person) -> None:
    first, second, last = _tasks(store, ann(), "extract", "transform", "load")
    add_dependency(store, ann(), last, Prerequisite(task_id=second, type=DependencyType.COMPLETION))
    task = add_dependency(store, ann(), last, Prerequisite(task_id=first))
    assert task == get_task(store, ann(), last)
    assert task.depends_on == (
        Prerequisite(task_id=first, type=DependencyType.SUCCESS),
        Prerequisite(task_id=second, type=DependencyType.COMPLETION),
    )


def test_waiting_again_changes_only_the_type(store: Store, ann: Person) -> None:
    first, last = _tasks(store, ann(), "extract", "load")
    add_dependency(store, ann(), last, Prerequisite(task_id=first))
    task = add_dependency(store, ann(), last, Prerequisite(task_id=first, type=DependencyType.FAILURE))
    assert task.depends_on == (Prerequisite(task_id=first, type=DependencyType.FAILURE),)


def test_a_cycle_is_refused_with_the_path_that_would_close_it(store: Store, ann: Person) -> None:
    first, second, last = _tasks(store, ann(), "extract", "transform", "load")
    add_dependency(store, ann(), second, Prerequisite(task_id=first))
    add_dependency(store, ann(), last, Prerequisite(task_id=second))
    with pytest.raises(
        Conflict, match=r"“extract” would wait for “load”, which waits for “transform”, which waits for “extract”"
    ):
        add_dependency(store, ann(), first, Prerequisite(task_id=last))
    assert get_task(store, ann(), first).depends_on == ()


def test_a_task_cannot_wait_for_itself(store: Store, ann: Person) -> None:
    [only] = _tasks(store, ann(), "extract")
    with pytest.raises(Conflict, match="cannot wait for itself"):
        add_dependency(store, ann(), only, Prerequisite(task_id=only))


def test_a_deleted_task_in_the_middle_still_closes_a_cycle_since_it_may_come_back(store: Store, ann: Person) -> None:
    first, second, last = _tasks(store, ann(), "extract", "transform", "load")
    add_dependency(store, ann(), second, Prerequisite(task_id=first))
    add_dependency(store, ann(), last, Prerequisite(task_id=second))
    delete_task(store, ann(), second)
    with pytest.raises(Conflict):
        add_dependency(store, ann(), first, Prerequisite(task_id=last))


def test_undo_does_not_close_a_cycle_either(store: Store, people: People) -> None:
    first, last = _tasks(store, people("ann"), "extract", "load")
    add_dependency(store, people("ann"), last, Prerequisite(task_id=first))
    remove_dependency(store, people("ann"), last, first)
    add_dependency(store, make_admin(store, people("root")), first, Prerequisite(task_id=last))
    with pytest.raises(Conflict, match="circle"):
        undo(store, people("ann"))


def test_a_dependency_that_is_removed_is_gone(store: Store, ann: Person) -> None:
    first, last = _tasks(store, ann(), "extract", "load")
    add_dependency(store, ann(), last, Prerequisite(task_id=first))
    assert remove_dependency(store, ann(), last, first).depends_on == ()
    with pytest.raises(NotFound, match=f"“load” does not wait for task #{first}"):
        remove_dependency(store, ann(), last, first)


def test_a_task_that_is_not_there_cannot_be_waited_for(store: Store, ann: Person) -> None:
    [only] = _tasks(store, ann(), "extract")
    with pytest.raises(NotFound, match="#99"):
        add_dependency(store, ann(), only, Prerequisite(task_id=99))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=20))
def test_whatever_is_asked_for_the_stored_graph_has_an_order_and_only_cycles_are_refused(
    pairs: list[tuple[int, int]],
) -> None:
    store = new_store(FixedClock(MONDAY))
    actor = People(store)("ann")
    ids = _tasks(store, actor, *"abcdef")
    accepted: set[tuple[int, int]] = set()
    for task, on in pairs:
        edge = (ids[task - 1], ids[on - 1])
        acyclic = edge[0] != edge[1] and is_acyclic([*accepted, edge])
        try:
            add_dependency(store, actor, edge[0], Prerequisite(task_id=edge[1]))
        except Conflict:
            assert not acyclic
        else:
            assert acyclic
            accepted.add(edge)
    stored = {(each, on.task_id) for each in ids for on in get_task(store, actor, each).depends_on}
    assert stored == accepted
