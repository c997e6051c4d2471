"""Connectors that others bring: an installed package registers one, and the operator switches it on."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import BaseModel, ValidationError

from croncierge.errors import CronciergeError, Unavailable
from store.operations.runs import Outcome
from tools.connectors.connector import Call, Connector

GROUP = "croncierge.connectors"


class Plugins:
    """Each entry point of the group is a factory: it takes the operator's table and gives a connector of its name.

    A plugin without a table `[plugins.NAME]` stays off. One that is broken is a problem in a sentence and nothing else:
    the program goes on without it.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, Any]], taken: Collection[str]) -> None:
        """tables: what stands under `[plugins]`. taken: names that no plugin can have."""
        self._tables = tables
        self._taken = taken

    @property
    def connectors(self) -> Mapping[str, Connector]:
        """Those that are switched on and work, by action type."""
        return self._loaded[0]

    @property
    def problems(self) -> Mapping[str, str]:
        """Why the others cannot be used, by name: in a sentence with the way out."""
        return self._loaded[1]

    @cached_property
    def _loaded(self) -> tuple[dict[str, Connector], dict[str, str]]:
        connectors: dict[str, Connector] = {}
        problems: dict[str, str] = {}
        installed = _installed()
        for name in sorted(installed.keys() | self._tables.keys()):
            try:
                connectors[name] = self._load(name, installed.get(name, []))
            except _Problem as problem:
                problems[name] = str(problem)
        return connectors, problems

    def _load(self, name: str, found: list[EntryPoint]) -> Connector:
        if not found:
            raise _Problem(f"No package brings the plugin “{name}”; install it, or take [plugins.{name}] out.")
        packages = " and ".join(sorted(_package(each) for each in found))
        if name in self._taken:
            raise _Problem(f"The plugin “{name}” of {packages} has the name of a built-in action; uninstall it.")
        if len(found) > 1:
            raise _Problem(f"The plugin “{name}” is brought by {packages}; uninstall all but one.")
        if name not in self._tables:
            raise _Problem(f"The plugin “{name}” of {packages} is off; the operator can add [plugins.{name}].")
        try:
            connector = found[0].load()(self._tables[name])
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "the table"
            raise _Problem(f"In [plugins.{name}], {where} cannot be: {first['msg']}.") from None
        except (Exception, SystemExit) as error:  # whatever it is, the program goes on
            raise _Problem(f"The plugin “{name}” of {packages} does not start: {_shown(error)}; update it.") from None
        lacks = _lacks(connector, name)
        if lacks:
            raise _Problem(f"The plugin “{name}” of {packages} is not a connector: it needs {lacks}; update it.")
        return _Guarded(connector)


class _Problem(Exception):
    """Why a plugin cannot be used, in a sentence."""


def _installed() -> dict[str, list[EntryPoint]]:
    found: dict[str, list[EntryPoint]] = {}
    for each in entry_points(group=GROUP):
        known = found.setdefault(each.name, [])
        if all((_package(each), each.value) != (_package(other), other.value) for other in known):
            known.append(each)  # the same package may be on the path twice
    return found


def _package(entry_point: EntryPoint) -> str:
    return entry_point.dist.name if entry_point.dist else "an unknown package"


def _shown(error: BaseException) -> str:
    """On one line and not too long."""
    said = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _lacks(connector: Any, name: str) -> str | None:
    if getattr(connector, "name", None) != name:
        return f"the name “{name}”"
    payload = getattr(connector, "payload", None)
    if not (isinstance(payload, type) and issubclass(payload, BaseModel)):
        return "a pydantic model as its payload"
    missing = [method for method in ("allow", "preview", "run") if not callable(getattr(connector, method, None))]
    return f"the method {missing[0]}" if missing else None


class _Guarded:
    """A connector whose failures are told as those of the plugin."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self.name = connector.name
        self.payload = connector.payload

    def allow(self, payload: Any, owner: str) -> None:
        with self._told():
            self._connector.allow(payload, owner)

    def preview(self, payload: Any) -> Mapping[str, Any]:
        with self._told():
            return self._connector.preview(payload)

    def run(self, payload: Any, call: Call) -> Outcome:
        with self._told():
            outcome: object = self._connector.run(payload, call)
        if not isinstance(outcome, Outcome):
            return Outcome(error=f"The plugin “{self.name}” gave no outcome; update it.", retryable=False)
        return outcome

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except CronciergeError:
            raise
        except Exception as error:
            raise Unavailable(f"The plugin “{self.name}” failed: {_shown(error)}.") from error
