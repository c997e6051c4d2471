"""Tasks that wait for others: released once, joined rightly, skipped with a reason all the way down."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.schedule import Once
from store.kinds import DependencyType, Join
from store.operations import add_dependency, delete_task, pause_task, remove_dependency, run_now
from store.operations.claims import claim_due
from store.operations.runs import Outcome, finish_runs
from store.values import Prerequisite, TaskInfo
from tests.runtime.conftest import MONDAY, World, cron

FAILS = Outcome(error="broken", retryable=False)


def test_a_successor_runs_when_its_prerequisite_has(world: World) -> None:
    first = world.task("first", cron("0 10 * * *"))
    world.task("second", after=(first,))
    world.after(minutes=59)
    assert world.executed == []
    world.after(minutes=1)
    assert [run.title for run in world.executed] == ["first", "second"]


@pytest.mark.parametrize(
    ("on", "works", "fails"),
    [
        (DependencyType.SUCCESS, "completed", "skipped"),
        (DependencyType.COMPLETION, "completed", "completed"),
        (DependencyType.FAILURE, "skipped", "completed"),
    ],
)
def test_the_kind_of_dependency_decides_which_end_counts(
    world: World, on: DependencyType, works: str, fails: str
) -> None:
    first = world.task("first", cron("0 10 * * *"))
    world.task("second", after=(first,), on=on)
    world.after(hours=1)
    world.behaviour["first"] = lambda _run: FAILS
    world.after(days=1)
    assert world.outcomes("second") == [works, fails]


def test_a_failure_skips_all_the_way_down_and_is_told_once(world: World) -> None:
    first = world.task("import", cron("0 10 * * *"))
    second = world.task("report", after=(first,))
    world.task("mail", after=(second,))
    world.behaviour["import"] = lambda _run: FAILS
    world.after(hours=1)
    assert [run.reason for run in world.runs("report") + world.runs("mail")] == [
        "skipped due to failure of “import”",
        "skipped due to failure of “import”",
    ]
    assert world.messages() == ["“import” failed: broken; skipped because of it: “report”, “mail”"]


def diamond(world: World) -> tuple[TaskInfo, TaskInfo, TaskInfo, TaskInfo]:
    a = world.task("a", cron("*/10 * * * *"))
    b, c = world.task("b", after=(a,)), world.task("c", after=(a,))
    return a, b, c, world.task("d", after=(b, c))


def test_a_diamond_joins_once_for_each_start(world: World) -> None:
    diamond(world)
    for _ in range(3):
        world.after(minutes=10)
    starts = [run.id for run in world.runs("a")]
    for title in "bcd":
        assert [run.workflow_run_id for run in world.runs(title)] == starts
        assert world.outcomes(title) == ["completed"] * 3


def test_overlapping_diamonds_join_the_right_runs(world: World) -> None:
    """The second start overtakes the first: its d must not count the first's b or c."""
    a, *_ = diamond(world)
    held = {}
    for _ in range(2):
        started = run_now(world.store, world.actor, a.id)
        (run,) = claim_due(world.store, "me", 10, 3600)
        finish_runs(world.store, "me", [(run.run_id, Outcome())])
        branch = claim_due(world.store, "me", 10, 3600)
        for each in branch:
            held[started.id, each.title] = each
        # One of each task at a time: let b go on, so that the next start can claim its own.
        finish_runs(world.store, "me", [(held[started.id, "b"].run_id, Outcome())])
    first, second = sorted({start for start, _ in held})
    finish_runs(world.store, "me", [(held[first, "c"].run_id, Outcome())])
    assert [run.workflow_run_id for run in claim_due(world.store, "me", 10, 3600) if run.title == "d"] == [first]
    assert [run.status.value for run in world.runs("d")] == ["running", "waiting"]
    assert second > first


def test_a_scheduled_task_waits_for_its_prerequisite_when_due(world: World) -> None:
    first = world.task("import")
    world.task("report", cron("0 10 * * *"), after=(first,))
    world.after(hours=1)
    assert world.outcomes("report") == ["waiting"]
    run_now(world.store, world.actor, first.id)
    world.after(minutes=5)
    assert world.outcomes("report") == ["completed"]
    world.after(days=1)
    assert world.outcomes("report") == ["completed", "waiting"]


def test_a_one_off_that_was_due_waits_for_its_prerequisite_too(world: World) -> None:
    first = world.task("import")
    world.task("report", Once(at=MONDAY + timedelta(hours=1), zone="UTC"), after=(first,))
    world.after(hours=1)
    assert world.outcomes("report") == ["waiting"]
    run_now(world.store, world.actor, first.id)
    world.after(minutes=5)
    assert world.outcomes("report") == ["completed"]


def test_a_prerequisite_with_a_schedule_of_its_own_takes_no_part_in_another_start(world: World) -> None:
    """It comes after the start, but makes its runs itself: waiting for one in this start would never end."""
    start = world.task("start", cron("0 10 * * *"))
    branch = world.task("branch", after=(start,))
    own = world.task("own", cron("0 9 * * *"), after=(start,))
    world.task("join", after=(branch, own))
    world.after(hours=1)
    assert world.outcomes("join") == ["waiting"]
    world.after(hours=23)
    assert world.outcomes("own") == ["completed"]
    assert world.outcomes("join") == ["completed"]


def test_a_scheduled_task_runs_at_once_when_all_is_done_since_its_last_run(world: World) -> None:
    first = world.task("import", cron("30 9 * * *"))
    world.task("report", cron("0 10 * * *"), after=(first,))
    world.after(minutes=30)
    world.after(minutes=30)
    assert world.outcomes("report")[-1] == "completed"


def test_two_prerequisites_of_a_scheduled_task_may_end_before_and_after_it_is_due(world: World) -> None:
    early, late = world.task("early"), world.task("late")
    world.task("report", cron("0 10 * * *"), after=(early, late))
    run_now(world.store, world.actor, early.id)
    world.after(minutes=1)
    world.after(minutes=59)
    assert world.outcomes("report") == ["waiting"]
    run_now(world.store, world.actor, late.id)
    world.after(minutes=1)
    assert world.outcomes("report") == ["completed"]


def test_prerequisites_with_schedules_of_their_own_are_joined_since_the_last_run(world: World) -> None:
    hourly, daily = world.task("hourly", cron("0 * * * *")), world.task("daily", cron("30 11 * * *"))
    world.task("both", after=(hourly, daily))
    for _ in range(2):
        world.after(hours=1)
    assert world.outcomes("both") == ["waiting"]
    world.after(minutes=30)
    assert world.outcomes("both") == ["completed"]
    world.after(minutes=30)
    assert world.outcomes("both") == ["completed", "waiting"]


def test_a_paused_successor_is_skipped_with_the_reason(world: World) -> None:
    first = world.task("first", cron("0 10 * * *"))
    second = world.task("second", after=(first,))
    pause_task(world.store, world.actor, second.id)
    world.after(hours=1)
    assert [run.reason for run in world.runs("second")] == ["it was paused"]


def test_a_deleted_or_removed_prerequisite_counts_no_more(world: World) -> None:
    first, gone, freed = world.task("first", cron("0 10 * * *")), world.task("gone"), world.task("freed")
    second = world.task("second", after=(first, gone, freed))
    delete_task(world.store, world.actor, gone.id)
    remove_dependency(world.store, world.actor, second.id, freed.id)
    world.after(hours=1)
    assert world.outcomes("second") == ["completed"]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_task_of_a_random_graph_ends_once_in_each_start_as_its_prerequisites_say(data: st.DataObject) -> None:
    world = World()
    size = data.draw(st.integers(2, 7))
    tasks = [world.task("0", cron("*/10 * * * *"))]
    edges: dict[int, dict[int, DependencyType]] = {}
    for number in range(1, size):
        chosen = data.draw(st.sets(st.integers(0, number - 1), min_size=1, max_size=3))
        edges[number] = {each: data.draw(st.sampled_from(DependencyType)) for each in chosen}
        task = world.task(str(number))
        tasks.append(task)
        for each, kind in edges[number].items():
            add_dependency(world.store, world.actor, task.id, Prerequisite(task_id=tasks[each].id, type=kind))
    failing = data.draw(st.sets(st.integers(0, size - 1)))
    for number in failing:
        world.behaviour[str(number)] = lambda _run: FAILS
    starts = data.draw(st.integers(1, 3))
    for _ in range(starts):
        world.after(minutes=10)
    suits = {
        DependencyType.SUCCESS: {"completed"},
        DependencyType.FAILURE: {"failed"},
        DependencyType.COMPLETION: {"completed", "failed", "skipped"},
    }
    expected: dict[int, str] = {}
    for number in range(size):
        runs = all(expected[each] in suits[kind] for each, kind in edges.get(number, {}).items())
        expected[number] = ("failed" if number in failing else "completed") if runs else "skipped"
        assert world.outcomes(str(number)) == [expected[number]] * starts
    assert world.after(seconds=timedelta(minutes=9).total_seconds()) == 0


def test_any_of_several_lets_a_task_run_once_in_a_start(world: World) -> None:
    root = world.task("root", cron("0 10 * * *"))
    one, two = world.task("one", after=(root,)), world.task("two", after=(root,))
    world.task("either", after=(one, two), join=Join.ANY)
    world.after(hours=1)
    assert world.outcomes("either") == ["completed"]


def test_any_of_several_overlooks_one_that_failed(world: World) -> None:
    root = world.task("root", cron("0 10 * * *"))
    one, two = world.task("one", after=(root,)), world.task("two", after=(root,))
    world.task("either", after=(one, two), join=Join.ANY)
    world.behaviour["one"] = lambda _run: FAILS
    world.after(hours=1)
    assert world.outcomes("either") == ["completed"]
    assert len(world.messages()) == 1


def test_any_of_several_is_skipped_with_all_reasons_when_none_let_it_run(world: World) -> None:
    root = world.task("root", cron("0 10 * * *"))
    one, two = world.task("one", after=(root,)), world.task("two", after=(root,))
    world.task("either", after=(one, two), join=Join.ANY)
    world.behaviour = dict.fromkeys(("one", "two"), lambda _run: FAILS)
    world.after(hours=1)
    (run,) = world.runs("either")
    assert run.status.value == "skipped"
    assert run.reason is not None and "“one”" in run.reason and "“two”" in run.reason


@settings(max_examples=15, deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=5))
def test_any_of_runs_exactly_when_one_of_its_prerequisites_completed(works: list[bool]) -> None:
    world = World()
    root = world.task("root", cron("0 10 * * *"))
    branches = tuple(world.task(f"branch {index}", after=(root,)) for index in range(len(works)))
    world.task("either", after=branches, join=Join.ANY)
    world.behaviour = {f"branch {index}": lambda _run: FAILS for index, each in enumerate(works) if not each}
    world.after(hours=1)
    assert world.outcomes("either") == ["completed" if any(works) else "skipped"]
