"""What a tool answers: a small JSON object whose `text` is a sentence for the person, written from the record.

status: "done" (it happened, or here is what was asked for), "ask" (the person has to say more) or "error" (it cannot
be, and nothing was changed).
"""

import json
import logging
from collections.abc import Iterable
from typing import Any

from langgraph.prebuilt.tool_node import ToolInvocationError

from croncierge.errors import CronciergeError, Unclear
from store.values import TaskInfo
from tools.views import task_view

Result = dict[str, Any]

_log = logging.getLogger("croncierge.tools")


def done(text: str, tasks: Iterable[TaskInfo] = ()) -> Result:
    """It happened; `tasks` are the ones it touched or shows."""
    return {"status": "done", "text": text, "tasks": [task_view(task) for task in tasks]}


def ask(question: str, choices: Iterable[str] = ()) -> Result:
    """The person has to say more first; nothing was changed."""
    return {"status": "ask", "text": question, "choices": list(choices)}


def from_error(error: Exception) -> str:
    """The answer of a tool that raised. What is not meant for a person is logged and not told."""
    if isinstance(error, Unclear):
        result = ask(error.message, error.choices)
    elif isinstance(error, CronciergeError):
        result = {"status": "error", "text": error.message}
    elif isinstance(error, ToolInvocationError):
        result = {"status": "error", "text": f"The arguments do not fit the tool: {error.filtered_errors or error}"}
    else:
        _log.exception("a tool failed", exc_info=error)
        result = {"status": "error", "text": "Something went wrong on my side; nothing was changed. Please try again."}
    return json.dumps(result, ensure_ascii=False)
