"""The program as a process that can be hurt."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

DATABASE, USER = "croncierge.db", "bench"
_PATIENCE = 60.0  # seconds that a start may take
_ROOM = 8192  # bytes that a witness may still grow by while everything else is full


def _surroundings(folder: Path) -> dict[str, str]:
    """The environment of programs in a folder."""
    return {
        "CRONCIERGE_DB": f"sqlite:///{folder / DATABASE}",
        "CRONCIERGE_USER": USER,
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }


class Program:
    """One process at a time, each with a witness file and a log of its own in a folder.

    shift: the file that says how many seconds its clock is from the machine's.
    """

    def __init__(self, name: str, folder: Path, shift: Path) -> None:
        self._name, self._folder, self._shift = name, folder, shift
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **_surroundings(folder)}
        self._starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def _witness(self) -> Path:
        return self._folder / f"{self._name}.{self._starts}.witness"

    @property
    def _output(self) -> Path:
        return self._folder / f"{self._name}.{self._starts}.log"

    def start(self) -> None:
        self._starts += 1
        command = [sys.executable, "-m", "benchmarks.crash.worker", str(self._witness), str(self._shift)]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, env=self._environment)

    def wait_until_well(self) -> None:
        """Raises TimeoutError when it does not say that it runs."""
        deadline = monotonic() + _PATIENCE
        while b"Running." not in self._output.read_bytes():
            if self._mine().poll() is not None or monotonic() > deadline:
                raise TimeoutError(f"the program did not start:\n{self._output.read_text()}")
            sleep(0.01)

    def kill(self) -> None:
        self._mine().kill()
        self._mine().wait()

    def pause(self) -> None:
        self._mine().send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._mine().send_signal(signal.SIGCONT)

    def spent(self) -> float:
        """Seconds of processor time that it has used. Linux only."""
        fields = Path(f"/proc/{self._mine().pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def limit_files(self, full: bool) -> None:
        """Let no file grow, or write beyond a little, as on a disk that is full. Linux only."""
        import resource

        size = self._witness.stat().st_size + _ROOM if self._witness.exists() else _ROOM
        unlimited = resource.RLIM_INFINITY
        resource.prlimit(self._mine().pid, resource.RLIMIT_FSIZE, (size if full else unlimited, unlimited))  # type: ignore[attr-defined,unused-ignore]

    def end(self, patience: float) -> int | None:
        """Ask it to end; its exit code, None when it did not in that time."""
        process = self._mine()
        process.terminate()
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def destroy(self) -> None:
        """Leave nothing behind, however far it came."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def _mine(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the program was not started")
        return self._process
