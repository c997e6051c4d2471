"""What a script gets of the machine: limits everywhere, and a sandbox where the machine has bubblewrap."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from croncierge.settings import data_folder, load_settings, settings_file

LAUNCHER = Path(__file__).with_name("launcher.py")
_PRIVATE = (Path("/tmp"), Path("/run"))  # empty in the sandbox, so that sockets and others' files stay out of reach
_NAMES = Path("/run/systemd/resolve")  # where many machines keep how to find hosts
_MEGA = 1_000_000


class Limits(BaseModel):
    """Of each process of a script, but `processes` for all of them. Root is not bound by `processes`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cpu_seconds: int = Field(600, ge=1)
    memory_mb: int = Field(1024, ge=16)
    file_mb: int = Field(1000, ge=0)
    processes: int = Field(100, ge=1)
    output_mb: int = Field(10, ge=0)

    def as_numbers(self) -> dict[str, int]:
        """As the launcher takes them: bytes, seconds and numbers."""
        return {
            "cpu_seconds": self.cpu_seconds,
            "memory": self.memory_mb * _MEGA,
            "file": self.file_mb * _MEGA,
            "processes": self.processes,
        }


def launch(role: str, command: Sequence[str], **job: object) -> list[str]:
    """The command line of the launcher in one of its roles. No path and no setting of Python reaches it."""
    return [sys.executable, "-I", "-S", str(LAUNCHER), role, json.dumps(job), *command]


def sandboxed(
    command: Sequence[str],
    limits: Limits,
    folder: Path,
    *,
    network: bool = False,
    writable: Sequence[Path] = (),
    hidden: Sequence[Path] = (),
) -> list[str]:
    """The command in bubblewrap: the machine is read-only, and its processes, users and network are out of sight.

    folder: where it may write, besides `writable`. hidden: what it must not even read.
    """
    needed = _outermost([LAUNCHER, Path(sys.prefix), Path(sys.base_prefix), *_place(command)])
    return [
        "bwrap",
        *("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *(["--share-net"] if network else []),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *(part for path in _PRIVATE if path.is_dir() for part in ("--tmpfs", str(path))),
        *(part for path in (_NAMES, *needed) if _lost(path) for part in ("--ro-bind-try", str(path), str(path))),
        *(part for path in writable for part in ("--bind", str(path), str(path))),
        *(part for path in hidden if path.exists() for part in _hide(path)),
        *("--bind", str(folder), str(folder)),
        *("--chdir", str(folder), "--"),
        *launch("limit", command, limits=limits.as_numbers()),
    ]


def _place(command: Sequence[str]) -> list[Path]:
    path = Path(command[0])
    return [path] if path.is_absolute() else []


def _outermost(paths: Sequence[Path]) -> list[Path]:
    """Without those that are inside of others, and come with them."""
    return [path for path in paths if not any(path != other and path.is_relative_to(other) for other in paths)]


def _lost(path: Path) -> bool:
    return any(path.is_relative_to(private) for private in _PRIVATE)


def _hide(path: Path) -> tuple[str, ...]:
    return ("--tmpfs", str(path)) if path.is_dir() else ("--ro-bind", "/dev/null", str(path))


def own_secrets() -> list[Path]:
    """What the program keeps for itself: everybody's tasks, and the operator's settings."""
    settings = load_settings()
    _, embedded, path = settings.db.partition("sqlite:///")
    database = [Path(path + end).absolute() for end in ("", "-wal", "-shm")] if embedded and path else []
    return [data_folder(), settings_file(), settings.connectors.absolute(), *database]


@cache
def sandbox_works() -> bool:
    """Whether this machine has bubblewrap and lets it do its work, which many containers do not."""
    if shutil.which("bwrap") is None:
        return False
    with tempfile.TemporaryDirectory(prefix="croncierge-") as folder:
        command = sandboxed(["true"], Limits(), Path(folder))
        try:
            return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False
