"""Rows that are claimed and finished in batches, one transaction each, and nothing else: the floor."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

from benchmarks.engines import Action
from croncierge.clock import SystemClock

_BATCH = 100
_CLOCK = SystemClock()


class Engine:
    """One thread that claims, executes and records."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "bare.db"
        self._stopping = Event()
        with self._open() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, due REAL, status TEXT)")
            connection.execute("CREATE INDEX IF NOT EXISTS due ON jobs (status, due)")
            connection.execute("CREATE TABLE IF NOT EXISTS links (after INTEGER PRIMARY KEY, id INTEGER)")
            connection.execute("UPDATE jobs SET status = 'waiting' WHERE status = 'running'")

    def store(self, due: Sequence[datetime]) -> None:
        with self._open() as connection:
            rows = [(number, moment.timestamp()) for number, moment in enumerate(due)]
            connection.executemany("INSERT INTO jobs VALUES (?, ?, 'waiting')", rows)

    def create(self, due: datetime) -> None:
        with self._open() as connection:
            connection.execute("INSERT INTO jobs (due, status) VALUES (?, 'waiting')", [due.timestamp()])

    def chain(self, length: int) -> None:
        self.store([_CLOCK.now()])
        with self._open() as connection:
            connection.executemany("INSERT INTO links VALUES (?, ?)", [(at, at + 1) for at in range(length - 1)])

    def start(self, action: Action) -> None:
        Thread(target=self._work, args=(action,), daemon=True).start()

    def settled(self, jobs: int) -> bool:
        with self._open() as connection:
            found = connection.execute("SELECT count(*) FROM jobs WHERE status = 'done'").fetchone()
        return bool(found[0] >= jobs)

    def stop(self) -> None:
        self._stopping.set()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=5)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _work(self, action: Action) -> None:
        connection = self._open()
        connection.isolation_level = None
        done: list[tuple[int]] = []
        while not self._stopping.is_set():
            now = _CLOCK.now().timestamp()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("UPDATE jobs SET status = 'done' WHERE id = ?", done)
            connection.executemany(
                "INSERT INTO jobs SELECT id, 0, 'waiting' FROM links WHERE after = ?",
                done,
            )
            claimed = connection.execute(
                "SELECT id FROM jobs WHERE status = 'waiting' AND due <= ? ORDER BY due LIMIT ?", (now, _BATCH)
            ).fetchall()
            connection.executemany("UPDATE jobs SET status = 'running' WHERE id = ?", claimed)
            connection.execute("COMMIT")
            for (number,) in claimed:
                action(number)
            done = claimed
            if not claimed:
                self._wait(connection, now)

    def _wait(self, connection: sqlite3.Connection, now: float) -> None:
        (due,) = connection.execute("SELECT min(due) FROM jobs WHERE status = 'waiting'").fetchone()
        self._stopping.wait(1 if due is None else max(0, due - now))
