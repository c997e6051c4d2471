"""Runs for a stretch of the past, as the schedule would have made them."""

from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from croncierge.errors import InvalidInput
from schedules.occurrences import between
from store import limits
from store.audit import Entity, record
from store.kinds import Trigger
from store.moves import RUNS, add_runs, move_runs, new_run
from store.operations.pruned import pruned_moments
from store.permissions import acting_user, editable_task
from store.rows import run_info, task_schedule
from store.session import Store
from store.status import RunStatus
from store.tables import Run
from store.values import Actor, RunInfo

MOST = 1_000
_OCCURRENCES = RUNS.c.triggered_by.in_([Trigger.SCHEDULE, Trigger.CATCH_UP, Trigger.BACKFILL])


def backfill(
    store: Store, actor: Actor, task_id: int, start: datetime, end: datetime, *, limit: int = 100
) -> list[RunInfo]:
    """Run a task for its occurrences from `start` to before `end` (aware), one run each, the earliest first.

    One that was missed is brought back; one that has its run already is left alone. Occurrences are those of the
    schedule as it is now.

    Raises NotFound, NotAllowed; InvalidInput for a task with no schedule, for a stretch that is not past or holds none
    of its occurrences, or more than `limit` (at most 1,000) that have not run.
    """
    limits.number("limit", limit, 1, MOST)
    with store.write() as session:
        user = acting_user(session, actor)
        task = editable_task(session, user, task_id)
        now = store.clock.now()
        schedule = task_schedule(task)
        if schedule is None:
            raise InvalidInput(f"“{task.name}” has no schedule, so it missed nothing; run it by hand.", field="task")
        if not start < end <= now:
            raise InvalidInput("The stretch must begin before it ends, and end in the past.", field="end")
        due = list(islice(between(schedule, start, end), MOST + 1))
        connection = session.connection()
        known = connection.execute(
            sa.select(RUNS.c.run_id, RUNS.c.scheduled_time, RUNS.c.status).where(
                RUNS.c.task_id == task_id, RUNS.c.scheduled_time >= start, RUNS.c.scheduled_time < end, _OCCURRENCES
            )
        ).all()
        missed = [row for row in known if row.status is RunStatus.MISSED]
        recorded = {row.scheduled_time for row in known} | pruned_moments(connection, task_id, due)
        new = [at for at in due if at not in recorded]
        if not missed and not new:
            raise InvalidInput(f"No occurrence of “{task.name}” in that stretch is left to run.", field="start")
        if len(missed) + len(new) > limit:
            count = f"more than {MOST:,}" if len(due) > MOST else str(len(missed) + len(new))
            raise InvalidInput(
                f"That would be {count} runs of “{task.name}”, and the limit is {limit}; take a shorter stretch or a "
                "higher limit.",
                field="limit",
            )
        reason = f"backfilled by {user.name}"
        back = {"status": RunStatus.PENDING, "reason": reason, "end_time": None, "triggered_by": Trigger.BACKFILL}
        move_runs(connection, [(row.run_id, row.status, {**back, "available_at": now}) for row in missed], now)
        rows = [
            new_run(task_id, status=RunStatus.PENDING, scheduled_time=at, now=now, triggered_by=Trigger.BACKFILL,
                    reason=reason)
            for at in new
        ]  # fmt: skip
        ids = [*(row.run_id for row in missed), *add_runs(connection, rows, now)]
        for run_id in ids:
            record(session, actor, now, "backfill", Entity.RUN, run_id, before=None, after={"task_id": task_id})
        runs = [run_info(session.get_one(Run, run_id), task.name) for run_id in ids]
    store.changed()
    return sorted(runs, key=lambda run: run.scheduled_time)
