"""Making and changing tasks."""

from collections.abc import Mapping
from typing import Any

from schedules.zones import zone as known_zone
from sqlmodel import Session, select

from croncierge.errors import Conflict, InvalidInput
from schedules.schedule import Schedule
from store import limits
from store.audit import Entity, record, snapshot
from store.edges import info
from store.permissions import acting_user, editable_task
from store.planning import accepted, first_run, moved
from store.rows import schedule_columns, task_info, task_schedule
from store.session import Store
from store.tables import Dependency, Task, User, UserPreferences
from store.values import UNSET, Actor, Prerequisite, TaskChange, TaskInfo, TaskSpec, Unset


def create_task(store: Store, actor: Actor, spec: TaskSpec) -> TaskInfo:
    """Store a task; it is first due at its schedule's first occurrence from now on.

    A schedule brings its own zone; a task without one takes `spec.zone`, or else its owner's. A spec whose
    idempotency key the owner has used before returns the task that was made then.

    Raises InvalidInput for a schedule that is impossible or past and for texts and numbers out of their limits;
    NotFound or NotAllowed for a prerequisite that is not the actor's to chain to.
    """
    try:
        with store.write() as session:
            task, new = _create(session, store, actor, spec)
    except Conflict:
        made = _made_before(store, actor, spec)  # by another process, at the same moment
        if made is None:
            raise
        return made
    if new:
        store.changed()
    return task


def edit_task(store: Store, actor: Actor, task_id: int, change: TaskChange) -> TaskInfo:
    """Change a task. When it is next due stays as it is, unless its schedule or zone changes: then it counts from now.

    A new schedule makes a task active that had run out; a paused one stays paused.

    Raises InvalidInput as `create_task` does; NotFound, NotAllowed.
    """
    with store.write() as session:
        user = acting_user(session, actor)
        row = editable_task(session, user, task_id)
        before, now = snapshot(row), store.clock.now()
        columns = _columns(change)
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
        for name, value in columns.items():
            setattr(row, name, value)
        if snapshot(row) == before:
            return info(session, row)
        row.updated_at, row.last_modified_by = now, user.id
        record(session, actor, now, "edit_task", Entity.TASK, task_id, before=before, after=snapshot(row))
        edited = info(session, row)
    store.changed()
    return edited


def _create(session: Session, store: Store, actor: Actor, spec: TaskSpec) -> tuple[TaskInfo, bool]:
    user = acting_user(session, actor)
    if spec.idempotency_key is not None:
        key = limits.one_line("idempotency_key", spec.idempotency_key, limits.KEY)
        made = _with_key(session, user, key)
        if made is not None:
            return info(session, made), False
    now = store.clock.now()
    columns = _columns(spec)
    schedule = accepted(spec.schedule, now) if spec.schedule else None
    row = Task(
        **columns,
        **schedule_columns(schedule),
        timezone=schedule.zone if schedule else _zone(session, user, spec),
        next_run_at=first_run(schedule, now) if schedule else None,
        idempotency_key=spec.idempotency_key,
        owner_id=user.id,
        created_by=user.id,
        last_modified_by=user.id,
        created_at=now,
        updated_at=now,
    )
    prerequisites = _prerequisites(session, user, spec)
    session.add(row)
    session.flush()
    if row.id is None:
        raise RuntimeError("the database gave a new task no id")
    session.add_all(
        Dependency(task_id=row.id, depends_on_task_id=each.task_id, dependency_type=each.type) for each in prerequisites
    )
    record(session, actor, now, "create_task", Entity.TASK, row.id, after=snapshot(row))
    return task_info(row, prerequisites), True


def _made_before(store: Store, actor: Actor, spec: TaskSpec) -> TaskInfo | None:
    if spec.idempotency_key is None:
        return None
    with store.read() as session:
        row = _with_key(session, acting_user(session, actor), spec.idempotency_key)
        return info(session, row) if row else None


def _with_key(session: Session, user: User, key: str) -> Task | None:
    return session.exec(select(Task).where(Task.owner_id == user.id, Task.idempotency_key == key)).first()


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


def _columns(wish: TaskSpec | TaskChange) -> dict[str, Any]:
    """The columns that a wish sets, besides the schedule's. Raises InvalidInput for what is out of its limits."""
    given = {name: value for name, value in vars(wish).items() if value is not UNSET}
    columns = {column: given[name] for name, column in _COLUMNS.items() if name in given}
    _check(columns)
    if "name" in columns:
        columns["name"] = limits.one_line("title", columns["name"], limits.TITLE)
    if "action_payload" in columns:
        columns["action_payload"] = limits.payload(columns["action_payload"])
    return columns


_COLUMNS: Mapping[str, str] = {
    "title": "name",
    "description": "description",
    "type": "type",
    "schedule_words": "schedule_words",
    "action_type": "action_type",
    "action_payload": "action_payload",
    "timeout_seconds": "timeout_seconds",
    "max_retries": "max_retries",
    "retry_delay_seconds": "retry_delay_seconds",
    "retry_backoff": "retry_backoff",
    "catch_up": "catch_up",
    "catch_up_window_seconds": "catch_up_window_seconds",
    "overlap": "overlap",
    "on_crash": "on_crash",
}

_NUMBERS: Mapping[str, tuple[float, float]] = {
    "timeout_seconds": (0.001, limits.LONGEST_SECONDS),
    "max_retries": (0, limits.RETRIES),
    "retry_delay_seconds": (0, limits.LONGEST_SECONDS),
    "retry_backoff": (1, 100),
    "catch_up_window_seconds": (1, 366 * 86_400),
}

_TEXTS: Mapping[str, int] = {"description": limits.DESCRIPTION, "schedule_words": limits.WORDS}


def _check(columns: Mapping[str, Any]) -> None:
    for name, (least, most) in _NUMBERS.items():
        if columns.get(name) is not None:
            limits.number(name, columns[name], least, most)
    for name, most in _TEXTS.items():
        if columns.get(name) is not None:
            limits.several_lines(name, columns[name], most)
    if "action_type" in columns and not 0 < len(columns["action_type"]) <= 50:
        raise InvalidInput("The action_type is empty or too long; name one, such as notify.", field="action_type")
