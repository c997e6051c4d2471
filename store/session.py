"""The database behind the store: engines, transactions, and errors of the database in plain words."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session

from croncierge.clock import Clock
from croncierge.errors import Conflict, CronciergeError, InvalidInput, Unavailable

_BUSY_MS = 5_000


class AcceptAction(Protocol):
    """The payload as it is stored, for an action type that its owner, by name, may use.

    condition: an expression over what the action gives, for one that only looks. It is asked inside the transaction
    that makes or changes a task, so it must not use the store. Raises InvalidInput, NotAllowed.
    """

    def __call__(
        self, action_type: str, payload: Mapping[str, Any], owner: str, condition: str | None = None
    ) -> dict[str, Any]: ...


class PrepareAction(Protocol):
    """Load what accepting an action of this type takes, before a transaction keeps others from writing.

    Raises InvalidInput for an action that there is not.
    """

    def __call__(self, action_type: str, payload: Mapping[str, Any]) -> None: ...


def as_given(
    action_type: str,  # noqa: ARG001
    payload: Mapping[str, Any],
    owner: str,  # noqa: ARG001
    condition: str | None = None,  # noqa: ARG001
) -> dict[str, Any]:
    """Accept every action: for a store that nothing executes from."""
    return dict(payload)


@dataclass(frozen=True, kw_only=True)
class Ceilings:
    """The most tokens, and the most millionths of a dollar, of one person's AI runs in a day and in a month (UTC)."""

    day: tuple[int, int] = (1_000_000, 5_000_000)
    month: tuple[int, int] = (10_000_000, 50_000_000)


class Store:
    """A database, a clock, and whom to tell that the next due time may have changed.

    changed: called after a transaction in which something became due earlier or a message was queued.
    accept_action: checks what a task shall do when it is made or changed; prepare_action is asked before.
    """

    def __init__(
        self,
        engine: sa.Engine,
        clock: Clock,
        changed: Callable[[], None] = lambda: None,
        accept_action: AcceptAction = as_given,
        ceilings: Ceilings = Ceilings(),
        prepare_action: PrepareAction = lambda action_type, payload: None,  # noqa: ARG005
    ) -> None:
        configure_mappers()  # else the first object that is made without a session would not be one of the ORM's
        self.engine = engine
        self.clock = clock
        self.changed = changed
        self.accept_action = accept_action
        self.ceilings = ceilings
        self.prepare_action = prepare_action
        # A database in memory has a single connection, so its transactions take turns. A file has a single writer, and
        # SQLite waits for its turn by looking again after a while: threads of one process pass it on at once instead.
        alone = isinstance(engine.pool, sa.pool.StaticPool)
        one_writer = engine.dialect.name == "sqlite"
        self._write_turn: AbstractContextManager[object] = threading.Lock() if one_writer else nullcontext()
        self._read_turn = self._write_turn if alone else nullcontext()
        self._writer = engine.execution_options(write=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing."""
        with self._read_turn, in_plain_words(self.engine.url), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """What `read` gives, for statements only."""
        with self._read_turn, in_plain_words(self.engine.url), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that is either whole or not at all. SQLite's write lock is taken at its start.

        Raises Conflict when another process made the same thing at the same moment, Unavailable when the database
        cannot be written.
        """
        with (
            self._write_turn,
            in_plain_words(self.engine.url),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction like that of `write`, for statements only: without objects it costs half a millisecond less."""
        with self._write_turn, in_plain_words(self.engine.url), self._writer.begin() as connection:
            yield connection


def open_engine(url: str) -> sa.Engine:
    """The engine for a database URL; `sqlite:///path` or `postgresql+psycopg://…`. Nothing is created yet.

    Raises InvalidInput for a URL that cannot be one, Unavailable when the folder of the file cannot be made.
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
        return _postgres(parsed)
    file = parsed.database or ":memory:"
    in_memory = file == ":memory:"
    if not in_memory and not file.startswith("file:"):
        _make_folder(Path(file).parent)
    engine = sa.create_engine(
        parsed,
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        poolclass=sa.pool.StaticPool if in_memory else None,
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres(url: URL) -> sa.Engine:
    try:
        return sa.create_engine(url, pool_pre_ping=True)
    except ImportError as error:
        raise Unavailable(
            f"The driver {error.name} for Postgres is not installed; install psycopg[binary], or use SQLite."
        ) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise Unavailable(
            f"The folder {folder} for the database cannot be made ({reason}); name another one."
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    # What was acknowledged survives a power cut, not only a killed process.
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA journal_mode").fetchone() == ("delete",):
        with suppress(sqlite3.OperationalError):  # read-only, or another process is just doing the same
            connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A reader that turns writer can deadlock with another; a writer takes the lock at once and waits its turn.
    write = connection.get_execution_options().get("write")
    driver: Any = connection.connection.driver_connection  # straight to it: this comes before all that is quick
    driver.execute("BEGIN IMMEDIATE" if write else "BEGIN").close()


@contextmanager
def in_plain_words(url: URL) -> Iterator[None]:
    """What the database refuses becomes a sentence for a person."""
    try:
        yield
    except CronciergeError:
        raise
    except sa.exc.IntegrityError as error:
        raise Conflict("Somebody else has just made or removed the same thing; look again and repeat it.") from error
    except sa.exc.DBAPIError as error:
        raise Unavailable(_explain(str(error.orig), url)) from error
    except sqlite3.Error as error:  # while a connection was being prepared
        raise Unavailable(_explain(str(error), url)) from error


def _explain(cause: str, url: URL) -> str:
    where = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    reasons = {
        "locked": f"The database {where} is busy with another program; nothing was changed, try again in a moment.",
        "readonly": f"The database {where} is read-only; nothing was changed. Make the file and its folder writable.",
        "full": f"The disk or the database {where} is full; nothing was changed. Free some space and try again.",
        "disk I/O error": f"The disk under {where} refused to write; nothing was changed. Is it full or broken?",
        "unable to open": f"The database {where} cannot be opened; does its folder exist and may you write there?",
        "not a database": f"The file {where} is not a database; name another one with --db or move it away.",
        "malformed": f"The database {where} is damaged; nothing was changed. Put a backup in its place.",
    }
    for word, sentence in reasons.items():
        if word in cause:
            return sentence
    reason = (cause.splitlines() or ["no reason given"])[0]
    return f"The database {where} cannot do that now ({reason}); nothing was changed."
