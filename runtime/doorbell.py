"""How the processes on one database wake each other, with no polling: a bell each can ring.

Every running runtime listens on a UDP port of the loopback interface and leaves a small file beside the database that
says which, held with a lock of the operating system for as long as the process lives. Ringing sends a datagram to each
of them; a datagram carries nothing but the word to look, so a forged one is harmless. A file whose lock is free
belongs to a process that is gone.
"""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from sqlalchemy.engine import make_url

if os.name == "nt":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        # Shared where it is only tried, so that two who try at once do not take each other for the living one.
        fcntl.flock(file, (fcntl.LOCK_EX if file.writable() else fcntl.LOCK_SH) | fcntl.LOCK_NB)


_HOST = "127.0.0.1"
_WORD = b"look"
_ENOUGH = b"stop"


class Doorbell:
    """The bell of the database at a URL. A database in memory has no other processes, so nobody to wake.

    name: identifies this process among the workers on the database.
    """

    def __init__(self, url: str) -> None:
        path = make_url(url).database
        in_memory = path in (None, "", ":memory:") or not make_url(url).drivername.startswith("sqlite")
        self._folder = None if in_memory else Path(f"{path}.runtime")
        self.name = f"{os.getpid()}-{uuid4().hex[:12]}"
        self._socket: socket.socket | None = None
        self._file: IO[str] | None = None
        self._listener: threading.Thread | None = None

    def ring(self) -> None:
        """Wake every other runtime on this database. Never fails and never waits."""
        with suppress(OSError):
            ports = [port for name, port in self._others() if name != self.name]
            if ports:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                    for port in ports:
                        sender.sendto(_WORD, (_HOST, port))

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` from a thread of its own whenever somebody rings, until `close`."""
        if self._folder is None:
            return
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listening.bind((_HOST, 0))
        self._socket = listening
        self._folder.mkdir(exist_ok=True)
        # Locked before it has its name: whoever sees the file sees it locked.
        hidden = self._folder / f".{self.name}"
        self._file = hidden.open("w")
        _lock(self._file)
        json.dump({"port": listening.getsockname()[1]}, self._file)
        self._file.flush()
        hidden.rename(self._folder / self.name)
        self._listener = threading.Thread(target=self._hear, args=(listening, wake), name="doorbell", daemon=True)
        self._listener.start()

    def close(self) -> None:
        """Stop listening and take the name down."""
        if self._socket is None or self._folder is None:
            return
        with suppress(OSError):
            self._socket.sendto(_ENOUGH, self._socket.getsockname())
        if self._listener is not None and self._listener is not threading.current_thread():
            self._listener.join(timeout=5)
        (self._folder / self.name).unlink(missing_ok=True)
        if self._file is not None:
            self._file.close()
        self._socket.close()
        self._socket = self._file = self._listener = None

    def is_alive(self, name: str) -> bool | None:
        """Whether the process of that name lives; None where that cannot be known from here."""
        if self._folder is None:
            return None
        return name == self.name or self._is_held(self._folder / name)

    def anybody(self) -> bool:
        """Whether a runtime of any process, this one included, is running on this database."""
        return self._socket is not None or any(True for _ in self._others())

    def _others(self) -> Iterator[tuple[str, int]]:
        """The live processes and their ports; what dead ones left behind is removed."""
        if self._folder is None or not self._folder.is_dir():
            return
        for file in sorted(self._folder.iterdir()):
            if file.name.startswith("."):
                continue
            if file.name != self.name and not self._is_held(file):
                file.unlink(missing_ok=True)
                continue
            with suppress(OSError, ValueError, KeyError):
                yield file.name, int(json.loads(file.read_text())["port"])

    @staticmethod
    def _is_held(file: Path) -> bool:
        try:
            with file.open() as handle:
                _lock(handle)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    @staticmethod
    def _hear(listening: socket.socket, wake: Callable[[], None]) -> None:
        while True:
            try:
                word = listening.recv(16)
            except OSError:
                return
            if word == _ENOUGH:
                return
            wake()
