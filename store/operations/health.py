"""What of the database needs somebody's attention."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.operations.heartbeats import EVERY, latest_beat
from store.session import Store
from store.status import RunStatus
from store.tables import Run, Task

_GRACE = timedelta(minutes=1)
_MISSED_BEATS = 3
_MOST_NAMED = 5
_SCHEDULES = (Task.schedule_cron, Task.schedule_interval, Task.schedule_rrule, Task.schedule_once)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Tasks that are not as they should be: how many, and the first of them in words."""

    count: int
    named: str = ""


@dataclass(frozen=True, kw_only=True)
class Health:
    """How the tasks and runs of everybody are.

    tasks: the active ones. beat_at: when a process that runs tasks said last that it is well; silent: it should have
    said so since. overdue: tasks that were due more than a minute ago. stuck: runs whose worker has not been heard of
    in time. without_next: active tasks with a schedule, but no next run. sentence: all of it for a person.
    """

    tasks: int
    beat_at: datetime | None
    silent: bool
    overdue: Trouble
    stuck: Trouble
    without_next: Trouble
    sentence: str

    @property
    def ok(self) -> bool:
        return not (self.silent or self.overdue.count or self.stuck.count or self.without_next.count)


def health(store: Store) -> Health:
    """Look at the database once."""
    now = store.clock.now()
    active = sa.and_(col(Task.is_active), col(Task.deleted_at).is_(None))
    timed = sa.or_(*(column.is_not(None) for column in map(col, _SCHEDULES)))
    held = sa.and_(col(Run.status) == RunStatus.RUNNING, col(Run.lease_expires_at) < now - _GRACE)
    beat = latest_beat(store)
    with store.read() as session:
        tasks = session.exec(select(sa.func.count()).select_from(Task).where(active)).one()
        overdue = _trouble(session, select(Task).where(active, col(Task.next_run_at) < now - _GRACE))
        stuck = _trouble(session, select(Task).join(Run, col(Run.task_id) == col(Task.id)).where(held))
        without_next = _trouble(session, select(Task).where(active, timed, col(Task.next_run_at).is_(None)))
    silent = bool(tasks) and beat is not None and not beat[1] and now - beat[0] > _MISSED_BEATS * EVERY
    found = [
        (silent, f"what runs the tasks has not been heard of since {beat[0]:%Y-%m-%d %H:%M} UTC" if beat else ""),
        (overdue.count > 0, f"{_tasks(overdue)} overdue"),
        (stuck.count > 0, f"{_tasks(stuck)} held by a process that is gone"),
        (without_next.count > 0, f"{_tasks(without_next)} without a next run"),
    ]
    wrong = [text for is_so, text in found if is_so]
    sentence = f"Not all is well: {'; '.join(wrong)}." if wrong else _well(tasks, beat)
    return Health(
        tasks=tasks,
        beat_at=beat[0] if beat else None,
        silent=silent,
        overdue=overdue,
        stuck=stuck,
        without_next=without_next,
        sentence=sentence,
    )


def _trouble(session: Session, query: SelectOfScalar[Task]) -> Trouble:
    rows = session.exec(query.order_by(col(Task.id)).distinct()).all()
    named = ", ".join(f"#{row.id} “{row.name}”" for row in rows[:_MOST_NAMED])
    more = f" and {len(rows) - _MOST_NAMED} more" if len(rows) > _MOST_NAMED else ""
    return Trouble(count=len(rows), named=named + more)


def _tasks(trouble: Trouble) -> str:
    return f"{trouble.named} {'is' if trouble.count == 1 else 'are'}"


def _well(tasks: int, beat: tuple[datetime, bool] | None) -> str:
    active = "1 task is active" if tasks == 1 else f"{tasks} tasks are active"
    running = beat is not None and not beat[1]
    return f"All is well: {active}, and {'they are being run' if running else 'nothing is running them now'}."
