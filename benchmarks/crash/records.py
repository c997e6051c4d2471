"""Reading what the program's actions left outside, and its own history."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.crash.plan import Scale
from benchmarks.records import Effect, Row

_ROWS = """
SELECT run.task_id, run.scheduled_time, run.status, run.attempt,
       (SELECT count(*) FROM run_transitions AS step WHERE step.run_id = run.run_id AND step.to_status = 'completed')
FROM task_runs AS run
"""


def rows_in(database: Path, scale: Scale) -> tuple[Row, ...]:
    """The program's history."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(_ROWS).fetchall()
    return tuple(
        Row(task=task, slot=scale.slot(_timestamp(at)), status=status, attempts=attempts, completions=completions)
        for task, at, status, attempts, completions in found
    )


def effects_in(folder: Path, scale: Scale) -> tuple[Effect, ...]:
    """What the witnesses of all processes saw."""
    return tuple(effect for file in sorted(folder.glob("*.witness")) for effect in _effects(file, scale))


def _effects(file: Path, scale: Scale) -> Iterator[Effect]:
    begun: dict[tuple[str, str], Effect] = {}
    for line in file.read_text().splitlines():
        what, task, slot, attempt, key, at = line.split()
        seen = scale.of_monotonic(float(at))
        if what == "end":
            effect = begun.pop((key, attempt))
            yield Effect(**{**vars(effect), "until": seen})
        else:
            begun[key, attempt] = Effect(
                task=int(task),
                slot=scale.slot(float(slot)),
                attempt=int(attempt),
                key=key,
                at=seen,
                until=seen,
            )
    yield from begun.values()  # cut off


def _timestamp(stored: str) -> float:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp()
