"""What besides its schedule decides about a task, and what became of what it had to say: sentences for `explain`."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from schedules.describe import describe_moment
from store.edges import triggers_of
from store.kinds import DeliveryStatus, EventMode
from store.operations.deliveries import deliveries_of
from store.operations.pruned import pruned_of
from store.operations.triggers import said
from store.phrases import listed, moment
from store.rows import task_schedule
from store.status import RunStatus
from store.tables import Event, Run, Task, User, Workflow
from store.told import told

_STARTS_LATER = (RunStatus.PENDING, RunStatus.RETRYING)


def of_task(session: Session, row: Task, now: datetime) -> list[str]:
    """Its events, its condition, its workflow, and how near it is to being paused for its failures."""
    return [*_triggers(session, row, now), *_condition(row), *_failures(row), *_workflow(session, row)]


def of_run(session: Session, user: User, run_id: int, task: Task, now: datetime) -> list[str]:
    """Why a run has not started yet, and what became of what it had to tell this person."""
    run = session.get_one(Run, run_id)
    sentences = []
    if run.status in _STARTS_LATER and run.available_at > now:
        why = " (its next try)" if run.status is RunStatus.RETRYING else ""
        if run.status is RunStatus.PENDING and task.quiet_hours is not None:
            why = f" (its quiet hours are {task.quiet_hours})"
        sentences.append(f"It starts {moment(run.available_at, task.timezone, now)}{why}.")
    messages = deliveries_of(session.connection(), user.id, [run_id]).get(run_id, ())
    return [*sentences, *(told(each, task.timezone, now) for each in messages)]


def undelivered(session: Session, user: User, runs: Iterable[int], task: Task, now: datetime) -> list[str]:
    """Of what these runs had to tell this person, what has not arrived."""
    messages = deliveries_of(session.connection(), user.id, list(runs))
    arrived = (DeliveryStatus.SENT, DeliveryStatus.FOLDED)
    waiting = [each for run in sorted(messages) for each in messages[run] if each.status not in arrived]
    return list(dict.fromkeys(told(each, task.timezone, now) for each in waiting))


def pruned(session: Session, row: Task, moments: Iterable[datetime], now: datetime) -> tuple[list[datetime], list[str]]:
    """Those of the moments whose records may still be expected, and what is known where they were removed."""
    span, asked = pruned_of(session.connection(), row.id or 0), list(moments)
    if span is None:
        return asked, []
    left = [each for each in asked if not span.covers(each)]
    return left, removed(session, row, min(asked), max(asked), now) if len(left) < len(asked) else []


def removed(session: Session, row: Task, start: datetime, end: datetime, now: datetime) -> list[str]:
    """What is known of records that were removed, if they were of runs between these moments."""
    span = pruned_of(session.connection(), row.id or 0)
    if span is None or span.latest < start or span.earliest > end:
        return []
    outcomes = listed([f"{count:,} {status.value}" for status, count in sorted(span.by_status.items())])
    first, last = (describe_moment(each, row.timezone, now) for each in (span.earliest, span.latest))
    return [f"The records of its runs between {first} and {last} were removed, as old ones are: {outcomes}."]


def _triggers(session: Session, row: Task, now: datetime) -> list[str]:
    triggers = triggers_of(session.connection(), [row.id or 0]).get(row.id or 0, ())
    if not triggers or row.deleted_at is not None:
        return []
    latest = session.exec(
        select(Event)
        .where(Event.owner_id == row.owner_id, col(Event.name).in_([each.event for each in triggers]))
        .order_by(col(Event.id).desc())
        .limit(1)
    ).first()
    came = f"“{latest.name}” came last {moment(latest.at, row.timezone, now)}" if latest else "none has come yet"
    also, instead = "also " if task_schedule(row) else "", ""
    if row.event_mode is EventMode.INSTEAD and also:
        also, instead = "", ", instead of its next time"
    return [f"It is {also}started by {' or '.join(map(said, triggers))}{instead}; {came}."]


def _condition(row: Task) -> list[str]:
    if row.condition is None:
        return []
    held = {None: "it has not looked yet", True: "it was true", False: "it was not true"}[row.condition_held]
    at_last = held if row.condition_held is None else f"when it looked last, {held}"
    return [f"It acts only when {row.condition['expression']} becomes true; {at_last}."]


def _failures(row: Task) -> list[str]:
    most = row.pause_after_failures
    if most is None or not row.failures_in_a_row or row.pause_note is not None:
        return []
    failed = (
        "It failed the last time" if row.failures_in_a_row == 1 else f"It failed the last {row.failures_in_a_row} times"
    )
    return [f"{failed}, and is paused after {most:,} failures in a row."]


def _workflow(session: Session, row: Task) -> list[str]:
    if row.workflow_id is None:
        return []
    return [f"It belongs to the workflow “{session.get_one(Workflow, row.workflow_id).name}”."]
