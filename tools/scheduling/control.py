"""Pausing, resuming, deleting and running tasks, and taking changes back."""

from collections.abc import Sequence

from langchain.tools import ToolRuntime

from store import operations
from store.values import TaskInfo
from tools.context import Context
from tools.reference import one_task, some_tasks
from tools.results import Result, done
from tools.wording import name, upcoming


def pause_task(runtime: ToolRuntime[Context], task: str, note: str = "") -> Result:
    context = runtime.context
    chosen = some_tasks(context, task, lambda each: each.is_active)
    paused = [operations.pause_task(context.store, context.actor, each.id, note or None) for each in chosen]
    return done(f"Paused {_names(paused)}. “Resume” lets {_it(paused)} run again.", paused)


def resume_task(runtime: ToolRuntime[Context], task: str) -> Result:
    context = runtime.context
    chosen = some_tasks(context, task, _paused)
    resumed = [operations.resume_task(context.store, context.actor, each.id) for each in chosen]
    next_runs = upcoming(resumed[0], context) if len(resumed) == 1 else ""
    return done(f"Resumed {_names(resumed)}.{next_runs}", resumed)


def delete_task(runtime: ToolRuntime[Context], task: str) -> Result:
    context = runtime.context
    chosen = some_tasks(context, task, lambda each: each.is_active or _paused(each))
    deleted = [operations.delete_task(context.store, context.actor, each.id) for each in chosen]
    return done(f"Deleted {_names(deleted)}. “Undo” brings {_it(deleted)} back.", deleted)


def run_task(runtime: ToolRuntime[Context], task: str) -> Result:
    context = runtime.context
    chosen = one_task(context, task)
    run = operations.run_now(context.store, context.actor, chosen.id)
    return done(f"{name(chosen)} runs now (run {run.id}).", [chosen])


def undo(runtime: ToolRuntime[Context]) -> Result:
    context = runtime.context
    undone = operations.undo(context.store, context.actor)
    return done("\n".join(undone.sentences), undone.tasks)


def _paused(task: TaskInfo) -> bool:
    return not task.is_active and task.pause_note is not None


def _names(tasks: Sequence[TaskInfo]) -> str:
    if len(tasks) == 1:
        return name(tasks[0])
    return f"{len(tasks)} tasks: {', '.join(map(name, tasks))}"


def _it(tasks: Sequence[TaskInfo]) -> str:
    return "it" if len(tasks) == 1 else "them"
