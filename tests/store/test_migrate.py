import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from croncierge.clock import SystemClock
from croncierge.errors import Conflict
from store.migrate import alembic_config, current, head, upgrade
from store.open import open_store
from store.operations import ensure_user, find_tasks
from store.session import open_engine
from store.values import Actor


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")
    yield engine
    engine.dispose()


def test_the_newest_version_is_the_one_that_is_named() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == head()


def test_an_empty_database_is_brought_to_the_newest_version(engine: sa.Engine) -> None:
    assert current(engine) is None
    upgrade(engine)
    assert current(engine) == head()
    upgrade(engine)


def test_the_migrations_make_what_the_tables_say(engine: sa.Engine, tmp_path: Path) -> None:
    upgrade(engine)
    fresh = open_engine(f"sqlite:///{tmp_path}/fresh.db")
    SQLModel.metadata.create_all(fresh)
    assert _schema(engine) == _schema(fresh)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
    fresh.dispose()


def test_the_migrations_can_be_taken_back(engine: sa.Engine) -> None:
    upgrade(engine)
    config = alembic_config()
    with engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert _schema(engine).keys() <= {"alembic_version"}


def test_a_database_from_a_newer_program_is_left_alone(engine: sa.Engine) -> None:
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES ('9999')"))
    before = _schema(engine)
    with pytest.raises(Conflict, match=r"newer Croncierge.*9999.*upgrade the program"):
        upgrade(engine)
    assert _schema(engine) == before


def test_a_migration_that_fails_leaves_nothing_behind(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(sa.text("CREATE TABLE tasks (id INTEGER)"))
    before = _schema(engine)
    with pytest.raises(Exception, match="tasks already exists"):
        upgrade(engine)
    assert _schema(engine) == before


def test_an_up_to_date_database_is_opened_at_once_and_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    open_store(url, SystemClock()).engine.dispose()
    code = (
        "import sys\n"
        "from croncierge.clock import SystemClock\n"
        "from store.open import open_store\n"
        f"open_store({url!r}, SystemClock())\n"
        "assert 'sqlalchemy' in sys.modules and 'alembic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    began = perf_counter()
    store = open_store(url, SystemClock())
    assert perf_counter() - began < 0.5  # some 5 ms on an idle machine
    store.engine.dispose()


def test_processes_that_start_at_the_same_time_all_find_one_whole_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    code = (
        "from croncierge.clock import SystemClock\n"
        "from store.open import open_store\n"
        "from store.operations import create_task, ensure_user\n"
        "from store.values import Actor, TaskSpec\n"
        "import alembic.command\n"
        "input()\n"
        f"store = open_store({url!r}, SystemClock())\n"
        "actor = Actor(user_id=ensure_user(store, 'ann'), via='test', change_set='1')\n"
        "create_task(store, actor, TaskSpec(title='call mom'))\n"
    )
    starting = [subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) for _ in range(3)]
    for process in starting:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.close()
    assert [process.wait(60) for process in starting] == [0, 0, 0]
    store = open_store(url, SystemClock())
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="check")
    assert len(find_tasks(store, actor, "call mom")) == 3
    store.engine.dispose()


def _schema(engine: sa.Engine) -> dict[str, list[str]]:
    """Each table and index with the parts of its definition, whatever their order."""
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        parts = {name: sorted(part.strip().rstrip(",") for part in sql.splitlines()) for name, sql in rows}
    parts.pop("alembic_version", None)
    return parts
