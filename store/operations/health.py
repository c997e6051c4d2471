"""What of the database needs somebody's attention."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from store.session import Store
from store.status import RunStatus
from store.tables import Run, Task

_GRACE = timedelta(minutes=1)
_SCHEDULES = (Task.schedule_cron, Task.schedule_interval, Task.schedule_rrule, Task.schedule_once)


@dataclass(frozen=True, kw_only=True)
class Health:
    """How many tasks and runs of everybody are not as they should be.

    overdue: active tasks that were due more than a minute ago. stuck: runs whose worker has not been heard of in time.
    without_next: active tasks with a schedule, but no next run.
    """

    tasks: int
    overdue: int
    stuck: int
    without_next: int


def health(store: Store) -> Health:
    """Count in one look at the database."""
    now = store.clock.now()
    active = sa.and_(col(Task.is_active), col(Task.deleted_at).is_(None))
    timed = sa.or_(*(column.is_not(None) for column in map(col, _SCHEDULES)))
    with store.read() as session:
        return Health(
            tasks=session.exec(select(sa.func.count()).select_from(Task).where(active)).one(),
            overdue=session.exec(
                select(sa.func.count()).select_from(Task).where(active, col(Task.next_run_at) < now - _GRACE)
            ).one(),
            stuck=session.exec(
                select(sa.func.count())
                .select_from(Run)
                .where(Run.status == RunStatus.RUNNING, col(Run.lease_expires_at) < now - _GRACE)
            ).one(),
            without_next=session.exec(
                select(sa.func.count()).select_from(Task).where(active, timed, col(Task.next_run_at).is_(None))
            ).one(),
        )
