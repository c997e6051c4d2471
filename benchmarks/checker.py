"""Whether every scheduled run happened exactly once within its window. Pure: a history in, violations out.

In the manner of Jepsen's analysis of Chronos: what was asked for, what a witness outside saw and what was done to the
program are set against the program's own history, which is believed only where the witness agrees.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import pairwise

from benchmarks.records import Bounds, Effect, Expected, Fault, History, Row, Verdict
from benchmarks.targets import Target, targets_of

_Violations = Iterator[tuple[str, str]]
_EXECUTED = ("completed", "failed")
_OPEN = ("pending", "waiting", "running", "retrying")


def check(history: History, bounds: Bounds | None = None) -> Verdict:
    """Match slots, rows and effects."""
    bounds = bounds or Bounds()
    rows = {(row.task, row.slot): row for row in history.rows}
    effects: dict[tuple[int, float], list[Effect]] = defaultdict(list)
    for effect in sorted(history.effects, key=lambda each: each.at):
        effects[effect.task, effect.slot].append(effect)
    targets = {task.task: targets_of(task, history, rows, effects, bounds) for task in history.tasks}
    calm_from = max((fault.end for fault in history.faults), default=float("-inf")) + bounds.recovery
    violations = [*_invented(history, targets, rows, effects), *_repeated(history, rows, effects)]
    for task in history.tasks:
        mine = targets[task.task]
        for number, target in enumerate(mine):
            key = (task.task, target.slot)
            found = [
                *_lost(target, mine[number + 1 :], rows, effects.get(key, []), history.faults, bounds),
                *_untimely(target, effects.get(key, []), bounds),
            ]
            violations += found
            if target.due > calm_from and any(kind != "invented" for kind, _ in found):
                violations.append(("not alive", f"{_name(target)} came to grief though all was calm again"))
        violations += [*_unmatched(task, mine, effects, bounds), *_out_of_order(task, history, effects)]
    owed = [target for mine in targets.values() for target in mine if target.owed]
    return Verdict(
        expected=len(owed),
        calm=sum(target.due > calm_from for target in owed),
        repeated_after_cut=sum(len(seen) > 1 for seen in effects.values()),
        violations=tuple(violations),
    )


def _lost(
    target: Target,
    later: Sequence[Target],
    rows: Mapping[tuple[int, float], Row],
    seen: Sequence[Effect],
    faults: Sequence[Fault],
    bounds: Bounds,
) -> _Violations:
    """Each owed slot has its row, and each row an end that the task's policies allow."""
    row = rows.get((target.task.task, target.slot))
    name = _name(target)
    if row is None:
        if target.owed:
            yield "lost", f"{name} has no row"
        return
    if row.status in _OPEN and (target.owed or target.never):
        yield "unfinished", f"{name} is still {row.status}"
    if target.never and (seen or row.status in _EXECUTED):
        yield "invented", f"{name} ran though it should not have"
    if row.status == "completed" and not seen:
        yield "hollow", f"{name} completed without any effect"
    if not target.owed:
        return
    if row.status == "missed" and not _may_be_missed(target, later, rows):
        yield "missed", f"{name} was missed where it should have run"
    if row.status == "skipped" and not (target.task.overlap == "skip" and _was_busy(target, bounds)):
        yield "missed", f"{name} was skipped though nothing ran since {target.idle_from:.3f} s"
    if row.status == "failed" and (target.task.repeatable or not _cut_off(target, seen, faults, bounds)):
        yield "failed", f"{name} failed though its effect never does"
    if row.status in ("cancelled", "blocked"):
        yield "missed", f"{name} was {row.status} though nobody asked for it"


def _may_be_missed(target: Target, later: Sequence[Target], rows: Mapping[tuple[int, float], Row]) -> bool:
    """Under `once` the latest slot of an outage runs, or gives way to one that runs already."""
    if not target.touched or target.task.catch_up == "all":
        return False
    if target.task.catch_up == "skip":
        return True
    after = (rows.get((each.task.task, each.slot)) for each in later if each.due <= target.end)
    return any(row is not None and row.status not in ("missed", *_OPEN) for row in after)


def _cut_off(target: Target, seen: Sequence[Effect], faults: Sequence[Fault], bounds: Bounds) -> bool:
    # In the wake of a fault the record of what is done already may take as long as the start might have.
    ended = max([target.end, *(effect.until + bounds.early for effect in seen)])
    return any(fault.begin <= ended and fault.end >= target.due for fault in faults)


def _was_busy(target: Target, bounds: Bounds) -> bool:
    return target.touched or target.idle_from + bounds.record > target.due


def _untimely(target: Target, seen: Sequence[Effect], bounds: Bounds) -> _Violations:
    if not seen:
        return
    first = seen[0].at
    if first < target.due - bounds.early and not target.never:
        yield "early", f"{_name(target)} began {target.due - first:.3f} s before it was due"
    if first > target.end and target.owed:
        yield "late", f"{_name(target)} began {first - target.end:.3f} s after its window"


def _invented(
    history: History,
    targets: Mapping[int, Sequence[Target]],
    rows: Mapping[tuple[int, float], Row],
    effects: Mapping[tuple[int, float], Sequence[Effect]],
) -> _Violations:
    """Each row belongs to a slot and each effect to a row; no slot has two rows."""
    known = {(task, target.slot) for task, mine in targets.items() for target in mine}
    for (task, slot), count in Counter((row.task, row.slot) for row in history.rows).items():
        if count > 1:
            yield "double", f"task {task} at {slot:.3f} has {count} rows"
        if (task, slot) not in known:
            yield "invented", f"task {task} at {slot:.3f} has a row, but no such slot"
    for task, slot in effects:
        if (task, slot) not in rows:
            yield "invented", f"task {task} at {slot:.3f} had an effect, but has no row"


def _repeated(
    history: History, rows: Mapping[tuple[int, float], Row], effects: Mapping[tuple[int, float], Sequence[Effect]]
) -> _Violations:
    """An attempt happens once; another one only after a fault, under the same key, and where the task allows it."""
    repeatable = {task.task: task.repeatable for task in history.tasks}
    for (task, slot), seen in effects.items():
        name, row = f"task {task} at {slot:.3f}", rows.get((task, slot))
        if row is not None and len(seen) > row.attempts:
            yield "repeated", f"{name} had {len(seen)} effects in {row.attempts} attempts"
        if len({effect.attempt for effect in seen}) < len(seen):
            yield "repeated", f"{name} made one attempt twice"
        if any(not _separated(one, other, history.faults) for one, other in pairwise(seen)):
            yield "repeated", f"{name} was repeated with nothing wrong in between"
        if len({effect.key for effect in seen}) > 1:
            yield "keys", f"{name} was repeated under another key"
        if len(seen) > 1 and not repeatable.get(task, True):
            yield "repeated", f"{name} was repeated though it never must be"
    for row in rows.values():
        if row.completions > 1:
            yield "repeated", f"task {row.task} at {row.slot:.3f} completed {row.completions} times"


def _unmatched(
    task: Expected, targets: Sequence[Target], effects: Mapping[tuple[int, float], Sequence[Effect]], bounds: Bounds
) -> _Violations:
    """Without believing in labels: first starts, by time alone, must go round, earliest end of a window first."""
    first: dict[str, float] = {}
    for (owner, _), seen in effects.items():
        if owner == task.task:
            for effect in seen:
                first[effect.key] = min(effect.at, first.get(effect.key, effect.at))
    starts = sorted(first.values())
    every_slot_runs = task.catch_up == "all" and task.overlap != "skip" and task.repeatable
    must = [target for target in targets if target.owed and (every_slot_runs or not target.touched)]
    may = [target for target in targets if not target.never]
    # A run that was skipped for another that took long, as it may be, needs no start.
    must = [target for target in must if task.overlap != "skip" or not _was_busy(target, bounds)]
    if left := _left(starts, [(each.due, each.end) for each in must], bounds)[0]:
        yield "lost", f"task {task.task}: {left} slots have no start in their window, whatever they are called"
    open_end = [(each.due, each.end if each.owed else float("inf")) for each in may]
    if extra := _left(starts, open_end, bounds)[1]:
        yield "invented", f"task {task.task}: {extra} starts belong to no slot, whatever they are called"


def _left(starts: Sequence[float], windows: Sequence[tuple[float, float]], bounds: Bounds) -> tuple[int, int]:
    """How many windows and how many starts are left over when as many as possible are paired."""
    coming = sorted(windows, reverse=True)
    waiting: list[float] = []
    paired = 0
    for start in starts:
        while coming and coming[-1][0] - bounds.early <= start:
            heappush(waiting, coming.pop()[1])
        while waiting and waiting[0] < start:
            heappop(waiting)
        if waiting:
            heappop(waiting)
            paired += 1
    return len(windows) - paired, len(starts) - paired


def _out_of_order(
    task: Expected, history: History, effects: Mapping[tuple[int, float], Sequence[Effect]]
) -> _Violations:
    """A successor starts after what it follows; runs of a task that does not overlap follow each other."""
    mine = sorted((each for (owner, _), seen in effects.items() if owner == task.task for each in seen), key=_at)
    if task.overlap != "allow":
        for one, other in pairwise(mine):
            if other.at < one.until and not _separated(one, other, history.faults):
                yield "order", f"task {task.task}: {_span(one)} and {_span(other)} ran at the same time"
    if task.after is not None:
        for effect in mine:
            before = effects.get((task.after, effect.slot), ())
            if not before or min(each.until for each in before) > effect.at:
                yield "order", f"task {task.task} at {effect.slot:.3f} did not wait for task {task.after}"


def _separated(one: Effect, other: Effect, faults: Sequence[Fault]) -> bool:
    return any(fault.begin <= other.at and fault.end >= one.at for fault in faults)


def _at(effect: Effect) -> float:
    return effect.at


def _span(effect: Effect) -> str:
    return f"{effect.slot:.3f} (from {effect.at:.3f} to {effect.until:.3f} s)"


def _name(target: Target) -> str:
    return f"task {target.task.task} at {target.slot:.3f}"
