"""Changing tasks."""

from typing import Literal

from langchain.tools import ToolRuntime

from croncierge.errors import InvalidInput
from schedules.reading import Reading
from schedules.revise import add, revise
from store.kinds import CatchUp
from store.operations import edit_task as edit_stored
from store.values import TaskChange, TaskInfo
from tools.context import Context
from tools.reference import one_task
from tools.results import Result, done
from tools.scheduling.create import notes
from tools.timing import checked
from tools.wording import name, upcoming
from tools.wording import when as when_words


def edit_task(
    runtime: ToolRuntime[Context],
    task: str,
    title: str = "",
    when: str = "",
    also: str = "",
    if_missed: Literal["", "once", "skip", "all"] = "",
    retries: int | None = None,
) -> Result:
    context = runtime.context
    before = one_task(context, task)
    reading = _new_time(context, before, when, also)
    change = TaskChange()
    if title.strip():
        change = change.but(title=title)
    if reading is not None:
        change = change.but(schedule=reading.schedule, schedule_words=" ".join(filter(None, [when, also])))
    if if_missed:
        change = change.but(catch_up=CatchUp(if_missed))
    if retries is not None:
        change = change.but(max_retries=retries)
    if change == TaskChange():
        raise InvalidInput(f"What shall I change about {name(before)}: its title or its time?", field="when")
    after = edit_stored(context.store, context.actor, before.id, change)
    return done(_confirm(before, after, context) + notes(reading), [after])


def _new_time(context: Context, task: TaskInfo, when: str, also: str) -> Reading | None:
    reading = None
    schedule = task.schedule
    if when.strip():
        reading = checked(revise(schedule, when, now=context.now, preferences=context.preferences), when)
        schedule = reading.schedule
    if also.strip():
        reading = checked(add(schedule, also, now=context.now, preferences=context.preferences), also)
    if reading is not None and reading.conditions:
        raise InvalidInput(
            f"To let {name(task)} wait for “{reading.conditions[0].words}”, add it as a prerequisite.", field="when"
        )
    return reading


def _confirm(before: TaskInfo, after: TaskInfo, context: Context) -> str:
    renamed = f"Renamed {name(before)} to {name(after)}. " if after.title != before.title else ""
    zone = f" ({after.zone})" if after.schedule else ""
    paused = "" if after.is_active else " It is paused."
    return f"{renamed}{name(after)} is now {when_words(after, context)}{zone}.{paused}{upcoming(after, context)}"
