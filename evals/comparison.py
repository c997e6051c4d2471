"""What got worse or better since a baseline, and whether that is more than chance."""

from dataclasses import dataclass

from evals.results import CaseResult, Report
from evals.statistics import chance_of

_UNLIKELY = 0.05


@dataclass(frozen=True, kw_only=True)
class Change:
    """A case that passes more or less often than before. before, now: rates, 0 to 1; why: what was wrong now."""

    id: str
    suite: str
    before: float
    now: float
    why: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two reports, case by case; only cases that are the same in both are compared.

    changed: cases whose expectation was edited. spoilt: cases that passed and that the machinery spoilt now.
    chance: how likely so many got worse, of those that changed, by chance alone.
    repeatable: both answered the same way every time, so no difference is chance.
    """

    compared: int
    worse: tuple[Change, ...]
    better: tuple[Change, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    spoilt: tuple[str, ...]
    chance: float
    repeatable: bool

    @property
    def regressed(self) -> bool:
        """Repeatable: whether anything got worse or was spoilt; else whether more did than chance explains."""
        if self.spoilt:
            return True
        return bool(self.worse) if self.repeatable else bool(self.worse) and self.chance < _UNLIKELY


def compare(before: Report, now: Report) -> Comparison:
    """Suites that did not run now are left out, and so are cases that did not though their dataset is the same."""
    old = {case.id: case for case in before.cases if case.suite in now.datasets}
    edited = {name for name, each in now.datasets.items() if before.datasets.get(name, each).digest != each.digest}
    new = {case.id: case for case in now.cases}
    same = [name for name in new if name in old and new[name].digest == old[name].digest]
    counted = [name for name in same if new[name].counted and old[name].counted]
    changes = [_change(old[name], new[name]) for name in counted if new[name].rate != old[name].rate]
    worse = tuple(change for change in changes if change.now < change.before)
    better = tuple(change for change in changes if change.now > change.before)
    return Comparison(
        compared=len(counted),
        worse=worse,
        better=better,
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name, case in old.items() if name not in new and case.suite in edited),
        changed=tuple(name for name in new if name in old and new[name].digest != old[name].digest),
        spoilt=tuple(name for name in same if old[name].passed and not new[name].counted),
        chance=chance_of(len(worse), len(better)),
        repeatable=before.repeatable and now.repeatable and before.model == now.model,
    )


def _change(old: CaseResult, new: CaseResult) -> Change:
    wrong = next((trial.wrong[0] for trial in new.trials if trial.wrong), "")
    return Change(id=new.id, suite=new.suite, before=old.rate, now=new.rate, why=wrong)
