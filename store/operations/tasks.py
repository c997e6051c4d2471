"""Making and changing tasks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from croncierge.errors import Conflict
from schedules.schedule import Schedule
from schedules.zones import zone as known_zone
from store import limits
from store.audit import Entity, record, record_new, snapshot
from store.channels import accepted_channel, prepare_channel
from store.edges import info, with_prerequisites
from store.operations.triggers import accepted_triggers, change_triggers, insert_triggers
from store.permissions import acting_user, editable_task, user_behind
from store.planning import accepted, first_run, moved
from store.prepared import Write, new_ids
from store.rows import schedule_columns, task_of, task_schedule
from store.session import AcceptAction, Store
from store.tables import Dependency, Task, User, UserPreferences
from store.values import UNSET, Actor, Prerequisite, TaskChange, TaskInfo, TaskSpec, Unset
from store.wishes import ACTIONS, check_actions, columns_of, given_actions, prepare_actions
from store.workflow_names import workflow_named

_TASKS = Task.metadata.tables["tasks"]
_ADD = Write(sa.insert(_TASKS), _TASKS.c.keys())
_DEPENDENCIES = Dependency.metadata.tables["task_dependencies"]


def create_task(store: Store, actor: Actor, spec: TaskSpec) -> TaskInfo:
    """Store a task; it is first due at its schedule's first occurrence from now on.

    A schedule brings its own zone; a task without one takes `spec.zone`, or else its owner's. A spec whose
    idempotency key the owner has used before returns the task that was made then.

    Raises InvalidInput for a schedule that is impossible or past and for texts and numbers out of their limits;
    NotFound or NotAllowed for a prerequisite that is not the actor's to chain to.
    """
    return create_tasks(store, actor, [spec])[0]


def create_tasks(store: Store, actor: Actor, specs: Sequence[TaskSpec]) -> list[TaskInfo]:
    """Store many tasks at once: all of them or, when one cannot be, none. Raises as `create_task` does."""
    for spec in specs:
        prepare_actions(given_actions(spec), store.prepare_action)
        prepare_channel(spec.channel, store.prepare_action)
    try:
        tasks, new = _create(store, actor, specs)
    except Conflict:  # another process used one of the keys at the same moment; now its task is there
        tasks, new = _create(store, actor, specs)
    if new:
        store.changed()
    return tasks


def edit_task(store: Store, actor: Actor, task_id: int, change: TaskChange) -> TaskInfo:
    """Change a task. When it is next due stays as it is, unless its schedule or zone changes: then it counts from now.

    A new schedule makes a task active that had run out; a paused one stays paused.

    Raises InvalidInput as `create_task` does; NotFound, NotAllowed.
    """
    if acts := given_actions(change):
        with store.read() as session:
            stored = editable_task(session, acting_user(session, actor), task_id)
            acts = {name: getattr(stored, name) for name in ACTIONS} | acts
        prepare_actions(acts, store.prepare_action)
    prepare_channel(change.channel, store.prepare_action)
    with store.write() as session:
        user = acting_user(session, actor)
        row = editable_task(session, user, task_id)
        before, now = snapshot(row), store.clock.now()
        columns = columns_of(change)
        owner = session.get_one(User, row.owner_id).name
        if ACTIONS & columns.keys():
            actions = {name: getattr(row, name) for name in ACTIONS} | columns
            check_actions(actions, store.accept_action, owner)
            columns |= {name: actions[name] for name in ACTIONS}
        if columns.get("channel") is not None:
            columns["channel"] = accepted_channel(columns["channel"], store.accept_action, owner)
        schedule = _new_schedule(row, change)
        if schedule is not UNSET:
            finished = not row.is_active and row.pause_note is None
            schedule = accepted(schedule, now) if schedule else None
            columns |= schedule_columns(schedule)
            columns["timezone"] = schedule.zone if schedule else row.timezone
            columns["is_active"] = row.is_active or finished
            due = first_run(schedule, now) if schedule else None
            columns["next_run_at"] = due if columns["is_active"] else None
            if change.schedule_words is UNSET and change.schedule is not UNSET:
                columns["schedule_words"] = None
        elif change.zone is not UNSET:
            known_zone(change.zone)
            columns["timezone"] = change.zone
        started = False
        if change.triggers is not UNSET:
            started = change_triggers(session, actor, task_id, change.triggers, now)
            if change.triggers and row.pause_note is None:
                columns["is_active"] = True
        for name, value in columns.items():
            setattr(row, name, value)
        changed = snapshot(row) != before
        if not changed and not started:
            return info(session, row)
        row.updated_at, row.last_modified_by = now, user.id
        if changed:
            record(session, actor, now, "edit_task", Entity.TASK, task_id, before=before, after=snapshot(row))
        edited = info(session, row)
    store.changed()
    return edited


def _create(store: Store, actor: Actor, specs: Sequence[TaskSpec]) -> tuple[list[TaskInfo], bool]:
    """The tasks of the specs, in their order, and whether any of them is new."""
    keys = [_key(spec) for spec in specs]
    with store.writing() as connection, Session(connection) as session:
        user, now = user_behind(connection, actor), store.clock.now()
        by_key = _made_before(session, user, {key for key in keys if key is not None})
        wanted: dict[str, TaskSpec] = {}
        for key, spec in zip(keys, specs, strict=True):
            if key is not None and key not in by_key:
                wanted.setdefault(key, spec)
        keyless = [spec for key, spec in zip(keys, specs, strict=True) if key is None]
        made: list[TaskInfo] = []
        if wanted or keyless:
            made = insert_tasks(
                session, connection, actor, user, now, [*wanted.values(), *keyless], store.accept_action
            )
    by_key |= dict(zip(wanted, made, strict=False))
    others = iter(made[len(wanted) :])
    return [next(others) if key is None else by_key[key] for key in keys], bool(made)


def _key(spec: TaskSpec) -> str | None:
    if spec.idempotency_key is None:
        return None
    return limits.one_line("idempotency_key", spec.idempotency_key, limits.KEY)


def _made_before(session: Session, user: User, keys: Collection[str]) -> dict[str, TaskInfo]:
    if not keys:
        return {}
    rows = session.exec(select(Task).where(Task.owner_id == user.id, col(Task.idempotency_key).in_(keys))).all()
    tasks = with_prerequisites(session, rows) if rows else []
    return {row.idempotency_key: task for row, task in zip(rows, tasks, strict=True) if row.idempotency_key is not None}


def insert_tasks(
    session: Session,
    connection: sa.Connection,
    actor: Actor,
    user: User,
    now: datetime,
    specs: Sequence[TaskSpec],
    accept: AcceptAction,
) -> list[TaskInfo]:
    """Store tasks within a transaction, of which both are; the session is only asked where it must be.

    With plain statements of many rows: objects would cost four times as much. Raises as `create_task` does.
    """
    rows = [_row(session, user, now, spec) for spec in specs]
    for row in rows:
        check_actions(row, accept, user.name)
        if row["channel"] is not None:
            row["channel"] = accepted_channel(row["channel"], accept, user.name)
    waits = [_prerequisites(session, user, spec) for spec in specs]
    triggers = [accepted_triggers(spec.triggers) for spec in specs]
    names = [spec.workflow and limits.one_line("workflow", spec.workflow, limits.TITLE) for spec in specs]
    for row, name in zip(rows, names, strict=True):
        row["workflow_id"] = workflow_named(session, user.id, name, now) if name else None
    ids = new_ids(connection, _TASKS.c.id, len(rows))
    stored = {task_id: {"id": task_id, **row} for task_id, row in zip(ids, rows, strict=True)}
    _ADD.write(connection, list(stored.values()))
    edges = [
        {"task_id": task_id, "depends_on_task_id": each.task_id, "dependency_type": each.type}
        for task_id, prerequisites in zip(ids, waits, strict=True)
        for each in prerequisites
    ]
    if edges:
        connection.execute(sa.insert(_DEPENDENCIES), edges)
    insert_triggers(connection, dict(zip(ids, triggers, strict=True)), now)
    record_new(connection, actor, now, "create_task", Entity.TASK, stored)
    return [task_of(*each) for each in zip(stored.values(), waits, triggers, names, strict=True)]


def _row(session: Session, user: User, now: datetime, spec: TaskSpec) -> dict[str, Any]:
    """All columns of a new task but its id."""
    wished = columns_of(spec)
    schedule = accepted(spec.schedule, now) if spec.schedule else None
    return {
        **wished,
        **schedule_columns(schedule),
        "timezone": schedule.zone if schedule else _zone(session, user, spec),
        "next_run_at": first_run(schedule, now) if schedule else None,
        "last_run_at": None,
        "run_count": 0,
        "is_active": True,
        "pause_note": None,
        "condition_held": None,
        "failures_in_a_row": 0,
        "idempotency_key": _key(spec),
        "owner_id": user.id,
        "created_by": user.id,
        "last_modified_by": user.id,
        "created_at": now,
        "updated_at": now,
        "deleted_at": None,
    }


def _zone(session: Session, user: User, spec: TaskSpec) -> str:
    if spec.zone is not None:
        known_zone(spec.zone)
        return spec.zone
    preferences = session.get(UserPreferences, user.id)
    return preferences.timezone if preferences and preferences.timezone else "UTC"


def _prerequisites(session: Session, user: User, spec: TaskSpec) -> list[Prerequisite]:
    limits.number("number of prerequisites", len(spec.depends_on), 0, limits.PREREQUISITES)
    unique = {each.task_id: each for each in spec.depends_on}
    for task_id in unique:
        editable_task(session, user, task_id)
    return [unique[task_id] for task_id in sorted(unique)]


def _new_schedule(row: Task, change: TaskChange) -> Schedule | Unset | None:
    if change.schedule is not UNSET:
        return change.schedule
    stored = task_schedule(row)
    if change.zone is UNSET or change.zone == row.timezone or stored is None:
        return UNSET
    return moved(stored, change.zone)
