"""Questions to databases: real files of SQLite, and a real Postgres where there is one."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from croncierge.errors import InvalidInput, NotAllowed
from store.operations.runs import Outcome
from tests.tools.connectors.calls import Heard
from tools.connectors.sql import Sql, SqlConfig, SqlPayload

FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop #1%20.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price REAL, photo BLOB);
            INSERT INTO item VALUES (1, 'tea', 2.5, x'00ff'), (2, 'milk', 1, NULL), (3, 'it''s', 9e999, NULL);
        """)
    return file


def names(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [name for (name,) in database.execute("SELECT name FROM item ORDER BY id")]


def sql(file: Path, **config: Any) -> Sql:
    return Sql({"shop": SqlConfig(url=SecretStr(f"sqlite:///{file}"), **config)})


def ask(
    file: Path,
    statement: str,
    heard: Heard | None = None,
    *,
    write: bool = False,
    config: Any = None,
    **values: Any,
) -> Outcome:
    payload = SqlPayload(connection="shop", statement=statement, parameters=values, write=write)
    return sql(file, **({"write": True} | (config or {}))).run(payload, (heard or Heard()).call)


def test_the_answer_is_a_table_that_json_can_hold(shop: Path) -> None:
    outcome = ask(shop, "SELECT id, name, price, photo FROM item WHERE id <= :most ORDER BY id", most=3)

    assert outcome == Outcome(
        result={
            "columns": ["id", "name", "price", "photo"],
            "rows": [[1, "tea", 2.5, "AP8="], [2, "milk", 1.0, None], [3, "it's", "inf", None]],
            "row_count": 3,
            "truncated": False,
        }
    )


def test_values_are_values_whatever_they_say(shop: Path) -> None:
    hostile = "x'; DROP TABLE item; --"
    assert ask(shop, "SELECT :it AS it", it=hostile).result == {
        "columns": ["it"],
        "rows": [[hostile]],
        "row_count": 1,
        "truncated": False,
    }


def test_no_more_rows_than_the_operator_allows(shop: Path) -> None:
    some = ask(shop, "SELECT id FROM item", config={"row_limit": 2}).result
    just = ask(shop, "SELECT id FROM item", config={"row_limit": 3}).result

    assert some is not None and (some["row_count"], some["truncated"]) == (2, True)
    assert just is not None and (just["row_count"], just["truncated"]) == (3, False)


def test_no_more_bytes_than_a_result_should_have(shop: Path) -> None:
    result = ask(shop, "SELECT hex(zeroblob(200000)) FROM item AS a, item AS b").result

    assert result is not None
    assert (result["row_count"], result["truncated"]) == (2, True)


WRITES = [
    "INSERT INTO item (name) VALUES ('x')",
    "UPDATE item SET name = 'x'",
    "DELETE FROM item",
    "DROP TABLE item",
    "CREATE TABLE other (x)",
    "WITH x AS (SELECT 1) DELETE FROM item",
    "REPLACE INTO item (id, name) VALUES (1, 'x')",
    "ALTER TABLE item RENAME TO other",
]
NEVER = [
    "ATTACH DATABASE '{other}' AS other",
    "VACUUM INTO '{other}'",
    "PRAGMA writable_schema = ON",
    "PRAGMA query_only = OFF",
    "SELECT load_extension('{other}')",
    "COMMIT",
    "BEGIN",
    "SAVEPOINT x",
    "UPDATE sqlite_master SET sql = 'x'",
    "SELECT 1; SELECT 2",
    "SELECT 1; DELETE FROM item",
    "CREATE TABLE a (x); DROP TABLE item",
]


@pytest.mark.parametrize("statement", WRITES + NEVER)
def test_the_database_itself_refuses_to_write_unless_asked(statement: str, shop: Path, tmp_path: Path) -> None:
    """The check of the statement's first word is left out here."""
    other = tmp_path / "other.db"
    outcome = ask(shop, statement.format(other=other))

    assert outcome.error is not None
    assert not outcome.retryable
    assert names(shop) == ["tea", "milk", "it's"]
    assert not other.exists()


@pytest.mark.parametrize("statement", NEVER)
def test_not_even_who_may_write_gets_out_of_the_database(statement: str, shop: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    outcome = ask(shop, statement.format(other=other), write=True)

    assert outcome.error is not None
    assert names(shop) == ["tea", "milk", "it's"]
    assert not other.exists()


def test_writing_that_is_granted_and_asked_for_is_done(shop: Path) -> None:
    changed = ask(shop, "UPDATE item SET name = :name WHERE id > 1", write=True, name="x")
    returned = ask(shop, "INSERT INTO item (name) VALUES ('y') RETURNING id, name", write=True)

    assert changed.result == {"columns": [], "rows": [], "row_count": 2, "truncated": False}
    assert returned.result is not None and returned.result["rows"] == [[4, "y"]]
    assert names(shop) == ["tea", "x", "x", "y"]


def test_writing_that_is_not_granted_is_not_done_even_if_it_gets_this_far(shop: Path) -> None:
    outcome = ask(shop, "DELETE FROM item", write=True, config={"write": False})

    assert outcome.error is not None and "may only read" in outcome.error
    assert len(names(shop)) == 3


def test_a_statement_that_fails_changes_nothing(shop: Path) -> None:
    assert ask(shop, "INSERT INTO item (id, name) VALUES (8, 'a'), (1, 'b')", write=True).error is not None
    assert len(names(shop)) == 3


def test_a_slow_statement_is_ended_in_time(shop: Path) -> None:
    begun = time.monotonic()
    outcome = ask(shop, FOREVER, config={"timeout_seconds": 0.3})

    assert outcome.error == "The statement took more than 0.3 seconds."
    assert outcome.retryable
    assert time.monotonic() - begun < 3


def test_a_statement_that_is_called_off_ends_at_once(shop: Path) -> None:
    heard = Heard()
    heard.cancel_after(0.2)
    begun = time.monotonic()
    outcome = ask(shop, FOREVER, heard)

    assert outcome.error == "The statement was ended before it was done."
    assert time.monotonic() - begun < 3


def test_a_busy_database_is_tried_again(shop: Path) -> None:
    with closing(sqlite3.connect(shop, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        outcome = ask(shop, "DELETE FROM item", write=True, config={"timeout_seconds": 0.2})
        read = ask(shop, "SELECT 1")

    assert outcome.error is not None
    assert outcome.retryable
    assert read.error is None


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for write in (False, True):
        outcome = ask(tmp_path / "none.db", "SELECT 1", write=write)
        assert outcome.error is not None and "unable to open" in outcome.error
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [("SELECT :a", {}), ("SELECT ?", {"a": 1}), ("SELECT :a", {"a": 2**70}), ("SELEC 1", {}), ("SELECT x", {})],
)
def test_what_cannot_be_asked_is_told_and_not_tried_again(statement: str, parameters: Any, shop: Path) -> None:
    outcome = ask(shop, statement, **parameters)

    assert outcome.error is not None
    assert not outcome.retryable


def test_a_search_index_can_be_asked(shop: Path) -> None:
    with closing(sqlite3.connect(shop)) as database:
        database.executescript("CREATE VIRTUAL TABLE words USING fts5(text); INSERT INTO words VALUES ('green tea');")
    result = ask(shop, "SELECT text FROM words WHERE words MATCH 'tea'").result

    assert result is not None and result["rows"] == [["green tea"]]


def allow(statement: str, *, write: bool = False, config: Any = None) -> None:
    payload = SqlPayload(connection="shop", statement=statement, write=write)
    sql(Path("/x.db"), **(config or {})).allow(payload, "ann")


@pytest.mark.parametrize("statement", ["SELECT 1", " (select 1)", "WITH x AS (SELECT 1) SELECT * FROM x", "VALUES (1)"])
def test_reading_is_allowed(statement: str) -> None:
    allow(statement)


def test_writing_has_to_be_granted_and_asked_for() -> None:
    allow("DELETE FROM item", write=True, config={"write": True})
    with pytest.raises(InvalidInput, match="DELETE changes data; set write to true"):
        allow("DELETE FROM item", config={"write": True})
    with pytest.raises(NotAllowed, match=r"only reads.*write = true in \[sql\.shop\]"):
        allow("DELETE FROM item", write=True)


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO PROGRAM 'sh'",
        "DO $$ BEGIN END $$",
        "SET TRANSACTION READ WRITE",
        "ATTACH 'x' AS y",
        "PRAGMA query_only = OFF",
        "/* /* */ SELECT */ COPY x TO PROGRAM 'sh'",
        "-- SELECT\nDO $$ $$",
        "; SELECT 1",
        "COMMIT",
        "1",
    ],
)
@pytest.mark.parametrize("write", [False, True])
def test_what_acts_outside_of_the_data_is_refused(statement: str, write: bool) -> None:
    with pytest.raises(InvalidInput, match="is not run here; begin with SELECT"):
        allow(statement, write=write, config={"write": True})


@pytest.mark.parametrize("statement", ["SELECT {{ results.a.b }}", "SELECT 1 {% if x %}{% endif %}"])
def test_a_statement_holds_no_templates(statement: str) -> None:
    with pytest.raises(InvalidInput, match="write :name in it and give the value in parameters"):
        allow(statement)


def test_only_the_named_people_may_ask() -> None:
    payload = SqlPayload(connection="shop", statement="SELECT 1")
    only_ann = sql(Path("/x.db"), owners=("ann",))
    only_ann.allow(payload, "ann")
    with pytest.raises(NotAllowed, match="no connection “shop” that you may use"):
        only_ann.allow(payload, "bob")
    with pytest.raises(NotAllowed, match=r"\[sql\.NAME\]"):
        Sql({}).allow(payload, "ann")


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://user:hunter2@host/db", "x"]
)
def test_a_url_is_one_that_can_be_kept_to_reading(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SqlConfig(url=SecretStr(url))
    assert "hunter2" not in str(refused.value)


def test_a_preview_shows_the_statement(shop: Path) -> None:
    payload = SqlPayload(connection="shop", statement="SELECT :a", parameters={"a": 1})

    assert sql(shop).preview(payload) == {
        "connection": "shop",
        "statement": "SELECT :a",
        "parameters": {"a": 1},
        "write": False,
    }
