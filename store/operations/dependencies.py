"""Which task waits for which."""

from functools import partial

from sqlmodel import Session

from croncierge.errors import Conflict, NotFound
from store.audit import Entity, record, snapshot
from store.dag import cycle
from store.edges import info, lock_graph, prerequisites
from store.permissions import acting_user, editable_task, title_for
from store.session import Store
from store.tables import Dependency, Task, User
from store.values import Actor, Prerequisite, TaskInfo


def add_dependency(store: Store, actor: Actor, task_id: int, on: Prerequisite) -> TaskInfo:
    """Let a task wait for another; one that it waits for already is waited for with the new type.

    Raises Conflict with the path when the two would then wait for each other; NotFound, NotAllowed for either task.
    """
    with store.write() as session:
        user = acting_user(session, actor)
        row = editable_task(session, user, task_id)
        editable_task(session, user, on.task_id)
        edge = session.get(Dependency, (task_id, on.task_id))
        before = snapshot(edge) if edge else None
        if edge is None:
            refuse_cycle(session, user, task_id, on.task_id)
            edge = Dependency(task_id=task_id, depends_on_task_id=on.task_id)
        edge.dependency_type = on.type
        session.add(edge)
        session.flush()
        after = snapshot(edge)
        if before != after:
            identity = f"{task_id}:{on.task_id}"
            now = store.clock.now()
            record(session, actor, now, "add_dependency", Entity.DEPENDENCY, identity, before=before, after=after)
        changed = info(session, row)
    store.changed()
    return changed


def remove_dependency(store: Store, actor: Actor, task_id: int, on_task_id: int) -> TaskInfo:
    """Let a task no longer wait for another. Raises NotFound when it does not, or for either task; NotAllowed."""
    with store.write() as session:
        user = acting_user(session, actor)
        row = editable_task(session, user, task_id)
        edge = session.get(Dependency, (task_id, on_task_id)) if 0 < on_task_id < 2**63 else None
        if edge is None:
            raise NotFound(f"“{row.name}” does not wait for task #{on_task_id}.", field="task")
        identity = f"{task_id}:{on_task_id}"
        now = store.clock.now()
        record(session, actor, now, "remove_dependency", Entity.DEPENDENCY, identity, before=snapshot(edge))
        session.delete(edge)
        session.flush()
        changed = info(session, row)
    store.changed()
    return changed


def refuse_cycle(session: Session, user: User, task_id: int, on_task_id: int) -> None:
    """Raise Conflict with the path if `task_id` waiting for `on_task_id` would close a cycle."""
    lock_graph(session)
    closed = cycle(task_id, on_task_id, partial(prerequisites, session))
    if closed is None:
        return
    if len(closed) == 2:
        raise Conflict(
            f"{_title(session, user, task_id)} cannot wait for itself; name another task.", field="depends_on"
        )
    first, *rest = [_title(session, user, each) for each in closed]
    raise Conflict(
        f"That would be a circle, and none of them could ever start: {first} would wait for "
        f"{', which waits for '.join(rest)}; remove one of these first.",
        field="depends_on",
    )


def _title(session: Session, user: User, task_id: int) -> str:
    return title_for(session, user, session.get_one(Task, task_id))
