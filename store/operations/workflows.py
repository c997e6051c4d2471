"""Workflows: tasks under one name, looked at and handled together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from croncierge.errors import Conflict, NotAllowed, NotFound, Unclear
from store import limits
from store.audit import Entity, record, snapshot
from store.edges import with_prerequisites
from store.matching import score, significant
from store.operations.control import pause_row, resume_row
from store.permissions import acting_user, concerns, editable_task
from store.rows import run_info
from store.session import Store
from store.standing import Step, WorkflowStatus, standing, steps
from store.tables import Dependency, Run, Task, User, Workflow
from store.values import Actor, RunInfo, TaskInfo
from store.workflow_names import workflow_named

_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class WorkflowInfo:
    """A workflow as the actor sees it: only tasks that are listed for them. Instants are aware UTC.

    steps: its tasks, each below what it waits for. status: what the latest run of each task amounts to; stopped: what
    stopped it, in words. paused: how many tasks are paused. next_run_at: its next start.
    """

    id: int
    name: str
    status: WorkflowStatus
    stopped: str | None
    paused: int
    next_run_at: datetime | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class WorkflowChange:
    """What was done to a workflow. tasks: the titles of those it was done to; left: of those that are over."""

    workflow: WorkflowInfo
    tasks: tuple[str, ...]
    left: tuple[str, ...] = ()


def list_workflows(store: Store, actor: Actor) -> list[WorkflowInfo]:
    """The workflows that have tasks which are listed for the actor, by their names."""
    with store.read() as session:
        return _workflows(session, acting_user(session, actor))


def show_workflow(store: Store, actor: Actor, words: str) -> WorkflowInfo:
    """The workflow that words of its name mean. Raises NotFound, or Unclear when they could mean several."""
    with store.read() as session:
        return _meant(session, acting_user(session, actor), words)


def name_workflow(store: Store, actor: Actor, task_id: int, name: str | None, *, alone: bool = False) -> list[TaskInfo]:
    """Put a task, and what is tied to it by dependencies, into the workflow of that name, which is made if need be.

    None takes them out of theirs. alone: only the task itself. What carries another name than the task keeps it, and
    so does what the actor may not change. Gives the tasks that changed. Raises NotFound, NotAllowed, InvalidInput.
    """
    with store.write() as session:
        user = acting_user(session, actor)
        first = editable_task(session, user, task_id)
        rows = [first] if alone else _tied(session, user, first)
        return _put(session, actor, [row for row in rows if row.workflow_id in (None, first.workflow_id)], name, store)


def rename_workflow(store: Store, actor: Actor, words: str, name: str) -> WorkflowInfo:
    """Call a workflow differently.

    Raises NotFound, Unclear, NotAllowed when it is somebody else's, Conflict when there is one of that name,
    InvalidInput.
    """
    name = limits.one_line("workflow", name, limits.TITLE)
    with store.write() as session:
        user = acting_user(session, actor)
        found = _meant(session, user, words)
        row = session.get_one(Workflow, found.id)
        if row.owner_id != user.id and not user.is_admin:
            raise NotAllowed(f"Only the owner of the workflow “{row.name}” can rename it.", field="workflow")
        _make_room(session, row, name)
        before = snapshot(row)
        row.name = name
        session.flush()
        now = store.clock.now()
        record(session, actor, now, "rename_workflow", Entity.WORKFLOW, found.id, before=before, after=snapshot(row))
        return _again(session, user, found)


def pause_workflow(store: Store, actor: Actor, words: str, note: str | None = None) -> WorkflowChange:
    """Pause all tasks of a workflow that are active, or none. note: why.

    Raises NotFound, Unclear, NotAllowed when one of them may not be changed, InvalidInput for a note too long.
    """
    note = limits.several_lines("note", note or "", limits.NOTE).strip()
    with store.write() as session:
        user, now = acting_user(session, actor), store.clock.now()
        found = _meant(session, user, words)
        rows = [editable_task(session, user, step.task.id) for step in found.steps if step.task.is_active]
        for row in rows:
            pause_row(session, actor, row, note, now)
        change = WorkflowChange(workflow=_again(session, user, found), tasks=tuple(row.name for row in rows))
    store.changed()
    return change


def resume_workflow(store: Store, actor: Actor, words: str) -> WorkflowChange:
    """Let all paused tasks of a workflow go on from their next occurrence; those whose time is over are left.

    Raises NotFound, Unclear, NotAllowed when one of them may not be changed.
    """
    with store.write() as session:
        user, now = acting_user(session, actor), store.clock.now()
        found = _meant(session, user, words)
        paused = [step.task.id for step in found.steps if step.task.pause_note is not None]
        rows = [editable_task(session, user, task_id) for task_id in paused]
        resumed = [(row.name, resume_row(session, actor, row, now)) for row in rows]
        change = WorkflowChange(
            workflow=_again(session, user, found),
            tasks=tuple(title for title, goes_on in resumed if goes_on),
            left=tuple(title for title, goes_on in resumed if not goes_on),
        )
    store.changed()
    return change


def _workflows(session: Session, user: User) -> list[WorkflowInfo]:
    there = sa.and_(concerns(user), col(Task.deleted_at).is_(None), col(Task.workflow_id).is_not(None))
    rows = session.exec(select(Task).where(there).order_by(col(Task.id))).all()
    by_workflow: dict[int, list[TaskInfo]] = {}
    for row, task in zip(rows, with_prerequisites(session, rows), strict=True):
        by_workflow.setdefault(row.workflow_id or 0, []).append(task)
    last = _latest_runs(session, there) if rows else {}
    names = session.exec(select(Workflow).where(col(Workflow.id).in_(by_workflow)).order_by(col(Workflow.name)))
    return [_info(each, by_workflow[each.id or 0], last) for each in names]


def _latest_runs(session: Session, tasks: sa.ColumnElement[bool]) -> dict[int, RunInfo]:
    """The latest run of each of these tasks that has one."""
    latest = (
        select(sa.func.max(Run.run_id))
        .where(col(Run.task_id).in_(select(Task.id).where(tasks)))
        .group_by(col(Run.task_id))
    )
    rows = session.exec(
        select(Run, Task.name).join(Task, col(Task.id) == Run.task_id).where(col(Run.run_id).in_(latest))
    )
    return {run.task_id: run_info(run, title) for run, title in rows}


def _info(row: Workflow, tasks: Sequence[TaskInfo], last: Mapping[int, RunInfo]) -> WorkflowInfo:
    status, stopped = standing(tasks, last)
    due = [task.next_run_at for task in tasks if task.is_active and task.next_run_at is not None]
    return WorkflowInfo(
        id=row.id or 0,
        name=row.name,
        status=status,
        stopped=stopped,
        paused=sum(task.pause_note is not None for task in tasks),
        next_run_at=min(due, default=None),
        steps=tuple(steps(tasks, last)),
    )


def _meant(session: Session, user: User, words: str) -> WorkflowInfo:
    known = _workflows(session, user)
    exact = [each for each in known if each.name.casefold() == words.strip().casefold()]
    wanted = significant(words[: limits.WORDS])
    found = exact or [each for each in known if score(each.name, wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        names = [f"“{each.name}”" for each in found[:_MOST_NAMED]]
        raise Unclear(f"Which workflow do you mean: {' or '.join(names)}?", choices=names, field="workflow")
    have = ", ".join(f"“{each.name}”" for each in known[:_MOST_NAMED]) or "none"
    raise NotFound(f"There is no workflow like “{words}”; you have {have}.", field="workflow")


def _make_room(session: Session, row: Workflow, name: str) -> None:
    """Raises Conflict when the owner has another workflow of that name; an empty one is removed."""
    other = session.exec(
        select(Workflow).where(Workflow.owner_id == row.owner_id, Workflow.name == name, Workflow.id != row.id)
    ).first()
    if other is None:
        return
    if session.exec(select(Task.id).where(Task.workflow_id == other.id).limit(1)).first() is not None:
        raise Conflict(f"There is a workflow “{name}” already; choose another name.", field="workflow")
    session.delete(other)
    session.flush()


def _again(session: Session, user: User, found: WorkflowInfo) -> WorkflowInfo:
    session.flush()
    return next(each for each in _workflows(session, user) if each.id == found.id)


def _tied(session: Session, user: User, first: Task) -> list[Task]:
    """The task and all that hang together with it and are there and the user's to change."""
    known, layer = {first.id}, [first.id]
    while layer:
        edges = session.exec(
            select(Dependency.task_id, Dependency.depends_on_task_id).where(
                sa.or_(col(Dependency.task_id).in_(layer), col(Dependency.depends_on_task_id).in_(layer))
            )
        )
        layer = list({task for edge in edges for task in edge} - known)
        known.update(layer)
    rows = session.exec(select(Task).where(col(Task.id).in_(known), col(Task.deleted_at).is_(None), concerns(user)))
    return [editable_task(session, user, row.id or 0) for row in rows if row.owner_id == first.owner_id]


def _put(session: Session, actor: Actor, rows: Iterable[Task], name: str | None, store: Store) -> list[TaskInfo]:
    """Give tasks the workflow of that name, which is their owner's."""
    if name is not None:
        name = limits.one_line("workflow", name, limits.TITLE)
    now, changed = store.clock.now(), list[Task]()
    for row in rows:
        before = snapshot(row)
        row.workflow_id = workflow_named(session, row.owner_id, name, now) if name is not None else None
        if snapshot(row) == before:
            continue
        row.updated_at, row.last_modified_by = now, actor.user_id
        record(session, actor, now, "edit_task", Entity.TASK, row.id or 0, before=before, after=snapshot(row))
        changed.append(row)
    session.flush()
    return with_prerequisites(session, changed)
