"""The story of a tree of AI runs, from the record: what was planned, done, asked, spent and concluded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from store.kinds import ApprovalStatus
from store.moves import RUNS, table_of
from store.operations.budgets import Spent, stands
from store.operations.history import visible_run
from store.session import Store
from store.status import RunStatus
from store.tables import AiRun, Approval, Budget, Run, Subtask, Task, Transcript
from store.values import Actor

_AI_RUNS, _SUBTASKS, _TASKS, _BUDGETS = table_of(AiRun), table_of(Subtask), table_of(Task), table_of(Budget)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a model said. prompts: the versions of the texts it was given. cost: in millionths of a dollar."""

    at: datetime
    attempt: int
    model: str
    prompts: Mapping[str, str]
    text: str
    calls: Sequence[Mapping[str, Any]]
    tokens_in: int
    tokens_out: int
    cost: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call that needed a person's yes."""

    id: int
    at: datetime
    tool: str
    why: str
    status: ApprovalStatus
    decided_at: datetime | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One run of a tree, with those of its parts. run_id, status: None for a part that has not had a run yet.

    result: what the run gave. calls: the tools that it called and how that went. outside: whether text from outside was
    read in it.
    """

    run_id: int | None
    task_id: int
    title: str
    action_type: str
    depth: int
    status: RunStatus | None
    reason: str | None
    start_time: datetime | None
    end_time: datetime | None
    outside: bool
    plan: Sequence[str]
    answers: Sequence[Answer]
    asked: Sequence[Asked]
    result: Mapping[str, Any]
    parts: Sequence["Chapter"]


@dataclass(frozen=True, kw_only=True)
class Story:
    """A run that a model carried out, and all below it. budget: of the whole tree it belongs to."""

    root_run_id: int
    budget: Spent
    run: Chapter


def story_of(store: Store, actor: Actor, run_id: int) -> Story | None:
    """The story of an AI run; None for a run that no model carried out. Raises NotFound as `get_run` does."""
    with store.read() as session:
        run, task = visible_run(session, actor, run_id)
        mine = session.get(AiRun, run_id)
        if mine is None:
            return None
        budget = session.connection().execute(sa.select(_BUDGETS).where(_BUDGETS.c.root_run_id == mine.root_run_id))
        told = _chapter(session, run, task, 0)
        return Story(root_run_id=mine.root_run_id, budget=stands(budget.one()), run=told)


def _chapter(session: Session, run: Run | None, task: Task, depth: int) -> Chapter:
    run_id = run.run_id if run else None
    ai = session.get(AiRun, run_id) if run_id is not None else None
    return Chapter(
        run_id=run_id,
        task_id=task.id or 0,
        title=task.name,
        action_type=task.action_type,
        depth=depth,
        status=run.status if run else None,
        reason=run.reason if run else None,
        start_time=run.start_time if run else None,
        end_time=run.end_time if run else None,
        outside=ai is not None and ai.tainted,
        plan=tuple(ai.plan) if ai else (),
        answers=_answers(session, run_id) if ai else (),
        asked=_asked(session, run_id) if ai else (),
        result=dict(run.result or {}) if run else {},
        parts=_parts(session, run_id, depth) if ai else (),
    )


def _parts(session: Session, run_id: int | None, depth: int) -> tuple[Chapter, ...]:
    here = sa.and_(RUNS.c.task_id == _TASKS.c.id, RUNS.c.workflow_run_id == run_id)
    rows = session.execute(
        sa.select(Task, Run)
        .join(_SUBTASKS, _SUBTASKS.c.task_id == _TASKS.c.id)
        .outerjoin(Run, here)
        .where(_SUBTASKS.c.parent_run_id == run_id, _TASKS.c.deleted_at.is_(None))
        .order_by(_TASKS.c.id)
    ).all()
    return tuple(_chapter(session, run, task, depth + 1) for task, run in rows)


def _answers(session: Session, run_id: int | None) -> tuple[Answer, ...]:
    rows = session.exec(select(Transcript).where(Transcript.run_id == run_id).order_by(col(Transcript.id))).all()
    return tuple(
        Answer(
            at=row.at,
            attempt=row.attempt,
            model=row.request["model"],
            prompts=row.request.get("prompts", {}),
            text=said.get("text", ""),
            calls=said.get("tool_calls", ()),
            tokens_in=said.get("tokens_in", 0),
            tokens_out=said.get("tokens_out", 0),
            cost=said.get("cost", 0),
            seconds=said.get("seconds", 0.0),
        )
        for row in rows
        if "model" in row.request and (said := row.response or {}) is not None
    )


def _asked(session: Session, run_id: int | None) -> tuple[Asked, ...]:
    rows = session.exec(select(Approval).where(Approval.run_id == run_id).order_by(col(Approval.id))).all()
    return tuple(
        Asked(
            id=row.id or 0,
            at=row.created_at,
            tool=row.tool,
            why=row.why,
            status=row.status,
            decided_at=row.decided_at,
            note=row.note,
        )
        for row in rows
    )
