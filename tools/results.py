"""What a tool answers: a small JSON object whose `text` is a sentence for the person, written from the record.

status: "done" (it happened, or here is what was asked for), "ask" (the person has to say more) or "error" (it cannot
be, and nothing was changed).
"""

import json
import logging
from collections.abc import Iterable
from typing import Any

from langgraph.prebuilt.tool_node import ToolInvocationError

from croncierge.errors import CronciergeError, InvalidInput, Unclear
from store.values import TaskInfo
from tools.views import task_view

Result = dict[str, Any]

_log = logging.getLogger("croncierge.tools")


def done(text: str, tasks: Iterable[TaskInfo] = ()) -> Result:
    """It happened; `tasks` are the ones it touched or shows."""
    return {"status": "done", "text": text, "tasks": [task_view(task) for task in tasks]}


def ask(question: str, choices: Iterable[str] = ()) -> Result:
    """The person has to say more first; nothing was changed. Choices that the question does not name are added."""
    offered = list(choices)
    unnamed = [f"“{choice}”" for choice in offered if not choice.startswith("#") and choice not in question]
    if unnamed:
        question += (
            f" For example {', '.join(unnamed[:-1])} or {unnamed[-1]}."
            if len(unnamed) > 1
            else f" For example {unnamed[0]}."
        )
    return {"status": "ask", "text": question, "choices": offered}


def error(sentence: str, field: str | None = None, code: str = CronciergeError.code) -> str:
    """A call that cannot be, as JSON. field: what is wrong, if it is one thing. code: what kind of error it is."""
    return _json({"status": "error", "code": code, "text": sentence, **({"field": field} if field else {})})


def from_error(raised: Exception) -> str:
    """The answer of a tool that raised. What is not meant for a person is logged and not told."""
    match raised:
        case Unclear():
            return _json(ask(raised.message, raised.choices))
        case CronciergeError():
            return error(raised.message, raised.field, raised.code)
        case ToolInvocationError():
            wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in raised.source.errors()]
            return error(f"The arguments do not fit the tool: {'; '.join(wrong)}.", code=InvalidInput.code)
    _log.error("a tool failed", exc_info=raised)
    return error("Something went wrong on my side; nothing was changed. Please try again.")


def _json(result: Result) -> str:
    return json.dumps(result, ensure_ascii=False)
