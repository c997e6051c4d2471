"""Changing tasks."""

from collections.abc import Sequence
from typing import Any, Literal

from langchain.tools import ToolRuntime

from croncierge.errors import InvalidInput
from schedules.reading import ConditionKind, Reading
from schedules.revise import add, revise
from schedules.words import read_when
from store.kinds import CatchUp, EventMode
from store.operations import edit_task as edit_stored
from store.values import UNSET, TaskChange, TaskInfo, TriggerSpec
from tools.channels import channel_meant
from tools.context import Context
from tools.deeds import allow_action
from tools.reference import one_task
from tools.results import Result, done
from tools.scheduling.create import notes, trigger
from tools.timing import checked
from tools.wording import name, promise, upcoming
from tools.wording import when as when_words


def edit_task(
    runtime: ToolRuntime[Context],
    task: str,
    title: str = "",
    when: str = "",
    also: str = "",
    if_missed: Literal["", "once", "skip", "all"] = "",
    retries: int | None = None,
    what: dict[str, Any] | None = None,
    channel: str = "",
) -> Result:
    context = runtime.context
    before = one_task(context, task)
    change, reading = _new_time(context, before, when, also)
    if title.strip():
        change = change.but(title=title)
    if if_missed:
        change = change.but(catch_up=CatchUp(if_missed))
    if retries is not None:
        change = change.but(max_retries=retries)
    if channel.strip():
        change = change.but(channel=channel_meant(channel))
    if what:
        allow_action(context, before.action_type)
        change = change.but(action_payload={**before.action_payload, **what})
    if change == TaskChange():
        raise InvalidInput(f"What shall I change about {name(before)}: its title or its time?", field="when")
    after = edit_stored(context.store, context.actor, before.id, change)
    said = [_confirm(before, after, context, acts=bool(what))] if change.but(channel=UNSET) != TaskChange() else []
    if change.channel is not UNSET:
        where = f"to {after.channel}" if after.channel else "where your messages usually go"
        said.append(f"The messages of {name(after)} go {where} from now on.")
    return done("\n".join(said) + notes(reading), [after])


def _new_time(context: Context, task: TaskInfo, when: str, also: str) -> tuple[TaskChange, Reading | None]:
    """What shall start it from now on: a time, an event, or both."""
    change, reading, schedule = TaskChange(), None, task.schedule
    if when.strip():
        reading = _events(context, when) or revise(schedule, when, now=context.now, preferences=context.preferences)
        reading, schedule = checked(reading, when), reading.schedule
        change = _started_by(context, task, change, reading, None)
    if also.strip():
        reading = _events(context, also) or add(schedule, also, now=context.now, preferences=context.preferences)
        change = _started_by(context, task, change, checked(reading, also), task.triggers)
    if reading is not None:
        change = change.but(schedule_words=" ".join(filter(None, [when, also])))
    return change, reading


def _events(context: Context, words: str) -> Reading | None:
    """The reading of words that name an event, with a time or without."""
    reading = read_when(words, now=context.now, preferences=context.preferences)
    return reading if any(each.kind is ConditionKind.EVENT for each in reading.conditions) else None


def _started_by(
    context: Context, task: TaskInfo, change: TaskChange, reading: Reading, kept: Sequence[TriggerSpec] | None
) -> TaskChange:
    """kept: the triggers that stay, where something is added to what starts the task; None where it takes its place."""
    others = [each for each in reading.conditions if each.kind is not ConditionKind.EVENT]
    if others:
        raise InvalidInput(f"To let {name(task)} wait for “{others[0].words}”, add it as a prerequisite.", field="when")
    if not reading.conditions:
        return change.but(schedule=reading.schedule)
    found = [trigger(context, each.words) for each in reading.conditions]
    change = change.but(triggers=(*(kept or ()), *(each for each in found if each not in (kept or ()))))
    if kept is not None and reading.schedule is None:
        return change
    instead = any(each.instead for each in reading.conditions)
    return change.but(schedule=reading.schedule, event_mode=EventMode.INSTEAD if instead else EventMode.ALSO)


def _confirm(before: TaskInfo, after: TaskInfo, context: Context, *, acts: bool) -> str:
    if acts:
        return f"From now on: {promise(after, context)}"
    renamed = f"Renamed {name(before)} to {name(after)}. " if after.title != before.title else ""
    zone = f" ({after.zone})" if after.schedule else ""
    paused = "" if after.is_active else " It is paused."
    return f"{renamed}{name(after)} is now {when_words(after, context)}{zone}.{paused}{upcoming(after, context)}"
