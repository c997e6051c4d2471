"""What a black-box test of the runtime leaves behind: what was asked, what was done to it, and what came of it.

All times are seconds on the clock of the test. A slot is an occurrence as its schedule names it, on the same scale.
"""

from dataclasses import dataclass, field

from store.kinds import CatchUp, Overlap


@dataclass(frozen=True, kw_only=True)
class Order:
    """Somebody asked that a task be active, or no longer. answered: None when the answer never came."""

    begins: bool
    asked: float
    answered: float | None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A task and the slots that an independent calculator gives it. after: the task that it follows instead.

    duration: seconds that its effect takes. repeatable: whether a run that was cut off may be tried again.
    """

    task: int
    orders: tuple[Order, ...]
    slots: tuple[float, ...] = ()
    after: int | None = None
    catch_up: CatchUp = CatchUp.ALL
    overlap: Overlap = Overlap.QUEUE
    repeatable: bool = True
    duration: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What the witness outside saw of an attempt. until: when it was done with it, answered or not."""

    task: int
    slot: float
    attempt: int
    key: str
    at: float
    until: float


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something done to the program until it was well again. offset: seconds its clock is ahead meanwhile."""

    kind: str
    begin: float
    end: float
    offset: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """A run in the program's own history. completions: how often it became completed."""

    task: int
    slot: float
    status: str
    attempts: int = 1
    completions: int = 0


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything, read once when all was quiet, at `read_at`."""

    tasks: tuple[Expected, ...]
    effects: tuple[Effect, ...]
    faults: tuple[Fault, ...]
    rows: tuple[Row, ...]
    read_at: float


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Seconds. late: within which a run starts in peace; recovery: and after a fault. early: the error of clocks.

    record: within which the end of a run is on record, until when it counts as running.
    """

    late: float = 1.0
    recovery: float = 20.0
    early: float = 0.05
    record: float = 0.25


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """violations: kind and sentence. The counts are of slots."""

    expected: int
    calm: int
    repeated_after_cut: int
    violations: tuple[tuple[str, str], ...] = field(default=())

    def count(self, *kinds: str) -> int:
        """How many violations are of these kinds."""
        return sum(kind in kinds for kind, _ in self.violations)
