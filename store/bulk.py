"""Writing many rows with one statement, for the few places where a microsecond a row counts.

SQLAlchemy converts every parameter of every row by itself; here a value that many rows share, such as the present
moment, is converted once. Statement, types and dialect remain SQLAlchemy's.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

_Convert = Callable[[Any], Any]


class Bulk:
    """An INSERT or UPDATE whose parameters have the names `names`, compiled once for each dialect."""

    def __init__(self, statement: sa.Insert | sa.Update, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = list(names)
        self._compiled: dict[str, tuple[str, list[tuple[str, _Convert | None]], bool]] = {}

    def write(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute it for each row; how many rows of the table that has touched, where the driver knows."""
        if not rows:
            return 0
        text, converters, positional = self._for(connection.dialect)
        known: dict[tuple[str, datetime], Any] = {}
        parameters: list[Any] = []
        for row in rows:
            values = []
            for name, convert in converters:
                value = row[name]
                if convert is None or value is None:
                    values.append(value)
                elif type(value) is datetime:
                    key = (name, value)
                    if key not in known:
                        known[key] = convert(value)
                    values.append(known[key])
                else:
                    values.append(convert(value))
            parameters.append(
                tuple(values) if positional else dict(zip((name for name, _ in converters), values, strict=True))
            )
        return connection.exec_driver_sql(text, parameters).rowcount

    def _for(self, dialect: sa.Dialect) -> tuple[str, list[tuple[str, _Convert | None]], bool]:
        if dialect.name not in self._compiled:
            compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._names)
            order = list(compiled.positiontup) if compiled.positional else list(compiled.binds)
            types = {name: compiled.binds[name].type for name in order}
            converters = [(name, types[name].dialect_impl(dialect).bind_processor(dialect)) for name in order]
            self._compiled[dialect.name] = str(compiled), converters, compiled.positional
        return self._compiled[dialect.name]
