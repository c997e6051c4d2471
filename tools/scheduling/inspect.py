"""Looking at tasks and at what became of them."""

from datetime import datetime
from itertools import islice
from typing import Literal

from langchain.tools import ToolRuntime

from croncierge.errors import InvalidInput
from schedules.occurrences import between
from store import operations
from store.operations import workflows
from store.status import RunStatus
from store.values import TaskInfo
from tools.context import Context
from tools.deeds import doing
from tools.reference import EVERY, one_task
from tools.results import Result, done
from tools.timing import read_range
from tools.wording import name, runs_table, short, table, tasks_table, upcoming
from tools.wording import when as when_words
from tools.workflow_words import workflow_text, workflows_table

_AGENDA_LINES = 40
_TIMES_A_TASK = 7


def list_tasks(
    runtime: ToolRuntime[Context],
    words: str = "",
    during: str = "",
    status: Literal["active", "paused", "done", "all"] = "active",
    workflow: str = "",
) -> Result:
    context = runtime.context
    if workflow.strip():
        return _workflows(context, workflow)
    about = f" about “{words}”" if words else ""
    if during.strip():
        start, end = read_range(context, during)
        found = operations.list_tasks(context.store, context.actor, active=True, text=words or None, due=(start, end))
        if not found:
            return done(f"You have nothing{about} planned {during.strip()}.")
        return done(_agenda(found, start, end, context), found)
    active = {"active": True, "paused": False, "done": False, "all": None}[status]
    found = operations.list_tasks(context.store, context.actor, active=active, text=words or None)
    if status in ("paused", "done"):
        found = [task for task in found if _is_done(task) == (status == "done")]
    if not found:
        kind = "" if status == "all" else f"{status} "
        return done(f"You have no {kind}tasks{about}.")
    return done(tasks_table(found, context), found)


def show_task(runtime: ToolRuntime[Context], task: str) -> Result:
    context = runtime.context
    shown = one_task(context, task)
    runs = operations.list_runs(context.store, context.actor, task_id=shown.id, limit=5)
    zone = f" ({shown.zone})" if shown.schedule else ""
    state = "" if shown.is_active else " It is done." if _is_done(shown) else " It is paused."
    lines = [f"#{shown.id} {name(shown)}: {when_words(shown, context)}{zone}.{state}{upcoming(shown, context)}"]
    if what := doing(shown):
        lines.append(what)
    if shown.description:
        lines.append(shown.description)
    lines.append(f"Latest runs:\n\n{runs_table(runs, context)}" if runs else "It has not run yet.")
    return done("\n".join(lines), [shown])


def task_history(runtime: ToolRuntime[Context], task: str = "", during: str = "", status: str = "") -> Result:
    context = runtime.context
    about = one_task(context, task) if task.strip() else None
    since, until = read_range(context, during) if during.strip() else (None, None)
    if status and status not in {each.value for each in RunStatus}:
        raise InvalidInput(
            f"status is {status!r}; it can be {', '.join(each.value for each in RunStatus)}.", field="status"
        )
    runs = operations.list_runs(
        context.store,
        context.actor,
        task_id=about.id if about else None,
        status=RunStatus(status) if status else None,
        since=since,
        until=until,
        limit=20,
    )
    if runs:
        return done(runs_table(runs, context), [about] if about else [])
    subject = name(about) if about else "There"
    kind = f"{status} " if status else ""
    verb = "has" if about else "were" if during.strip() else "are"
    return done(f"{subject} {verb} no {kind}runs {during.strip() or 'yet'}.", [about] if about else [])


def explain_task(runtime: ToolRuntime[Context], task: str, during: str = "") -> Result:
    context = runtime.context
    about = one_task(context, task)
    span = read_range(context, during) if during.strip() else None
    explanation = operations.explain(context.store, context.actor, about.id, during=span)
    return done(" ".join(explanation.sentences), [about])


def task_stats(runtime: ToolRuntime[Context], task: str = "", during: str = "") -> Result:
    context = runtime.context
    about = one_task(context, task) if task.strip() else None
    since = read_range(context, during)[0] if during.strip() else None
    numbers = operations.stats(context.store, context.actor, about.id if about else None, since=since)
    subject = name(about) if about else "All tasks together"
    return done(f"{subject}: {numbers.sentence}", [about] if about else [])


def _workflows(context: Context, words: str) -> Result:
    """All workflows, or one of them with its tasks."""
    if words.strip().casefold() not in EVERY:
        found = workflows.show_workflow(context.store, context.actor, words)
        return done(workflow_text(found, context), [step.task for step in found.steps])
    known = workflows.list_workflows(context.store, context.actor)
    if not known:
        return done("You have no workflows; tasks that are given the name of one make it.")
    return done(workflows_table(known, context))


def _agenda(tasks: list[TaskInfo], start: datetime, end: datetime, context: Context) -> str:
    start = max(start, context.now)
    lines: list[tuple[datetime, TaskInfo, str]] = []
    for task in tasks:
        if task.schedule is None:
            continue
        times = list(islice(between(task.schedule, start, end), _TIMES_A_TASK + 1))
        more = " (and more after that)" if len(times) > _TIMES_A_TASK else ""
        lines += [(at, task, "") for at in times[: _TIMES_A_TASK - 1]]
        lines += [(at, task, more) for at in times[_TIMES_A_TASK - 1 : _TIMES_A_TASK]]
    lines.sort(key=lambda line: (line[0], line[1].id))
    rows = [(short(at, context), task.title + more, f"{task.id}") for at, task, more in lines[:_AGENDA_LINES]]
    rest = f"\n\n… and {len(lines) - _AGENDA_LINES} more." if len(lines) > _AGENDA_LINES else ""
    return table(("When", "Task", "#"), rows) + rest


def _is_done(task: TaskInfo) -> bool:
    return not task.is_active and task.pause_note is None
