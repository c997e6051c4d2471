"""The sql connector on a real Postgres, where its server and its driver are."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from store.operations.runs import Outcome
from tests.tools.connectors.calls import Heard
from tools.connectors.sql import Sql, SqlConfig, SqlPayload


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server of its own, behind a socket in its folder."""
    pytest.importorskip("psycopg", reason="psycopg is not here")
    if shutil.which("initdb") is None or shutil.which("postgres") is None:
        pytest.skip("there is no server of Postgres here")
    who: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="croncierge-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.getuid() == 0:  # it refuses to run as root
            who = {"user": 65534, "group": 65534, "extra_groups": []}
            os.chown(folder, 65534, 65534)
        data = folder / "data"
        make = ["initdb", "-D", str(data), "-U", "shop", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale", "C"]
        subprocess.run(make, check=True, capture_output=True, cwd=folder, **who)
        options = ["-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        process = subprocess.Popen(
            ["postgres", "-D", str(data), *options], stderr=subprocess.DEVNULL, cwd=folder, **who
        )
        url = f"postgresql://shop@/postgres?host={folder}"
        try:
            for _ in range(200):
                if _run(url, "SELECT 1").error is None:
                    break
                time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def url(server: str) -> str:
    for statement in ("DROP TABLE IF EXISTS item", "CREATE TABLE item (id serial PRIMARY KEY, name text)"):
        assert _run(server, statement, write=True).error is None
    assert _run(server, "INSERT INTO item (name) VALUES ('tea'), ('milk')", write=True).error is None
    return server


def _run(
    url: str, statement: str, heard: Heard | None = None, *, write: bool = False, config: Any = None, **values: Any
) -> Outcome:
    payload = SqlPayload(connection="shop", statement=statement, parameters=values, write=write)
    it = SqlConfig(url=SecretStr(url), write=True, **(config or {}))
    return Sql({"shop": it}).run(payload, (heard or Heard()).call)


def names(url: str) -> list[str]:
    result = _run(url, "SELECT name FROM item ORDER BY id").result
    assert result is not None
    return [name for (name,) in result["rows"]]


def test_the_answer_is_a_table_that_json_can_hold(url: str) -> None:
    statement = (
        "SELECT id, name, :x::text AS x, 1.10::numeric AS n, '2026-11-23 09:00+00'::timestamptz AS t, "
        "'{\"a\": [1]}'::jsonb AS j, '\\x00ff'::bytea AS b, 'NaN'::float AS f FROM item WHERE id = :id AND 5 % 3 = 2"
    )
    outcome = _run(url, statement, x="'; DROP TABLE item; --", id=1)

    assert outcome.error is None
    result = outcome.result or {}
    (row,) = result["rows"]
    assert row[:4] == [1, "tea", "'; DROP TABLE item; --", "1.10"]
    assert row[4].startswith("2026-11-23T")
    assert row[5:] == [{"a": [1]}, "AP8=", "nan"]
    assert names(url) == ["tea", "milk"]


def test_many_rows_are_not_read_at_all(url: str) -> None:
    begun = time.monotonic()
    result = _run(
        url, "SELECT 1 FROM generate_series(1, 10000) AS i, generate_series(1, 10000) AS j", config={"row_limit": 5}
    ).result

    assert result is not None
    assert (result["row_count"], result["truncated"]) == (5, True)
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO item (name) VALUES ('x')",
        "DELETE FROM item",
        "DROP TABLE item",
        "WITH x AS (DELETE FROM item RETURNING *) SELECT * FROM x",
        "EXPLAIN ANALYZE DELETE FROM item",
        "SELECT nextval('item_id_seq')",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "SELECT 1; DELETE FROM item",
        "SELECT 1; COMMIT; DELETE FROM item",
        "COMMIT; DELETE FROM item",
    ],
)
def test_the_server_itself_refuses_to_write_unless_asked(statement: str, url: str) -> None:
    outcome = _run(url, statement)

    assert outcome.error is not None
    assert not outcome.retryable
    assert names(url) == ["tea", "milk"]


def test_one_statement_is_one_also_when_writing(url: str) -> None:
    assert _run(url, "DELETE FROM item WHERE id = 1; DELETE FROM item", write=True).error is not None
    assert names(url) == ["tea", "milk"]


def test_writing_that_is_granted_and_asked_for_is_done(url: str) -> None:
    changed = _run(url, "UPDATE item SET name = :name", write=True, name="x").result
    returned = _run(url, "INSERT INTO item (name) VALUES ('y') RETURNING name", write=True).result

    assert changed is not None and changed["row_count"] == 2
    assert returned is not None and returned["rows"] == [["y"]]
    assert names(url) == ["x", "x", "y"]


def test_what_shows_is_shown(url: str) -> None:
    assert _run(url, "SHOW transaction_read_only").result == {
        "columns": ["transaction_read_only"],
        "rows": [["on"]],
        "row_count": 1,
        "truncated": False,
    }
    assert _run(url, "EXPLAIN SELECT 1").error is None


def test_what_a_driver_would_take_for_a_parameter_is_none(url: str) -> None:
    result = _run(url, "SELECT 5 % 3, '%s %(a)s :b' LIKE '%b'").result

    assert result is not None and result["rows"] == [[2, True]]


def test_a_slow_statement_is_ended_in_time_and_one_that_is_called_off_at_once(url: str) -> None:
    begun = time.monotonic()
    slow = _run(url, "SELECT pg_sleep(30)", config={"timeout_seconds": 0.3})
    heard = Heard()
    heard.cancel_after(0.2)
    off = _run(url, "SELECT pg_sleep(30)", heard)

    assert slow.error == "The statement took more than 0.3 seconds."
    assert off.error == "The statement was ended before it was done."
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize("statement", ["SELEC 1", "SELECT nothing", "SELECT :missing", "SELECT 1/0"])
def test_what_cannot_be_asked_is_not_tried_again(statement: str, url: str) -> None:
    outcome = _run(url, statement)

    assert outcome.error is not None
    assert not outcome.retryable


def test_a_server_that_is_not_there_is_tried_again_and_its_password_not_told(url: str) -> None:
    outcome = _run("postgresql://shop:hunter2@127.0.0.1:9/postgres", "SELECT 1")

    assert outcome.error is not None and "hunter2" not in outcome.error
    assert outcome.retryable
