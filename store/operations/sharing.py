"""Letting others see or change a task."""

from croncierge.errors import InvalidInput, NotFound
from store.audit import Entity, record, snapshot
from store.edges import info
from store.kinds import Permission
from store.permissions import acting_user, owned_task, user_named
from store.session import Store
from store.tables import TaskPermission
from store.values import Actor, TaskInfo


def share_task(store: Store, actor: Actor, task_id: int, user_name: str, permission: Permission) -> TaskInfo:
    """Let somebody see a task or change it. Sharing it again replaces what they may do.

    Raises NotFound for the task or the person, NotAllowed when it is not the actor's, InvalidInput for its owner.
    """
    with store.write() as session:
        user = acting_user(session, actor)
        row = owned_task(session, user, task_id)
        other = user_named(session, user_name)
        if other.id == row.owner_id:
            raise InvalidInput(f"“{row.name}” belongs to {other.name} already; name somebody else.", field="user_name")
        shared = session.get(TaskPermission, (task_id, other.id))
        before = snapshot(shared) if shared else None
        shared = shared or TaskPermission(task_id=task_id, user_id=other.id, permission=permission)
        shared.permission = permission
        session.add(shared)
        record(
            session,
            actor,
            store.clock.now(),
            "share_task",
            Entity.PERMISSION,
            f"{task_id}:{other.id}",
            before=before,
            after=snapshot(shared),
        )
        return info(session, row)


def unshare_task(store: Store, actor: Actor, task_id: int, user_name: str) -> TaskInfo:
    """Let somebody no longer see a task. Raises NotFound for the task, the person, or when it was not shared."""
    with store.write() as session:
        user = acting_user(session, actor)
        row = owned_task(session, user, task_id)
        other = user_named(session, user_name)
        shared = session.get(TaskPermission, (task_id, other.id))
        if shared is None:
            raise NotFound(f"“{row.name}” is not shared with {other.name}.", field="user_name")
        identity = f"{task_id}:{other.id}"
        record(session, actor, store.clock.now(), "unshare_task", Entity.PERMISSION, identity, before=snapshot(shared))
        session.delete(shared)
        return info(session, row)
