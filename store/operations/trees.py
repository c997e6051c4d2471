"""Trees of AI runs: what a run has made, what it waits for, and when it may go on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from croncierge.errors import Conflict, InvalidInput, NotFound
from store.audit import Entity
from store.kinds import ApprovalStatus, Trigger
from store.matching import score, significant
from store.moves import RUNS, add_runs, new_run, table_of
from store.operations.budgets import Exhausted, Limits, open_budget, spend
from store.operations.tasks import insert_tasks
from store.permissions import acting_user
from store.session import Store
from store.status import ENDED, RunStatus
from store.tables import AiRun, Approval, AuditEntry, Budget, Subtask, Task, User
from store.values import Actor, Prerequisite, TaskSpec

_AI_RUNS, _SUBTASKS, _APPROVALS = table_of(AiRun), table_of(Subtask), table_of(Approval)
_BUDGETS, _TASKS, _AUDIT, _USERS = table_of(Budget), table_of(Task), table_of(AuditEntry), table_of(User)

AI = "ai"
"""`Actor.via` of what an AI run does on behalf of its owner."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an AI run stands in its tree. words: what its owner said, in which nothing from outside can stand.

    depth: 0 for the first run. steps: answers of the model in this entry. seconds: from the tree's beginning to its
    deadline, which is aware UTC. new: whether it has been given this place just now.
    """

    run_id: int
    root_run_id: int
    depth: int
    most_depth: int
    tainted: bool
    waits: int
    steps: int
    seconds: int
    deadline: datetime
    owner: str
    words: str
    new: bool


@dataclass(frozen=True, kw_only=True)
class Child:
    """A part of an AI run's work. status: None before it has a run. outside: it may carry text from outside."""

    task_id: int
    title: str
    action_type: str
    status: RunStatus | None
    reason: str | None
    result: Mapping[str, Any] | None
    outside: bool

    @property
    def ended(self) -> bool:
        return self.status in ENDED


def take_place(store: Store, run_id: int, task_id: int, owner_id: UUID, limits: Limits, *, tainted: bool) -> Place:
    """Where a run stands; at first it gets its place, and the first of a tree its budget.

    Raises Exhausted for one that is deeper than its tree may be.
    """
    now = store.clock.now()
    with store.writing() as connection:
        new: dict[str, Any] | None = None
        row = connection.execute(sa.select(_AI_RUNS).where(_AI_RUNS.c.run_id == run_id)).first()
        if row is None:
            parent = connection.execute(_PARENT, {"task": task_id}).first()
            joins = parent is not None and parent.status not in ENDED
            new = {
                "run_id": run_id,
                "root_run_id": parent.root_run_id if parent and joins else run_id,
                "depth": parent.depth + 1 if parent and joins else 0,
                "tainted": tainted or bool(parent and parent.tainted),
                "waits": 0,
                "plan": [],
            }
            connection.execute(sa.insert(_AI_RUNS).values(new))
            if not joins:  # also of a part of a run that has ended, when a person starts it again
                open_budget(connection, run_id, owner_id, limits, now)
            row = connection.execute(sa.select(_AI_RUNS).where(_AI_RUNS.c.run_id == run_id)).one()
        budget = connection.execute(sa.select(_BUDGETS).where(_BUDGETS.c.root_run_id == row.root_run_id)).one()
        owner = connection.execute(sa.select(_USERS.c.name).where(_USERS.c.id == owner_id)).scalar_one()
        words = _words(connection, row.root_run_id)
    if row.depth > budget.depth:
        raise Exhausted(f"AI tasks may be nested {budget.depth} deep here, and this one is deeper.", field="depth")
    return Place(
        run_id=run_id,
        root_run_id=row.root_run_id,
        depth=row.depth,
        most_depth=budget.depth,
        tainted=row.tainted,
        waits=row.waits,
        steps=budget.steps,
        seconds=budget.seconds,
        deadline=budget.deadline,
        owner=owner,
        words=words,
        new=new is not None,
    )


_ROOT = RUNS.alias()
_PARENT = (
    sa.select(_AI_RUNS, _ROOT.c.status)
    .join(_SUBTASKS, _SUBTASKS.c.parent_run_id == _AI_RUNS.c.run_id)
    .join(_ROOT, _ROOT.c.run_id == _AI_RUNS.c.root_run_id)
    .where(_SUBTASKS.c.task_id == sa.bindparam("task"))
)


def begin_entry(store: Store, place: Place) -> Place:
    """Pay for one more entry into the model; where it stands then. Raises Exhausted."""
    with store.writing() as connection:
        spend(connection, place.root_run_id, store.clock.now(), entries=1)
        connection.execute(sa.update(_AI_RUNS).where(_AI_RUNS.c.run_id == place.run_id).values(waits=0))
    return replace(place, waits=0)


def pay(store: Store, root_run_id: int, **amounts: int) -> None:
    """`spend` in a transaction of its own. Raises Exhausted."""
    with store.writing() as connection:
        spend(connection, root_run_id, store.clock.now(), **amounts)


def taint(store: Store, run_id: int) -> None:
    """Text from outside is about to be read in this run."""
    _note(store, run_id, tainted=True)


def is_tainted(store: Store, run_id: int) -> bool:
    """Whether text from outside was read in this run."""
    with store.reading() as connection:
        return bool(connection.execute(sa.select(_AI_RUNS.c.tainted).where(_AI_RUNS.c.run_id == run_id)).scalar())


def plan_of(store: Store, run_id: int) -> list[str]:
    """What the run means to do, in words."""
    with store.reading() as connection:
        return list(connection.execute(sa.select(_AI_RUNS.c.plan).where(_AI_RUNS.c.run_id == run_id)).scalar_one())


def keep_plan(store: Store, run_id: int, steps: Sequence[str]) -> None:
    """What the run means to do, in words."""
    _note(store, run_id, plan=list(steps))


def count_wait(store: Store, place: Place) -> None:
    """It was entered while nothing it waits for had ended."""
    _note(store, place.run_id, waits=place.waits + 1)


def spawn(
    store: Store, actor: Actor, run_id: int, spec: TaskSpec, after: Sequence[str], call_id: str
) -> tuple[int, str]:
    """Make a subtask of an AI run, pay for it and start it, or let it wait for others of the same run.

    after: words of the titles of those. call_id: of the call that asks for it; a repetition changes nothing.
    Gives its id and title. Raises Exhausted, InvalidInput, NotFound, Conflict for a run that has ended.
    """
    key = f"{AI}:{run_id}:{call_id}"
    with store.write() as session:
        user, now, connection = acting_user(session, actor), store.clock.now(), session.connection()
        made = sa.select(_TASKS.c.id, _TASKS.c.name).where(
            _TASKS.c.owner_id == user.id, _TASKS.c.idempotency_key == key
        )
        known = connection.execute(made).first()
        if known is not None:
            return known.id, known.name
        parent = sa.select(_AI_RUNS.c.root_run_id, RUNS.c.status).join(RUNS, RUNS.c.run_id == _AI_RUNS.c.run_id)
        root, status = connection.execute(parent.where(RUNS.c.run_id == run_id).with_for_update()).one()
        if status in ENDED:
            raise Conflict(f"The run has ended: it was {status.value}; nothing can be started for it.", field="run")
        spend(connection, root, now, subtasks=1)
        needed = _prerequisites(session, run_id, after)
        waits_for = tuple(Prerequisite(task_id=each.task_id) for each in needed)
        (task,) = insert_tasks(
            session, connection, actor, user, now, [_with(spec, key, waits_for)], store.accept_action
        )
        connection.execute(sa.insert(_SUBTASKS).values(task_id=task.id, parent_run_id=run_id))
        if all(each.ended for each in needed):
            first = new_run(
                task.id, status=RunStatus.PENDING, scheduled_time=now, now=now, triggered_by=Trigger.DEPENDENCY,
                workflow_run_id=run_id,
            )  # fmt: skip
            add_runs(connection, [first], now)
    store.changed()
    return task.id, task.title


def children(store: Store, run_id: int) -> list[Child]:
    """The parts of a run's work in the order in which they were made, with how they went."""
    with store.reading() as connection:
        return _children(connection, run_id)


def ready(connection: sa.Connection, runs: Collection[int]) -> list[int]:
    """Those of these AI runs that wait for nothing any more: neither for parts of their work nor for a person."""
    return list(connection.execute(_FREE, {"runs": list(runs)}).scalars()) if runs else []


def ready_parents(connection: sa.Connection, tasks: Collection[int]) -> list[int]:
    """The AI runs that wait for nothing any more, now that runs of these tasks have ended."""
    parents = connection.execute(_PARENTS, {"tasks": list(tasks)}).scalars().all() if tasks else []
    return ready(connection, parents)


_LATER = RUNS.alias()
_OPEN_CHILD = sa.exists().where(
    _SUBTASKS.c.parent_run_id == _AI_RUNS.c.run_id,
    _TASKS.c.id == _SUBTASKS.c.task_id,
    _TASKS.c.deleted_at.is_(None),
    sa.not_(
        sa.exists().where(
            _LATER.c.task_id == _SUBTASKS.c.task_id,
            _LATER.c.workflow_run_id == _SUBTASKS.c.parent_run_id,
            _LATER.c.status.in_(list(ENDED)),
        )
    ),
)
_OPEN_QUESTION = sa.exists().where(
    _APPROVALS.c.run_id == _AI_RUNS.c.run_id, _APPROVALS.c.status == ApprovalStatus.PENDING
)
_FREE = sa.select(_AI_RUNS.c.run_id).where(
    _AI_RUNS.c.run_id.in_(sa.bindparam("runs", expanding=True)), sa.not_(_OPEN_CHILD), sa.not_(_OPEN_QUESTION)
)
_PARENTS = (
    sa.select(_SUBTASKS.c.parent_run_id)
    .where(_SUBTASKS.c.task_id.in_(sa.bindparam("tasks", expanding=True)))
    .distinct()
)


def _children(connection: sa.Connection, run_id: int) -> list[Child]:
    rows = connection.execute(
        sa.select(
            _TASKS.c.id, _TASKS.c.name, _TASKS.c.action_type, RUNS.c.status, RUNS.c.reason, RUNS.c.result,
            _AI_RUNS.c.tainted,
        )
        .join(_SUBTASKS, _SUBTASKS.c.task_id == _TASKS.c.id)
        .outerjoin(RUNS, sa.and_(RUNS.c.task_id == _TASKS.c.id, RUNS.c.workflow_run_id == run_id))
        .outerjoin(_AI_RUNS, _AI_RUNS.c.run_id == RUNS.c.run_id)
        .where(_SUBTASKS.c.parent_run_id == run_id, _TASKS.c.deleted_at.is_(None))
        .order_by(_TASKS.c.id)
    )  # fmt: skip
    return [
        Child(
            task_id=row.id,
            title=row.name,
            action_type=row.action_type,
            status=row.status,
            reason=row.reason,
            result=row.result,
            # An AI run knows what it has read; what any other action brings comes from outside.
            outside=bool(row.tainted) if row.tainted is not None else row.action_type != "notify",
        )
        for row in rows
    ]


def _prerequisites(session: Session, run_id: int, after: Sequence[str]) -> Sequence[Child]:
    """The subtasks that these words mean, each once. Raises NotFound, Conflict."""
    connection = session.connection()
    mine = _children(connection, run_id)
    # Whoever ends one of them meanwhile has to wait, and then finds what waits for it.
    connection.execute(sa.select(RUNS.c.run_id).where(RUNS.c.workflow_run_id == run_id).with_for_update()).all()
    needed = {child.task_id: child for child in (_meant(mine, words) for words in after)}
    for child in needed.values():
        if child.ended and child.status is not RunStatus.COMPLETED:
            raise Conflict(
                f"The subtask “{child.title}” ended as {child.status}; nothing can wait for it any more.", field="after"
            )
    return list(needed.values())


def _meant(mine: Sequence[Child], words: str) -> Child:
    number = words.strip().removeprefix("#")
    exact = [each for each in mine if str(each.task_id) == number or each.title.casefold() == words.strip().casefold()]
    found = exact or [each for each in mine if score(each.title, significant(words), misspelt=False)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"#{each.task_id} “{each.title}”" for each in mine) or "none yet"
    if not found:
        raise NotFound(
            f"There is no subtask {words!r} of this run; there are: {known}. What comes first is started first, and "
            "without `after`.",
            field="after",
        )
    raise InvalidInput(f"{words!r} could be several subtasks; say the number: {known}.", field="after")


def _with(spec: TaskSpec, key: str, waits_for: tuple[Prerequisite, ...]) -> TaskSpec:
    return replace(spec, idempotency_key=key, depends_on=waits_for)


def _words(connection: sa.Connection, root_run_id: int) -> str:
    """What the owner of the first task of a tree said of it; nothing, if an AI run had a hand in it."""
    row = connection.execute(
        sa.select(_TASKS.c.id, _TASKS.c.name, _TASKS.c.description, _TASKS.c.action_payload)
        .join(RUNS, RUNS.c.task_id == _TASKS.c.id)
        .where(RUNS.c.run_id == root_run_id)
    ).one()
    by_ai = sa.select(_AUDIT.c.id).where(
        _AUDIT.c.entity == Entity.TASK.value, _AUDIT.c.entity_id == str(row.id), _AUDIT.c.via == AI
    )
    if connection.execute(by_ai.limit(1)).first() is not None:
        return ""
    return said(row.name, row.description, row.action_payload)


def said(*parts: Any) -> str:
    """All text in these values, each on a line of its own."""
    lines: list[str] = []
    for part in parts:
        match part:
            case str():
                lines.append(part)
            case Mapping():
                lines.append(said(*part.values()))
            case list() | tuple():
                lines.append(said(*part))
            case bool() | None:
                pass
            case int() | float():
                lines.append(str(part))
    return "\n".join(line for line in lines if line)


def _note(store: Store, run_id: int, **columns: Any) -> None:
    with store.writing() as connection:
        connection.execute(sa.update(_AI_RUNS).where(_AI_RUNS.c.run_id == run_id).values(columns))
