"""What a task does, in words and by kind."""

from collections.abc import Mapping
from typing import Any

from croncierge.errors import NotAllowed
from store.kinds import TaskType
from store.operations.budgets import limits_of
from store.values import TaskInfo
from tools.context import Context
from tools.verbs import starts_with_verb

TELL = "tell"
"""The name under which any action's payload says what its owner is told when it is done."""
_KINDS: Mapping[str, TaskType] = {
    "notify": TaskType.REMINDER,
    "email": TaskType.REMINDER,
    "sql": TaskType.QUERY,
    "ai_prompt": TaskType.AI_EXECUTION,
    "ai_goal": TaskType.AI_ORCHESTRATED,
}
_AI = ("ai_prompt", "ai_goal")
_LONGEST = 200


def type_of(action: str) -> TaskType:
    """The type of a task with this action."""
    return _KINDS.get(action, TaskType.DATA_PROCESS)


def allow_action(context: Context, action: str) -> None:
    """Pass if whoever speaks may make tasks that do this. Raises NotAllowed for an AI task that grants it not."""
    if context.actions is not None and action != "notify" and action not in context.actions:
        raise NotAllowed(f"This task grants no {action}, so it can make no task that does that.", field="do")


def is_reminder(task: TaskInfo) -> bool:
    """Whether all that a task does is to tell its owner its title."""
    return task.action_type == "notify" and not any(task.action_payload.values())


def deed(task: TaskInfo) -> str:
    """What a task will do: "remind you to send the timesheet", "fetch https://example.org"."""
    if is_reminder(task):
        return f"remind you {'to ' if starts_with_verb(task.title) else 'about '}{task.title}"
    said = _said(task.action_type, task.action_payload, task.title)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def doing(task: TaskInfo) -> str:
    """A sentence about what a task does, and what is heard of it; empty for one that only reminds."""
    return "" if is_reminder(task) else f"It will {deed(task)}.{told(task)}"


def told(task: TaskInfo) -> str:
    """A sentence about what its owner hears of a task that is no reminder; empty for one that is."""
    if task.action_type == "notify":
        return ""
    if task.action_type in _AI:
        return costs(task)
    if TELL in task.action_payload:
        return f" Then I'll tell you “{task.action_payload[TELL]}”."
    return " I'll tell you only if it fails."


def costs(task: TaskInfo) -> str:
    """A sentence about what a run of an AI task may use; empty for others."""
    if task.action_type not in _AI:
        return ""
    limits = limits_of(task.action_payload.get("budget", {}))
    subtasks = f", {limits.subtasks} subtasks" if task.action_type == "ai_goal" else ""
    return f" A run may use at most {limits.tokens:,} tokens, ${limits.cost / 1_000_000:.2f}{subtasks}; then it ends."


def _said(action: str, payload: Mapping[str, Any], title: str) -> str:
    match action:
        case "notify":
            return f"tell {' and '.join(payload.get('channels', ())) or 'you'} “{payload.get('message') or title}”"
        case "http":
            method = payload.get("method", "GET")
            return f"fetch {payload['url']}" if method == "GET" else f"send a {method} to {payload['url']}"
        case "script":
            arguments = " ".join(map(str, payload.get("arguments", ())))
            return f"run the script “{payload['script']}”" + (f" with {arguments}" if arguments else "")
        case "sql":
            verb = "change" if payload.get("write") else "ask"
            return f"{verb} the database “{payload['connection']}” with “{payload['statement']}”"
        case "email":
            return f"send a mail to {' and '.join(payload['to'])} about “{payload['subject']}”"
        case "ai_prompt" | "ai_goal":
            tools = payload.get("tools", ())
            granted = f", with {' and '.join(tools)}" if tools else ""
            model = f"the model {payload['model']}" if payload.get("model") else "a language model"
            return f"have {model} do “{title}”{granted}"
        case _:
            return f"do “{title}” ({action})"
