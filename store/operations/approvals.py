"""A person's yes or no to one exact call of a tool, which an AI run waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from croncierge.errors import Conflict, NotFound
from store import limits
from store.audit import Entity, record
from store.kinds import ApprovalStatus
from store.moves import table_of
from store.operations.deliveries import Message, queue_messages
from store.operations.runs import resume_runs
from store.operations.trees import ready
from store.permissions import acting_user
from store.session import Store
from store.tables import AiRun, Approval, Budget, Run, Task, User
from store.values import Actor

_APPROVALS, _AI_RUNS, _BUDGETS = table_of(Approval), table_of(AiRun), table_of(Budget)

PATIENCE = timedelta(hours=24)
"""How long a call waits for a person before it counts as refused."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A call that needs a yes. why: the reason for asking, for the person."""

    call_id: str
    tool: str
    arguments: Mapping[str, Any]
    why: str


@dataclass(frozen=True, kw_only=True)
class ApprovalInfo:
    """A call that a person decides about. arguments: as they will be used, so as edited. Instants are aware UTC."""

    id: int
    run_id: int
    call_id: str
    title: str
    tool: str
    arguments: Mapping[str, Any]
    why: str
    status: ApprovalStatus
    created_at: datetime
    expires_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    note: str | None
    used: bool


def ask_for(store: Store, run_id: int, questions: Sequence[Question]) -> list[ApprovalInfo]:
    """Ask the owner of a run about calls, and tell them so; what was asked before is not asked again."""
    with store.write() as session:
        connection, now = session.connection(), store.clock.now()
        task = session.exec(select(Task).join(Run, col(Run.task_id) == Task.id).where(Run.run_id == run_id)).one()
        known = {each.call_id for each in session.exec(select(Approval).where(Approval.run_id == run_id))}
        for question in questions:
            if question.call_id in known:
                continue
            row = Approval(
                run_id=run_id,
                call_id=question.call_id,
                owner_id=task.owner_id,
                tool=question.tool,
                arguments=dict(question.arguments),
                why=question.why,
                status=ApprovalStatus.PENDING,
                created_at=now,
                expires_at=now + PATIENCE,
            )
            session.add(row)
            session.flush()
            text = (
                f"“{task.name}” asks to call {question.tool} ({question.why}); "
                f"`croncierge approvals show {row.id}` shows exactly what."
            )
            message = Message(
                user_id=task.owner_id, task_id=task.id or 0, run_id=run_id, kind=f"approval:{row.id}", text=text
            )
            queue_messages(connection, [message], now)
        asked = _of_run(session, run_id, [question.call_id for question in questions])
    store.changed()
    return asked


def decided(store: Store, run_id: int, calls: Sequence[str]) -> list[ApprovalInfo]:
    """How these calls of a run stand, after those that waited too long were refused."""
    now = store.clock.now()
    with store.write() as session:
        late = (Approval.run_id == run_id, Approval.status == ApprovalStatus.PENDING, col(Approval.expires_at) <= now)
        refused = session.exec(select(Approval).where(*late)).all()
        for row in refused:
            row.status, row.decided_at = ApprovalStatus.EXPIRED, now
        session.flush()
        if refused:
            _tell_late(session, run_id, refused, now)
            _stop_waiting(session.connection(), run_id, min(row.created_at for row in refused), now)
        return _of_run(session, run_id, calls)


def _tell_late(session: Session, run_id: int, refused: Sequence[Approval], now: datetime) -> None:
    task = session.exec(select(Task).join(Run, col(Run.task_id) == Task.id).where(Run.run_id == run_id)).one()
    messages = [
        Message(
            user_id=row.owner_id,
            task_id=task.id or 0,
            run_id=run_id,
            kind=f"expired:{row.id}",
            text=f"Nobody answered in time whether “{task.name}” may call {row.tool}, so it was refused.",
        )
        for row in refused
    ]
    queue_messages(session.connection(), messages, now)


def use(store: Store, approval_id: int) -> bool:
    """Whether an approved call may be carried out now: once, whoever asks, and however often."""
    take = sa.update(_APPROVALS).where(
        _APPROVALS.c.id == approval_id,
        _APPROVALS.c.status == ApprovalStatus.APPROVED,
        _APPROVALS.c.used_at.is_(None),
    )
    with store.writing() as connection:
        return connection.execute(take.values(used_at=store.clock.now())).rowcount == 1


def list_approvals(store: Store, actor: Actor, *, pending: bool = True) -> list[ApprovalInfo]:
    """What the actor may decide, or, with pending false, also what was decided; newest first."""
    with store.read() as session:
        user = acting_user(session, actor)
        query = _QUERY.where(Approval.owner_id == user.id).order_by(col(Approval.id).desc())
        if pending:
            query = query.where(Approval.status == ApprovalStatus.PENDING, col(Approval.expires_at) > store.clock.now())
        return [_info(row, title) for row, title in session.exec(query)]


def get_approval(store: Store, actor: Actor, approval_id: int) -> ApprovalInfo:
    """Raises NotFound, also when it is somebody else's."""
    with store.read() as session:
        return _info(*_visible(session, acting_user(session, actor), approval_id))


def approve(
    store: Store, actor: Actor, approval_id: int, *, arguments: Mapping[str, Any] | None = None, note: str = ""
) -> ApprovalInfo:
    """Let the call be carried out, with other arguments if some are given. Raises NotFound, Conflict, InvalidInput."""
    edited = limits.payload(arguments, "arguments") if arguments is not None else None
    return _decide(store, actor, approval_id, ApprovalStatus.APPROVED, edited, note)


def refuse(store: Store, actor: Actor, approval_id: int, *, note: str = "") -> ApprovalInfo:
    """Do not let the call be carried out; the run goes on without it. Raises NotFound, Conflict."""
    return _decide(store, actor, approval_id, ApprovalStatus.REFUSED, None, note)


def _decide(
    store: Store, actor: Actor, approval_id: int, status: ApprovalStatus, edited: dict[str, Any] | None, note: str
) -> ApprovalInfo:
    note = limits.several_lines("note", note, limits.NOTE)
    with store.write() as session:
        user, now, connection = acting_user(session, actor), store.clock.now(), session.connection()
        row, title = _visible(session, user, approval_id)
        change = {
            "status": status,
            "edited": edited,
            "note": note or None,
            "decided_by": user.id,
            "decided_at": now,
        }
        open_ = sa.and_(
            _APPROVALS.c.id == approval_id,
            _APPROVALS.c.status == ApprovalStatus.PENDING,
            _APPROVALS.c.expires_at > now,
        )
        if connection.execute(sa.update(_APPROVALS).where(open_).values(change)).rowcount == 0:
            how = "its time is over" if row.status is ApprovalStatus.PENDING else f"it was {row.status.value}"
            raise Conflict(f"Approval {approval_id} is not open any more: {how}.", field="approval")
        before: dict[str, Any] = {**dict.fromkeys(change), "status": ApprovalStatus.PENDING}
        record(session, actor, now, "decide", Entity.APPROVAL, approval_id, before=before, after=change)
        _stop_waiting(connection, row.run_id, row.created_at, now)
        resume_runs(connection, ready(connection, [row.run_id]), now)
        session.refresh(row)
        info = _info(row, title)
    store.changed()
    return info


def _stop_waiting(connection: sa.Connection, run_id: int, since: datetime, now: datetime) -> None:
    """The clock of a tree stands still while one of its runs waits for a person."""
    open_ = sa.exists().where(_APPROVALS.c.run_id == run_id, _APPROVALS.c.status == ApprovalStatus.PENDING)
    row = connection.execute(
        sa.select(_BUDGETS.c.root_run_id, _BUDGETS.c.deadline)
        .join(_AI_RUNS, _AI_RUNS.c.root_run_id == _BUDGETS.c.root_run_id)
        .where(_AI_RUNS.c.run_id == run_id, sa.not_(open_))
    ).first()
    if row is not None:
        later = sa.update(_BUDGETS).where(_BUDGETS.c.root_run_id == row.root_run_id)
        connection.execute(later.values(deadline=row.deadline + (now - since)))


_QUERY = (
    select(Approval, Task.name).join(Run, col(Run.run_id) == Approval.run_id).join(Task, col(Task.id) == Run.task_id)
)


def _visible(session: Session, user: User, approval_id: int) -> tuple[Approval, str]:
    found = session.exec(_QUERY.where(Approval.id == approval_id)).first() if 0 < approval_id < 2**63 else None
    if found is None or not (user.is_admin or found[0].owner_id == user.id):
        raise NotFound(
            f"There is no approval {approval_id}; list the approvals to see which there are.", field="approval"
        )
    return found


def _of_run(session: Session, run_id: int, calls: Sequence[str]) -> list[ApprovalInfo]:
    rows = session.exec(_QUERY.where(Approval.run_id == run_id, col(Approval.call_id).in_(calls))).all()
    return [_info(row, title) for row, title in rows]


def _info(row: Approval, title: str) -> ApprovalInfo:
    if row.id is None:
        raise ValueError("an approval that was never stored has no value")
    return ApprovalInfo(
        id=row.id,
        run_id=row.run_id,
        call_id=row.call_id,
        title=title,
        tool=row.tool,
        arguments=row.edited if row.edited is not None else row.arguments,
        why=row.why,
        status=row.status,
        created_at=row.created_at,
        expires_at=row.expires_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        note=row.note,
        used=row.used_at is not None,
    )
