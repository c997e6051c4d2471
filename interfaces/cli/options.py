"""What every command takes, declared once, and what a command is handed of it."""

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interfaces.output import close_quietly
from interfaces.wiring import App, OpenApp

if TYPE_CHECKING:
    from croncierge.clock import Clock
    from croncierge.settings import Settings

_PANEL = "Everywhere"


@dataclass(frozen=True, kw_only=True)
class Common:
    """The options that every command takes, and the way to the program. zone: an IANA name, or None."""

    open_app: OpenApp
    as_json: bool = False
    db: str | None = None
    user: str | None = None
    zone: str | None = None
    debug: bool | None = None

    def settings(self) -> "Settings":
        """The settings, these options first. Raises InvalidInput."""
        from croncierge.settings import load_settings

        return load_settings(db=self.db, user=self.user, debug=self.debug)

    def app(self, *, clock: "Clock | None" = None) -> AbstractContextManager[App]:
        """The program over the database that is meant. Raises InvalidInput for a zone that does not exist."""
        from interfaces.cli.logs import write_log

        settings = self.settings()
        write_log(settings)
        return self.open_app(settings, clock=clock, zone=self.known_zone())

    def known_zone(self) -> str | None:
        """The zone of `--tz`. Raises InvalidInput for one that does not exist."""
        if self.zone is None:
            return None
        from schedules.zones import zone

        return zone(self.zone).key


AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.", rich_help_panel=_PANEL)]
Db = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="Another database than the usual.", rich_help_panel=_PANEL)
]
User = Annotated[
    str | None, typer.Option("--user", metavar="NAME", help="Act for somebody else.", rich_help_panel=_PANEL)
]
Zone = Annotated[
    str | None,
    typer.Option("--tz", metavar="ZONE", help="Another time zone, like Europe/Berlin.", rich_help_panel=_PANEL),
]


def given(context: typer.Context, as_json: AsJson = False, db: Db = None, user: User = None, tz: Zone = None) -> None:
    """The options in one place: what a command's own parameters are followed by."""
    before: Common = context.obj
    context.obj = replace(
        before,
        as_json=as_json or before.as_json,
        db=db if db is not None else before.db,
        user=user if user is not None else before.user,
        zone=tz if tz is not None else before.zone,
    )


_SHARED = list(inspect.signature(given).parameters.values())


def command(group: typer.Typer, name: str | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function whose first parameter is `common`; the options that make that up are added to its own."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(function).parameters.values())[1:]

        @wraps(function)
        def run(**arguments: Any) -> None:
            context = arguments["context"]
            given(**{parameter.name: arguments.pop(parameter.name) for parameter in _SHARED})
            try:
                function(context.obj, **arguments)
            except BrokenPipeError as error:  # before typer takes it for a failure
                raise typer.Exit(close_quietly()) from error

        parameters = [*own, *_SHARED]
        run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
        )
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        group.command(name)(run)
        return function

    return register
