"""A file of what was removed from the database: a line of JSON for each record, compressed."""

import gzip
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from croncierge.errors import Unavailable

_PIECE = 1 << 20


class Archive:
    """Appends to a `.jsonl.gz` file: each batch is a gzip member of its own, on the disk before `keep` returns.

    What a crash left half written at the end is cut off, so that whatever reads gzip files can read it all.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._checked = False

    def keep(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Raises Unavailable when they cannot be written; then none of them is."""
        if not records:
            return
        lines = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
        try:
            self._append(gzip.compress(lines.encode("utf-8", "replace"), mtime=0))
        except OSError as error:
            reason = error.strerror or error
            raise Unavailable(
                f"The archive {self._path} cannot be written ({reason}); nothing more was removed. Name another file."
            ) from error

    def _append(self, member: bytes) -> None:
        is_new = not self._path.exists()
        if is_new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        elif not self._checked:
            os.truncate(self._path, _whole(self._path))
        self._checked = True
        with self._path.open("ab") as file:
            before = file.tell()
            try:
                file.write(member)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.truncate(self._path, before)
                raise
        if is_new and os.name != "nt":  # its name must survive a power cut, too
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _whole(path: Path) -> int:
    """How many bytes at the beginning of a file are whole gzip members."""
    whole = 0
    with path.open("rb") as file:
        rest = b""
        while True:
            member, start = zlib.decompressobj(wbits=31), whole
            length = 0
            while not member.eof:
                piece = rest or file.read(_PIECE)
                rest = b""
                if not piece:
                    return start
                length += len(piece)
                try:
                    member.decompress(piece)
                except zlib.error:
                    return start
            rest = member.unused_data
            whole = start + length - len(rest)
            if not rest:
                rest = file.read(_PIECE)
                if not rest:
                    return whole
