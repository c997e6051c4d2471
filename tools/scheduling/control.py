"""Pausing, resuming, deleting and running tasks, and taking changes back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from langchain.tools import ToolRuntime

from croncierge.errors import NotFound, Unclear
from store import operations
from store.operations.clearing import STUCK
from store.session import Store
from store.status import ENDED, RunStatus
from store.values import Actor, RunInfo, TaskInfo
from tools.context import Context
from tools.reference import one_task, some_tasks
from tools.results import Result, done
from tools.timing import read_range
from tools.wording import moment, name, upcoming


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


def run_task(
    runtime: ToolRuntime[Context],
    task: str,
    how: Literal["now", "again", "start_over", "anyway", "past"] = "now",
    during: str = "",
) -> Result:
    context = runtime.context
    chosen = one_task(context, task)
    if how == "now":
        run = operations.run_now(context.store, context.actor, chosen.id)
        return done(f"{name(chosen)} runs now (run {run.id}).", [chosen])
    if how == "past":
        return _backfill(context, chosen, during)
    change, fitting, said = _AGAIN[how]
    since, until = read_range(context, during) if during.strip() else (None, None)
    runs = operations.list_runs(context.store, context.actor, task_id=chosen.id, since=since, until=until)
    found = next((run for run in runs if run.status in fitting), None)
    if found is None:
        which = f" {during.strip()}" if during.strip() else ""
        raise NotFound(f"{name(chosen)} has no run{which} that could be started so; it can be run now.", field="task")
    changed = change(context.store, context.actor, found.id)
    return done(f"Run {changed.id} of {name(chosen)}, due {moment(changed.scheduled_time, context)}, {said}.", [chosen])


def _backfill(context: Context, task: TaskInfo, during: str) -> Result:
    if not during.strip():
        raise Unclear(
            f"For which past times shall {name(task)} run?", choices=("yesterday", "last week"), field="during"
        )
    start, end = read_range(context, during)
    runs = operations.backfill(context.store, context.actor, task.id, start, min(end, context.now))
    count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    return done(f"{name(task)} makes up for {count} of {during.strip()}.", [task])


_Change = Callable[[Store, Actor, int], RunInfo]
_AGAIN: Mapping[str, tuple[_Change, frozenset[RunStatus], str]] = {
    "again": (operations.rerun, ENDED, "runs again"),
    "start_over": (operations.clear_run, ENDED, "starts over, with all that came after it"),
    "anyway": (operations.run_anyway, STUCK, "runs now, whatever it waited for"),
}
"""How a run is brought back, the statuses in which it can be, and what is said of it."""


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
