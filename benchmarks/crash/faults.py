"""What is done to the program while it works. Each fault takes its time and says from when until when it was."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from time import sleep

from benchmarks.crash.plan import Scale
from benchmarks.crash.program import Program
from benchmarks.records import Fault

_LONG_PAUSE = 18.0  # longer than a lease
_HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


class Faults:
    """Does things to programs. long: also what outlasts a lease. skipped: what cannot be done here, and why."""

    def __init__(
        self, programs: Sequence[Program], database: Path, shift: Path, scale: Scale, chance: Random, *, long: bool
    ) -> None:
        self._programs, self._database, self._shift = programs, database, shift
        self._scale, self._chance, self._long = scale, chance, long
        self.done: list[Fault] = []
        self.skipped: dict[str, str] = {}
        self._bag: list[Callable[[], Fault]] = []
        self._kinds: list[Callable[[], Fault]] = [
            self._kill, self._kill, self._kill_all, self._pause, self._busy, self._clock,
        ]  # fmt: skip
        if sys.platform == "linux":
            self._kinds.append(self._full)
        else:
            self.skipped["full"] = "the limit of the size of files can be set from outside on Linux only"

    def strike(self) -> Fault:
        """Do one thing; all kinds have their turn in a random order."""
        if not self._bag:
            self._bag = self._chance.sample(self._kinds, len(self._kinds))
        fault = self._bag.pop()()
        self.done.append(fault)
        return fault

    def _kill(self) -> Fault:
        begin = self._scale.now()
        victim = self._chance.choice(self._programs)
        victim.kill()
        sleep(self._chance.choice([0, self._chance.uniform(0, 1.5)]))
        victim.start()
        victim.wait_until_well()
        return Fault(kind="kill", begin=begin, end=self._scale.now())

    def _kill_all(self) -> Fault:
        begin = self._scale.now()
        for each in self._programs:
            each.kill()
        sleep(self._chance.uniform(0, 3))
        for each in self._programs:
            each.start()
        for each in self._programs:
            each.wait_until_well()
        return Fault(kind="kill all", begin=begin, end=self._scale.now())

    def _pause(self) -> Fault:
        begin = self._scale.now()
        victim = self._chance.choice(self._programs)
        victim.pause()
        sleep(_LONG_PAUSE if self._long and self._chance.random() < 0.5 else self._chance.uniform(0.5, 3))
        victim.go_on()
        return Fault(kind="pause", begin=begin, end=self._scale.now())

    def _busy(self) -> Fault:
        begin = self._scale.now()
        seconds = 12.0 if self._long and self._chance.random() < 0.3 else self._chance.uniform(0.5, 3)
        command = [sys.executable, "-c", _HOLD, str(self._database), str(seconds)]
        # Somebody may have to wait a little before it is held; that belongs to the fault.
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        return Fault(kind="busy", begin=begin, end=self._scale.now())

    def _full(self) -> Fault:
        begin = self._scale.now()
        for each in self._programs:
            each.limit_files(True)
        sleep(self._chance.uniform(1, 3))
        for each in self._programs:
            each.limit_files(False)
        return Fault(kind="full", begin=begin, end=self._scale.now())

    def _clock(self) -> Fault:
        offset = self._chance.choice([-1, 1]) * self._chance.randint(3, 12)
        begin = self._scale.now()
        set_clock(self._shift, offset)
        sleep(self._chance.uniform(1, 3))
        set_clock(self._shift, 0)
        return Fault(kind="clock", begin=begin, end=self._scale.now(), offset=offset)


def set_clock(shift: Path, offset: int) -> None:
    """Have programs see the time that many seconds from the machine's. Written whole, since they read at any moment."""
    fresh = shift.with_suffix(".new")
    fresh.write_text(f"{offset:+d}\n")
    fresh.replace(shift)
