"""Whatever is given: one clear sentence, the right exit code, nothing lost and nothing half done."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from croncierge.settings import load_settings
from tests.interfaces.cli.conftest import Command, Outcome

REFERENCE = {"reference_time": "2026-11-23T10:00:00+01:00", "timezone": "Europe/Berlin"}

NOT_TO_BE_DONE = {
    "past": "remind me yesterday at 5 to call mom",
    "impossible clock": "remind me tomorrow at 25:00 to call mom",
    "impossible date": "remind me on Feb 30 to call mom",
    "no time at all": "remind me to call mom",
    "vague": "remind me later to call mom",
    "no pace": "remind me every 0 minutes to stretch",
    "cron": "remind me at 61 25 32 13 9 to stretch",
    "unknown zone": "my time zone is Mars/Base",
    "nothing": "   ",
    "only control characters": "\x00\x07\x1b",
    "a novel": "remind me tomorrow at 9 to " + "x" * 100_000,
}
TO_BE_DONE = {
    "emoji": ("remind me tomorrow at 9 to water the 🪴🪴", "🪴🪴"),
    "right to left": ("remind me tomorrow at 9 to שלח דוח", "שלח דוח"),
    "control characters": ("remind me tomorrow at 9 to call\x07 mom\x1b[31m", "call"),
    "markup": ("remind me tomorrow at 9 to fix <b>| the table", "fix <b>| the table"),
}


def one_sentence(seen: Outcome, code: int) -> str:
    """The complaint of a command that ended as it should."""
    assert (seen.code, seen.out) == (code, "")
    assert seen.err.startswith("Error: ")
    assert seen.err.count("\n") == 1
    return seen.err


def answer(croncierge: Command, text: str) -> dict[str, list[Any]]:
    [line] = croncierge("ask", "--batch", stdin=json.dumps({"id": 1, "text": text, **REFERENCE}) + "\n").lines
    assert isinstance(line, dict)
    return line


@pytest.mark.parametrize("name", NOT_TO_BE_DONE)
def test_what_cannot_be_is_answered_and_makes_no_task(croncierge: Command, name: str) -> None:
    said = answer(croncierge, NOT_TO_BE_DONE[name])
    assert said["tasks"] == []
    [reply] = said["replies"]
    assert reply
    assert len(reply) < 600


@pytest.mark.parametrize("name", TO_BE_DONE)
def test_any_writing_is_kept_as_it_is(croncierge: Command, name: str) -> None:
    text, kept = TO_BE_DONE[name]
    [task] = answer(croncierge, text)["tasks"]
    assert kept in task["title"]
    assert task["title"].isprintable()
    assert task["next_runs"] == ["2026-11-24T09:00:00+01:00"]


@pytest.fixture
def database(croncierge: Command) -> Path:
    """A database with one task in it."""
    assert croncierge("ask", "remind me tomorrow at 9 to call mom").code == 0
    return Path(load_settings().db.removeprefix("sqlite:///"))


def test_a_database_that_is_locked_is_told_and_nothing_is_lost(croncierge: Command, database: Path) -> None:
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert "busy with another program" in one_sentence(croncierge("tasks", "delete", "mom"), 6)
    holder.execute("ROLLBACK")
    holder.close()
    assert len(croncierge("tasks", "list", "--json").json) == 1


def test_a_database_that_may_only_be_read_is_told(croncierge: Command, database: Path) -> None:
    only_read = f"sqlite:///file:{database}?mode=ro&uri=true"
    assert len(croncierge("tasks", "list", "--json", "--db", only_read).json) == 1
    assert "read-only" in one_sentence(croncierge("tasks", "delete", "mom", "--db", only_read), 6)
    assert croncierge("tasks", "delete", "mom", "--db", only_read, "--json").json["error"]["code"] == "unavailable"


def test_a_database_from_a_newer_version_is_left_alone(croncierge: Command, database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    assert "newer Croncierge" in one_sentence(croncierge("tasks", "list"), 5)
    assert "newer Croncierge" in one_sentence(croncierge("chat", stdin="hello\n"), 5)


def test_a_file_that_is_no_database_is_left_alone(croncierge: Command, tmp_path: Path) -> None:
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"something else entirely " * 100)
    before = junk.read_bytes()
    one_sentence(croncierge("tasks", "list", "--db", f"sqlite:///{junk}"), 6)
    assert junk.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(croncierge: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    where = f"sqlite:///{tmp_path}/file/a/b.db"
    assert "cannot be made" in one_sentence(croncierge("tasks", "list", "--db", where), 6)
