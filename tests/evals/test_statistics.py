"""The estimators agree with counting, and the tests with the textbook."""

from itertools import combinations
from math import comb

import pytest

from evals.statistics import chance_of, interval, pass_all, pass_at, percentile


@pytest.mark.parametrize("passed", range(6))
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_the_estimators_are_what_all_choices_of_k_trials_give(k: int, passed: int) -> None:
    trials = [True] * passed + [False] * (5 - passed)
    chosen = list(combinations(trials, k))
    assert pass_at(k, trials=5, passed=passed) == pytest.approx(sum(map(any, chosen)) / comb(5, k))
    assert pass_all(k, trials=5, passed=passed) == pytest.approx(sum(map(all, chosen)) / comb(5, k))


def test_more_trials_than_there_were_cannot_be_estimated() -> None:
    with pytest.raises(ValueError, match="4 of 3"):
        pass_all(4, trials=3, passed=3)


def test_wilsons_interval_of_a_published_example() -> None:
    # Newcombe 1998, table I: 81 of 263.
    assert interval(81, 263) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    assert interval(0, 0) == (0.0, 1.0)


def test_the_chance_that_so_many_got_worse() -> None:
    assert chance_of(0, 0) == 1
    assert chance_of(5, 0) == 1 / 32
    assert chance_of(8, 2) == pytest.approx(56 / 1024)


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([3, 1, 2, 4], 0.5) == 2
    assert percentile([3, 1, 2, 4], 0.95) == 4
    assert percentile([], 0.5) == 0
