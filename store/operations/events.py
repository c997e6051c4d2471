"""What happens outside starts tasks: events, each of them once, however often it is reported."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from croncierge.errors import InvalidInput
from store import limits
from store.kinds import EventMode, Trigger
from store.moves import RUNS, add_runs, new_run, table_of
from store.operations.due import TASKS, Other, first_status
from store.operations.instead import stood_in
from store.operations.release import Ended, active_runs, release
from store.operations.triggers import TRIGGERS, matches
from store.permissions import acting_user
from store.quiet import loud_again
from store.rows import run_info
from store.session import Store
from store.status import RunStatus
from store.tables import Dependency, Event, Run
from store.values import Actor, EmittedInfo, EventInfo, TriggerSpec

EVENTS, _EDGES = table_of(Event), table_of(Dependency)
MOST_DATA = 64 * 1024
"""Characters of JSON that an event may carry."""
_OF_TASKS = "task."
_SCHEDULED = (Trigger.SCHEDULE, Trigger.CATCH_UP, Trigger.BACKFILL)


def emit_event(
    store: Store, actor: Actor, name: str, data: Mapping[str, Any] | None = None, key: str | None = None
) -> EmittedInfo:
    """Say that something happened; the actor's tasks that wait for it start.

    key: what makes it the same event when it is reported again, which then does nothing. Without one it is new.
    Raises InvalidInput for a name, data or a key out of their limits; names that begin with "task." are the program's.
    """
    name = limits.one_line("event", name, limits.TITLE)
    if name.startswith(_OF_TASKS):
        raise InvalidInput(f"Events like “{name}” are told by tasks themselves; name it differently.", field="event")
    carried, known = _data(data or {}), limits.one_line("key", key, limits.KEY) if key is not None else uuid4().hex
    with store.write() as session:
        user, now = acting_user(session, actor), store.clock.now()
        connection = session.connection()
        same = sa.and_(EVENTS.c.owner_id == user.id, EVENTS.c.name == name, EVENTS.c.key == known)
        event_id = connection.execute(sa.select(EVENTS.c.id).where(same)).scalar()
        is_new, refused = event_id is None, list[str]()
        if event_id is None:
            event_id = _store(connection, user.id, name, known, carried, now)
            refused = _start(connection, user.id, event_id, name, carried, now)
        rows = session.execute(
            sa.select(Run, TASKS.c.name).join(TASKS, TASKS.c.id == RUNS.c.task_id).where(RUNS.c.event_id == event_id)
        )
        runs = tuple(run_info(run, title) for run, title in rows)
    if is_new:
        store.changed()
    return EmittedInfo(event_id=event_id, is_new=is_new, runs=runs, not_started=tuple(refused))


def list_events(store: Store, actor: Actor, *, name: str | None = None, limit: int = 50) -> list[EventInfo]:
    """The actor's events, the latest first, with how many runs each of them started."""
    with store.read() as session:
        user = acting_user(session, actor)
        runs = sa.select(sa.func.count()).where(RUNS.c.event_id == EVENTS.c.id).scalar_subquery()
        query = sa.select(EVENTS, runs.label("runs")).where(EVENTS.c.owner_id == user.id)
        if name is not None:
            query = query.where(EVENTS.c.name == name)
        rows = session.execute(query.order_by(EVENTS.c.id.desc()).limit(limit)).all()
    return [EventInfo(id=row.id, name=row.name, key=row.key, data=row.data, at=row.at, runs=row.runs) for row in rows]


_TELLS = sa.select(TRIGGERS.c.id).where(TRIGGERS.c.event_name.in_(sa.bindparam("names", expanding=True))).limit(1)


def emit_ended(connection: sa.Connection, ended: Sequence[Ended], now: datetime) -> int:
    """Tell that runs have ended to the tasks that wait for such events; how many runs started.

    One look at an index where no task does. A task is never started by what it has led to itself, be it through events
    or as the beginning of a workflow.
    """
    if not ended or connection.execute(_TELLS, {"names": list({_told(each) for each in ended})}).first() is None:
        return 0
    of_tasks = sa.select(TASKS.c.id, TASKS.c.owner_id).where(TASKS.c.id.in_([each.task_id for each in ended]))
    owners: dict[int, UUID] = {row.id: row.owner_id for row in connection.execute(of_tasks)}
    led = _led(connection, {run_id for each in ended for run_id in (each.run_id, each.workflow)})
    started = 0
    for each in ended:
        owner, name = owners[each.task_id], _told(each)
        data = {
            "task": each.title,
            "task_id": each.task_id,
            "run_id": each.run_id,
            "status": each.status.value,
            "error": each.reason,
            "after": list(dict.fromkeys([*led[each.workflow], *led[each.run_id]])),
        }
        if not _waiting_for(connection, owner, name, data):
            continue
        event_id = _store(connection, owner, name, f"{each.run_id} {now.isoformat()}", data, now)
        _start(connection, owner, event_id, name, data, now)
        started += 1
    return started


def _led(connection: sa.Connection, runs: Collection[int]) -> dict[int, list[int]]:
    """For each of these runs the tasks that have led to it: those before the event that started it, and its own."""
    query = (
        sa.select(RUNS.c.run_id, RUNS.c.task_id, EVENTS.c.data)
        .outerjoin(EVENTS, EVENTS.c.id == RUNS.c.event_id)
        .where(RUNS.c.run_id.in_(runs))
    )
    return {row.run_id: [*(row.data or {}).get("after", ()), row.task_id] for row in connection.execute(query)}


def _told(ended: Ended) -> str:
    return f"{_OF_TASKS}{ended.status.value}"


def _store(connection: sa.Connection, owner: UUID, name: str, key: str, data: Mapping[str, Any], now: datetime) -> int:
    row = {"owner_id": owner, "name": name, "key": key, "data": dict(data), "at": now}
    made: int = connection.execute(sa.insert(EVENTS).values(row).returning(EVENTS.c.id)).scalar_one()
    return made


def _data(data: Mapping[str, Any]) -> dict[str, Any]:
    plain = limits.payload(data, "data")
    size = len(json.dumps(plain, ensure_ascii=False).encode())
    if size > MOST_DATA:
        raise InvalidInput(f"The data has {size:,} bytes of JSON; at most {MOST_DATA:,} are possible.", field="data")
    return plain


def _waiting_for(connection: sa.Connection, owner: UUID, name: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The owner's tasks that this event is meant for, each once."""
    columns = (
        "id", "name", "is_active", "pause_note", "timezone", "overlap", "quiet_hours", "event_mode", "schedule_once",
        "next_run_at",
    )  # fmt: skip
    query = (
        sa.select(*(TASKS.c[each] for each in columns), TRIGGERS.c.filter, TRIGGERS.c.path)
        .join(TRIGGERS, TRIGGERS.c.task_id == TASKS.c.id)
        .where(TRIGGERS.c.event_name == name, TASKS.c.owner_id == owner, TASKS.c.deleted_at.is_(None))
        .order_by(TASKS.c.id)
    )
    found: dict[int, dict[str, Any]] = {}
    for row in connection.execute(query):
        trigger = TriggerSpec(event=name, filter=row.filter, path=row.path)
        if matches(trigger, data) and row.id not in data.get("after", ()):
            found[row.id] = row._asdict()
    return list(found.values())


def _start(
    connection: sa.Connection, owner: UUID, event_id: int, name: str, data: Mapping[str, Any], now: datetime
) -> list[str]:
    """Write the runs that an event starts; why some tasks do not start, in words."""
    tasks, refused = [], []
    for task in _waiting_for(connection, owner, name, data):
        why = _refusal(connection, task)
        if why is None:
            tasks.append(task)
        else:
            refused.append(f"“{task['name']}” {why}")
    if not tasks:
        return refused
    ids = [task["id"] for task in tasks]
    going = active_runs(connection, ids)
    waits = set(connection.execute(sa.select(_EDGES.c.task_id).where(_EDGES.c.task_id.in_(ids))).scalars())
    rows = []
    for task in tasks:
        other = Other(going=going.get(task["id"], set()), waits=task["id"] in waits)
        status, reason = first_status(connection, task, Trigger.EVENT, other.going, other, now)
        start = loud_again(task["quiet_hours"], now, task["timezone"]) if status is RunStatus.PENDING else now
        rows.append(
            new_run(task["id"], status=status, scheduled_time=now, now=now, triggered_by=Trigger.EVENT, reason=reason,
                    event_id=event_id, available_at=start)
        )  # fmt: skip
    written = add_runs(connection, rows, now)
    skipped = [
        Ended(run_id=run_id, task_id=task["id"], title=task["name"], status=row["status"], reason=row["reason"],
              workflow=run_id, scheduled_time=now)
        for task, row, run_id in zip(tasks, rows, written, strict=True)
        if row["status"] is RunStatus.SKIPPED
    ]  # fmt: skip
    if skipped:
        emit_ended(connection, [*skipped, *release(connection, skipped, now).skipped], now)
    return refused


def _refusal(connection: sa.Connection, task: Mapping[str, Any]) -> str | None:
    """Why an event does not start a task that waits for it."""
    if task["pause_note"] is not None:
        return "does not start, because it is paused" + (f" ({task['pause_note']})" if task["pause_note"] else "")
    if not task["is_active"]:
        return "does not start, because it has ended"
    if task["event_mode"] is EventMode.INSTEAD and task["schedule_once"] is not None:
        done = stood_in(connection, [task]).get(task["id"])
        if done is not None:
            return f"does not start again: {done}"
    return None
