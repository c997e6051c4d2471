"""Sentences about stored tasks and runs, for a person, in their zone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from croncierge.errors import NotFound
from schedules.describe import describe, describe_moment
from schedules.schedule import Once
from store.kinds import DependencyType, EventMode, Join
from store.operations import get_task
from store.operations.deliveries import messages_of_runs
from store.told import in_short
from store.values import Prerequisite, RunInfo, TaskInfo, TriggerSpec
from tools.context import Context
from tools.deeds import deed, told
from tools.views import next_runs

_SHOWN = 3
_LONGEST_LIST = 40


def moment(instant: datetime, context: Context) -> str:
    """A moment as people say it: "today at 10:15", "tomorrow at 09:00", "on Mon 30 Nov at 09:00"."""
    zone = ZoneInfo(context.preferences.zone)
    local, today = instant.astimezone(zone), context.now.astimezone(zone).date()
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    if local.date() == today:
        return f"today at {clock}"
    if local.date() == today + timedelta(days=1):
        return f"tomorrow at {clock}"
    day = describe_moment(instant, context.preferences.zone, context.now).removesuffix(clock).rstrip()
    return f"on {day} at {clock}"


def short(instant: datetime, context: Context) -> str:
    """A moment in a table: "Mon 30 Nov 09:00"."""
    return describe_moment(instant, context.preferences.zone, context.now)


def when(task: TaskInfo, context: Context) -> str:
    """What starts the task: its schedule, the tasks it waits for, or both."""
    parts = []
    if isinstance(task.schedule, Once):
        parts.append(moment(task.schedule.at, context))
    elif task.schedule is not None:
        parts.append(describe(task.schedule))
    if task.depends_on:
        waits = (" or " if task.join is Join.ANY else " and ").join(
            _prerequisite(each, context) for each in task.depends_on
        )
        parts.append(f"but only once {waits}" if parts else f"each time {waits}")
    if task.condition is not None and parts:
        parts[0] += f" if {task.condition['expression']} ({task.condition['action_type']})"
    if task.triggers:
        comes = " or ".join(_happening(each) for each in task.triggers)
        if parts and task.event_mode is EventMode.INSTEAD:
            return f"when {comes}, or {', '.join(parts)} at the latest"
        parts.append(f"and when {comes}" if parts else f"when {comes}")
    return ", ".join(parts) or "only when you run it"


def _happening(trigger: TriggerSpec) -> str:
    if trigger.path:
        return f"a file comes to {trigger.path}"
    wanted = " and ".join(f"{key} = {_wanted(value)}" for key, value in (trigger.filter or {}).items())
    return f"the event “{trigger.event}” comes" + (f" with {wanted}" if wanted else "")


def _wanted(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def promise(task: TaskInfo, context: Context) -> str:
    """The confirmation of a task, written from the stored row: what, when, and the next runs."""
    zone = f" ({task.zone})" if task.schedule else ""
    where = f" Its messages go to {task.channel}." if task.channel else ""
    return f"I'll {deed(task)} {when(task, context)}{zone}.{told(task)}{where}{upcoming(task, context)}"


def upcoming(task: TaskInfo, context: Context) -> str:
    """A line with the next runs of a repeating task, or nothing."""
    if task.schedule is None or isinstance(task.schedule, Once):
        return ""
    shown = " · ".join(short(each, context) for each in next_runs(task, _SHOWN))
    return f"\nNext: {shown}" if shown else ""


def name(task: TaskInfo) -> str:
    return f"“{task.title}”"


def tasks_table(tasks: Sequence[TaskInfo], context: Context) -> str:
    """Tasks as a Markdown table."""
    rows = [(f"{task.id}", task.title, when(task, context), _state(task, context)) for task in tasks[:_LONGEST_LIST]]
    more = f"\n\n… and {len(tasks) - _LONGEST_LIST} more." if len(tasks) > _LONGEST_LIST else ""
    return table(("#", "Task", "When", "Next"), rows) + more


def runs_table(runs: Sequence[RunInfo], context: Context) -> str:
    """Runs as a Markdown table, the latest first; what became of their messages, if there are any."""
    messages = messages_of_runs(context.store, context.actor, [run.id for run in runs[:_LONGEST_LIST]])
    rows = [
        (
            f"{run.id}",
            run.title,
            short(run.scheduled_time, context),
            run.status.value,
            run.error_message or run.reason or "",
            in_short(messages.get(run.id, ())),
        )
        for run in runs[:_LONGEST_LIST]
    ]
    head = ("Run", "Task", "Due", "Outcome", "Why", "Message")
    return table(head, rows) if messages else table(head[:-1], [row[:-1] for row in rows])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its columns aligned so that it reads well unrendered, too."""
    cells = [[_cell(text) for text in row] for row in [head, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _state(task: TaskInfo, context: Context) -> str:
    if task.is_active:
        return short(task.next_run_at, context) if task.next_run_at else "—"
    if task.pause_note is not None:
        return f"paused: {task.pause_note}" if task.pause_note else "paused"
    return f"done {short(task.last_run_at, context)}" if task.last_run_at else "done"


def _prerequisite(prerequisite: Prerequisite, context: Context) -> str:
    try:
        title = name(get_task(context.store, context.actor, prerequisite.task_id, include_deleted=True))
    except NotFound:
        title = "a task of somebody else's"
    outcome = {
        DependencyType.SUCCESS: "has run",
        DependencyType.COMPLETION: "has ended, whatever the outcome",
        DependencyType.FAILURE: "has failed",
    }
    return f"{title} {outcome[prerequisite.type]}"
