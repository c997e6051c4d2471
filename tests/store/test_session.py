"""What the database refuses, for real: each time one sentence, and nothing half done."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from croncierge.clock import SystemClock
from croncierge.errors import Conflict, InvalidInput, Unavailable
from store import session as session_module
from store.open import open_store
from store.operations import create_task, ensure_user, list_tasks
from store.session import Store, open_engine
from store.tables import AuditEntry, Task, User
from store.values import Actor, TaskInfo, TaskSpec


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


@pytest.fixture
def store(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(session_module, "_BUSY_MS", 50)
    store = open_store(f"sqlite:///{path}", SystemClock())
    yield store
    store.engine.dispose()


@pytest.fixture
def actor(store: Store) -> Actor:
    return Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")


def _stored(store: Store) -> tuple[int, int]:
    """How many tasks and how many audit entries there are."""
    with store.read() as session:
        return len(session.exec(select(Task)).all()), len(session.exec(select(AuditEntry)).all())


def test_a_database_that_another_process_holds_is_busy(store: Store, actor: Actor, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="busy with another program; nothing was changed"):
        create_task(store, actor, TaskSpec(title="call mom"))
    assert list_tasks(store, actor) == []
    other.execute("COMMIT")
    other.close()
    create_task(store, actor, TaskSpec(title="call mom"))
    assert _stored(store) == (1, 1)


def test_a_writer_that_is_only_slow_is_waited_for(
    path: Path, store: Store, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_BUSY_MS", 5_000)
    patient = open_store(f"sqlite:///{path}", SystemClock())
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    releasing = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    releasing.start()
    create_task(patient, actor, TaskSpec(title="call mom"))
    releasing.join()
    other.close()
    patient.engine.dispose()


def test_a_database_that_cannot_be_written_can_still_be_read(store: Store, actor: Actor, path: Path) -> None:
    create_task(store, actor, TaskSpec(title="call mom"))
    read_only = open_store(f"sqlite:///file:{path}?mode=ro&uri=true", SystemClock())
    assert [task.title for task in list_tasks(read_only, actor)] == ["call mom"]
    with pytest.raises(Unavailable, match="read-only; nothing was changed"):
        create_task(read_only, actor, TaskSpec(title="call dad"))
    read_only.engine.dispose()
    assert _stored(store) == (1, 1)


def test_a_full_disk_leaves_no_half_made_task(store: Store, actor: Actor) -> None:
    with store.engine.connect() as connection:
        pages = connection.execute(sa.text("PRAGMA page_count")).scalar()

    def fill(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    store.engine.dispose()
    sa.event.listen(store.engine, "connect", fill)
    made: list[TaskInfo] = []
    with pytest.raises(Unavailable, match="full; nothing was changed"):
        while len(made) < 1_000:
            made.append(create_task(store, actor, TaskSpec(title="call mom", description="x" * 9_000)))
    assert _stored(store) == (len(made), len(made))
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_file_that_is_no_database_is_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"my shopping list, not a database\n" * 100)
    before = path.read_bytes()
    with pytest.raises(Unavailable, match="not a database; name another one"):
        open_store(f"sqlite:///{path}", SystemClock())
    assert path.read_bytes() == before


def test_a_damaged_database_says_so(store: Store, actor: Actor, path: Path) -> None:
    create_task(store, actor, TaskSpec(title="call mom"))
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.engine.dispose()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(Unavailable, match="damaged"):
        list_tasks(store, actor)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="file/folder"):
        open_engine(f"sqlite:///{tmp_path}/file/folder/a.db")


def test_a_folder_in_place_of_the_file_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}", SystemClock())


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/name", "tasks.db", "sqlite:/one"])
def test_a_url_that_cannot_be_one_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"sqlite:////path/to/file\.db"):
        open_engine(url)


def test_two_who_make_the_same_thing_at_the_same_moment_are_told(store: Store, actor: Actor) -> None:
    with pytest.raises(Conflict, match="just made"), store.write() as session:
        session.add(User(id=actor.user_id, name="someone", created_at=SystemClock().now()))


def test_an_error_in_the_middle_takes_everything_back(store: Store, actor: Actor) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as session:
        user = session.get(User, actor.user_id)
        assert user is not None
        user.name = "changed"
        session.flush()
        raise ZeroDivisionError
    assert ensure_user(store, "ann") == actor.user_id


def test_foreign_keys_are_kept(store: Store, actor: Actor) -> None:
    with pytest.raises(Conflict), store.write() as session:
        session.execute(sa.text("INSERT INTO task_dependencies VALUES (77, 78, 'success')"))


def test_what_was_acknowledged_survives_a_power_cut(store: Store) -> None:
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(sa.text("PRAGMA synchronous")).scalar() == 2  # FULL
