"""The dependencies in the database, as the graph functions and the values want them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa
from sqlmodel import Session, col, select

from store.rows import task_info
from store.tables import Dependency, EventTrigger, Task, Workflow
from store.values import Prerequisite, TaskInfo, TriggerSpec

_TRIGGERS, _WORKFLOWS = EventTrigger.metadata.tables["task_event_triggers"], Workflow.metadata.tables["workflows"]


def prerequisites(session: Session, tasks: Collection[int]) -> Mapping[int, list[int]]:
    """What each of the tasks waits for, deleted ones included, since they may come back."""
    rows = session.exec(
        select(Dependency.task_id, Dependency.depends_on_task_id).where(col(Dependency.task_id).in_(tasks))
    )
    found = defaultdict(list)
    for task, prerequisite in rows:
        found[task].append(prerequisite)
    return found


def lock_graph(session: Session) -> None:
    """Two edges that are added at the same time could close a cycle that neither sees. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("LOCK TABLE task_dependencies IN SHARE ROW EXCLUSIVE MODE"))


def with_prerequisites(session: Session, rows: Iterable[Task]) -> list[TaskInfo]:
    """Tasks as their values, in the same order, with the prerequisites that still count, triggers and workflows."""
    tasks = list(rows)
    if not tasks:
        return []
    waits = defaultdict(list)
    edges = session.exec(
        select(Dependency)
        .join(Task, col(Task.id) == Dependency.depends_on_task_id)
        .where(col(Dependency.task_id).in_([task.id for task in tasks]), col(Task.deleted_at).is_(None))
        .order_by(col(Dependency.depends_on_task_id))
    )
    for edge in edges:
        waits[edge.task_id].append(Prerequisite(task_id=edge.depends_on_task_id, type=edge.dependency_type))
    triggers = triggers_of(session.connection(), [task.id or 0 for task in tasks])
    names = _workflows(session, {task.workflow_id for task in tasks if task.workflow_id is not None})
    return [
        task_info(task, waits.get(task.id or 0, ()), triggers.get(task.id or 0, ()), names.get(task.workflow_id or 0))
        for task in tasks
    ]


def triggers_of(connection: sa.Connection, tasks: Collection[int]) -> dict[int, tuple[TriggerSpec, ...]]:
    """The events that start each of the tasks, in the order in which they were added."""
    query = sa.select(_TRIGGERS).where(_TRIGGERS.c.task_id.in_(tasks)).order_by(_TRIGGERS.c.id)
    found: dict[int, tuple[TriggerSpec, ...]] = {}
    for row in connection.execute(query):
        trigger = TriggerSpec(event=row.event_name, filter=row.filter, path=row.path)
        found[row.task_id] = (*found.get(row.task_id, ()), trigger)
    return found


def _workflows(session: Session, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    query = sa.select(_WORKFLOWS.c.id, _WORKFLOWS.c.name).where(_WORKFLOWS.c.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)}


def info(session: Session, row: Task) -> TaskInfo:
    """One task as its value."""
    return with_prerequisites(session, [row])[0]
