"""Whether everything that is due happens once, in its window, whatever is done to the program: a black-box test.

In the manner of Jepsen's analysis of Chronos: the program runs as processes on one database; while it works it is
killed, stopped, kept from its database, given a full disk and a wrong clock. Then what it was asked for, what its
actions left outside and what was done to it are set against its own history.
"""

import sqlite3
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

from benchmarks.checker import check
from benchmarks.crash.faults import Faults, set_clock
from benchmarks.crash.plan import Plan, Scale
from benchmarks.crash.program import DATABASE, USER, Program
from benchmarks.crash.records import effects_in, rows_in
from benchmarks.records import Bounds, Fault, History, Verdict
from croncierge.clock import SystemClock
from runtime.doorbell import Doorbell
from store.open import open_store
from store.operations import ensure_user
from store.operations.health import health
from store.session import Store
from store.values import Actor

_DRAIN = 25.0
_CALM = 25.0  # seconds at the end of a long test without any fault, to see that all is well again


def run(options: Namespace) -> dict[str, Any]:
    """options: seconds, processes, seed (None for any), late."""
    seed = options.seed if options.seed is not None else Random().randrange(10**6)
    with TemporaryDirectory() as folder:
        return black_box(Path(folder), options.seconds, options.processes, seed, Bounds(late=options.late))


def black_box(folder: Path, seconds: float, processes: int, seed: int, bounds: Bounds = Bounds()) -> dict[str, Any]:
    """Run the test in a folder; what it found."""
    chance, scale = Random(seed), Scale()
    shift = folder / "shift"
    set_clock(shift, 0)
    database, store, actor = prepare(folder)
    programs = [Program(str(number), folder, shift) for number in range(processes)]
    with ExitStack() as closing:
        closing.callback(store.engine.dispose)
        for each in programs:
            closing.callback(each.destroy)
            each.start()
        for each in programs:
            each.wait_until_well()
        plan = Plan(store, actor, scale, chance, seconds)
        faults = Faults(programs, database, shift, scale, chance, long=seconds >= 3 * _CALM)
        end = scale.of_timestamp(plan.last.timestamp())
        _strike(plan, faults, scale, chance, end - (_CALM if seconds >= 3 * _CALM else 0))
        history, verdict = _settle(plan, faults.done, folder, scale, end, bounds)
        well = health(store)
        codes = [each.end(_DRAIN) for each in programs]
    violations = list(verdict.violations)
    violations += [("shutdown", f"a process ended with {code} when asked to") for code in codes if code != 0]
    if not well.ok:
        violations.append(("health", f"afterwards the program says {well.sentence}"))
    with sqlite3.connect(database) as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        violations.append(("integrity", sound))
    return {
        "seed": seed,
        "seconds": seconds,
        "processes": processes,
        "tasks": len(history.tasks),
        "faults": dict(Counter(fault.kind for fault in history.faults)),
        "skipped faults": faults.skipped,
        "effects": len(history.effects),
        "slots expected": verdict.expected,
        "slots in calm": verdict.calm,
        "missing": verdict.count("lost", "missed", "hollow", "unfinished", "failed"),
        "outside their window": verdict.count("early", "late"),
        "with two rows": verdict.count("double"),
        "invented": verdict.count("invented"),
        "out of order": verdict.count("order"),
        "finished runs repeated": verdict.count("repeated", "keys"),
        "cut-off runs repeated": verdict.repeated_after_cut,
        "violations": violations,
        "history of faults": [_told(fault, history) for fault in history.faults],
    }


def prepare(folder: Path) -> tuple[Path, Store, Actor]:
    """The database of the programs in a folder, and who asks them for something."""
    database = folder / DATABASE
    url = f"sqlite:///{database}"
    store = open_store(url, SystemClock(), Doorbell(url).ring)
    return database, store, Actor(user_id=ensure_user(store, USER), via="benchmark", change_set="1")


def _told(fault: Fault, history: History) -> str:
    """A fault, and how long it took until anything began again."""
    again = min((effect.at for effect in history.effects if effect.at > fault.end), default=fault.end)
    offset = f" by {fault.offset:+g} s" if fault.offset else ""
    return (
        f"{fault.kind}{offset} from {fault.begin:.3f} to {fault.end:.3f} s, first start {again - fault.end:.2f} s after"
    )


def _strike(plan: Plan, faults: Faults, scale: Scale, chance: Random, until: float) -> None:
    while scale.now() < until:
        sleep(chance.uniform(0.3, 2.0))
        fault = faults.strike()
        sys.stderr.write(f"{fault.end:6.1f} s  {fault.kind} for {fault.end - fault.begin:.1f} s\n")
        if chance.random() < 0.3:
            plan.stop_one()


def _settle(
    plan: Plan, faults: Sequence[Fault], folder: Path, scale: Scale, end: float, bounds: Bounds
) -> tuple[History, Verdict]:
    """Wait until every slot has its end, or until nothing may come any more."""
    patience = max([end, *(fault.end for fault in faults)]) + 2 * bounds.recovery
    while True:
        sleep(1)
        now = scale.now()
        rows = rows_in(folder / DATABASE, scale)
        effects = effects_in(folder, scale)
        over = now > patience
        # Who reads while something may still come must not hold its absence against anybody.
        history = History(
            tasks=tuple(plan.tasks),
            effects=effects,
            faults=tuple(faults),
            rows=rows,
            read_at=now if over else float("inf"),
        )
        verdict = check(history, bounds)
        if over or (now > end + bounds.late and not verdict.count("lost", "unfinished")):
            return history, verdict


def table(result: Mapping[str, Any]) -> str:
    """The figures, and each violation in a line."""
    lines = [f"{name}: {value}" for name, value in result.items() if name != "violations"]
    return "\n".join([*lines, *(f"VIOLATION {kind}: {sentence}" for kind, sentence in result["violations"])])
