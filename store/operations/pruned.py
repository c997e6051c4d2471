"""What is remembered of runs whose rows are gone: so many of each task, and which occurrences they accounted for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.kinds import Trigger
from store.moves import table_of
from store.status import RunStatus
from store.tables import PrunedRuns

_PRUNED = table_of(PrunedRuns)
OCCURRENCES = (Trigger.SCHEDULE, Trigger.CATCH_UP, Trigger.BACKFILL)
"""What starts the runs that stand for occurrences of a schedule."""


@dataclass(frozen=True, kw_only=True)
class PrunedSpan:
    """The runs of a task that were removed. earliest, latest: their scheduled times, aware UTC.

    by_status: how many ended so; slots: how many of them were occurrences of its schedule.
    """

    earliest: datetime
    latest: datetime
    by_status: Mapping[RunStatus, int]
    slots: int

    def covers(self, moment: datetime) -> bool:
        """Whether what was due then had its run, if there is none any more."""
        return self.earliest <= moment <= self.latest


def pruned_of(connection: sa.Connection, task_id: int) -> PrunedSpan | None:
    """What was removed of the runs of a task; None for nothing."""
    rows = connection.execute(sa.select(_PRUNED).where(_PRUNED.c.task_id == task_id)).all()
    if not rows:
        return None
    return PrunedSpan(
        earliest=min(row.earliest for row in rows),
        latest=max(row.latest for row in rows),
        by_status={row.status: row.runs for row in rows},
        slots=sum(row.slots for row in rows),
    )


def pruned_moments(connection: sa.Connection, task_id: int, moments: Iterable[datetime]) -> set[datetime]:
    """Those of the moments whose runs were removed: they must not come up again."""
    span = pruned_of(connection, task_id)
    return set() if span is None else {each for each in moments if span.covers(each)}


def count_pruned(connection: sa.Connection, runs: Iterable[Any]) -> None:
    """Remember that these runs are removed, in the same transaction. runs: rows with the columns of one."""
    groups: dict[tuple[int, RunStatus], list[Any]] = {}
    for run in runs:
        groups.setdefault((run.task_id, run.status), []).append(run)
    for (task_id, status), rows in groups.items():
        due = [row.scheduled_time for row in rows]
        new = {
            "runs": len(rows),
            "slots": sum(row.triggered_by in OCCURRENCES for row in rows),
            "earliest": min(due),
            "latest": max(due),
        }
        same = sa.and_(_PRUNED.c.task_id == task_id, _PRUNED.c.status == status)
        old = connection.execute(sa.select(_PRUNED).where(same)).first()
        if old is None:
            connection.execute(sa.insert(_PRUNED).values(task_id=task_id, status=status, **new))
        else:
            connection.execute(
                sa.update(_PRUNED)
                .where(same)
                .values(
                    runs=old.runs + new["runs"],
                    slots=old.slots + new["slots"],
                    earliest=min(old.earliest, new["earliest"]),
                    latest=max(old.latest, new["latest"]),
                )
            )
