"""`db` and `doctor`: the database itself, and what is wrong."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from croncierge.app import open_app
from croncierge.settings import load_settings
from tests.fakes.openai import openai_server, says
from tests.interfaces.cli.conftest import Command


@pytest.fixture
def database(croncierge: Command) -> Path:
    assert croncierge("ask", "remind me tomorrow at 9 to call mom").code == 0
    return Path(load_settings().db.removeprefix("sqlite:///"))


def findings(croncierge: Command, *options: str) -> dict[str, Any]:
    return {each["name"]: each for each in croncierge("doctor", "--json", *options).json["findings"]}


def test_the_path_of_the_database_is_told_without_making_it(croncierge: Command) -> None:
    seen = croncierge("db", "path").out.strip()
    assert seen == load_settings().db.removeprefix("sqlite:///")
    assert not Path(seen).exists()
    assert croncierge("db", "path", "--json").json["path"] == seen


def test_an_upgrade_makes_the_database_once(croncierge: Command) -> None:
    first = croncierge("db", "upgrade", "--json").json
    assert first["before"] is None
    assert croncierge("db", "upgrade", "--json").json == {"before": first["version"], "version": first["version"]}
    assert "up to date" in croncierge("db", "upgrade").out


def test_a_fresh_installation_is_well_and_stays_untouched(croncierge: Command) -> None:
    seen = croncierge("doctor")
    assert seen.code == 0
    assert "built in" in seen.out
    assert "WRONG" not in seen.out
    assert not Path(load_settings().db.removeprefix("sqlite:///")).exists()


@pytest.mark.usefixtures("database")
def test_a_database_in_use_is_looked_at_closely(croncierge: Command) -> None:
    seen = croncierge("doctor", "--json")
    assert (seen.code, seen.json["ok"]) == (0, True)
    found = {each["name"]: each for each in seen.json["findings"]}
    assert found["integrity"]["found"] == "ok"
    assert "not running" in found["runtime"]["found"]
    assert "serve" in found["runtime"]["advice"]


@pytest.mark.parametrize(
    ("damage", "name", "found"),
    [
        ("UPDATE tasks SET next_run_at = '2020-01-01 00:00:00.000000'", "overdue", "1 task due"),
        ("UPDATE tasks SET next_run_at = NULL", "without next", "1 task active, but without"),
        (
            "INSERT INTO task_runs (task_id, scheduled_time, available_at, status, attempt, triggered_by, log,"
            " lease_owner, lease_expires_at) VALUES (1, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000',"
            " 'running', 1, 'manual', '', 'gone', '2020-01-01 00:01:00.000000')",
            "stuck",
            "1 task with a run whose process is gone: #1 “call mom”",
        ),
        (
            "INSERT INTO deliveries (user_id, task_id, kind, channel, text, status, attempts, created_at, available_at)"
            " SELECT owner_id, id, 'result', 'phone', 'x', 'failed', 8, created_at, created_at FROM tasks",
            "messages",
            "1 task with messages that did not arrive: #1 “call mom”",
        ),
        ("UPDATE alembic_version SET version_num = '9999'", "schema", "version 9999"),
    ],
)
def test_what_is_wrong_is_named_with_the_way_out(
    croncierge: Command, database: Path, damage: str, name: str, found: str
) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute(damage)
    connection.close()
    seen = croncierge("doctor")
    assert seen.code == 1
    assert "WRONG" in seen.out
    wrong = findings(croncierge)[name]
    assert not wrong["ok"]
    assert wrong["found"].startswith(found)
    assert wrong["advice"]


def test_a_file_that_is_no_database_is_wrong(croncierge: Command, tmp_path: Path) -> None:
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"not a database at all, but long enough to look like something" * 50)
    seen = croncierge("doctor", "--db", f"sqlite:///{junk}")
    assert seen.code == 1
    assert "WRONG database" in " ".join(seen.out.split())


def test_an_unknown_zone_in_the_settings_is_wrong(croncierge: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRONCIERGE_TIMEZONE", "Mars/Base")
    assert not findings(croncierge)["time zone"]["ok"]


class TestTheModel:
    @pytest.fixture(autouse=True)
    def named(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setenv("CRONCIERGE_MODEL", "some-model")
        yield

    def test_needs_a_key(self, croncierge: Command) -> None:
        model = findings(croncierge)["model"]
        assert not model["ok"]
        assert "OPENAI_API_KEY" in model["found"]

    def test_that_nobody_serves_is_wrong(self, croncierge: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CRONCIERGE_BASE_URL", "http://127.0.0.1:9/v1")
        model = findings(croncierge)["model"]
        assert not model["ok"]
        assert "cannot be reached" in model["found"]

    def test_that_answers_is_well(self, croncierge: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        with openai_server(lambda _: says("hello")) as server:
            monkeypatch.setenv("CRONCIERGE_BASE_URL", server.url)
            model = findings(croncierge)["model"]
        assert model["ok"]
        assert "answers" in model["found"]


def test_old_runs_are_removed_and_archived_by_command(croncierge: Command, tmp_path: Path) -> None:
    croncierge("tasks", "add", "tea", "--when", "tomorrow at 9", "--payload", '{"message": "Tea!"}')
    for _ in range(3):
        croncierge("tasks", "run", "tea")
        with open_app() as app:
            app.runtime.tick()
    seen = croncierge("db", "prune", "--keep-runs", "1", "--dry-run").out
    assert seen.startswith("2 runs, 0 events, 0 messages would be removed.\n2 messages of theirs stay")
    archive = tmp_path / "old.jsonl.gz"
    done = croncierge("db", "prune", "--keep-runs", "1", "--archive", str(archive), "--compact", "--json").json
    assert (done["runs"], done["by_status"], done["kept_messages"]) == (2, {"completed": 2}, 2)
    assert archive.exists()
    assert len(croncierge("runs", "list", "--json").json) == 1
    assert "0 runs" in croncierge("db", "prune").out


def test_nothing_is_removed_where_everything_is_kept(croncierge: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRONCIERGE_KEEP_DAYS", "0")
    assert "say --keep-days" in croncierge("db", "prune").err
