"""What people want to be known about them."""

from collections.abc import Callable

import pytest

from croncierge.errors import InvalidInput, NotFound
from store.operations import forget, list_facts, remember
from store.session import Store
from store.values import Actor

Person = Callable[[], Actor]


def test_a_fact_is_kept_once_and_shown_to_its_person_alone(store: Store, ann: Person, bob: Person) -> None:
    remember(store, ann(), "My manager is Eve")
    remember(store, ann(), "my manager is eve")
    remember(store, bob(), "I work at night")

    assert [fact.text for fact in list_facts(store, ann())] == ["My manager is Eve"]


def test_what_is_forgotten_is_gone(store: Store, ann: Person) -> None:
    for text in ("My manager is Eve", "I live in Berlin", "I have a dog"):
        remember(store, ann(), text)

    assert [fact.text for fact in forget(store, ann(), "the dog")] == ["I have a dog"]
    assert len(forget(store, ann(), "all")) == 2
    assert list_facts(store, ann()) == []


def test_words_that_mean_none_or_several_are_asked_about(store: Store, ann: Person) -> None:
    remember(store, ann(), "My sister is Eve")
    remember(store, ann(), "My brother is Tom")

    with pytest.raises(NotFound, match="like “cat”"):
        forget(store, ann(), "cat")
    remember(store, ann(), "My sister Eve lives in Rome")
    with pytest.raises(InvalidInput, match="several things"):
        forget(store, ann(), "Eve")


@pytest.mark.parametrize("text", ["", " ", "x" * 501])
def test_a_fact_has_limits(store: Store, ann: Person, text: str) -> None:
    with pytest.raises(InvalidInput):
        remember(store, ann(), text)


def test_there_is_an_end_to_what_is_kept(store: Store, ann: Person) -> None:
    for number in range(100):
        remember(store, ann(), f"fact {number}")
    with pytest.raises(InvalidInput, match="forget one first"):
        remember(store, ann(), "one more")
