"""What goes to a database and what comes back, whichever it is."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self

_MOST_BYTES = 1_000_000  # of a table, since it becomes the result of a run

Value = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Query:
    """One statement with its values, and what it may take."""

    url: str
    statement: str
    parameters: Mapping[str, Value]
    write: bool
    timeout_seconds: float
    row_limit: int


@dataclass(frozen=True, kw_only=True)
class Table:
    """row_count: of the rows that are here, or that were written. truncated: whether there would have been more."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    row_count: int
    truncated: bool

    @classmethod
    def of(cls, columns: Iterable[str], rows: Iterable[Sequence[Any]], query: Query) -> Self:
        """As many of the rows as may be."""
        kept: list[list[Any]] = []
        room = _MOST_BYTES
        truncated = False
        for row in rows:
            values = [as_json(value) for value in row]
            room -= sum(len(str(value)) for value in values)
            truncated = len(kept) == query.row_limit or room < 0
            if truncated:
                break
            kept.append(values)
        return cls(columns=list(columns), rows=kept, row_count=len(kept), truncated=truncated)

    @classmethod
    def written(cls, count: int) -> Self:
        return cls(columns=(), rows=(), row_count=max(count, 0), truncated=False)


class QueryFailed(Exception):
    """In a sentence. retryable: whether trying again could help."""

    @classmethod
    def too_slow(cls, query: Query) -> Self:
        return cls(f"The statement took more than {query.timeout_seconds:g} seconds.", retryable=True)

    @classmethod
    def cancelled(cls) -> Self:
        return cls("The statement was ended before it was done.", retryable=True)

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


def as_json(value: Any) -> Any:
    """A value that JSON can hold: instants in ISO 8601, bytes in base64; exact numbers and all else as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    if isinstance(value, dict):
        return {str(key): as_json(each) for key, each in value.items()}
    return str(value)
