"""What the runtime hands a run to, and what connects the two while it runs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from store.operations.claims import Claimed
from store.operations.runs import Outcome


def _nowhere(_piece: str) -> None:
    """Nobody keeps the log."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """Between the runtime and one attempt of a run.

    cancelled: set when the attempt has to end now, since it was called off or took too long; nobody waits for its
    outcome any more. log: keeps a piece of the run's log, as it comes; may be called from any thread.
    """

    cancelled: threading.Event = field(default_factory=threading.Event)
    log: Callable[[str], None] = _nowhere


Executor = Callable[[Claimed, Control], Outcome]
"""Executes one attempt of a run, in a thread of its own. What goes wrong is an outcome, or raised."""
