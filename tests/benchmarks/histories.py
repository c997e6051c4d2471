"""Right histories by chance: what a scheduler that keeps its word leaves behind, whatever is done to it."""

from dataclasses import dataclass, field
from random import Random

from benchmarks.records import Effect, Expected, Fault, History, Order, Row
from store.kinds import CatchUp, Overlap

_LENGTH = 90.0


@dataclass
class _Writer:
    chance: Random
    faults: tuple[Fault, ...]
    effects: list[Effect] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def well(self, moment: float) -> float:
        """The moment, or when all works again if it does not then."""
        for fault in self.faults:
            if fault.begin <= moment < fault.end + 0.5:
                return fault.end + self.chance.uniform(0.5, 4)
        return moment

    def run(self, task: Expected, slot: float, start: float) -> float:
        """Execute a slot, again where it is cut off; when it is over."""
        for attempt in range(1, 9):
            until = start + task.duration
            key = f"{task.task}-{slot}"
            self.effects.append(Effect(task=task.task, slot=slot, attempt=attempt, key=key, at=start, until=until))
            cut = next((each for each in self.faults if start <= each.begin <= until + 0.01), None)
            if cut is None or not task.repeatable:
                status = "completed" if cut is None else "failed"
                row = Row(task=task.task, slot=slot, status=status, attempts=attempt, completions=int(cut is None))
                self.rows.append(row)
                return until if cut is None else self.well(cut.begin)
            start = max(self.well(cut.begin), until)
        raise AssertionError("cut off without end")


def right_history(seed: int, catch_up: CatchUp) -> History:
    """A history in which everything is as it should be."""
    chance = Random(seed)
    writer = _Writer(chance, _faults(chance))
    tasks: list[Expected] = []
    for number in range(1, chance.randint(3, 6)):
        task = _task(chance, number, catch_up)
        tasks.append(task)
        _live(writer, task)
        if chance.random() < 0.4:
            follower = Expected(
                task=number + 100, orders=task.orders[:1], after=number, catch_up=catch_up, duration=0.1
            )
            tasks.append(follower)
            _follow(writer, follower)
    return History(
        tasks=tuple(tasks),
        effects=tuple(writer.effects),
        faults=writer.faults,
        rows=tuple(writer.rows),
        read_at=_LENGTH + 60,
    )


def _faults(chance: Random) -> tuple[Fault, ...]:
    found, moment = [], 5.0
    for _ in range(chance.randint(0, 3)):
        begin = moment + chance.uniform(1, 8)
        moment = begin + chance.uniform(0.2, 6)
        found.append(Fault(kind="kill", begin=begin, end=moment))
    return tuple(found)


def _task(chance: Random, number: int, catch_up: CatchUp) -> Expected:
    every = chance.choice([1.0, 2.0, 5.0, 1000.0])
    asked = chance.uniform(0, 3)
    orders = [Order(begins=True, asked=asked, answered=asked + 0.05)]
    if chance.random() < 0.3:
        stop = chance.uniform(40, 80)
        orders.append(Order(begins=False, asked=stop, answered=stop + 0.05))
        if chance.random() < 0.5:
            orders.append(Order(begins=True, asked=stop + 8, answered=stop + 8.05))
    slots = [4 + every * count for count in range(int((_LENGTH - 4) / every) + 1)]
    return Expected(
        task=number,
        orders=tuple(orders),
        slots=tuple(round(slot, 3) for slot in slots),
        catch_up=catch_up,
        overlap=chance.choice([Overlap.SKIP, Overlap.QUEUE]),
        repeatable=chance.random() < 0.8,
        duration=chance.choice([0.0, 0.05, 0.4, 1.5 if every <= 2 else 0.1]),
    )


def _stopped(task: Expected, moment: float) -> bool:
    active = False
    for order in task.orders:
        if order.asked <= moment and order.answered is not None:
            active = order.begins
    return not active


def _live(writer: _Writer, task: Expected) -> None:
    """Every slot of a scheduled task, through outages, pauses and runs that take long."""
    busy, waiting = 0.0, list[float]()
    slots = [slot for slot in task.slots if not _stopped(task, slot)]
    for number, slot in enumerate(slots):
        start = writer.well(slot + writer.chance.uniform(0, 0.3))
        following = slots[number + 1] if number + 1 < len(slots) else float("inf")
        if start > slot + 0.3 and following < start - 0.5 and task.catch_up != CatchUp.ALL:
            writer.rows.append(Row(task=task.task, slot=slot, status="missed"))
            continue
        if any(order.asked <= max(start, busy) < order.asked + 0.1 for order in task.orders[1:]):
            writer.rows.append(Row(task=task.task, slot=slot, status="cancelled"))
            continue
        if busy > start and task.overlap == Overlap.SKIP:
            writer.rows.append(Row(task=task.task, slot=slot, status="skipped"))
            continue
        waiting.append(slot)
        busy = writer.run(task, slot, writer.well(max(start, busy + 0.01)))


def _follow(writer: _Writer, task: Expected) -> None:
    busy = 0.0
    for row in [each for each in writer.rows if each.task == task.after]:
        if row.status != "completed":
            writer.rows.append(Row(task=task.task, slot=row.slot, status="skipped"))
            continue
        done = max(each.until for each in writer.effects if (each.task, each.slot) == (row.task, row.slot))
        busy = writer.run(task, row.slot, writer.well(max(done + 0.02, busy + 0.01)))
