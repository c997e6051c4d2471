"""`doctor`: what is configured, what is missing or wrong, and what to do about it."""

import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from croncierge.errors import CronciergeError
from interfaces.cli.options import Common
from interfaces.output import put, put_json

if TYPE_CHECKING:
    from croncierge.settings import Settings
    from interfaces.wiring import App

_OLDEST_PYTHON = (3, 11)
_PATIENCE_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. advice: what to do, when it is not as it should be or could be better."""

    name: str
    ok: bool
    found: str
    advice: str | None = None


def doctor(common: Common) -> None:
    """Check the installation and what is planned.

    The exit code is 1 when something is wrong.

    \b
    croncierge doctor
    croncierge doctor --json
    """
    with common.app() as app:
        findings = list(_examine(app, common))
    if common.as_json:
        put_json({"ok": all(each.ok for each in findings), "findings": [asdict(each) for each in findings]})
    else:
        width = max(len(each.name) for each in findings)
        for each in findings:
            put(f"{'ok   ' if each.ok else 'WRONG'} {each.name:{width}}  {each.found}")
            if each.advice:
                put(f"      {'':{width}}  → {each.advice}")
    if not all(each.ok for each in findings):
        raise typer.Exit(1)


def _examine(app: "App", common: Common) -> Iterator[Finding]:
    settings = app.settings
    yield _python()
    database = list(_database(settings))
    yield from database
    yield _zone(app, common)
    yield _model(settings)
    yield from _servers(app)
    if all(each.ok for each in database) and _exists(settings):
        yield from _work(app)
    yield Finding(name="log", ok=True, found=str(settings.log_file))


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= _OLDEST_PYTHON
    return Finding(name="Python", ok=ok, found=found, advice=None if ok else "Install Python 3.11 or later.")


def _database(settings: "Settings") -> Iterator[Finding]:
    from store.migrate import current, head
    from store.session import open_engine

    try:
        engine = open_engine(settings.db)
    except CronciergeError as error:
        yield _wrong("database", error)
        return
    where = engine.url.render_as_string(hide_password=True)
    if not _exists(settings):
        yield Finding(name="database", ok=True, found=f"{where} (is made when it is first needed)")
        return
    try:
        version = current(engine)
        yield Finding(name="database", ok=True, found=f"{where}{_size(settings)}")
        known = version in (None, head())
        yield Finding(
            name="schema",
            ok=known,
            found=f"version {version}",
            advice=None if known else f"This program works with version {head()}; run `croncierge db upgrade`.",
        )
        if engine.url.get_backend_name() == "sqlite":
            yield from _file(settings)
    except CronciergeError as error:
        yield _wrong("database", error)
    finally:
        engine.dispose()


def _file(settings: "Settings") -> Iterator[Finding]:
    """Whether a SQLite file is sound and can be written."""
    connection = sqlite3.connect(_path(settings), timeout=_PATIENCE_SECONDS, isolation_level=None)
    try:
        said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        sound = said == "ok"
        advice = None if sound else "Copy the file away, then restore your latest copy of it."
        yield Finding(name="integrity", ok=sound, found=said, advice=advice)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        yield Finding(name="writable", ok=True, found="yes")
    except sqlite3.Error as error:
        advice = "Close other programs that use the file, make it and its folder writable, and free some space."
        yield Finding(name="writable", ok=False, found=str(error), advice=advice)
    finally:
        connection.close()


def _zone(app: "App", common: Common) -> Finding:
    from schedules.zones import local_zone, zone

    try:
        if common.zone is not None:
            return Finding(name="time zone", ok=True, found=f"{zone(common.zone).key} (--tz)")
        named = app.settings.timezone
        if named is not None:
            return Finding(name="time zone", ok=True, found=f"{zone(named).key} (CRONCIERGE_TIMEZONE)")
    except CronciergeError as error:
        return _wrong("time zone", error)
    return Finding(name="time zone", ok=True, found=f"{local_zone()} (this machine's), unless you said another in chat")


def _model(settings: "Settings") -> Finding:
    if settings.model is None:
        advice = "For free conversation set CRONCIERGE_MODEL, and OPENAI_API_KEY or CRONCIERGE_BASE_URL."
        return Finding(name="model", ok=True, found="built in (no key, no network)", advice=advice)
    from agent.models import Options, choose_model

    key = settings.api_key.get_secret_value() if settings.api_key else None
    try:
        choose_model(settings.model, Options(base_url=settings.base_url, api_key=key))
    except CronciergeError as error:
        return _wrong("model", error)
    return _reached(settings, key)


def _reached(settings: "Settings", key: str | None) -> Finding:
    """Whether the server of the model answers; it is asked for nothing that costs."""
    import openai

    at = f" at {settings.base_url}" if settings.base_url else ""
    client = openai.OpenAI(base_url=settings.base_url, api_key=key or "none", timeout=_PATIENCE_SECONDS, max_retries=0)
    try:
        client.models.list()
    except openai.AuthenticationError:
        found, advice = f"{settings.model}{at} refuses the key", "Check OPENAI_API_KEY or CRONCIERGE_API_KEY."
        return Finding(name="model", ok=False, found=found, advice=advice)
    except openai.APIConnectionError:
        advice = "Check CRONCIERGE_BASE_URL and the network, or unset CRONCIERGE_MODEL to use the built-in model."
        return Finding(name="model", ok=False, found=f"{settings.model}{at} cannot be reached", advice=advice)
    except openai.OpenAIError:  # it is there; many servers list no models
        pass
    return Finding(name="model", ok=True, found=f"{settings.model}{at} answers")


def _servers(app: "App") -> Iterator[Finding]:
    """The MCP servers that are set up; none is started or asked here."""
    try:
        names = app.connectors.servers.names(app.settings.user)
        if not names:
            return
        from tools.mcp.servers import need_package

        need_package()
    except CronciergeError as error:
        yield _wrong("connectors", error)
        return
    yield Finding(name="MCP servers", ok=True, found=f"{', '.join(names)} (`croncierge actions mcp` asks them)")


def _work(app: "App") -> Iterator[Finding]:
    from store.operations import health

    try:
        alive = app.doorbell.anybody()
        count = health(app.store)
    except CronciergeError as error:
        yield _wrong("tasks", error)
        return
    start = "Start `croncierge serve`, or `croncierge chat`."
    yield Finding(
        name="runtime",
        ok=not count.silent and (alive or count.overdue.count == 0),
        found="running" if alive else "not running",
        advice=None if alive or count.tasks == 0 else f"Nothing happens until it does. {start}",
    )
    restart = "Restart what runs (`croncierge serve`); the log says what went wrong." if alive else start
    arrived = "`croncierge messages list` says why; `messages retry` or `messages ack` them."
    for name, trouble, text, advice in (
        ("overdue", count.overdue, "due more than a minute ago", restart),
        ("stuck", count.stuck, "with a run whose process is gone", restart),
        ("without next", count.without_next, "active, but without a next run", restart),
        ("messages", count.undelivered, "with messages that did not arrive", arrived),
    ):
        tasks = "1 task" if trouble.count == 1 else f"{trouble.count} tasks"
        found = f"{tasks} {text}" + (f": {trouble.named}" if trouble.named else "")
        yield Finding(name=name, ok=trouble.count == 0, found=found, advice=advice if trouble.count else None)


def _wrong(name: str, error: CronciergeError) -> Finding:
    return Finding(name=name, ok=False, found=error.message)


def _path(settings: "Settings") -> Path:
    from sqlalchemy.engine import make_url

    return Path(make_url(settings.db).database or ":memory:")


def _exists(settings: "Settings") -> bool:
    return not settings.db.startswith("sqlite") or _path(settings).exists()


def _size(settings: "Settings") -> str:
    return f", {_path(settings).stat().st_size / 1_000_000:.1f} MB" if settings.db.startswith("sqlite") else ""
