"""Stands between the program and a script: starts it within limits, and ends all it has started.

Run as a file by a bare interpreter (`python -I -S launcher.py supervise|limit JSON COMMAND…`), so it needs nothing but
the standard library. `supervise` ends everything when the script has ended or when the program lets go of the lifeline,
which the kernel does for a program that was killed; without a lifeline, when the kernel says that the program's thread
is gone. `limit` takes on the limits and becomes the command.
"""

import ctypes
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

_PDEATHSIG, _SUBREAPER, _NO_NEW_PRIVILEGES = 1, 36, 38
_LINUX = sys.platform == "linux"
_PROC = Path("/proc")


def limit(command: list[str], limits: dict[str, int]) -> NoReturn:
    """Become the command, which can only have less than this process. limits: bytes, seconds and numbers."""
    _prctl(_NO_NEW_PRIVILEGES, 1)
    cpu = limits["cpu_seconds"]
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, cpu, cpu + 2)
    _lower(resource.RLIMIT_FSIZE, limits["file"])
    if _LINUX:  # elsewhere the first cannot be set, and the second cannot be counted
        _lower(resource.RLIMIT_AS, limits["memory"])
        _lower(resource.RLIMIT_NPROC, limits["processes"] + _threads_of_this_user())
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python; it would be passed on
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]} cannot be started: {error.strerror}\n".encode())
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def _lower(kind: int, soft: int, hard: int | None = None) -> None:
    _, most = resource.getrlimit(kind)
    wanted = (soft, soft if hard is None else hard)
    resource.setrlimit(kind, wanted if most == resource.RLIM_INFINITY else (min(wanted[0], most), min(wanted[1], most)))


def _threads_of_this_user() -> int:
    """The kernel counts those, not those of the script. In a sandbox these are the only ones."""
    count = 0
    for process in _PROC.glob("[0-9]*"):
        try:
            if process.stat().st_uid == os.getuid():
                count += sum(1 for _ in (process / "task").iterdir())
        except OSError:  # it has ended meanwhile
            continue
    return count


def supervise(
    lifeline: int | None, command: list[str], limits: dict[str, int] | None, folder: str, parent: int | None = None
) -> int:
    """Run the command to its end, and none of its descendants any longer; its exit code, or 128 + a signal's number.

    lifeline: the end of a pipe; when the other end is closed, all is over at once. Without one a signal ends all, which
    the kernel sends when the parent's thread is gone. limits: None when the command takes them on by itself. folder: is
    removed in the end.
    """
    told: list[int] = []
    if lifeline is not None:
        os.set_inheritable(lifeline, False)
    else:
        signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
        _prctl(_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was gone before one could ask
            told.append(signal.SIGTERM)
    _prctl(_SUBREAPER, 1)  # what loses its parent becomes a child of this process
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    child = os.fork()
    if child == 0:
        _start(command, limits)
    status = None
    watched = [ended] if lifeline is None else [ended, lifeline]
    while status is None and not told and lifeline not in select.select(watched, [], [])[0]:
        os.read(ended, 4096)
        status, _ = _reap(child)
    _end_all(child)
    shutil.rmtree(folder, ignore_errors=True)
    code = os.waitstatus_to_exitcode(status) if status is not None else -signal.SIGKILL
    return code if code >= 0 else 128 - code


def _start(command: list[str], limits: dict[str, int] | None) -> NoReturn:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    _prctl(_PDEATHSIG, signal.SIGKILL)
    if limits is None:
        os.execvp(command[0], command)
    limit(command, limits)


def _reap(child: int) -> tuple[int | None, bool]:
    """Take note of the dead: the status of the child if it is among them, and whether anything is left."""
    status = None
    while True:
        try:
            pid, its = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status, False
        if pid == 0:
            return status, True
        if pid == child:
            status = its


def _end_all(child: int) -> None:
    """Kill until nothing is left. What starts others faster than it is killed meets the limit of processes."""
    if not _LINUX:
        _kill(-child)  # all that can be found there
    left = True
    while left:
        for pid in _descendants():
            _kill(pid)
        time.sleep(0.002)
        _, left = _reap(child)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _descendants() -> list[int]:
    """Of this process, by what the kernel says; empty where it does not say."""
    parents: dict[int, int] = {}
    for stat in _PROC.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    mine = {os.getpid()}
    size = 0
    while size != len(mine):
        size = len(mine)
        mine |= {pid for pid, parent in parents.items() if parent in mine}
    return sorted(mine - {os.getpid()})


def _prctl(option: int, value: int) -> None:
    if _LINUX:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def main(role: str, job: dict[str, Any], command: list[str]) -> int:
    if role == "limit":
        limit(command, job["limits"])
    return supervise(job["lifeline"], command, job["limits"], job["folder"], job.get("parent"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:]))
