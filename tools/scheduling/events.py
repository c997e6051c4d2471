"""Saying that something happened."""

from typing import Any

from langchain.tools import ToolRuntime

from store import operations
from store.status import RunStatus
from store.values import RunInfo
from tools.context import Context
from tools.results import Result, done


def emit_event(runtime: ToolRuntime[Context], event: str, data: dict[str, Any] | None = None) -> Result:
    context = runtime.context
    key = f"{context.actor.change_set}:{runtime.tool_call_id}"
    emitted = operations.emit_event(context.store, context.actor, event, data, key)
    lines = [_became(run) for run in emitted.runs]
    lines += [f"{each}." for each in emitted.not_started]
    return done("\n".join([f"Noted that “{event.strip()}” happened.", *(lines or ["No task waits for it."])]))


def _became(run: RunInfo) -> str:
    if run.status is RunStatus.PENDING:
        return f"“{run.title}” starts (run {run.id})."
    return f"“{run.title}” is {run.status.value} (run {run.id})" + (f": {run.reason}." if run.reason else ".")
