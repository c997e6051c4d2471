"""Statements made ready once, for the few places where a microsecond a row counts.

SQLAlchemy looks a statement up, converts every parameter and wraps every row each time anew, which costs several times
what the database does. Here that is done once for each dialect, a value that many rows share, such as the present
moment, is converted once, and the driver's cursor is used directly. Statement, types, dialect, connection and
transaction remain SQLAlchemy's; the transaction must have begun.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa

_Convert = Callable[[Any], Any]


class Write:
    """An INSERT or UPDATE whose parameters have the names `names`."""

    def __init__(self, statement: sa.Insert | sa.Update, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = list(names)
        self._ready: dict[str, _Ready] = {}

    def write(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute it for each row; how many rows of the table that has touched, where the driver knows."""
        if not rows:
            return 0
        ready = self._for(connection.dialect)
        parameters: list[Any] = [ready.values(rows[0])] if len(rows) == 1 else list(ready.columns(rows))
        if not ready.positional:
            parameters = [dict(zip(ready.names, values, strict=True)) for values in parameters]
        text = ready.text
        return _written(connection, text, parameters)

    def _for(self, dialect: sa.Dialect) -> "_Ready":
        if dialect.name not in self._ready:
            compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._names)
            names = list(compiled.positiontup) if compiled.positional else list(compiled.binds)
            processors = [compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
            self._ready[dialect.name] = _Ready(
                text=str(compiled),
                names=names,
                converters=[(index, convert) for index, convert in enumerate(processors) if convert is not None],
                positional=compiled.positional,
            )
        return self._ready[dialect.name]


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """An INSERT or UPDATE for one dialect. converters: those that there are, by the place of their parameter."""

    text: str
    names: Sequence[str]
    converters: Sequence[tuple[int, _Convert]]
    positional: bool

    def values(self, row: Mapping[str, Any]) -> Sequence[Any]:
        """The parameters of a row."""
        return _one([row[name] for name in self.names], self.converters)

    def columns(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
        """The parameters of many rows, made column by column, which is quicker for these."""
        columns = [list(map(itemgetter(name), rows)) for name in self.names]
        for index, convert in self.converters:
            columns[index] = _converted(columns[index], convert)
        return zip(*columns, strict=True)


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A SELECT for lists of certain lengths. values: those of its own; order: of its parameters, if they have one."""

    text: str
    values: Mapping[str, Any]
    lists: Mapping[str, Sequence[str]]
    converters: Mapping[str, _Convert]
    order: Sequence[str] | None


def new_ids(connection: sa.Connection, column: sa.Column[int], count: int) -> list[int]:
    """Ids for rows to be written: to be told them afterwards costs SQLite a statement a row."""
    table = column.table
    if connection.dialect.name == "sqlite":  # whose one writer we are
        text = f"SELECT coalesce(max({column.name}), 0) FROM {table}"
        ((latest,),), _ = _found(connection, text, ())
        return list(range(latest + 1, latest + count + 1))
    reserve = sa.text("SELECT nextval(pg_get_serial_sequence(:table, :column)) FROM generate_series(1, :count)")
    return list(connection.execute(reserve, {"table": str(table), "column": column.name, "count": count}).scalars())


class Query:
    """A SELECT; what it is asked with are its bound parameters, of which the expanding ones take lists."""

    def __init__(self, statement: sa.Select[Any]) -> None:
        self._statement = statement
        make: Any = namedtuple
        self._row = make("Row", statement.exported_columns.keys())
        self._texts: dict[tuple[Any, ...], _Text] = {}
        self._results: dict[str, list[tuple[int, _Convert]]] = {}

    def rows(self, connection: sa.Connection, **asked: Any) -> list[Any]:
        """The rows, whose fields are named after the columns."""
        dialect = connection.dialect
        for name, value in asked.items():
            if isinstance(value, list):
                asked[name] = _padded(value)
        text = self._text(dialect, asked)
        values = dict(text.values)
        for name, value in asked.items():
            convert = text.converters.get(name)
            if name in text.lists:
                one = text.lists[name]
                values.update(zip(one, map(convert, value) if convert else value, strict=True))
            else:
                values[name] = convert(value) if convert else value
        parameters = values if text.order is None else tuple(values[name] for name in text.order)
        return self._converted(dialect, *_found(connection, text.text, parameters))

    def _converted(self, dialect: sa.Dialect, found: Sequence[Any], description: Sequence[Any]) -> list[Any]:
        if not found:
            return []
        converters = self._results.get(dialect.name)
        if converters is None:
            codes = [each[1] for each in description]
            types = [column.type.dialect_impl(dialect) for column in self._statement.exported_columns]
            # Postgres asks which of its own types each column has.
            processors = enumerate(
                each.result_processor(dialect, code) for each, code in zip(types, codes, strict=True)
            )
            converters = [(index, convert) for index, convert in processors if convert is not None]
            self._results[dialect.name] = converters
        if len(found) == 1:
            return [self._row._make(_one(list(found[0]), converters))]
        columns: list[Any] = list(zip(*found, strict=True))
        for index, convert in converters:
            columns[index] = _converted(columns[index], convert)
        return list(map(self._row._make, zip(*columns, strict=True)))

    def _text(self, dialect: sa.Dialect, asked: Mapping[str, Any]) -> _Text:
        key = (dialect.name, *(len(value) for value in asked.values() if isinstance(value, list)))
        if key not in self._texts:
            compiled: Any = self._statement.compile(dialect=dialect)
            ready = compiled.construct_expanded_state(asked)
            types = {name: bound.type.dialect_impl(dialect) for name, bound in compiled.binds.items()}
            processors = {name: each.bind_processor(dialect) for name, each in types.items()}
            converters = {name: convert for name, convert in processors.items() if convert is not None}
            whole = {each: name for name, parts in ready.parameter_expansion.items() for each in parts}
            own = {}
            for name, value in ready.parameters.items():
                parent = whole.get(name, name)
                if parent in types and parent not in asked:
                    own[name] = converters[parent](value) if parent in converters else value
            self._texts[key] = _Text(
                text=ready.statement,
                values=own,
                lists={name: parts for name, parts in ready.parameter_expansion.items() if name in asked},
                converters=converters,
                order=ready.positiontup if compiled.positional else None,
            )
        return self._texts[key]


def _one(values: list[Any], converters: Sequence[tuple[int, _Convert]]) -> list[Any]:
    """The values of a single row."""
    for index, convert in converters:
        if values[index] is not None:
            values[index] = convert(values[index])
    return values


def _converted(values: Sequence[Any], convert: _Convert) -> list[Any]:
    """The values of a column; one that comes again is converted once, if neither it nor the result can be changed."""
    known: dict[Any, Any] = {}
    converted: list[Any] = []
    for value in values:
        if value is None:
            converted.append(None)
        elif not isinstance(value, _UNCHANGING):
            converted.append(convert(value))
        elif value in known:
            converted.append(known[value])
        else:
            converted.append(result := convert(value))
            if isinstance(result, _UNCHANGING):
                known[value] = result
    return converted


_UNCHANGING = (str, datetime, UUID)


def _found(connection: sa.Connection, text: str, parameters: Any) -> tuple[Sequence[Any], Sequence[Any]]:
    """The rows that the driver finds, and its description of their columns."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, parameters)
        return cursor.fetchall(), cursor.description or ()
    except _driver(connection).Error as error:
        raise _wrapped(connection, text, error) from error
    finally:
        cursor.close()


def _written(connection: sa.Connection, text: str, parameters: Sequence[Any]) -> int:
    """How many rows the driver says that it has touched."""
    cursor = connection.connection.cursor()
    try:
        if len(parameters) == 1:
            cursor.execute(text, parameters[0])
        else:
            cursor.executemany(text, parameters)
        return cursor.rowcount
    except _driver(connection).Error as error:
        raise _wrapped(connection, text, error) from error
    finally:
        cursor.close()


def _driver(connection: sa.Connection) -> Any:
    return connection.dialect.loaded_dbapi


def _wrapped(connection: sa.Connection, text: str, error: Exception) -> BaseException:
    """What the driver raised, as SQLAlchemy raises it."""
    driver = _driver(connection)
    return sa.exc.DBAPIError.instance(text, None, error, driver.Error, dialect=connection.dialect)


def _padded(values: list[Any]) -> list[Any]:
    """As long as the next power of two, by repeating a value: so few texts serve lists of any length."""
    if len(values) < 2:
        return values
    return values + [values[-1]] * ((1 << (len(values) - 1).bit_length()) - len(values))
