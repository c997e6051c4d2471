"""What of the database needs somebody's attention: whether it is being worked, and what is late or lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.kinds import DeliveryStatus
from store.operations.deliveries import TERMINAL
from store.operations.heartbeats import EVERY, MISSED, latest_beat
from store.permissions import acting_user
from store.session import Store
from store.status import RunStatus
from store.tables import Delivery, EventTrigger, Run, Task
from store.values import Actor

_GRACE = timedelta(minutes=1)
_MOST_NAMED = 5
_SCHEDULES = (Task.schedule_cron, Task.schedule_interval, Task.schedule_rrule, Task.schedule_once)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Tasks that are not as they should be: how many, and the first of them in words."""

    count: int
    named: str = ""


@dataclass(frozen=True, kw_only=True)
class Health:
    """How tasks and runs are.

    tasks: the active ones. beat_at: when a process that runs tasks said last that it is well; running: there is one;
    silent: it should have said so since. overdue: tasks that were due more than a minute ago. stuck: runs whose worker
    has not been heard of in time. without_next: active tasks with a schedule, but no next run nor an event that starts
    them. undelivered: tasks with messages that were given up, and not seen since, or that nobody sends. wrong: these
    troubles in words, one each. sentence: all of it for a person.
    """

    tasks: int
    beat_at: datetime | None
    running: bool
    silent: bool
    overdue: Trouble
    stuck: Trouble
    without_next: Trouble
    undelivered: Trouble
    wrong: tuple[str, ...]
    sentence: str

    @property
    def ok(self) -> bool:
        return not (self.silent or self.wrong)


def health(store: Store, actor: Actor | None = None) -> Health:
    """Look at the database once.

    actor: only what is theirs, unless they are an administrator; None: everything, for whoever runs the program.
    """
    now = store.clock.now()
    timed = sa.or_(*(column.is_not(None) for column in map(col, _SCHEDULES)))
    held = sa.and_(col(Run.status) == RunStatus.RUNNING, col(Run.lease_expires_at) < now - _GRACE)
    beat = latest_beat(store)
    with store.read() as session:
        user = acting_user(session, actor) if actor is not None else None
        whose = sa.true() if user is None or user.is_admin else col(Task.owner_id) == user.id
        active = sa.and_(col(Task.is_active), col(Task.deleted_at).is_(None), whose)
        tasks = session.exec(select(sa.func.count()).select_from(Task).where(active)).one()
        overdue = _trouble(session, select(Task).where(active, col(Task.next_run_at) < now - _GRACE))
        stuck = _trouble(session, select(Task).join(Run, col(Run.task_id) == col(Task.id)).where(held, whose))
        by_events = col(Task.id).in_(select(EventTrigger.task_id))
        lost = sa.and_(active, timed, col(Task.next_run_at).is_(None), ~by_events)
        without_next = _trouble(session, select(Task).where(lost))
        messages = select(Task).join(Delivery, col(Delivery.task_id) == col(Task.id))
        undelivered = _trouble(session, messages.where(_undelivered(now), whose))
    silent = bool(tasks) and beat is not None and not beat[1] and now - beat[0] > MISSED * EVERY
    found = (
        (overdue, "overdue"),
        (stuck, "held by a process that is gone"),
        (without_next, "without a next run"),
        (undelivered, "waiting to tell you something that did not arrive"),
    )
    wrong = tuple(f"{_tasks(trouble)} {text}" for trouble, text in found if trouble.count)
    gone = [f"what runs the tasks has not been heard of since {beat[0]:%Y-%m-%d %H:%M} UTC"] if silent and beat else []
    sentence = f"Not all is well: {'; '.join([*gone, *wrong])}." if gone or wrong else _well(tasks, beat)
    return Health(
        tasks=tasks,
        beat_at=beat[0] if beat else None,
        running=beat is not None and not beat[1] and now - beat[0] <= MISSED * EVERY,
        silent=silent,
        overdue=overdue,
        stuck=stuck,
        without_next=without_next,
        undelivered=undelivered,
        wrong=wrong,
        sentence=sentence,
    )


def _undelivered(now: datetime) -> sa.ColumnElement[bool]:
    """Messages that did not arrive: given up, or left lying where somebody should have sent them."""
    status = col(Delivery.status)
    given_up = sa.and_(status == DeliveryStatus.FAILED, col(Delivery.acknowledged_at).is_(None))
    lying = sa.and_(
        status == DeliveryStatus.PENDING,
        col(Delivery.channel) != TERMINAL,
        col(Delivery.available_at) < now - _GRACE,
    )
    return sa.or_(given_up, lying)


def _trouble(session: Session, query: SelectOfScalar[Task]) -> Trouble:
    tasks = query.with_only_columns(col(Task.id), col(Task.name)).distinct()
    count = session.exec(select(sa.func.count()).select_from(tasks.subquery())).one()
    if not count:
        return Trouble(count=0)
    rows = session.execute(tasks.order_by(col(Task.id)).limit(_MOST_NAMED)).all()
    named = ", ".join(f"#{row.id} “{row.name}”" for row in rows)
    more = f" and {count - len(rows)} more" if count > len(rows) else ""
    return Trouble(count=count, named=named + more)


def _tasks(trouble: Trouble) -> str:
    return f"{trouble.named} {'is' if trouble.count == 1 else 'are'}"


def _well(tasks: int, beat: tuple[datetime, bool] | None) -> str:
    active = "1 task is active" if tasks == 1 else f"{tasks} tasks are active"
    running = beat is not None and not beat[1]
    return f"All is well: {active}, and {'they are being run' if running else 'nothing is running them now'}."
