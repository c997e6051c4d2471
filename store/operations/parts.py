"""What ends with an AI run: the parts of its work that are under way, and what it asks a person."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from store.kinds import ApprovalStatus
from store.moves import RUNS, move_runs, table_of
from store.operations.release import Ended
from store.session import Store
from store.status import ACTIVE, ENDED, RunStatus
from store.tables import AiRun, Approval, Budget, Subtask, Task

_TASKS, _SUBTASKS, _APPROVALS = table_of(Task), table_of(Subtask), table_of(Approval)
_AI_RUNS, _BUDGETS = table_of(AiRun), table_of(Budget)


def end_parts(connection: sa.Connection, ended: Sequence[Ended], now: datetime) -> list[Ended]:
    """Cancel what is under way for these runs, all the way down, and withdraw what they ask; the runs it has ended."""
    taken: list[Ended] = []
    layer = list(ended)
    while layer:
        runs = {each.run_id: each for each in layer}
        asked = sa.and_(_APPROVALS.c.run_id.in_(list(runs)), _APPROVALS.c.status == ApprovalStatus.PENDING)
        withdrawn = {"status": ApprovalStatus.WITHDRAWN, "decided_at": now}
        connection.execute(sa.update(_APPROVALS).where(asked).values(withdrawn))
        rows = connection.execute(
            sa.select(RUNS, _TASKS.c.name, _SUBTASKS.c.parent_run_id)
            .join(_SUBTASKS, _SUBTASKS.c.task_id == RUNS.c.task_id)
            .join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
            .where(
                _SUBTASKS.c.parent_run_id.in_(list(runs)),
                RUNS.c.workflow_run_id == _SUBTASKS.c.parent_run_id,
                RUNS.c.status.in_(list(ACTIVE)),
            )
        ).all()
        layer, changes = [], []
        for row in rows:
            goal = runs[row.parent_run_id]
            why = f"it was a part of “{goal.title}”, which {_HOW.get(goal.status, 'has ended')}"
            changes.append((row.run_id, row.status, {"status": RunStatus.CANCELLED, "reason": why, "end_time": now}))
            layer.append(
                Ended(
                    run_id=row.run_id, task_id=row.task_id, title=row.name, status=RunStatus.CANCELLED, reason=why,
                    workflow=row.workflow_run_id, scheduled_time=row.scheduled_time,
                )
            )  # fmt: skip
        move_runs(connection, changes, now)
        taken += layer
    return taken


_HOW = {RunStatus.CANCELLED: "was cancelled", RunStatus.FAILED: "failed"}


def start_afresh(connection: sa.Connection, run_id: int, now: datetime) -> None:
    """Forget the plan, the parts and the budget of an AI run that is to run again; its record stays.

    The tasks that were its parts are deleted, so that nobody waits for them, and those below them as well.
    """
    layer = [run_id]
    while layer:
        parts = sa.select(_SUBTASKS.c.task_id).where(_SUBTASKS.c.parent_run_id.in_(layer))
        live = sa.and_(_TASKS.c.id.in_(parts), _TASKS.c.deleted_at.is_(None))
        connection.execute(sa.update(_TASKS).where(live).values(deleted_at=now, next_run_at=None, updated_at=now))
        below = sa.select(RUNS.c.run_id).join(_SUBTASKS, _SUBTASKS.c.parent_run_id == RUNS.c.run_id)
        layer = list(connection.execute(below.where(RUNS.c.task_id.in_(parts)).distinct()).scalars())
    for table, column in ((_BUDGETS, _BUDGETS.c.root_run_id), (_AI_RUNS, _AI_RUNS.c.run_id)):
        connection.execute(sa.delete(table).where(column == run_id))


def forget_ended(store: Store) -> list[int]:
    """The AI runs that have ended and whose conversations are still kept: whoever asks removes them now."""
    over = sa.exists().where(RUNS.c.run_id == _AI_RUNS.c.run_id, RUNS.c.status.in_(list(ENDED)))
    with store.writing() as connection:
        found = list(connection.execute(sa.select(_AI_RUNS.c.run_id).where(_AI_RUNS.c.remembered, over)).scalars())
        if found:
            connection.execute(sa.update(_AI_RUNS).where(_AI_RUNS.c.run_id.in_(found)).values(remembered=False))
    return found
