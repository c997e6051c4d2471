"""What a run can read when it starts: the results of what came before it, and the event that started it."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from store.session import Store
from store.status import ENDED, RunStatus
from store.tables import Dependency, Event, Run, Task, User

_WORD = re.compile(r"[^\W_]+")


def inputs_of(store: Store, run_id: int) -> dict[str, Any]:
    """The values that the templates of a run's payload can name.

    results: of each prerequisite, by its title in small letters with underscores ("fetch_prices") and as `task_3`: its
    run in the same start, or else its latest one that ended. Its status, reason and error are in it, too.
    event: its name and data, for a run that an event started. run: its own id, scheduled_time and attempt.
    task: its own id and title. last: the latest result of the task itself, or nothing in it.
    """
    with store.read() as session:
        run = session.get_one(Run, run_id)
        task = session.get_one(Task, run.task_id)
        event = session.get(Event, run.event_id) if run.event_id is not None else None
        return {
            "results": _results(session, run),
            "event": {"name": event.name, "data": event.data, "at": event.at} if event else {},
            "run": {"id": run.run_id, "scheduled_time": run.scheduled_time, "attempt": run.attempt},
            "task": {"id": task.id, "title": task.name},
            "last": _last(session, run),
        }


def owner_name(store: Store, run_id: int) -> str:
    """Whose run it is."""
    with store.read() as session:
        owned = (
            select(User.name).join(Task, col(Task.owner_id) == col(User.id)).join(Run, col(Run.task_id) == col(Task.id))
        )
        return session.exec(owned.where(Run.run_id == run_id)).one()


def slug(title: str) -> str:
    """A title as a name in a template."""
    return "_".join(_WORD.findall(title.lower())) or "task"


def _results(session: Session, run: Run) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    edges = select(Task.id, Task.name).join(Dependency, col(Dependency.depends_on_task_id) == col(Task.id))
    for task_id, title in session.exec(edges.where(Dependency.task_id == run.task_id).order_by(col(Task.id))).all():
        ended = _ended_run(session, task_id, run.workflow_run_id)
        if ended is not None:
            state = {"status": ended.status.value, "reason": ended.reason, "error": ended.error_message}
            found[f"task_{task_id}"] = found[slug(title)] = {**state, **(ended.result or {})}
    return found


def _ended_run(session: Session, task_id: int | None, workflow: int | None) -> Run | None:
    ended = select(Run).where(Run.task_id == task_id, col(Run.status).in_(ENDED)).order_by(col(Run.run_id).desc())
    if workflow is not None:
        here = sa.or_(col(Run.workflow_run_id) == workflow, col(Run.run_id) == workflow)
        run = session.exec(ended.where(here)).first()
        if run is not None:
            return run
    return session.exec(ended).first()


def _last(session: Session, run: Run) -> Mapping[str, Any]:
    before = select(Run).where(Run.task_id == run.task_id, Run.status == RunStatus.COMPLETED, Run.run_id != run.run_id)
    last = session.exec(before.order_by(col(Run.run_id).desc())).first()
    return {"result": last.result or {}, "at": last.end_time} if last else {"result": {}, "at": None}
