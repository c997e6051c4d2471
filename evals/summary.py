"""A report in numbers: for each suite and for all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from evals.results import CaseResult, Report
from evals.statistics import interval, pass_all, pass_at, percentile

_KS = (1, 2, 4, 8)
TOTAL = "total"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Some cases together.

    right: mean of pass@1. low, high: its 95 % interval over cases. all_of, any_of: mean pass^k and pass@k, for those k
    that there are trials for. errors: trials that the machinery spoilt. cost: US dollars, None when not known.
    median, slowest: seconds a trial took, the latter for 95 of 100.
    """

    name: str
    cases: int
    right: float
    low: float
    high: float
    all_of: dict[int, float]
    any_of: dict[int, float]
    errors: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    median: float
    slowest: float


def summaries(report: Report) -> list[Summary]:
    """One for each suite in the order of the report, and the total at the end."""
    suites: dict[str, list[CaseResult]] = {}
    for case in report.cases:
        suites.setdefault(case.suite, []).append(case)
    return [*(summary(name, cases) for name, cases in suites.items()), summary(TOTAL, report.cases)]


def by_tag(report: Report) -> list[Summary]:
    """One for each tag, those with the lowest share first."""
    tags: dict[str, list[CaseResult]] = {}
    for case in report.cases:
        for tag in case.tags:
            tags.setdefault(tag, []).append(case)
    return sorted((summary(tag, cases) for tag, cases in tags.items()), key=lambda each: (each.right, each.name))


def summary(name: str, cases: Sequence[CaseResult]) -> Summary:
    counted = [case for case in cases if case.counted]
    fewest = min((case.counted for case in counted), default=0)
    rate = fmean([case.rate for case in counted]) if counted else 0.0
    low, high = interval(rate * len(counted), len(counted))
    trials = [trial for case in cases for trial in case.trials]
    costs = [trial.cost for trial in trials]
    known = [cost for cost in costs if cost is not None]
    seconds = [trial.seconds for trial in trials]
    return Summary(
        name=name,
        cases=len(cases),
        right=rate,
        low=low,
        high=high,
        all_of={
            k: fmean(pass_all(k, trials=case.counted, passed=case.passed) for case in counted)
            for k in _KS
            if k <= fewest
        },
        any_of={
            k: fmean(pass_at(k, trials=case.counted, passed=case.passed) for case in counted)
            for k in _KS
            if k <= fewest
        },
        errors=sum(trial.error is not None for trial in trials),
        input_tokens=sum(trial.input_tokens for trial in trials),
        output_tokens=sum(trial.output_tokens for trial in trials),
        cost=sum(known) if len(known) == len(costs) else None,
        median=percentile(seconds, 0.5),
        slowest=percentile(seconds, 0.95),
    )
