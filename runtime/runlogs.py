"""What a run writes while it runs: short logs are kept with the run, long ones in a file of their own."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from croncierge.errors import NotFound
from store.operations.claims import Claimed

_SHORT = 16_000  # characters that fit into the run's row
_HEAD, _TAIL = 4_000, 8_000  # of a longer one, what stands in the row
_LONGEST = 50_000_000


class RunLogs:
    """Where long logs go: a folder, or any URL that fsspec knows. Nothing is made before there is a long log."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def open(self, run: Claimed) -> "RunLog":
        return RunLog(self._place(run.run_id, run.scheduled_time, run.attempt))

    def remove(self, run_id: int, scheduled_time: datetime, attempts: int, log_ref: str | None) -> None:
        """Delete the logs of all attempts of a run, as far as there are any."""
        import fsspec

        places = {log_ref} - {None}
        if attempts > 1:  # an earlier one may have had a long log, too
            places |= {self._place(run_id, scheduled_time, attempt) for attempt in range(1, attempts + 1)}
        for place in places:
            with suppress(Exception):  # whatever the place is: it has gone, or will stay
                system, path = fsspec.url_to_fs(place)
                system.rm_file(path)
                if "file" in system.protocol:
                    Path(path).parent.rmdir()  # unless there are others of that day

    def _place(self, run_id: int, scheduled_time: datetime, attempt: int) -> str:
        return f"{self._url}/{scheduled_time.date()}/{run_id}-{attempt}.log"


@contextmanager
def open_log(place: str) -> Iterator[TextIO]:
    """The long log at a place, to be read line by line. Raises NotFound when it is not there any more."""
    import fsspec

    try:
        file = fsspec.open(place, "r", encoding="utf-8", errors="replace").open()
    except Exception as error:  # whatever the place is
        raise NotFound(f"The log {place} cannot be read any more ({error}).", field="run") from error
    with file:
        yield file


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
            elif self._file is not None and self._count - len(piece) < _LONGEST:
                self._put(piece[: _LONGEST - (self._count - len(piece))])
            self._remember(piece)

    def close(self) -> tuple[str, str | None]:
        """What stands in the run's row, and where the whole is if that is not all."""
        with self._lock:
            self._closed = True
            if self._file is None and self._failed is None:
                return "".join(self._pieces), None
            lost = max(0, self._count - _LONGEST)
            if self._file is not None:
                self._put(f"\n… {lost:,} more characters were not kept …\n" if lost else "", last=True)
            head = "".join(self._pieces)[:_HEAD]
            tail = "".join(self._tail)[-_TAIL:]
            left_out = self._count - len(head) - len(tail)
            if self._failed is not None:
                where = f"lost, since {self._failed}"
            elif lost:
                where = f"its first {_LONGEST:,} characters are in {self._place}, the rest was not kept"
            else:
                where = f"the whole is in {self._place}"
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
            self._put("".join(self._pieces)[:_LONGEST])
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
