"""How runs end, are started by hand, and are called off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from croncierge.errors import Conflict, NotFound
from store.audit import Entity, record
from store.kinds import OnCrash, Trigger
from store.moves import RUNS, add_runs, move_runs, new_run, table_of
from store.operations import trees
from store.operations.control import record_pause
from store.operations.deliveries import Message, queue_messages
from store.operations.events import emit_ended
from store.operations.notices import notice
from store.operations.parts import end_parts
from store.operations.release import Ended, release
from store.operations.rounds import tell_rounds
from store.operations.triggers import TRIGGERS
from store.permissions import acting_user, editable_task
from store.prepared import Query
from store.rows import run_info
from store.session import Store
from store.status import ENDED, RunStatus
from store.tables import AiRun, Run, Subtask, Task
from store.values import Actor, RunInfo

_TASKS, _SUBTASKS, _AI_RUNS = table_of(Task), table_of(Subtask), table_of(AiRun)
_MOST_CRASHES = 3  # a run that takes its process down with it is not tried for ever
_LONGEST_DELAY = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt went.

    error: None when it completed. retryable: whether trying again could help. message: what to tell the owner.
    retries: how often to try again at least, whatever the task says, after the task's delays.
    log_ref: where the whole log is, if `log` is only its beginning and its end.
    skipped: why nothing was done, if that is how it ended. held: whether the task's condition held.
    waiting: what it waits for, if the attempt is not over: the run keeps `result`, costs nothing while it waits, and
    goes on when it is resumed, or by itself at `wake_at`.
    """

    error: str | None = None
    retryable: bool = True
    retries: int = 0
    message: str | None = None
    log: str = ""
    log_ref: str | None = None
    result: Mapping[str, Any] | None = None
    skipped: str | None = None
    held: bool | None = None
    waiting: str | None = None
    wake_at: datetime | None = None


def finish_runs(store: Store, worker: str, outcomes: Sequence[tuple[int, Outcome]]) -> int:
    """Record how runs of the worker went: status, retry or end, successors, messages; all in one transaction.

    A run that the worker does not hold any more is left alone. Gives how many were recorded.
    """
    with store.writing() as connection:
        finished = finish(connection, worker, outcomes, store.clock.now())
    store.changed()
    return finished.runs


@dataclass(frozen=True, kw_only=True)
class Finished:
    """runs: how many were recorded. news: whether that matters to others: a message, or a run that is not done."""

    runs: int
    news: bool


def finish(connection: sa.Connection, worker: str, outcomes: Sequence[tuple[int, Outcome]], now: datetime) -> Finished:
    """`finish_runs` inside a transaction of somebody else's."""
    owners = {run_id: worker for run_id, _ in outcomes}
    return _finish(connection, dict(outcomes), owners, now, crashed=False)


def recover_runs(store: Store, runs: Sequence[tuple[int, str]]) -> int:
    """Take runs over from workers that are gone: tried again or failed, as their task says. See `abandoned`."""
    if not runs:
        return 0
    outcomes = {run_id: Outcome(error=f"the process that ran it ({worker}) is gone") for run_id, worker in runs}
    with store.writing() as connection:
        recovered = _finish(connection, outcomes, dict(runs), store.clock.now(), crashed=True)
    store.changed()
    return recovered.runs


def resume_runs(connection: sa.Connection, runs: Collection[int], now: datetime) -> int:
    """Let runs that wait go on, in a transaction of somebody else's; how many of them did wait."""
    waiting = connection.execute(_WAITING, {"runs": list(runs)}).scalars().all() if runs else []
    move_runs(connection, [(run_id, RunStatus.WAITING, _go_on(now)) for run_id in waiting], now)
    return len(waiting)


def wake_runs(store: Store, runs: Collection[int]) -> int:
    """Let runs go on whose time to wait is over; how many of them did wait."""
    with store.writing() as connection:
        woken = resume_runs(connection, runs, store.clock.now())
    store.changed()
    return woken


def run_now(store: Store, actor: Actor, task_id: int) -> RunInfo:
    """Start a task by hand, besides its schedule. Raises NotFound, NotAllowed."""
    with store.write() as session:
        user = acting_user(session, actor)
        task = editable_task(session, user, task_id)
        now = store.clock.now()
        row = new_run(task_id, status=RunStatus.PENDING, scheduled_time=now, now=now, triggered_by=Trigger.MANUAL)
        (run_id,) = add_runs(session.connection(), [row], now)
        record(session, actor, now, "run_task", Entity.RUN, run_id, before=None, after={"task_id": task_id})
        started = run_info(session.get_one(Run, run_id), task.name)
    store.changed()
    return started


def cancel_run(store: Store, actor: Actor, run_id: int) -> RunInfo:
    """Call off a run that has not ended; what waited for it is settled. Raises NotFound, NotAllowed, Conflict."""
    with store.write() as session:
        user = acting_user(session, actor)
        run = session.get(Run, run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}; list the runs to see which there are.", field="run")
        task = editable_task(session, user, run.task_id, include_deleted=True)
        if run.status in ENDED:
            raise Conflict(f"Run {run_id} of “{task.name}” has ended already: it was {run.status.value}.", field="run")
        now, before = store.clock.now(), run.status
        reason = f"cancelled by {user.name}"
        called_off = sa.select(*CALLED_OFF).join(_TASKS, _TASKS.c.id == RUNS.c.task_id).where(RUNS.c.run_id == run_id)
        change = call_off(session.connection(), session.execute(called_off).all(), reason, now)
        record(
            session,
            actor,
            now,
            "cancel_run",
            Entity.RUN,
            run_id,
            before=dict.fromkeys(change) | {"status": before},
            after=change,
        )
        session.refresh(run)
        cancelled = run_info(run, task.name)
    store.changed()
    return cancelled


CALLED_OFF = (
    RUNS.c.run_id, RUNS.c.status, RUNS.c.task_id, RUNS.c.workflow_run_id, RUNS.c.scheduled_time,
    _TASKS.c.name, _TASKS.c.workflow_id,
)  # fmt: skip
"""What has to be known of a run, with its task, to call it off."""


def call_off(connection: sa.Connection, runs: Sequence[Any], reason: str, now: datetime) -> dict[str, Any]:
    """Cancel runs that have not ended, rows of `CALLED_OFF`, and settle what waited for them; what changed of each."""
    change = {"status": RunStatus.CANCELLED, "reason": reason, "end_time": now}
    move_runs(connection, [(row.run_id, row.status, change) for row in runs], now)
    ended = [
        _ended(row.run_id, row.task_id, row.name, RunStatus.CANCELLED, None, row.workflow_run_id, row.scheduled_time)
        for row in runs
    ]
    settle(connection, ended, now)
    of_workflows = {row.run_id for row in runs if row.workflow_id is not None}
    tell_rounds(connection, {each.workflow for each in ended if each.run_id in of_workflows}, now)
    return change


_WAITING = sa.select(RUNS.c.run_id).where(
    RUNS.c.run_id.in_(sa.bindparam("runs", expanding=True)), RUNS.c.status == RunStatus.WAITING
)


def _go_on(now: datetime) -> dict[str, Any]:
    return {"status": RunStatus.PENDING, "available_at": now, "reason": None, "lease_expires_at": None}


_ENDING = Query(
    sa.select(
        RUNS.c.run_id, RUNS.c.attempt, RUNS.c.scheduled_time, RUNS.c.workflow_run_id, RUNS.c.log, RUNS.c.lease_owner,
        _TASKS.c.id, _TASKS.c.owner_id, _TASKS.c.name, _TASKS.c.max_retries, _TASKS.c.retry_delay_seconds,
        _TASKS.c.retry_backoff, _TASKS.c.retry_jitter, _TASKS.c.on_crash, _TASKS.c.notify_on,
        _TASKS.c.failures_in_a_row, _TASKS.c.pause_after_failures, _TASKS.c.pause_note, _TASKS.c.condition_held,
        _TASKS.c.workflow_id,
    )
    .join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
    .where(RUNS.c.run_id.in_(sa.bindparam("runs", expanding=True)), RUNS.c.status == RunStatus.RUNNING)
)  # fmt: skip


def _finish(
    connection: sa.Connection,
    outcomes: Mapping[int, Outcome],
    owners: Mapping[int, str],
    now: datetime,
    *,
    crashed: bool,
) -> Finished:
    """Record outcomes of runs that are still held by those who had them: `owners`."""
    found = _ENDING.rows(connection, runs=list(outcomes))
    rows = [row for row in found if row.lease_owner == owners[row.run_id]]
    changes: list[tuple[int, RunStatus, dict[str, Any]]] = []
    ended: list[Ended] = []
    for row in rows:
        change = _change(row, outcomes[row.run_id], now, crashed)
        changes.append((row.run_id, RunStatus.RUNNING, change))
        if change["status"] in ENDED:
            ended.append(
                _ended(
                    row.run_id, row.id, row.name, change["status"], change["reason"], row.workflow_run_id,
                    row.scheduled_time,
                )
            )  # fmt: skip
    move_runs(connection, changes, now)
    taken_down = settle(connection, ended, now)
    waiting = [run_id for run_id, _, change in changes if change["status"] is RunStatus.WAITING]
    if waiting:  # what they wait for may have come meanwhile
        resume_runs(connection, trees.ready(connection, waiting), now)
    finished = [(row, outcomes[row.run_id], change) for row, (_, _, change) in zip(rows, changes, strict=True)]
    told = _tell(connection, finished, taken_down, now)
    of_workflows = {row.run_id for row, _, _ in finished if row.workflow_id is not None}
    told |= tell_rounds(connection, {each.workflow for each in ended if each.run_id in of_workflows}, now)
    return Finished(
        runs=len(rows), news=told or any(change["status"] is not RunStatus.COMPLETED for _, _, change in changes)
    )


_WATCHED = Query(
    sa.select(
        sa.select(TRIGGERS.c.id).where(TRIGGERS.c.event_name.like("task.%")).limit(1).scalar_subquery().label("told"),
        sa.select(_SUBTASKS.c.parent_run_id)
        .where(_SUBTASKS.c.task_id.in_(sa.bindparam("tasks", expanding=True)))
        .limit(1)
        .scalar_subquery()
        .label("parent"),
        sa.select(_AI_RUNS.c.run_id)
        .where(_AI_RUNS.c.run_id.in_(sa.bindparam("runs", expanding=True)))
        .limit(1)
        .scalar_subquery()
        .label("ai"),
    )
)


def settle(connection: sa.Connection, ended: Sequence[Ended], now: datetime) -> Mapping[int, Sequence[str]]:
    """What the end of runs means for others: successors, events, and the AI runs that they are a part of.

    Gives, for each run that took others down with it, their titles.
    """
    if not ended:
        return {}
    tasks = [each.task_id for each in ended]
    (watched,) = _WATCHED.rows(connection, tasks=tasks, runs=[each.run_id for each in ended])
    if watched.ai is not None and (parts := end_parts(connection, ended, now)):
        ended = [*ended, *parts]
        tasks += [each.task_id for each in parts]
    released = release(connection, ended, now)
    if watched.told is not None:
        emit_ended(connection, [*ended, *released.skipped], now)
    if watched.parent is not None:
        resume_runs(connection, trees.ready_parents(connection, tasks), now)
    return released.titles


def _tell(
    connection: sa.Connection,
    finished: Sequence[tuple[Any, Outcome, Mapping[str, Any]]],
    taken_down: Mapping[int, Sequence[str]],
    now: datetime,
) -> bool:
    """Queue what the owners hear of these runs, if anything, and note what it means for their tasks."""
    messages: list[Message] = []
    tasks: dict[int, dict[str, Any]] = {}
    for row, outcome, change in finished:
        status, known = change["status"], tasks.get(row.id, {})
        if outcome.held not in (None, row.condition_held) and status in ENDED:  # else the next try sees to it
            tasks.setdefault(row.id, {})["condition_held"] = outcome.held
        if status is RunStatus.COMPLETED and outcome.message is None and not row.failures_in_a_row and not known:
            continue  # nothing to tell: most runs, when many end together
        # Several runs of one task may end together.
        skipped = taken_down.get(row.run_id, [])
        noticed = notice(row._asdict() | known, status, outcome.message, outcome.error or "", skipped)
        messages += noticed.messages
        if noticed.task is not None:
            tasks.setdefault(row.id, {}).update(noticed.task)
    for task_id, columns in tasks.items():
        if "pause_note" in columns:
            record_pause(connection, task_id, columns, now)
        connection.execute(sa.update(_TASKS).where(_TASKS.c.id == task_id).values(columns))
    queue_messages(connection, messages, now)
    return bool(messages)


def _change(row: Any, outcome: Outcome, now: datetime, crashed: bool) -> dict[str, Any]:
    """The columns of a run after an attempt."""
    change = {
        "status": RunStatus.COMPLETED,
        "reason": None,
        "end_time": now,
        "error_message": outcome.error,
        "log": row.log + outcome.log,
        "log_ref": outcome.log_ref,
        "result": dict(outcome.result) if outcome.result is not None else None,
        "lease_owner": None,
        "lease_expires_at": None,
    }
    if outcome.waiting is not None:
        # The attempt is not over, so that it is the same one when it goes on.
        change |= {"status": RunStatus.WAITING, "reason": outcome.waiting, "end_time": None,
                   "attempt": row.attempt - 1, "lease_expires_at": outcome.wake_at}  # fmt: skip
    elif outcome.skipped is not None:
        change |= {"status": RunStatus.SKIPPED, "reason": outcome.skipped}
    elif outcome.error is not None:
        change |= {"status": RunStatus.FAILED, "reason": outcome.error}
        if crashed and row.on_crash is OnCrash.RETRY and row.attempt <= row.max_retries + _MOST_CRASHES:
            change |= {"status": RunStatus.RETRYING, "end_time": None, "available_at": now}
        elif not crashed and outcome.retryable and row.attempt <= max(row.max_retries, outcome.retries):
            change |= {"status": RunStatus.RETRYING, "end_time": None, "available_at": now + _delay(row)}
    return change


def _delay(row: Any) -> timedelta:
    """How long before the next attempt: the task's delay, growing by its backoff with each attempt.

    Its jitter, a share of that, keeps many that failed together from coming back together.
    """
    share = 1 + row.retry_jitter * Random(f"{row.run_id} {row.attempt}").uniform(-1, 1)
    try:
        delay = timedelta(seconds=share * row.retry_delay_seconds * row.retry_backoff ** (row.attempt - 1))
    except OverflowError:
        return _LONGEST_DELAY
    return min(delay, _LONGEST_DELAY)


def _ended(
    run_id: int, task_id: int, title: str, status: RunStatus, reason: str | None, workflow: int | None, due: datetime
) -> Ended:
    return Ended(
        run_id=run_id,
        task_id=task_id,
        title=title,
        status=status,
        reason=reason,
        workflow=workflow or run_id,
        scheduled_time=due,
    )
