"""The database behind the store: engines, transactions, and errors of the database in plain words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session

from croncierge.clock import Clock
from croncierge.errors import CronciergeError, InvalidInput, Unavailable

_BUSY_MS = 5_000


class Store:
    """A database, a clock, and whom to tell that the next due time may have changed.

    `changed` is called after a transaction in which something became due earlier or a message was queued.
    """

    def __init__(self, engine: sa.Engine, clock: Clock, changed: Callable[[], None] = lambda: None) -> None:
        self.engine = engine
        self.clock = clock
        self.changed = changed

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing."""
        with _in_plain_words(self.engine.url), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that is either whole or not at all. SQLite's write lock is taken at its start."""
        with (
            _in_plain_words(self.engine.url),
            Session(self.engine.execution_options(write=True), expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session


def open_engine(url: str) -> sa.Engine:
    """The engine for a database URL; `sqlite:///path` or `postgresql+psycopg://…`. Nothing is created yet.

    Raises InvalidInput for a URL that cannot be one.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        backend = ""
    if backend not in ("sqlite", "postgresql"):
        raise InvalidInput(
            f"The database URL {url!r} is not one I can open; write sqlite:////path/to/file.db or "
            "postgresql+psycopg://user@host/name.",
            field="db",
        )
    if backend == "postgresql":
        return sa.create_engine(parsed, pool_pre_ping=True)
    in_memory = parsed.database in (None, "", ":memory:")
    if not in_memory:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        parsed,
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        poolclass=sa.pool.StaticPool if in_memory else None,
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    try:
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
    finally:
        cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A reader that turns writer can deadlock with another; a writer takes the lock at once and waits its turn.
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _in_plain_words(url: URL) -> Iterator[None]:
    try:
        yield
    except CronciergeError:
        raise
    except sa.exc.DBAPIError as error:
        raise Unavailable(_explain(str(error.orig), url)) from error


def _explain(cause: str, url: URL) -> str:
    where = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    reasons = {
        "locked": f"The database {where} is busy with another program; nothing was changed, try again in a moment.",
        "readonly": f"The database {where} is read-only; nothing was changed. Make the file and its folder writable.",
        "full": f"The disk or the database {where} is full; nothing was changed. Free some space and try again.",
        "disk I/O error": f"The disk under {where} refused to write; nothing was changed. Is it full or broken?",
        "unable to open": f"The database {where} cannot be opened; does its folder exist and may you write there?",
        "not a database": f"The file {where} is not a database; name another one with --db or move it away.",
    }
    for word, sentence in reasons.items():
        if word in cause:
            return sentence
    return f"The database {where} cannot do that now ({cause.splitlines()[0]}); nothing was changed."
