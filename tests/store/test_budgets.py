from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from croncierge.clock import FixedClock
from croncierge.errors import InvalidInput
from store.open import open_store
from store.operations import create_task, ensure_user, run_now, usage
from store.operations.budgets import (
    SAFE,
    Exhausted,
    Limits,
    limits_of,
    open_budget,
    reserve,
    settle,
    spend,
    where_it_stands,
)
from store.session import Ceilings, Store
from store.values import Actor, TaskSpec
from tests.store.conftest import MONDAY


def tree(store: Store, actor: Actor, limits: Limits = SAFE) -> int:
    """A run with a budget."""
    run = run_now(store, actor, create_task(store, actor, TaskSpec(title="goal")).id)
    with store.writing() as connection:
        open_budget(connection, run.id, actor.user_id, limits, store.clock.now())
    return run.id


def pay(store: Store, root: int, **amounts: int) -> None:
    with store.writing() as connection:
        spend(connection, root, store.clock.now(), **amounts)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("subtasks", "The budget of 3 subtasks is used up."),
        ("entries", "The budget of 3 entries into the model is used up."),
        ("calls", "The budget of 3 tool calls is used up."),
        ("tokens", "The budget of 3 tokens is used up."),
        ("cost", "The budget of $0.000003 is used up."),
    ],
)
def test_each_budget_is_spent_to_its_last_unit_and_no_further(
    store: Store, ann: Callable[[], Actor], name: str, sentence: str
) -> None:
    root = tree(store, ann(), limits_of({name: 3}))
    for _ in range(3):
        pay(store, root, **{name: 1})
    with pytest.raises(Exhausted) as raised:
        pay(store, root, **{name: 1})
    assert raised.value.message == sentence
    assert raised.value.field == name
    assert where_it_stands(store, root).spent[name] == 3


def test_nothing_is_paid_when_a_part_of_it_cannot_be(store: Store, ann: Callable[[], Actor]) -> None:
    root = tree(store, ann(), limits_of({"subtasks": 0}))
    with pytest.raises(Exhausted):
        pay(store, root, calls=1, subtasks=1)
    assert where_it_stands(store, root).spent["calls"] == 0


def test_time_is_a_budget_as_well(store: Store, clock: FixedClock, ann: Callable[[], Actor]) -> None:
    root = tree(store, ann(), limits_of({"seconds": 60}))
    clock.set(MONDAY + timedelta(seconds=59))
    pay(store, root, calls=1)
    clock.set(MONDAY + timedelta(seconds=60))
    with pytest.raises(Exhausted, match="The budget of 60 seconds is used up"):
        pay(store, root, calls=1)


def test_a_reservation_is_replaced_by_what_was_used(store: Store, ann: Callable[[], Actor]) -> None:
    root = tree(store, ann())
    reservation = reserve(store, root, tokens=1_000, cost=50)
    assert where_it_stands(store, root).spent["tokens"] == 1_000
    settle(store, reservation, tokens=120, cost=6)
    stands = where_it_stands(store, root)
    assert (stands.spent["tokens"], stands.spent["cost"]) == (120, 6)
    assert usage.usage(store, reservation.user_id) == {"day": (120, 6), "month": (120, 6)}


def test_what_was_never_settled_stays_spent(store: Store, ann: Callable[[], Actor]) -> None:
    root = tree(store, ann(), limits_of({"tokens": 1_500}))
    reserve(store, root, tokens=1_000, cost=0)  # and the process dies
    with pytest.raises(Exhausted):
        reserve(store, root, tokens=1_000, cost=0)
    assert where_it_stands(store, root).spent["tokens"] == 1_000


def test_some_tokens_are_kept_for_a_last_answer(store: Store, ann: Callable[[], Actor]) -> None:
    root = tree(store, ann(), limits_of({"tokens": 1_000}))
    with pytest.raises(Exhausted):
        reserve(store, root, tokens=800, cost=0, keep=(300, 0))
    reserve(store, root, tokens=800, cost=0)
    assert where_it_stands(store, root).spent["tokens"] == 800


def test_a_budget_is_set_once(store: Store, ann: Callable[[], Actor]) -> None:
    actor = ann()
    root = tree(store, actor, limits_of({"calls": 2}))
    pay(store, root, calls=2)
    with store.writing() as connection:
        open_budget(connection, root, actor.user_id, limits_of({"calls": 99}), store.clock.now())
    with pytest.raises(Exhausted):
        pay(store, root, calls=1)


def test_all_trees_of_a_person_share_the_ceiling_of_the_day(
    store: Store, ann: Callable[[], Actor], bob: Callable[[], Actor]
) -> None:
    store.ceilings = Ceilings(day=(1_000, 1_000_000), month=(5_000, 1_000_000))
    first, second = tree(store, ann()), tree(store, ann())
    reserve(store, first, tokens=700, cost=0)
    with pytest.raises(Exhausted, match="in a day") as raised:
        reserve(store, second, tokens=700, cost=0)
    assert raised.value.field == "usage"
    assert where_it_stands(store, second).spent["tokens"] == 0
    reserve(store, tree(store, bob()), tokens=700, cost=0)


def test_a_month_has_a_ceiling_over_its_days(store: Store, clock: FixedClock, ann: Callable[[], Actor]) -> None:
    store.ceilings = Ceilings(day=(1_000, 1_000_000), month=(1_500, 1_000_000))
    root = tree(store, ann(), limits_of({"seconds": 604_800}))
    reserve(store, root, tokens=900, cost=0)
    clock.set(MONDAY + timedelta(days=1))
    with pytest.raises(Exhausted, match="in a month"):
        reserve(store, root, tokens=900, cost=0)


@pytest.mark.parametrize("wished", [{"subtask": 1}, {"subtasks": -1}, {"subtasks": True}, {"tokens": 10**12}])
def test_a_wish_out_of_bounds_is_refused(wished: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        limits_of(wished)


def test_ten_who_spend_at_once_never_pass_a_limit(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a.db", FixedClock(MONDAY))
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    root = tree(store, actor, limits_of({"subtasks": 17, "tokens": 1_000}))

    def greedy(_worker: int) -> int:
        got = 0
        for _ in range(5):
            try:
                pay(store, root, subtasks=1)
                got += 1
            except Exhausted:
                pass
            with suppress(Exhausted):
                settle(store, reserve(store, root, tokens=90, cost=1), tokens=60, cost=1)
        return got

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(greedy, range(10))) == 17
    stands = where_it_stands(store, root)
    assert stands.spent["subtasks"] == 17
    assert 900 < stands.spent["tokens"] <= 1_000
    assert stands.spent["tokens"] % 60 == 0
    store.engine.dispose()
