"""Ask a database that the operator has named; change it only where that was granted and asked for."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator

from croncierge.errors import InvalidInput, NotAllowed
from store.operations.runs import Outcome
from tools.connectors import postgres, sqlite
from tools.connectors.connector import Call, Payload
from tools.connectors.executor import Control
from tools.connectors.grants import Grant, granted
from tools.connectors.query import Query, QueryFailed, Table, Value
from tools.connectors.verbatim import refuse_templates

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")
_READS = frozenset({"select", "with", "values", "table", "explain", "show"})
_WRITES = _READS | {
    *("insert", "update", "delete", "merge", "replace", "truncate", "call", "refresh", "analyze"),
    *("create", "alter", "drop"),
}
# A comment in front is no verb: databases do not agree on where comments end.
_VERB = re.compile(r"[\s(]*([a-z]+)", re.IGNORECASE)


class SqlConfig(Grant):
    """`[sql.NAME]`. url: `sqlite:////path/to/file` or `postgresql://user:password@host/database`.

    write: whether tasks may change anything. The user of a Postgres database should have no more rights than tasks
    need: the server's rights hold for all that a statement does.
    """

    url: SecretStr
    write: bool = False
    timeout_seconds: float = Field(30, gt=0)
    row_limit: int = Field(1000, ge=1, le=100_000)

    @field_validator("url")
    @classmethod
    def _known(cls, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if not text.startswith(_POSTGRES) and not _file(text):
            raise ValueError("has to be like sqlite:////path/to/file or postgresql://user@host/database")
        return url


class SqlPayload(Payload):
    """connection: the name the operator gave. parameters: the values of :name in the statement."""

    connection: str
    statement: str = Field(min_length=1, max_length=100_000)
    parameters: Mapping[str, Value] = Field(default_factory=dict, max_length=200)
    write: bool = False


class Sql:
    name = "sql"
    payload: type[Payload] = SqlPayload

    def __init__(self, configs: Mapping[str, SqlConfig]) -> None:
        self._configs = configs

    def allow(self, payload: SqlPayload, owner: str) -> None:
        config = granted(self._configs, "connection", "sql", payload.connection, owner)
        if payload.write and not config.write:
            raise NotAllowed(
                f"The connection “{payload.connection}” only reads; leave write out, or have the operator set "
                f"write = true in [sql.{payload.connection}].",
                field="write",
            )
        instead = "write :name in it and give the value in parameters"
        refuse_templates(payload.statement, field="statement", instead=instead)
        _check_verb(payload)

    def preview(self, payload: SqlPayload) -> Mapping[str, Any]:
        return payload.model_dump(mode="json")

    def run(self, payload: SqlPayload, call: Call) -> Outcome:
        config = self._configs[payload.connection]
        query = Query(
            url=config.url.get_secret_value(),
            statement=payload.statement,
            parameters=payload.parameters,
            write=payload.write and config.write,
            timeout_seconds=config.timeout_seconds,
            row_limit=config.row_limit,
        )
        try:
            table = _execute(query, call.control)
        except QueryFailed as error:
            return Outcome(error=str(error), retryable=error.retryable)
        return Outcome(
            result={
                "columns": list(table.columns),
                "rows": [list(row) for row in table.rows],
                "row_count": table.row_count,
                "truncated": table.truncated,
            }
        )


def _check_verb(payload: SqlPayload) -> None:
    """The database itself keeps a query from writing; this keeps it from what acts outside of the data."""
    found = _VERB.match(payload.statement)
    verb = found[1].lower() if found else ""
    if verb in _READS or (payload.write and verb in _WRITES):
        return
    if verb in _WRITES:
        raise InvalidInput(f"{verb.upper()} changes data; set write to true if that is meant.", field="write")
    begin = "begin with SELECT or WITH" if not payload.write else "begin with SELECT, INSERT, UPDATE or DELETE"
    shown = found[1] if found else payload.statement.strip()[:20]
    raise InvalidInput(f"A statement that begins with “{shown}” is not run here; {begin}.", field="statement")


def _execute(query: Query, control: Control) -> Table:
    file = _file(query.url)
    return sqlite.execute(query, file, control) if file else postgres.execute(query, control)


def _file(url: str) -> Path | None:
    """The file of a database of SQLite."""
    _, found, path = url.partition(_SQLITE)
    return Path(path) if found and path not in ("", ":memory:") else None
