"""Events that stand in for an occurrence: "when the webhook comes, or at noon at the latest"."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from store.kinds import Trigger
from store.moves import RUNS, table_of
from store.status import ACTIVE, RunStatus
from store.tables import Event

EVENTS = table_of(Event)
_SCHEDULED = (Trigger.SCHEDULE, Trigger.CATCH_UP, Trigger.BACKFILL)


def stood_in(connection: sa.Connection, tasks: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Of these due tasks, those that an event started since the occurrence before, in words. One query for all.

    tasks: rows with `id`, `timezone` and `next_run_at`. A run that failed or was called off stands in for nothing.
    """
    before = RUNS.alias()
    last = (
        sa.select(sa.func.max(before.c.scheduled_time))
        .where(before.c.task_id == RUNS.c.task_id, before.c.triggered_by.in_(_SCHEDULED))
        .scalar_subquery()
    )
    did = [*ACTIVE, RunStatus.COMPLETED]
    query = (
        sa.select(RUNS.c.task_id, RUNS.c.scheduled_time, EVENTS.c.name)
        .join(EVENTS, EVENTS.c.id == RUNS.c.event_id)
        .where(RUNS.c.task_id.in_([task["id"] for task in tasks]), RUNS.c.status.in_(did))
        .where(sa.or_(last.is_(None), RUNS.c.scheduled_time > last))
        .order_by(RUNS.c.run_id.desc())
    )
    latest = {row.task_id: row for row in connection.execute(query)}
    return {task["id"]: _why(task, latest[task["id"]]) for task in tasks if task["id"] in latest}


def _why(task: Mapping[str, Any], row: Any) -> str:
    zone = ZoneInfo(task["timezone"])
    came = row.scheduled_time.astimezone(zone)
    due = task["next_run_at"].astimezone(zone) if task["next_run_at"] else came
    when = f"{came:%H:%M}" if came.date() == due.date() else f"{came:%H:%M on %Y-%m-%d}"
    return f"done already at {when}, when “{row.name}” came"
