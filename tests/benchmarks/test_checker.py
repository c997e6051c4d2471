"""The checker is right about right histories, and finds whatever is planted in them."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from benchmarks.checker import check
from benchmarks.records import Effect, Expected, Fault, History, Order, Row
from benchmarks.targets import reached
from store.kinds import CatchUp, Overlap
from tests.benchmarks.histories import right_history


@pytest.mark.parametrize("catch_up", CatchUp)
def test_right_histories_raise_no_alarm(catch_up: CatchUp) -> None:
    expected = 0
    for seed in range(400):
        verdict = check(right_history(seed, catch_up))
        assert verdict.violations == (), seed
        expected += verdict.expected
    assert expected > 400 * 20


def _calm(history: History) -> list[Row]:
    """Completed runs of quick tasks that were never stopped, far from every fault."""
    steady = {task.task for task in history.tasks if len(task.orders) == 1 and not task.after and task.duration < 0.5}
    return [
        row
        for row in history.rows
        if row.task in steady
        and row.status == "completed"
        and row.attempts == 1
        and all(row.slot < fault.begin - 10 or row.slot > fault.end + 30 for fault in history.faults)
    ]


def _of(history: History, row: Row) -> list[Effect]:
    return [each for each in history.effects if (each.task, each.slot) == (row.task, row.slot)]


def _without(history: History, row: Row, *, rows: tuple[Row, ...] = (), effects: tuple[Effect, ...] = ()) -> History:
    """With these rows and effects instead of a row's own."""
    mine = _of(history, row)
    return replace(
        history,
        rows=(*(each for each in history.rows if each is not row), *rows),
        effects=(*(each for each in history.effects if each not in mine), *effects),
    )


def _moved(effect: Effect, seconds: float) -> Effect:
    return replace(effect, at=effect.at + seconds, until=effect.until + seconds)


def _second_effect(history: History, row: Row, **changes: object) -> History:
    again = replace(_moved(_of(history, row)[0], 0.9), **{"attempt": 2, **changes})  # type: ignore[arg-type]
    counted = replace(row, attempts=2)
    return _without(history, row, rows=(counted,), effects=(*_of(history, row), again))


_PLANTED: dict[str, Callable[[History, Row], History]] = {
    "lost": _without,
    "hollow": lambda history, row: _without(history, row, rows=(row,)),
    "unfinished": lambda history, row: _without(
        history, row, rows=(replace(row, status="running"),), effects=tuple(_of(history, row))
    ),
    "missed": lambda history, row: _without(history, row, rows=(replace(row, status="missed", completions=0),)),
    "failed": lambda history, row: _without(
        history, row, rows=(replace(row, status="failed"),), effects=tuple(_of(history, row))
    ),
    "early": lambda history, row: _without(
        history, row, rows=(row,), effects=tuple(_moved(each, -0.7) for each in _of(history, row))
    ),
    "late": lambda history, row: _without(
        history, row, rows=(row,), effects=tuple(_moved(each, 20) for each in _of(history, row))
    ),
    "double": lambda history, row: replace(history, rows=(*history.rows, row)),
    "invented": lambda history, row: replace(history, rows=(*history.rows, replace(row, slot=row.slot + 0.5))),
    "invented by an effect alone": lambda history, row: replace(
        history, effects=(*history.effects, replace(_of(history, row)[0], slot=row.slot + 0.5, key="other"))
    ),
    "repeated": _second_effect,
    "repeated as the same attempt": lambda history, row: _second_effect(history, row, attempt=1),
    "repeated beyond its attempts": lambda history, row: _without(
        history, row, rows=(row,), effects=(*_of(history, row), replace(_moved(_of(history, row)[0], 0.9), attempt=2))
    ),
    "repeated after it completed": lambda history, row: _without(
        history, row, rows=(replace(row, completions=2),), effects=tuple(_of(history, row))
    ),
    "keys": lambda history, row: _second_effect(history, row, key="another"),
}


@pytest.mark.parametrize("catch_up", [CatchUp.ALL, CatchUp.ONCE])
@pytest.mark.parametrize("planted", _PLANTED)
def test_what_is_planted_is_found(planted: str, catch_up: CatchUp) -> None:
    kind, tried = planted.split()[0], 0
    for seed in range(40):
        history = right_history(seed, catch_up)
        calm = _calm(history)
        if not calm:
            continue
        tried += 1
        verdict = check(_PLANTED[planted](history, Random(seed).choice(calm)))
        assert verdict.count(kind), (seed, verdict.violations)
    assert tried > 20


def _simple(**changes: object) -> History:
    """Three slots of one task, each run on time."""
    task = Expected(task=1, orders=(Order(begins=True, asked=0, answered=0.1),), slots=(10, 20, 30), duration=0.5)
    effects = tuple(
        Effect(task=1, slot=slot, attempt=1, key=f"{slot}", at=slot + 0.1, until=slot + 0.6) for slot in task.slots
    )
    rows = tuple(Row(task=1, slot=slot, status="completed", completions=1) for slot in task.slots)
    history = History(tasks=(task,), effects=effects, faults=(), rows=rows, read_at=100)
    return replace(history, **changes)  # type: ignore[arg-type]


def _kinds(history: History) -> set[str]:
    return {kind for kind, _ in check(history).violations}


def test_a_history_without_a_fault_counts_every_slot_as_calm() -> None:
    verdict = check(_simple())
    assert (verdict.expected, verdict.calm, verdict.repeated_after_cut, verdict.violations) == (3, 3, 0, ())


def test_under_once_a_whole_outage_is_not_missed() -> None:
    history = _simple(faults=(Fault(kind="kill", begin=9, end=31),))
    (task,) = history.tasks
    once = replace(task, catch_up=CatchUp.ONCE)
    missed = tuple(Row(task=1, slot=slot, status="missed", attempts=0) for slot in task.slots)
    assert _kinds(replace(history, tasks=(once,), rows=missed, effects=())) == {"missed"}
    late = replace(history.effects[2], at=32, until=32.5)
    merged = replace(history, tasks=(once,), rows=(*missed[:2], history.rows[2]), effects=(late,))
    assert _kinds(merged) == set()
    assert _kinds(replace(merged, tasks=(task,))) == {"missed", "lost"}


def test_what_must_not_be_repeated_is_not_even_after_a_fault() -> None:
    history = _simple(faults=(Fault(kind="kill", begin=10.2, end=11),))
    again = replace(history.effects[0], attempt=2, at=12, until=12.5)
    repeated = replace(
        history, effects=(*history.effects, again), rows=(replace(history.rows[0], attempts=2), *history.rows[1:])
    )
    assert _kinds(repeated) == set()
    assert check(repeated).repeated_after_cut == 1
    (task,) = history.tasks
    assert _kinds(replace(repeated, tasks=(replace(task, repeatable=False),))) == {"repeated"}


def test_nothing_runs_after_an_answered_stop_and_anything_may_while_it_is_asked() -> None:
    history = _simple()
    (task,) = history.tasks
    stopped = replace(task, orders=(*task.orders, Order(begins=False, asked=25, answered=25.1)))
    assert _kinds(replace(history, tasks=(stopped,))) == {"invented"}
    unanswered = replace(task, orders=(*task.orders, Order(begins=False, asked=25, answered=None)))
    assert _kinds(replace(history, tasks=(unanswered,))) == set()
    assert _kinds(replace(history, tasks=(unanswered,), rows=history.rows[:2], effects=history.effects[:2])) == set()


def test_a_successor_waits_for_what_it_follows() -> None:
    history = _simple()
    after = Expected(task=2, orders=history.tasks[0].orders, after=1)
    effects = tuple(replace(each, task=2, at=each.until + 0.1, until=each.until + 0.2) for each in history.effects)
    rows = tuple(replace(row, task=2) for row in history.rows)
    both = replace(
        history, tasks=(*history.tasks, after), effects=(*history.effects, *effects), rows=history.rows + rows
    )
    assert _kinds(both) == set()
    hasty = replace(effects[0], at=effects[0].at - 0.3)
    assert "order" in _kinds(replace(both, effects=(*history.effects, hasty, *effects[1:])))


def test_runs_of_a_task_that_does_not_overlap_do_not_overlap() -> None:
    history = _simple()
    first, second, third = history.effects
    long = replace(first, until=second.at + 1)
    assert "order" in _kinds(replace(history, effects=(long, second, third)))
    (task,) = history.tasks
    beside = replace(task, overlap=Overlap.ALLOW)
    assert _kinds(replace(history, tasks=(beside,), effects=(long, second, third))) == set()


@pytest.mark.parametrize(("before", "wrong"), [(0.1, False), (0.4, True)])
def test_a_run_is_skipped_for_one_that_runs_or_is_not_on_record_yet(before: float, wrong: bool) -> None:
    history = _simple()
    first, second, third = history.effects
    (task,) = history.tasks
    until_then = replace(first, until=second.slot - before)
    skipped = replace(history.rows[1], status="skipped")
    found = replace(
        history,
        tasks=(replace(task, overlap=Overlap.SKIP),),
        effects=(until_then, third),
        rows=(history.rows[0], skipped, history.rows[2]),
    )
    assert ("missed" in _kinds(found)) == wrong


def test_what_comes_to_grief_long_after_the_last_fault_is_told_apart() -> None:
    history = _simple(faults=(Fault(kind="kill", begin=1, end=2),))
    assert _kinds(replace(history, rows=history.rows[:2], effects=history.effects[:2])) == {"lost", "not alive"}


@pytest.mark.parametrize(
    ("slot", "offset", "shown"),
    [
        (15, 8, 10),
        (25, 8, 17),
        (28.1, 8, 20.1),
        (29, 8, 29),
        (5, 8, 5),
        (15, -8, 20),
        (11, -8, 19),
        (10.1, -8, 10.1),
        (5, -8, 5),
        (25, -8, 25),
    ],
)
def test_a_slot_is_due_when_the_clock_of_the_program_shows_it(slot: float, offset: float, shown: float) -> None:
    assert reached(slot, [Fault(kind="clock", begin=10, end=20, offset=offset)]) == shown
