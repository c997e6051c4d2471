"""Bringing a database to the newest version of the schema, on first start and after every upgrade of the program."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from croncierge.errors import Conflict
from store import migrations
from store.session import in_plain_words

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x63726F6E  # any number, the same in every process: the key of Postgres' advisory lock


def head() -> str:
    """The version of the schema that this program works with."""
    return migrations.HEAD


def current(engine: sa.Engine) -> str | None:
    """The version of the schema in the database, None when it is empty. Raises Unavailable."""
    with in_plain_words(engine.url), engine.connect() as connection:
        return _current(connection)


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to the newest version, all of it or nothing.

    Processes that do so at the same time wait for each other. Raises Conflict for a database that a newer program
    has made, Unavailable.
    """
    if current(engine) == head():
        return
    # Only now, because it takes a while and most starts need none of it.
    from alembic import command

    with in_plain_words(engine.url), engine.execution_options(write=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        config = alembic_config()
        _refuse_newer(config, _current(connection), engine.url)
        config.attributes["connection"] = connection
        command.upgrade(config, head())


def alembic_config() -> "Config":
    """Alembic's settings, without a file; the connection is added by who uses it."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    return config


def _refuse_newer(config: "Config", version: str | None, url: sa.URL) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise Conflict(
            f"The database {url.render_as_string(hide_password=True)} was made by a newer Croncierge (its version is "
            f"{version}, this one knows up to {head()}); upgrade the program, nothing was changed.",
            field="db",
        )


def _current(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
