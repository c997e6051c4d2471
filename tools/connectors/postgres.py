"""Queries on Postgres, in a transaction that the server keeps to reading unless more was granted."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from tools.connectors.cancelling import ended_when_cancelled
from tools.connectors.executor import Control
from tools.connectors.query import Query, QueryFailed, Table

_PARAMETER = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")  # and no cast, which is `value::type`
_NO_CURSOR = re.compile(r"\s*(explain|show)\b", re.IGNORECASE)
_CONNECT_SECONDS = 10
_CANCELLED = "57014"
_READ_ONLY = "25006"
_LATER = ("08", "40", "53", "55", "57")  # connection, conflict, resources, locks, operator: the classes that pass


def execute(query: Query, control: Control) -> Table:
    """Raises QueryFailed."""
    with _in_a_sentence(query, control), _connected(query) as connection:
        driver: Any = connection.connection.driver_connection
        # Also the first query of the transaction: after it, nothing can turn reading into writing.
        timeout = sa.select(sa.func.set_config("statement_timeout", str(round(query.timeout_seconds * 1000)), True))
        connection.execute(timeout)
        with ended_when_cancelled(control, driver.cancel_safe):
            result = connection.exec_driver_sql(_as_the_driver_has_it(query), dict(query.parameters))
            if not result.returns_rows:
                table = Table.written(getattr(result, "rowcount", 0))
            else:
                table = Table.of(result.keys(), (tuple(row) for row in result), query)
            result.close()
        if query.write:
            connection.commit()
        return table


def _as_the_driver_has_it(query: Query) -> str:
    """With `%(name)s` for the `:name` of each parameter."""
    statement = query.statement.replace("%", "%%")
    return _PARAMETER.sub(lambda found: f"%({found[1]})s" if found[1] in query.parameters else found[0], statement)


@contextmanager
def _connected(query: Query) -> Iterator[sa.Connection]:
    """A connection of its own, so that no setting of one statement meets another."""
    url = sa.make_url(query.url).set(drivername="postgresql+psycopg")
    # Prepared statements are single ones: the server refuses two in one.
    arguments = {"prepare_threshold": 0, "connect_timeout": _CONNECT_SECONDS, "application_name": "croncierge"}
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=arguments)
    in_pieces = not query.write and not _NO_CURSOR.match(query.statement)
    options: dict[str, Any] = {"postgresql_readonly": not query.write, "stream_results": in_pieces}
    with engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def _in_a_sentence(query: Query, control: Control) -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise QueryFailed("Postgres needs the package psycopg; install psycopg[binary].") from None
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
        if state == _CANCELLED and control.cancelled.is_set():
            raise QueryFailed.cancelled() from None
        if state == _CANCELLED:
            raise QueryFailed.too_slow(query) from None
        if state == _READ_ONLY:
            raise QueryFailed(f"The statement is not allowed, since it may only read: {said}.") from None
        later = isinstance(error, OperationalError) if state is None else state.startswith(_LATER)
        raise QueryFailed(f"The database said: {said}.", retryable=later) from None
    except SQLAlchemyError as error:  # a parameter is missing, for instance
        raise QueryFailed(f"The statement cannot be sent: {str(error).splitlines()[0]}.") from None
