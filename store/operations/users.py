"""People, who of them are administrators, and whose accounts are switched off."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col, select

from croncierge.errors import Conflict, NotAllowed
from store import limits
from store.audit import Entity, record
from store.moves import RUNS, table_of
from store.operations.runs import CALLED_OFF, call_off
from store.permissions import acting_user, user_named
from store.session import Store
from store.status import ACTIVE
from store.tables import Task, User
from store.values import Actor, UserInfo

_NAME = 100
_TASKS = table_of(Task)


def ensure_user(store: Store, name: str) -> UUID:
    """The id of the user of that name, who is created when there is none. Raises InvalidInput for no name at all."""
    name = limits.one_line("user", name, _NAME)
    with store.read() as session:
        found = session.exec(select(User.id).where(User.name == name)).first()
    if found is not None:
        return found
    try:
        with store.write() as session:
            user = session.exec(select(User).where(User.name == name)).first()
            if user is None:
                user = User(id=uuid4(), name=name, created_at=store.clock.now())
                session.add(user)
            return user.id
    except Conflict:  # somebody else created the same one at the same moment
        with store.read() as session:
            return session.exec(select(User.id).where(User.name == name)).one()


def add_user(store: Store, actor: Actor, name: str) -> UserInfo:
    """Make a user. Raises NotAllowed for others than administrators, Conflict when there is one of that name."""
    name = limits.one_line("user", name, _NAME)
    with store.write() as session:
        _administrator(session, actor)
        if session.exec(select(User.id).where(User.name == name)).first() is not None:
            raise Conflict(f"There is somebody called {name!r} already; take another name.", field="user")
        user = User(id=uuid4(), name=name, created_at=store.clock.now())
        session.add(user)
        session.flush()
        new = {"name": name, "is_admin": False, "is_active": True}
        record(session, actor, user.created_at, "add_user", Entity.USER, str(user.id), after=new)
        return _info(session, user)


def list_users(store: Store, actor: Actor) -> list[UserInfo]:
    """Everybody, by name. Raises NotAllowed for others than administrators."""
    with store.read() as session:
        _administrator(session, actor)
        return [_info(session, user) for user in session.exec(select(User).order_by(col(User.name)))]


def set_admin(store: Store, actor: Actor, name: str, is_admin: bool) -> UserInfo:
    """Make somebody an administrator, or no longer one. As long as there is none, people may make themselves one.

    Raises NotAllowed for others than administrators, NotFound, Conflict when no administrator would be left.
    """
    with store.write() as session:
        admins = _admins(session)
        user = user_named(session, name)
        if admins or not is_admin or user.id != actor.user_id:
            _administrator(session, actor)
        elif not user.is_active:
            acting_user(session, actor)
        if not is_admin:
            _refuse_without(admins, user)
        return _change(store, session, actor, user, "set_admin", is_admin=is_admin)


def disable_user(store: Store, actor: Actor, name: str) -> UserInfo:
    """Switch an account off: its owner may do nothing, and nothing is done for them.

    What runs for them is called off, and what comes due is skipped, saying why, until the account is switched on.
    Raises NotAllowed for others than administrators, NotFound, Conflict when no administrator would be left.
    """
    with store.write() as session:
        _administrator(session, actor)
        user = user_named(session, name)
        _refuse_without(_admins(session), user)
        changed = _change(store, session, actor, user, "disable_user", is_active=False)
        theirs = sa.and_(_TASKS.c.owner_id == user.id, RUNS.c.status.in_(ACTIVE))
        going = sa.select(*CALLED_OFF).join(_TASKS, _TASKS.c.id == RUNS.c.task_id).where(theirs)
        reason = f"the account of {user.name} was switched off"
        call_off(session.connection(), session.execute(going).all(), reason, store.clock.now())
    store.changed()
    return changed


def enable_user(store: Store, actor: Actor, name: str) -> UserInfo:
    """Switch an account on again. What was skipped meanwhile is not made up for; tasks go on with what is due next.

    Raises NotAllowed for others than administrators, NotFound.
    """
    with store.write() as session:
        _administrator(session, actor)
        changed = _change(store, session, actor, user_named(session, name), "enable_user", is_active=True)
    store.changed()
    return changed


def _administrator(session: Session, actor: Actor) -> User:
    user = acting_user(session, actor)
    if user.is_admin:
        return user
    known = [each.name for each in _admins(session)]
    way_out = f"ask {' or '.join(known)}" if known else f"nobody is one yet, so make yourself one first, as {user.name}"
    raise NotAllowed(f"Only an administrator may look after other people's accounts; {way_out}.", field="user")


def _admins(session: Session) -> list[User]:
    """The administrators who may act, locked, so that the last two do not dismiss each other at the same moment."""
    able = select(User).where(col(User.is_admin), col(User.is_active)).order_by(col(User.name)).with_for_update()
    return list(session.exec(able))


def _refuse_without(admins: list[User], user: User) -> None:
    if [each.id for each in admins] == [user.id]:
        raise Conflict(
            f"{user.name} is the only administrator; make somebody else one first.",
            field="user",
        )


def _change(store: Store, session: Session, actor: Actor, user: User, action: str, **columns: bool) -> UserInfo:
    before = {name: getattr(user, name) for name in columns}
    if before != columns:
        for name, value in columns.items():
            setattr(user, name, value)
        session.add(user)
        session.flush()
        record(session, actor, store.clock.now(), action, Entity.USER, str(user.id), before=before, after=columns)
    return _info(session, user)


def _info(session: Session, user: User) -> UserInfo:
    active = sa.and_(_TASKS.c.owner_id == user.id, _TASKS.c.is_active, _TASKS.c.deleted_at.is_(None))
    tasks = session.execute(sa.select(sa.func.count()).select_from(_TASKS).where(active)).scalar_one()
    return UserInfo(
        id=user.id,
        name=user.name,
        is_admin=user.is_admin,
        is_active=user.is_active,
        created_at=user.created_at,
        tasks=tasks,
    )
