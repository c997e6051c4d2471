"""Workflows for a person and for other programs."""

from typing import Any
from zoneinfo import ZoneInfo

from store.operations.workflows import WorkflowInfo
from store.run_phrases import became
from store.standing import Step
from tools.context import Context
from tools.views import run_view, task_view
from tools.wording import name, short, table, when


def workflow_view(workflow: WorkflowInfo, zone: str) -> dict[str, Any]:
    """The workflow as plain JSON; instants in `zone` with their offset."""
    due = workflow.next_run_at
    return {
        "id": workflow.id,
        "name": workflow.name,
        "status": workflow.status.value,
        "stopped": workflow.stopped,
        "paused": workflow.paused,
        "next_run_at": due.astimezone(ZoneInfo(zone)).isoformat() if due else None,
        "tasks": [
            task_view(step.task) | {"depth": step.depth, "last_run": run_view(step.last, zone) if step.last else None}
            for step in workflow.steps
        ],
    }


def workflows_table(workflows: list[WorkflowInfo], context: Context) -> str:
    """Workflows as a Markdown table."""
    rows = [
        (
            each.name,
            f"{len(each.steps)}",
            each.status.value + (f": {each.stopped}" if each.stopped else ""),
            _next(each, context),
        )
        for each in workflows
    ]
    return table(("Workflow", "Tasks", "Status", "Next start"), rows)


def workflow_text(workflow: WorkflowInfo, context: Context) -> str:
    """The workflow as a Markdown list: each task below what it waits for, with what starts it and its latest run."""
    stopped = f" ({workflow.stopped})" if workflow.stopped else ""
    lines = [
        f"{workflow.name}: {workflow.status.value}{stopped}. Next start: {_next(workflow, context)}.",
        *(_step(step, context) for step in workflow.steps),
    ]
    return "\n".join(lines)


def _step(step: Step, context: Context) -> str:
    task, last = step.task, step.last
    went = f"{became(last)}, {short(last.end_time or last.scheduled_time, context)}" if last else "has not run yet"
    paused = f"paused{f' ({task.pause_note})' if task.pause_note else ''}, " if task.pause_note is not None else ""
    return f"{'  ' * step.depth}- #{task.id} {name(task)} {when(task, context)} — {paused}{went}"


def _next(workflow: WorkflowInfo, context: Context) -> str:
    if workflow.next_run_at is not None:
        return short(workflow.next_run_at, context)
    return "paused" if workflow.paused == len(workflow.steps) else "none"
