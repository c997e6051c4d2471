"""What the operator allows: one TOML file, in which nothing stands is nothing allowed.

`${NAME}` in a text stands for a variable of the environment, so that the file need not hold secrets.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from croncierge.errors import InvalidInput
from tools.connectors.grants import Grant

_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
_TABLES = ("http", "scripts", "sql", "email", "channels", "mcp", "secrets", "plugins")
_SHORTEST_SECRET = 4
_NO_SECRETS = frozenset({"HOME", "HOSTNAME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "TMPDIR", "USER"})

M = TypeVar("M", bound=BaseModel)


class SecretConfig(Grant):
    """`[secrets.NAME]`. hosts: where an HTTP request may take it, like `api.example.org`; nowhere else."""

    value: SecretStr
    hosts: tuple[str, ...]


class Config:
    """The operator's file, read once."""

    def __init__(
        self, tables: Mapping[str, Any], secrets: Iterable[str] = (), source: str = "the configuration"
    ) -> None:
        self._tables = tables
        self._source = source
        self.secrets = frozenset(each for each in secrets if len(each) >= _SHORTEST_SECRET)
        """Values that nothing may show."""

    def one(self, table: str, model: type[M]) -> M | None:
        """The table as its model, or None where it is missing. Raises InvalidInput naming what is wrong in it."""
        if table not in self._tables:
            return None
        return self._read(self._tables[table], model, table)

    def named(self, table: str, model: type[M]) -> dict[str, M]:
        """The tables under `[table.NAME]`. Raises InvalidInput naming what is wrong in one."""
        tables = self._tables.get(table, {})
        if not isinstance(tables, Mapping) or not all(isinstance(each, Mapping) for each in tables.values()):
            raise InvalidInput(f"In {self._source}, [{table}] needs a name: write it as [{table}.NAME].", field=table)
        return {name: self._read(each, model, f"{table}.{name}") for name, each in tables.items()}

    def raw(self, table: str) -> Mapping[str, Mapping[str, Any]]:
        """The tables under `[table.NAME]`, unread."""
        found: Mapping[str, Mapping[str, Any]] = self._tables.get(table, {})
        return found

    def _read(self, table: Any, model: type[M], name: str) -> M:
        try:
            return model.model_validate(table)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            key = f"{where} in [{name}]" if where else f"[{name}]"
            said = first["msg"].removeprefix("Value error, ")
            raise InvalidInput(f"In {self._source}, {key} is wrong: {said}.", field=f"{name}.{where}") from None


def load_config(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """The file at `path`; a missing one allows what needs no permission.

    Raises InvalidInput for a file that is not TOML, has tables that nobody knows, or names variables that are not set.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Config({})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"The file {path} cannot be read: {error}.", field="connectors") from error
    unknown = [name for name in tables if name not in _TABLES]
    if unknown:
        raise InvalidInput(
            f"In {path}, nobody knows [{unknown[0]}]; there can be {', '.join(_TABLES)}.", field=unknown[0]
        )
    taken: set[str] = set()
    filled = _filled_in(tables, environment, taken, path)
    secrets = filled.get("secrets", {})
    given = {
        each["value"] for each in secrets.values() if isinstance(each, dict) and isinstance(each.get("value"), str)
    }
    return Config(filled, taken | given, str(path))


def _filled_in(value: Any, environment: Mapping[str, str], taken: set[str], path: Path) -> Any:
    match value:
        case str():

            def replaced(match: re.Match[str]) -> str:
                name = match[1]
                if name not in environment:
                    raise InvalidInput(f"{path} names ${{{name}}}, which is not set in the environment.", field=name)
                if name not in _NO_SECRETS:
                    taken.add(environment[name])
                return environment[name]

            return _VARIABLE.sub(replaced, value)
        case dict():
            return {name: _filled_in(each, environment, taken, path) for name, each in value.items()}
        case list():
            return [_filled_in(each, environment, taken, path) for each in value]
    return value
