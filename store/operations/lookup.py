"""Finding tasks."""

from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from croncierge.errors import NotFound
from schedules.occurrences import next_after
from store import limits, matching
from store.edges import info, with_prerequisites
from store.permissions import acting_user, concerns, visible_task
from store.rows import task_schedule
from store.session import Store
from store.tables import Task, User
from store.values import Actor, TaskInfo

_MOST_FOUND = 100
_MOST_COMPARED = 20_000
_AT_ONCE = 200


def get_task(store: Store, actor: Actor, task_id: int, *, include_deleted: bool = False) -> TaskInfo:
    """The task with that id. Raises NotFound, also when it is somebody else's."""
    with store.read() as session:
        user = acting_user(session, actor)
        return info(session, visible_task(session, user, task_id, include_deleted=include_deleted))


def find_tasks(store: Store, actor: Actor, words: str, *, include_inactive: bool = True) -> list[TaskInfo]:
    """The tasks that words mean, best first: "#12" or "12" the id, others titles that contain every word that matters.

    Words may be inflected or cut short; when nothing fits, they may be misspelt.
    """
    words = words[: limits.WORDS]
    named = matching.task_id(words)
    with store.read() as session:
        user = acting_user(session, actor)
        if named is not None:
            task_id, certainly = named
            try:
                task = visible_task(session, user, task_id)
            except NotFound:
                if certainly:
                    return []
            else:
                return [info(session, task)] if task.is_active or include_inactive else []
        return with_prerequisites(session, _by_title(session, user, words, include_inactive))


def list_tasks(
    store: Store,
    actor: Actor,
    *,
    active: bool | None = None,
    text: str | None = None,
    due: tuple[datetime, datetime] | None = None,
    limit: int = 100,
) -> list[TaskInfo]:
    """The actor's tasks and those shared with them, the next due first, those that are not due last.

    active: only active ones, or only paused and finished ones. text: only those whose title has the words that matter.
    due: only those whose schedule has an occurrence in this range, start included, end not.
    """
    with store.read() as session:
        user = acting_user(session, actor)
        query = _listed(user, include_inactive=active is not True)
        if active is False:
            query = query.where(sa.not_(col(Task.is_active)))
        if due is not None and due[0] >= store.clock.now():
            # Ahead of now an active task has no occurrence before its next one.
            query = query.where(sa.or_(sa.not_(col(Task.is_active)), col(Task.next_run_at) < due[1]))
        if text is None and due is None:
            query = query.limit(max(limit, 0))
        wanted = matching.significant(text[: limits.WORDS]) if text is not None else None
        # A few rows at a time, because most often the first ones are enough.
        rows = session.exec(query.order_by(*_SOONEST), execution_options={"yield_per": _AT_ONCE})
        fitting = (
            row
            for row in rows
            if (wanted is None or matching.score(row.name, wanted)) and (due is None or _is_due(row, *due))
        )
        found = list(islice(fitting, max(limit, 0)))
        rows.close()
        return with_prerequisites(session, found)


_SOONEST = (col(Task.next_run_at).is_(None), col(Task.next_run_at), col(Task.id))


def _listed(user: User, *, include_inactive: bool) -> SelectOfScalar[Task]:
    query = select(Task).where(concerns(user), col(Task.deleted_at).is_(None))
    return query if include_inactive else query.where(col(Task.is_active))


def _is_due(row: Task, start: datetime, end: datetime) -> bool:
    schedule = task_schedule(row)
    if schedule is None:
        return False
    first = next_after(schedule, start - _INSTANT)
    return first is not None and first < end


_INSTANT = datetime.resolution


def _by_title(session: Session, user: User, words: str, include_inactive: bool) -> list[Task]:
    wanted = matching.significant(words)
    if not wanted:
        return []
    titles = select(Task.id, Task.name).where(concerns(user), col(Task.deleted_at).is_(None))
    if not include_inactive:
        titles = titles.where(col(Task.is_active))
    # The database narrows it down by what it compares as we do: letters without accents.
    plain = [col(Task.name).icontains(stem, autoescape=True) for stem in wanted if stem.isascii()]
    scored = {id: matching.score(name, wanted) for id, name in session.exec(titles.where(*plain))}
    if not any(scored.values()):
        latest = titles.order_by(col(Task.id).desc()).limit(_MOST_COMPARED)
        scored = {id: matching.score(name, wanted, misspelt=True) for id, name in session.exec(latest)}
    best = sorted((id for id in scored if scored[id]), key=lambda id: -scored[id])[:_MOST_FOUND]
    rows = session.exec(select(Task).where(col(Task.id).in_(best)))
    return sorted(
        rows,
        key=lambda row: (
            -scored[row.id],
            not row.is_active,
            row.next_run_at is None,
            row.next_run_at or row.created_at,
        ),
    )
