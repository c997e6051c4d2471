"""Estimates from repeated trials, and whether a difference is more than chance."""

from collections.abc import Sequence
from math import ceil, comb, sqrt


def pass_at(k: int, *, trials: int, passed: int) -> float:
    """The chance that at least one of k trials passes: 1 - C(n-c, k) / C(n, k).

    Unbiased; Chen et al. 2021, "Evaluating Large Language Models Trained on Code", equation 1. Raises ValueError for
    more trials than there were.
    """
    _check(k, trials, passed)
    return 1 - comb(trials - passed, k) / comb(trials, k)


def pass_all(k: int, *, trials: int, passed: int) -> float:
    """The chance that all of k trials pass, pass^k: C(c, k) / C(n, k).

    Unbiased; Yao et al. 2024, "τ-bench", section 3. Raises ValueError for more trials than there were.
    """
    _check(k, trials, passed)
    return comb(passed, k) / comb(trials, k)


def _check(k: int, trials: int, passed: int) -> None:
    if not (1 <= k <= trials and 0 <= passed <= trials):
        raise ValueError(f"cannot estimate for {k} of {trials} trials, {passed} of them passed")


def interval(passed: float, cases: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate. Wilson 1927; Brown, Cai and DasGupta 2001 recommend it for small numbers."""
    if cases == 0:
        return 0.0, 1.0
    z, rate = 1.959964, passed / cases
    middle = (rate + z * z / (2 * cases)) / (1 + z * z / cases)
    half = z / (1 + z * z / cases) * sqrt(rate * (1 - rate) / cases + z * z / (4 * cases * cases))
    return max(0.0, middle - half), min(1.0, middle + half)


def chance_of(worse: int, better: int) -> float:
    """McNemar's exact test, one-sided: how likely at least `worse` of all changed cases are worse by chance alone."""
    changed = worse + better
    return float(sum(comb(changed, i) for i in range(worse, changed + 1)) / 2**changed)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed (nearest rank); 0 for none."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else 0.0
