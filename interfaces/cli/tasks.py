"""`tasks` and `undo`: looking at what is planned, and changing it without a conversation."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from interfaces.cli.options import Common
from interfaces.output import note, put, put_json, put_markdown

if TYPE_CHECKING:
    from interfaces.wiring import App
    from store.values import TaskInfo
    from tools.context import Context

_VIA = "cli"
_LATEST = 5
_NOBODY = "Nothing is running that could execute it; start `croncierge serve` or `croncierge chat`."

Ref = Annotated[list[str], typer.Argument(metavar="TASK", help="Its number, or words of its title.")]
Status = Literal["open", "active", "paused", "done", "all"]

_ACTIVE: Mapping[Status, bool | None] = {"open": None, "active": True, "paused": False, "done": False, "all": None}


def list_tasks(
    common: Common,
    words: Annotated[list[str] | None, typer.Argument(help="Only tasks with these words in the title.")] = None,
    status: Annotated[Status, typer.Option(help="Which tasks; open are the active and the paused.")] = "open",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
) -> None:
    """List tasks, the next due first.

    \b
    croncierge tasks list
    croncierge tasks list timesheet --status all
    """
    from store import operations
    from tools.views import task_view
    from tools.wording import tasks_table

    with common.app() as app:
        context = app.context(_VIA)
        found = operations.list_tasks(
            app.store, context.actor, active=_ACTIVE[status], text=" ".join(words or ()) or None, limit=limit
        )
        if status in ("open", "paused", "done"):
            found = [task for task in found if (task.is_active or task.pause_note is not None) != (status == "done")]
        if common.as_json:
            put_json([task_view(task) for task in found])
        elif found:
            put_markdown(tasks_table(found, context))
        else:
            put(
                f"There are no {'' if status in ('open', 'all') else status + ' '}tasks{' like that' if words else ''}."
            )


def show_task(common: Common, task: Ref) -> None:
    """Show one task, its next runs and its latest ones.

    \b
    croncierge tasks show 3
    croncierge tasks show timesheet
    """
    from store import operations
    from tools.views import run_view, task_view

    with common.app() as app:
        context = app.context(_VIA)
        found = _meant(task, context)
        runs = operations.list_runs(app.store, context.actor, task_id=found.id, limit=_LATEST)
        if common.as_json:
            from tools.policies import NAMES

            more = {
                "description": found.description,
                "timezone": found.zone,
                "pause_note": found.pause_note,
                "workflow": found.workflow,
                "action_type": found.action_type,
                "action_payload": dict(found.action_payload),
                "policies": {name: getattr(found, name) for name in NAMES},
                "runs": [run_view(run, found.zone) for run in runs],
            }
            put_json(task_view(found) | more)
            return
        from tools.deeds import doing
        from tools.policies import in_words
        from tools.wording import name, runs_table, upcoming, when

        how = in_words(found)
        zone = f" ({found.zone})" if found.schedule else ""
        state = "" if found.is_active else " It is done." if found.pause_note is None else " It is paused."
        note_said = f" ({found.pause_note})" if found.pause_note else ""
        latest = f"Latest runs:\n\n{runs_table(runs, context)}" if runs else "It has not run yet."
        lines = [
            f"#{found.id} {name(found)}: {when(found, context)}{zone}.{state}{note_said}{upcoming(found, context)}",
            doing(found),
            found.description,
            f"How it is run: {how}." if how else "",
            latest,
        ]
        put_markdown("\n".join(line for line in lines if line))


def pause_task(
    common: Common,
    task: Ref,
    reason: Annotated[str | None, typer.Option(help="Why, for whoever asks later.")] = None,
) -> None:
    """Let a task rest until it is resumed."""

    def pause(app: "App", context: "Context", found: "TaskInfo") -> "TaskInfo":
        from store.operations import pause_task as operation

        return operation(app.store, context.actor, found.id, reason)

    change_task(common, task, pause, lambda found, _: f"“{found.title}” is paused.", prefer=lambda each: each.is_active)


def resume_task(common: Common, task: Ref) -> None:
    """Let a paused task run again."""

    def resume(app: "App", context: "Context", found: "TaskInfo") -> "TaskInfo":
        from store.operations import resume_task as operation

        return operation(app.store, context.actor, found.id)

    def said(found: "TaskInfo", context: "Context") -> str:
        from tools.wording import upcoming, when

        return f"“{found.title}” goes on: {when(found, context)}.{upcoming(found, context)}"

    change_task(common, task, resume, said, prefer=lambda each: not each.is_active)


def delete_task(common: Common, task: Ref) -> None:
    """Delete a task; `croncierge undo` brings it back."""

    def delete(app: "App", context: "Context", found: "TaskInfo") -> "TaskInfo":
        from store.operations import delete_task as operation

        return operation(app.store, context.actor, found.id)

    change_task(common, task, delete, lambda found, _: f"“{found.title}” is deleted; `croncierge undo` brings it back.")


def run_task(common: Common, task: Ref) -> None:
    """Run a task now, besides its schedule."""
    from store.operations.runs import run_now
    from tools.views import run_view

    with common.app() as app:
        context = app.context(_VIA)
        found = _meant(task, context)
        run = run_now(app.store, context.actor, found.id)
        if common.as_json:
            put_json(run_view(run, found.zone))
        else:
            put(f"“{found.title}” is to run now, as run {run.id}.")
        if not app.doorbell.anybody():
            note(_NOBODY)


def backfill_task(
    common: Common,
    task: Ref,
    start: Annotated[str, typer.Option("--from", metavar="ISO", help="From this moment on.")],
    end: Annotated[str, typer.Option("--to", metavar="ISO", help="Up to, not including, this moment.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many runs.")] = 100,
) -> None:
    """Run a task for what its schedule would have done in a stretch of the past.

    What has run already is left alone.

    \b
    croncierge tasks backfill report --from 2026-11-01 --to 2026-11-08
    """
    from interfaces.cli.moments import read_instant
    from store import operations
    from tools.views import run_view

    with common.app() as app:
        context = app.context(_VIA)
        found = _meant(task, context)
        stretch = read_instant(start, found.zone, field="--from"), read_instant(end, found.zone, field="--to")
        runs = operations.backfill(app.store, context.actor, found.id, *stretch, limit=limit)
        if common.as_json:
            put_json([run_view(run, found.zone) for run in runs])
        else:
            put(f"“{found.title}” is to run {'once' if len(runs) == 1 else f'{len(runs)} times'} for that stretch.")
        if not app.doorbell.anybody():
            note(_NOBODY)


def undo(common: Common) -> None:
    """Take back what you changed last, in chat or here."""
    from store import operations
    from tools.views import task_view

    with common.app() as app:
        undone = operations.undo(app.store, app.actor(_VIA))
        if common.as_json:
            put_json({"undone": list(undone.sentences), "tasks": [task_view(task) for task in undone.tasks]})
        else:
            put("\n".join(undone.sentences))


def _meant(words: list[str], context: "Context", prefer: "Callable[[TaskInfo], bool] | None" = None) -> "TaskInfo":
    from tools.reference import one_task

    return one_task(context, " ".join(words), prefer)


def change_task(
    common: Common,
    words: list[str],
    change: "Callable[[App, Context, TaskInfo], TaskInfo]",
    said: "Callable[[TaskInfo, Context], str]",
    prefer: "Callable[[TaskInfo], bool] | None" = None,
) -> None:
    """Make one change to the task that the words mean, and say what it is now."""
    with common.app() as app:
        context = app.context(_VIA)
        changed = change(app, context, _meant(words, context, prefer))
        if common.as_json:
            put_json(_view(changed))
        else:
            put(said(changed, context))


def _view(task: "TaskInfo") -> dict[str, Any]:
    from tools.views import task_view

    return task_view(task)
