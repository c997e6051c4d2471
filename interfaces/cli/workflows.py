"""`workflows`: tasks under one name, looked at and handled together."""

from typing import TYPE_CHECKING, Annotated

import typer

from croncierge.errors import InvalidInput
from interfaces.cli.options import Common
from interfaces.output import put, put_json, put_markdown

if TYPE_CHECKING:
    from store.operations.workflows import WorkflowChange
    from tools.context import Context

_VIA = "cli"
_NONE = "none"

Name = Annotated[list[str], typer.Argument(metavar="WORKFLOW", help="Words of its name.")]


def list_workflows(common: Common) -> None:
    """List workflows: how many tasks, how the last round went, and when they start next."""
    from store.operations import workflows
    from tools.workflow_words import workflow_view, workflows_table

    with common.app() as app:
        context = app.context(_VIA)
        found = workflows.list_workflows(app.store, context.actor)
        if common.as_json:
            put_json([workflow_view(each, context.preferences.zone) for each in found])
        elif found:
            put_markdown(workflows_table(found, context))
        else:
            put("There are no workflows yet; `croncierge workflows name TASK NAME` makes one.")


def show_workflow(common: Common, workflow: Name) -> None:
    """Show a workflow: each task below what it waits for, with its conditions and how it went last.

    \b
    croncierge workflows show nightly
    """
    from store.operations import workflows
    from tools.workflow_words import workflow_text, workflow_view

    with common.app() as app:
        context = app.context(_VIA)
        found = workflows.show_workflow(app.store, context.actor, " ".join(workflow))
        if common.as_json:
            put_json(workflow_view(found, context.preferences.zone))
        else:
            put(workflow_text(found, context))


def name_workflow(
    common: Common,
    what: Annotated[str, typer.Argument(metavar="TASK|WORKFLOW", help="A task of it, or the name it has now.")],
    name: Annotated[str, typer.Argument(metavar="NAME|none", help="The new name; none to take a task out.")],
    only: Annotated[bool, typer.Option("--only", help="Only this task, not what is tied to it.")] = False,
) -> None:
    """Name what hangs together with a task, or give a workflow another name.

    \b
    croncierge workflows name "fetch prices" nightly
    croncierge workflows name nightly "every night"
    croncierge workflows name "fetch prices" none --only
    """
    from croncierge.errors import NotFound
    from store.operations import workflows
    from tools.reference import one_task
    from tools.views import task_view
    from tools.workflow_words import workflow_view

    with common.app() as app:
        context = app.context(_VIA)
        named = {each.name.casefold() for each in workflows.list_workflows(app.store, context.actor)}
        if what.casefold() in named:
            if name == _NONE or only:
                raise InvalidInput(f"“{what}” is a workflow; name a task of it to take out or to move.", field="what")
            renamed = workflows.rename_workflow(app.store, context.actor, what, name)
            if common.as_json:
                put_json(workflow_view(renamed, context.preferences.zone))
            else:
                put(f"The workflow “{what}” is called “{renamed.name}” now.")
            return
        try:
            task = one_task(context, what)
        except NotFound as error:
            raise NotFound(f"There is neither a workflow nor a task like “{what}”.", field="what") from error
        new = None if name == _NONE else name
        changed = workflows.name_workflow(app.store, context.actor, task.id, new, alone=only)
        if common.as_json:
            put_json([task_view(each) for each in changed])
            return
        titles = ", ".join(f"“{each.title}”" for each in changed)
        if not changed:
            put("Nothing changed: that is where it belongs already.")
        elif new is None:
            put(f"In no workflow any more: {titles}.")
        else:
            put(f"The workflow “{new}” has now: {titles}.")


def pause_workflow(
    common: Common,
    workflow: Name,
    reason: Annotated[str | None, typer.Option(help="Why, for whoever asks later.")] = None,
) -> None:
    """Let all tasks of a workflow rest until it is resumed; `croncierge undo` takes that back."""
    from store.operations import workflows

    with common.app() as app:
        context = app.context(_VIA)
        change = workflows.pause_workflow(app.store, context.actor, " ".join(workflow), reason)
        _say(common, context, change, f"The workflow “{change.workflow.name}” is paused")


def resume_workflow(common: Common, workflow: Name) -> None:
    """Let all paused tasks of a workflow run again."""
    from store.operations import workflows

    with common.app() as app:
        context = app.context(_VIA)
        change = workflows.resume_workflow(app.store, context.actor, " ".join(workflow))
        _say(common, context, change, f"The workflow “{change.workflow.name}” goes on")


def _say(common: Common, context: "Context", change: "WorkflowChange", said: str) -> None:
    from tools.workflow_words import workflow_view

    if common.as_json:
        put_json(workflow_view(change.workflow, context.preferences.zone) | {"changed": list(change.tasks)})
        return
    titles = ", ".join(f"“{title}”" for title in change.tasks) or "nothing was to be done"
    left = f"; over and left alone: {', '.join(f'“{title}”' for title in change.left)}" if change.left else ""
    put(f"{said}: {titles}{left}.")
