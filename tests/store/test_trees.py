from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from croncierge.clock import FixedClock
from croncierge.errors import Conflict, InvalidInput, NotFound
from store.moves import RUNS, move_runs
from store.open import open_store
from store.operations import create_task, edit_task, ensure_user, list_tasks, run_now
from store.operations.budgets import Exhausted, limits_of, where_it_stands
from store.operations.trees import (
    AI,
    Place,
    begin_entry,
    children,
    ready,
    ready_parents,
    said,
    spawn,
    taint,
    take_place,
)
from store.session import Store
from store.status import RunStatus
from store.values import Actor, TaskChange, TaskSpec
from tests.store.conftest import MONDAY


def place(store: Store, actor: Actor, task_id: int, run_id: int, **budget: int) -> Place:
    return take_place(store, run_id, task_id, actor.user_id, limits_of(budget), tainted=False)


def goal(store: Store, actor: Actor, **budget: int) -> Place:
    """The first run of a tree."""
    spec = TaskSpec(title="report on cats", action_type="ai_goal", action_payload={"goal": "Read https://a.example/"})
    task = create_task(store, actor, spec)
    return place(store, actor, task.id, run_now(store, actor, task.id).id, **budget)


def part(store: Store, actor: Actor, parent: Place, title: str, *after: str, call: str = "") -> int:
    spec = TaskSpec(title=title, action_type="ai_prompt", action_payload={"prompt": title})
    return spawn(store, replace(actor, via=AI), parent.run_id, spec, after, call or title)[0]


def runs_of(store: Store, task_id: int) -> list[tuple[int, RunStatus]]:
    with store.reading() as connection:
        found = connection.execute(RUNS.select().where(RUNS.c.task_id == task_id)).all()
    return [(row.run_id, row.status) for row in found]


def end(store: Store, task_id: int, status: RunStatus = RunStatus.COMPLETED) -> None:
    now = store.clock.now()
    ((run_id, before),) = runs_of(store, task_id)
    with store.writing() as connection:
        move_runs(connection, [(run_id, before, {"status": RunStatus.RUNNING})], now)
        move_runs(connection, [(run_id, RunStatus.RUNNING, {"status": status, "end_time": now})], now)


def free(store: Store, *runs: int) -> list[int]:
    with store.reading() as connection:
        return ready(connection, runs)


def test_the_first_run_of_a_tree_has_its_budget_and_its_owners_words(store: Store, ann: Callable[[], Actor]) -> None:
    root = goal(store, ann(), depth=1, steps=7)
    assert (root.root_run_id, root.depth, root.most_depth, root.steps) == (root.run_id, 0, 1, 7)
    assert root.owner == "ann"
    assert "Read https://a.example/" in root.words
    assert "report on cats" in root.words


def test_a_subtask_shares_the_budget_the_words_and_what_was_read(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    root = goal(store, actor)
    taint(store, root.run_id)
    task_id = part(store, actor, root, "find evil")
    child = place(store, actor, task_id, runs_of(store, task_id)[0][0])
    assert (child.root_run_id, child.depth, child.tainted) == (root.run_id, 1, True)
    assert child.words == root.words


def test_one_that_is_too_deep_is_not_begun(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    task_id = part(store, actor, goal(store, actor, depth=0), "find")
    with pytest.raises(Exhausted) as raised:
        place(store, actor, task_id, runs_of(store, task_id)[0][0])
    assert raised.value.field == "depth"


def test_words_that_an_ai_run_has_written_are_not_the_owners(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    task = create_task(store, replace(actor, via=AI), TaskSpec(title="evil", action_type="ai_goal"))
    assert place(store, actor, task.id, run_now(store, actor, task.id).id).words == ""
    own = create_task(store, actor, TaskSpec(title="good", action_type="ai_goal"))
    edit_task(store, replace(actor, via=AI), own.id, TaskChange(description="evil"))
    assert place(store, actor, own.id, run_now(store, actor, own.id).id).words == ""


def test_making_and_paying_are_one(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    root = goal(store, actor, subtasks=1)
    part(store, actor, root, "find")
    with pytest.raises(Exhausted, match="1 subtasks"):
        part(store, actor, root, "write")
    assert [child.title for child in children(store, root.run_id)] == ["find"]
    assert len(list_tasks(store, actor)) == 2
    with pytest.raises(InvalidInput):
        part(store, actor, goal(store, actor), " ")
    assert where_it_stands(store, root.run_id).spent["subtasks"] == 1


def test_a_repeated_call_makes_nothing_new(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    root = goal(store, actor)
    assert part(store, actor, root, "find", call="c") == part(store, actor, root, "find", call="c")
    assert where_it_stands(store, root.run_id).spent["subtasks"] == 1


def test_a_subtask_starts_at_once_unless_it_waits_for_others(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    root = goal(store, actor)
    first, second = part(store, actor, root, "find"), part(store, actor, root, "write", "find")
    assert [status for _, status in runs_of(store, first)] == [RunStatus.PENDING]
    assert runs_of(store, second) == []
    end(store, first)
    third = part(store, actor, root, "mail", f"#{first}")  # which has completed, so that nothing is left to wait for
    assert [status for _, status in runs_of(store, third)] == [RunStatus.PENDING]


def test_nothing_can_wait_for_what_failed_or_is_not_there(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    root = goal(store, actor)
    end(store, part(store, actor, root, "find"), RunStatus.FAILED)
    with pytest.raises(Conflict, match="ended as failed"):
        part(store, actor, root, "write", "find")
    with pytest.raises(NotFound, match="no subtask 'fetch'"):
        part(store, actor, root, "write", "fetch")
    create_task(store, actor, TaskSpec(title="another task of hers"))
    with pytest.raises(NotFound):
        part(store, actor, root, "write", "another task of hers")


def test_a_run_is_free_when_all_its_parts_have_ended(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    root = goal(store, actor)
    assert free(store, root.run_id) == [root.run_id]
    first, second = part(store, actor, root, "find"), part(store, actor, root, "look")
    end(store, first)
    assert free(store, root.run_id) == []
    end(store, second, RunStatus.FAILED)
    with store.reading() as connection:
        assert ready_parents(connection, [second]) == [root.run_id]
        assert ready_parents(connection, [1_000]) == []


def test_runs_that_no_model_carries_out_are_never_let_go(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    run = run_now(store, actor, create_task(store, actor, TaskSpec(title="plain")).id)
    assert free(store, run.id) == []


def test_entries_are_counted_and_end(store: Store, ann: Callable[[], Actor]) -> None:
    root = goal(store, ann(), entries=2)
    begin_entry(store, root)
    begin_entry(store, root)
    with pytest.raises(Exhausted, match="2 entries"):
        begin_entry(store, root)


def test_what_was_said_is_all_text_wherever_it_stands() -> None:
    assert said("a", {"b": ["c", {"d": 4}], "e": None, "f": True}) == "a\nc\n4"


def test_ten_runs_that_spawn_at_once_never_make_one_too_many(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a.db", FixedClock(MONDAY))
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    root = goal(store, actor, subtasks=13)

    def greedy(worker: int) -> int:
        made = 0
        for number in range(3):
            try:
                part(store, actor, root, f"part {worker} {number}")
                made += 1
            except Exhausted:
                break
        return made

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(greedy, range(10))) == 13
    assert len(children(store, root.run_id)) == where_it_stands(store, root.run_id).spent["subtasks"] == 13
    store.engine.dispose()
