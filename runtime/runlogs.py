"""What a run writes while it runs: short logs are kept with the run, long ones in a file of their own."""

import threading
from collections import deque
from typing import Any

from store.operations.claims import Claimed

_SHORT = 16_000  # characters that fit into the run's row
_HEAD, _TAIL = 4_000, 8_000  # of a longer one, what stands in the row
_LONGEST = 50_000_000


class RunLogs:
    """Where long logs go: a folder, or any URL that fsspec knows. Nothing is made before there is a long log."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def open(self, run: Claimed) -> "RunLog":
        return RunLog(f"{self._url}/{run.scheduled_time:%Y-%m-%d}/{run.run_id}-{run.attempt}.log")


class RunLog:
    """The log of one attempt. It may be written from any thread, and is closed once."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._pieces: list[str] = []
        self._count = 0
        self._tail: deque[str] = deque()
        self._tail_count = 0
        self._file: Any = None
        self._failed: str | None = None
        self._closed = False

    def write(self, piece: str) -> None:
        """Keep a piece; what comes after the end is dropped."""
        with self._lock:
            if self._closed or not piece:
                return
            self._count += len(piece)
            if self._file is None and self._failed is None:
                self._pieces.append(piece)
                if self._count <= _SHORT:
                    return
                self._move_out()
            elif self._file is not None and self._count <= _LONGEST:
                self._put(piece)
            self._remember(piece)

    def close(self) -> tuple[str, str | None]:
        """What stands in the run's row, and where the whole is if that is not all."""
        with self._lock:
            self._closed = True
            if self._file is None and self._failed is None:
                return "".join(self._pieces), None
            if self._file is not None:
                self._put("", last=True)
            head = "".join(self._pieces)[:_HEAD]
            tail = "".join(self._tail)[-_TAIL:]
            left_out = self._count - len(head) - len(tail)
            where = f"the whole is in {self._place}" if self._failed is None else f"lost, since {self._failed}"
            text = f"{head}\n… {left_out:,} characters; {where} …\n{tail}"
            return text, self._place if self._failed is None else None

    def _move_out(self) -> None:
        """Begin the file with what there is."""
        import fsspec

        try:
            self._file = fsspec.open(self._place, "w", encoding="utf-8", auto_mkdir=True).open()
        except Exception as error:  # whatever the place is, a log must not end the run
            self._failed = f"{self._place} cannot be written ({error})"
        else:
            self._put("".join(self._pieces))
        self._pieces = ["".join(self._pieces)[:_HEAD]]

    def _put(self, text: str, *, last: bool = False) -> None:
        try:
            if text:
                self._file.write(text)
                self._file.flush()
            if last:
                self._file.close()
        except Exception as error:
            self._failed = f"{self._place} cannot be written any more ({error})"
            self._file = None

    def _remember(self, piece: str) -> None:
        self._tail.append(piece[-_TAIL:])
        self._tail_count += len(self._tail[-1])
        while self._tail_count - len(self._tail[0]) >= _TAIL:
            self._tail_count -= len(self._tail.popleft())
