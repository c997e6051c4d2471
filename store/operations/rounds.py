"""What the owner of a named workflow hears of a round that is over: one notice when it did not complete."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.kinds import NotifyOn
from store.moves import RUNS, table_of
from store.operations.deliveries import Message, queue_messages
from store.phrases import listed
from store.prepared import Query
from store.status import RunStatus
from store.tables import Task, Workflow

_TASKS, _WORKFLOWS = table_of(Task), table_of(Workflow)
_GOING = frozenset({RunStatus.PENDING, RunStatus.RUNNING, RunStatus.RETRYING})
_MOST_TOLD = 10
_TAKEN_DOWN = "skipped due to failure of"

_ROUND = sa.func.coalesce(RUNS.c.workflow_run_id, RUNS.c.run_id).label("round")
_OF_ROUNDS = sa.or_(
    RUNS.c.run_id.in_(sa.bindparam("roots", expanding=True)),
    RUNS.c.workflow_run_id.in_(sa.bindparam("rounds", expanding=True)),
)
# The status is not a condition, for which SQLite would go through all that ever failed.
_FAILURES = sa.func.max(sa.case((RUNS.c.status == RunStatus.FAILED, 1), else_=0)).label("failures")
_STANDING = Query(sa.select(_ROUND, _FAILURES).where(_OF_ROUNDS).group_by(_ROUND))
_RUNS = Query(
    sa.select(
        _ROUND, RUNS.c.run_id, RUNS.c.task_id, RUNS.c.status, RUNS.c.reason, RUNS.c.end_time, RUNS.c.error_message,
        _TASKS.c.name, _TASKS.c.owner_id, _TASKS.c.workflow_id, _TASKS.c.notify_on, _TASKS.c.failures_in_a_row,
        _TASKS.c.pause_after_failures, _TASKS.c.pause_note, _WORKFLOWS.c.name.label("workflow"),
    )
    .join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
    .join(_WORKFLOWS, _WORKFLOWS.c.id == _TASKS.c.workflow_id)
    .where(_OF_ROUNDS)
    .order_by(RUNS.c.run_id)
)  # fmt: skip


def tell_rounds(connection: sa.Connection, rounds: Collection[int], now: datetime) -> bool:
    """Queue the notice of each of these starts of a workflow (their first runs) that is over and had a failure.

    A start is over when nothing of it is about to run; what still waits for others may fail later, which is told then.
    Gives whether there is anything to tell.
    """
    if not rounds:
        return False
    wanted = sorted(set(rounds))
    standing = _STANDING.rows(connection, roots=wanted, rounds=wanted)
    broken = sorted(row.round for row in standing if row.failures)
    if not broken:  # as nearly always
        return False
    parts: dict[tuple[int, int], list[Any]] = {}
    for row in _RUNS.rows(connection, roots=broken, rounds=broken):
        parts.setdefault((row.round, row.workflow_id), []).append(row)
    notices = [_notice(part) for part in parts.values() if not any(row.status in _GOING for row in part)]
    messages = [each for each in notices if each is not None]
    queue_messages(connection, messages, now)
    return bool(messages)


def _notice(runs: list[Any]) -> Message | None:
    failed = [row for row in runs if row.status is RunStatus.FAILED and row.notify_on is not NotifyOn.NEVER]
    if not failed:
        return None
    latest = max(failed, key=lambda row: (row.end_time, row.run_id))
    causes = [f"“{row.name}” failed: {row.error_message or 'nobody knows why'}" for row in failed[:_MOST_TOLD]]
    skipped = [f"“{row.name}”" for row in runs if (row.reason or "").startswith(_TAKEN_DOWN)][:_MOST_TOLD]
    paused = [f"“{row.name}”" for row in failed if _is_paused(row)]
    text = f"The workflow “{latest.workflow}” did not complete: {'; '.join(causes)}"
    if skipped:
        text += f"; skipped because of it: {', '.join(skipped)}"
    if paused:
        text += f". It failed too often, so {listed(paused)} is paused now; resume it when that is mended"
    return Message(
        user_id=latest.owner_id,
        task_id=latest.task_id,
        run_id=latest.run_id,
        kind="workflow",
        text=text,
        folded=not paused and all(row.failures_in_a_row > 1 for row in failed),
        collected=all(row.notify_on is NotifyOn.DIGEST for row in failed),
    )


def _is_paused(row: Any) -> bool:
    """Whether so many failures in a row have paused its task."""
    most = row.pause_after_failures
    return most is not None and row.pause_note is not None and row.failures_in_a_row >= most
