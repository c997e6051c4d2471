"""The few commands of a conversation that need no assistant."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from interfaces.chat.thread import Thread

if TYPE_CHECKING:
    from interfaces.wiring import App

_VIA = "chat"
_COMMAND = re.compile(r"/(\w+)(?:\s+(.*))?", re.DOTALL)
_SAID_TO_THE_ASSISTANT = frozenset({"remind", "reminder", "todo", "task", "schedule"})


class Leave(Exception):
    """The person wants to leave."""


def answer(line: str, app: "App", thread: Thread) -> str | None:
    """What a command answers, in Markdown; None for a line that is for the assistant. Raises Leave."""
    match = _COMMAND.fullmatch(line.strip())
    if match is None or match[1].lower() in _SAID_TO_THE_ASSISTANT:
        return None
    command = _COMMANDS.get(match[1].lower())
    if command is None:
        return f"There is no command /{match[1]}; /help lists them."
    return command(app, thread, (match[2] or "").strip())


def _help(_app: "App", _thread: Thread, _rest: str) -> str:
    return _HELP


def _tasks(app: "App", _thread: Thread, words: str) -> str:
    from store.operations import list_tasks
    from tools.wording import tasks_table

    context = app.context(_VIA)
    found = [
        task
        for task in list_tasks(app.store, context.actor, text=words or None)
        if task.is_active or task.pause_note is not None
    ]
    return tasks_table(found, context) if found else "You have no tasks" + (" like that." if words else " yet.")


def _runs(app: "App", _thread: Thread, words: str) -> str:
    from store.operations import list_runs
    from tools.reference import one_task
    from tools.wording import runs_table

    context = app.context(_VIA)
    task_id = one_task(context, words).id if words else None
    found = list_runs(app.store, context.actor, task_id=task_id, limit=10)
    return runs_table(found, context) if found else "Nothing has run yet."


def _undo(app: "App", _thread: Thread, _rest: str) -> str:
    from store.operations import undo

    return "\n".join(undo(app.store, app.actor(_VIA)).sentences)


def _thread(_app: "App", thread: Thread, name: str) -> str:
    if name:
        thread.name = name
        return f"This is the conversation “{name}” now."
    return f"This is the conversation “{thread.name}”; /thread NAME goes to another, /new starts one."


def _new(app: "App", thread: Thread, _rest: str) -> str:
    thread.name = f"terminal-{app.clock.now():%Y%m%d-%H%M%S}"
    return "A new conversation; your tasks are the same."


def _quit(_app: "App", _thread: Thread, _rest: str) -> str:
    raise Leave


_COMMANDS: Mapping[str, Callable[["App", Thread, str], str]] = {
    "help": _help,
    "tasks": _tasks,
    "runs": _runs,
    "undo": _undo,
    "thread": _thread,
    "new": _new,
    "quit": _quit,
    "exit": _quit,
}

_HELP = """\
Say what you want in your own words, for example:

- remind me every Monday at 9 to send the timesheet
- in 20 minutes tell me to stretch
- move the timesheet one to 10
- what do I have this week?
- after the timesheet reminder runs, remind me to archive it
- why didn't the timesheet reminder run yesterday?
- cancel it, and undo when it was the wrong one

| Command        | What it does                            |
|----------------|-----------------------------------------|
| /tasks [words] | what is planned                         |
| /runs [task]   | what ran, and how it ended              |
| /undo          | take back the last change               |
| /new           | a new conversation, with the same tasks |
| /thread [name] | which conversation this is, or another  |
| /quit          | leave, like Ctrl-D                      |
"""
