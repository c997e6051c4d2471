"""Which runs are owed, and when: the windows of slots under the faults that touched them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.records import Bounds, Effect, Expected, Fault, History, Order, Row

_NOTICED = 0.25  # seconds until a program sees that its clock was set; meanwhile slots may begin by the old one


@dataclass(frozen=True, kw_only=True)
class Target:
    """A slot that may or must have its run between `due` and `end`.

    owed: the task was surely active, and it was over before the history was read. never: it surely was not, or what it
    follows did not complete. touched: by a fault, or within the recovery after one. idle_from: when, as the witness saw
    it, the last run of the task before it had ended.
    """

    task: Expected
    slot: float
    due: float
    end: float
    owed: bool
    never: bool
    touched: bool
    idle_from: float


def targets_of(
    task: Expected,
    history: History,
    rows: Mapping[tuple[int, float], Row],
    effects: Mapping[tuple[int, float], Sequence[Effect]],
    bounds: Bounds,
) -> list[Target]:
    """The targets of one task in the order of their slots."""
    found, busy = [], 0.0
    for slot, due, never in _moments(task, history, rows, effects):
        # What does not overlap waits for the run before it.
        ready = max(due, busy) if task.overlap != "allow" else due
        end, touched = _window(due, ready + bounds.late, history.faults, bounds)
        active = _active(task.orders, due - bounds.early, end)
        idle = _active(task.orders, due - bounds.early, due + bounds.early) is False
        target = Target(
            task=task,
            slot=slot,
            due=due,
            end=end,
            owed=active is True and not never and end + task.duration <= history.read_at,
            never=never or idle,
            touched=touched,
            idle_from=busy,
        )
        found.append(target)
        busy = max([busy, *(effect.until for effect in effects.get((task.task, slot), ()))])
    return found


def reached(slot: float, faults: Sequence[Fault]) -> float:
    """When a clock that the faults shift first shows that moment."""
    moments = [slot]
    for fault in faults:
        shown = max(fault.begin, slot - fault.offset)
        if fault.offset and shown < fault.end + _NOTICED:
            moments.append(shown)
        if fault.offset and fault.begin + _NOTICED <= slot < min(fault.end, slot - fault.offset):
            moments[0] = fault.end  # the clock that was put back was put right before it came there
    return min(moments)


def _moments(
    task: Expected,
    history: History,
    rows: Mapping[tuple[int, float], Row],
    effects: Mapping[tuple[int, float], Sequence[Effect]],
) -> Iterator[tuple[float, float, bool]]:
    """(slot, when it is due, whether nothing may come of it)."""
    if task.after is None:
        yield from ((slot, reached(slot, history.faults), False) for slot in sorted(task.slots))
        return
    for (other, slot), row in sorted(rows.items()):
        if other == task.after:
            seen = effects.get((other, slot), ())
            if row.status == "completed" and seen:
                yield slot, _done(seen), False
            else:
                yield slot, slot, True


def _done(seen: Sequence[Effect]) -> float:
    """When a run was over, by what the witness saw of it: an attempt that a fault separated may still come in later."""
    last = max(seen, key=lambda effect: effect.attempt)
    return last.until


def _window(due: float, end: float, faults: Sequence[Fault], bounds: Bounds) -> tuple[float, bool]:
    touched = False
    for fault in sorted(faults, key=lambda each: each.begin):
        if fault.begin <= end and fault.end + bounds.recovery >= due:
            end, touched = max(end, fault.end + bounds.recovery), True
    return end, touched


def _active(orders: Sequence[Order], begin: float, end: float) -> bool | None:
    """Whether the orders made a task active all through a stretch of time, at no moment of it, or None: who knows."""
    states: set[bool | None] = set()
    state: bool | None = False
    since = float("-inf")
    for order in sorted(orders, key=lambda each: each.asked):
        if since < end and order.asked > begin:
            states.add(state)
        answered = float("inf") if order.answered is None else order.answered
        if order.asked < end and answered > begin:
            states.add(None)
        since, state = (order.asked, None) if order.answered is None else (answered, order.begins)
    if since < end:
        states.add(state)
    return states.pop() if len(states) == 1 else None
