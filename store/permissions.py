"""Who may see what and who may change it: decided here and nowhere else.

A task belongs to its owner. An administrator may do all that its owner may. Others may see it, or change it, when it
was shared with them so. What one may not see looks as if it were not there.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from croncierge.errors import NotAllowed, NotFound
from store.kinds import Permission
from store.prepared import Query
from store.tables import Task, TaskPermission, User
from store.values import Actor

_USERS = User.metadata.tables["users"]
_BY_ID = Query(sa.select(_USERS).where(_USERS.c.id == sa.bindparam("user_id", type_=_USERS.c.id.type)))


def acting_user(session: Session, actor: Actor) -> User:
    """The user behind an actor, as a copy: what is changed about it is not stored.

    Raises NotFound for an unknown one, NotAllowed for one that is switched off.
    """
    return user_behind(session.connection(), actor)


def user_behind(connection: sa.Connection, actor: Actor) -> User:
    """What `acting_user` gives, where there is no session."""
    rows = _BY_ID.rows(connection, user_id=actor.user_id)
    if not rows:
        raise NotFound(f"There is no user {actor.user_id}; create one first.", field="user")
    user = User.model_construct(**rows[0]._asdict())
    if not user.is_active:
        raise NotAllowed(f"The account of {user.name} is switched off; ask an administrator.", field="user")
    return user


_OFF = Query(sa.select(_USERS.c.id).where(_USERS.c.is_active == sa.false()))


def switched_off(connection: sa.Connection) -> set[UUID]:
    """The users whose accounts are switched off: nothing is done for them."""
    return {row.id for row in _OFF.rows(connection)}


def concerns(user: User) -> sa.ColumnElement[bool]:
    """Tasks that are listed for a user: their own and those shared with them, also for an administrator."""
    shared = select(TaskPermission.task_id).where(TaskPermission.user_id == user.id)
    return sa.or_(col(Task.owner_id) == user.id, col(Task.id).in_(shared))


def visible_task(session: Session, user: User, task_id: int, *, include_deleted: bool = False) -> Task:
    """A task that the user may see. Raises NotFound."""
    return _task(session, user, task_id, include_deleted)[0]


def editable_task(session: Session, user: User, task_id: int, *, include_deleted: bool = False) -> Task:
    """A task that the user may change. Raises NotFound, or NotAllowed when they may only see it."""
    task, permission = _task(session, user, task_id, include_deleted)
    if permission is not Permission.EDIT:
        raise NotAllowed(
            f"You may see “{task.name}” but not change it; its owner can share it with you for editing.", field="task"
        )
    return task


def owned_task(session: Session, user: User, task_id: int) -> Task:
    """A task that the user may give to others. Raises NotFound, or NotAllowed when it is somebody else's."""
    task = visible_task(session, user, task_id)
    if not _is_as_owner(user, task):
        raise NotAllowed(f"Only the owner of “{task.name}” can say who else may see it.", field="task")
    return task


def title_for(session: Session, user: User, task: Task) -> str:
    """What to call a task before a user, who may come across it only because it is tied to one of theirs."""
    return f"“{task.name}”" if _permission(session, user, task) else "a task that is not shared with you"


def _task(session: Session, user: User, task_id: int, include_deleted: bool) -> tuple[Task, Permission]:
    task = session.get(Task, task_id) if 0 < task_id < 2**63 else None
    permission = _permission(session, user, task) if task else None
    if task is None or permission is None or (task.deleted_at is not None and not include_deleted):
        raise NotFound(f"There is no task #{task_id}; list the tasks to see which there are.", field="task")
    return task, permission


def _permission(session: Session, user: User, task: Task) -> Permission | None:
    if _is_as_owner(user, task):
        return Permission.EDIT
    shared = session.get(TaskPermission, (task.id, user.id))
    return shared.permission if shared else None


def _is_as_owner(user: User, task: Task) -> bool:
    return user.is_admin or task.owner_id == user.id


def user_named(session: Session, name: str) -> User:
    """The user of that name. Raises NotFound."""
    user = session.exec(select(User).where(User.name == name.strip())).first()
    if user is None:
        raise NotFound(f"There is nobody called {name!r} here; check the spelling of the name.", field="user_name")
    return user


def name_of(session: Session, user_id: UUID) -> str:
    """What to call a user."""
    user = session.get(User, user_id)
    return user.name if user else "somebody"
