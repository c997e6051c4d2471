"""The dependencies in the database, as the graph functions and the values want them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa
from sqlmodel import Session, col, select

from store.rows import task_info
from store.tables import Dependency, Task
from store.values import Prerequisite, TaskInfo


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
    """Tasks as their values, in the same order, with the prerequisites that still count."""
    tasks = list(rows)
    waits = defaultdict(list)
    edges = session.exec(
        select(Dependency)
        .join(Task, col(Task.id) == Dependency.depends_on_task_id)
        .where(col(Dependency.task_id).in_([task.id for task in tasks]), col(Task.deleted_at).is_(None))
        .order_by(col(Dependency.depends_on_task_id))
    )
    for edge in edges:
        waits[edge.task_id].append(Prerequisite(task_id=edge.depends_on_task_id, type=edge.dependency_type))
    return [task_info(task, waits.get(task.id or 0, ())) for task in tasks]


def info(session: Session, row: Task) -> TaskInfo:
    """One task as its value."""
    return with_prerequisites(session, [row])[0]
