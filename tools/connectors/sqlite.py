"""Queries on a file of SQLite, which itself sees to it that they only do what they may."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tools.connectors.executor import Control
from tools.connectors.query import Query, QueryFailed, Table

_STEPS = 10_000  # of SQLite's machine between two looks at the clock
_WAIT_SECONDS = 5.0
_LONGEST_VALUE = 10_000_000

_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
_NEVER = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT})
_LOOKING = frozenset({"data_version", "table_info", "table_xinfo", "table_list", "index_list", "foreign_key_list"})
_LATER = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL})
_FORBIDDEN = frozenset({sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY})


def execute(query: Query, file: Path, control: Control) -> Table:
    """Raises QueryFailed."""
    deadline = time.monotonic() + query.timeout_seconds
    with _in_a_sentence(query, control, deadline), closing(_connect(query, file, control, deadline)) as connection:
        if query.write:
            connection.execute("BEGIN IMMEDIATE")
        connection.set_authorizer(_may_write if query.write else _may_read)
        cursor = connection.execute(query.statement, dict(query.parameters))
        columns = [column[0] for column in cursor.description or ()]
        table = Table.of(columns, cursor, query) if columns else Table.written(cursor.rowcount)
        cursor.close()
        if query.write:
            connection.set_authorizer(None)
            connection.commit()
        return table


def _connect(query: Query, file: Path, control: Control, deadline: float) -> sqlite3.Connection:
    mode = "rw" if query.write else "ro"
    patience = min(query.timeout_seconds, _WAIT_SECONDS)
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema = OFF")  # what a file defines by itself calls nothing that acts outside
    if not query.write:
        connection.execute("PRAGMA query_only = ON")
    connection.set_progress_handler(lambda: _over(control, deadline), _STEPS)
    return connection


def _over(control: Control, deadline: float) -> bool:
    return control.cancelled.is_set() or time.monotonic() > deadline


def _may_read(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if _looks(action, first, second) else sqlite3.SQLITE_DENY


def _may_write(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    forbidden = action in _NEVER or (
        action in (sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_FUNCTION) and not _looks(action, first, second)
    )
    return sqlite3.SQLITE_DENY if forbidden else sqlite3.SQLITE_OK


def _looks(action: int, first: str | None, second: str | None) -> bool:
    if action == sqlite3.SQLITE_PRAGMA:
        return first in _LOOKING
    if action == sqlite3.SQLITE_UPDATE:  # how SQLite learns the columns of a search index; an UPDATE cannot go there
        return first == "sqlite_master"
    if action == sqlite3.SQLITE_FUNCTION:
        return second != "load_extension"
    return action in _READING


@contextmanager
def _in_a_sentence(query: Query, control: Control, deadline: float) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT and control.cancelled.is_set():
            raise QueryFailed.cancelled() from None
        if code == sqlite3.SQLITE_INTERRUPT or time.monotonic() > deadline:
            raise QueryFailed.too_slow(query) from None
        if code in _FORBIDDEN:
            what = "change data only" if query.write else "only read"
            raise QueryFailed(f"The statement is not allowed, since it may {what}: {error}.") from None
        raise QueryFailed(f"The database said: {error}.", retryable=code in _LATER) from None
    except (OverflowError, ValueError) as error:  # a number or a text that SQLite cannot hold
        raise QueryFailed(f"A parameter cannot be: {error}.") from None
