"""`db`: the database itself."""

from typing import TYPE_CHECKING

from interfaces.cli.options import Common
from interfaces.output import put, put_json

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


def path(common: Common) -> None:
    """Print where the database is.

    \b
    sqlite3 "$(croncierge db path)" .tables
    """
    from store.session import open_engine

    url = open_engine(common.settings().db).url
    if common.as_json:
        put_json({"url": url.render_as_string(hide_password=True), "path": _file(url)})
    else:
        put(_file(url) or url.render_as_string(hide_password=True))


def upgrade(common: Common) -> None:
    """Bring the database to the version that this program works with; every start does so by itself."""
    from store.migrate import current, head
    from store.migrate import upgrade as bring_up
    from store.session import open_engine

    engine = open_engine(common.settings().db)
    try:
        before = current(engine)
        bring_up(engine)
    finally:
        engine.dispose()
    if common.as_json:
        put_json({"before": before, "version": head()})
    elif before == head():
        put(f"The database is up to date (version {head()}).")
    else:
        put(f"The database is at version {head()} now{f'; it was at {before}' if before else ', newly made'}.")


def _file(url: "URL") -> str | None:
    return url.database if url.get_backend_name() == "sqlite" else None
