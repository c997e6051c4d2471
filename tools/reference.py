"""Which task a person means by an id or by words of its title."""

import re
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from croncierge.errors import NotFound, Unclear
from schedules.reading import Kind
from schedules.schedule import Once
from schedules.words import read_when
from store.operations import find_tasks, list_tasks
from store.values import TaskInfo
from tools.context import Context

_NOBODY_IN_PARTICULAR = frozenset({"", "it", "that", "this", "the task", "the reminder"})
EVERY = frozenset({"all", "everything", "all of them", "all tasks", "every task", "all reminders"})


def one_task(context: Context, words: str, prefer: Callable[[TaskInfo], bool] | None = None) -> TaskInfo:
    """The one task that `words` mean; among several, the only one that `prefer` holds for.

    Raises Unclear with the candidates when there are several, NotFound when there is none.
    """
    found = _candidates(context, words)
    if len(found) > 1:
        wanted = prefer or (lambda task: task.is_active)
        found = [task for task in found if wanted(task)] or found
    if len(found) > 1:
        exact = [task for task in found if task.title.casefold() == words.strip().casefold()]
        found = exact if len(exact) == 1 else found
    match found:
        case [task]:
            return task
        case []:
            raise NotFound(_nothing_like(context, words), field="task")
        case _:
            raise Unclear(which(found), choices=[f"#{task.id} {task.title}" for task in found], field="task")


def _candidates(context: Context, words: str) -> list[TaskInfo]:
    if words.strip().casefold() in _NOBODY_IN_PARTICULAR:
        return list_tasks(context.store, context.actor, active=True)
    return find_tasks(context.store, context.actor, words) or _at_time(context, words)


def _at_time(context: Context, words: str) -> list[TaskInfo]:
    """The tasks that are next due at a time of day: "the 6:30 one"; without am or pm it may be either."""
    words = re.sub(r"\b(?:the|my|one|task|reminder|alarm|at)\b", "", words, flags=re.I).strip()
    reading = read_when(words, now=context.now, preferences=context.preferences)
    if reading.kind is not Kind.INSTANT or not isinstance(reading.schedule, Once):
        return []
    zone = ZoneInfo(context.preferences.zone)
    meant = reading.schedule.at.astimezone(zone)
    half_day = 24 if re.search(r"[ap]\.?m\b|noon|midnight|morning|evening", words, re.I) else 12
    return [
        task
        for task in list_tasks(context.store, context.actor, active=True, limit=1_000)
        if task.next_run_at is not None
        and (local := task.next_run_at.astimezone(zone)).minute == meant.minute
        and local.hour % half_day == meant.hour % half_day
    ]


def some_tasks(context: Context, words: str, prefer: Callable[[TaskInfo], bool]) -> list[TaskInfo]:
    """The one task that `words` mean, or each one that `prefer` holds for when they say "all"."""
    if words.strip().casefold() not in EVERY:
        return [one_task(context, words, prefer)]
    found = [task for task in list_tasks(context.store, context.actor, limit=1_000) if prefer(task)]
    if not found:
        raise NotFound("There is no task to do that with.", field="task")
    return found


def which(tasks: Sequence[TaskInfo]) -> str:
    """The question which of several tasks is meant."""
    names = [f"#{task.id} “{task.title}”" for task in tasks[:8]]
    more = f" (and {len(tasks) - 8} more)" if len(tasks) > 8 else ""
    return f"Which one do you mean: {', '.join(names[:-1])} or {names[-1]}{more}?"


def _nothing_like(context: Context, words: str) -> str:
    have = [f"“{task.title}”" for task in list_tasks(context.store, context.actor, active=True, limit=5)]
    if not have:
        return f"There is no task like “{words}”; you have no active tasks."
    return f"There is no task like “{words}”; you have {', '.join(have)}."
