"""What other programs get, as plain JSON: the contracts that stay as they are."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from agent.invoke import ToolCall, Turn
    from schedules.reading import Reading
    from store.session import Store
    from store.values import Actor, TaskInfo

FIRST = 5


def upcoming(reading: "Reading", now: datetime, count: int = FIRST) -> list[datetime]:
    """When it would happen, counted from the aware `now`, in the schedule's zone; a single moment even if past."""
    from schedules.occurrences import occurrences
    from schedules.schedule import Once

    if reading.schedule is None:
        return []
    once = isinstance(reading.schedule, Once)
    moments = [reading.schedule.at] if once else occurrences(reading.schedule, now, count)  # type: ignore[union-attr]
    return [moment.astimezone(ZoneInfo(reading.schedule.zone)) for moment in moments]


def short_reading(reading: "Reading", now: datetime) -> dict[str, Any]:
    """A reading as `when --batch` answers it, without the id."""
    return {
        "kind": reading.kind.value,
        "first": [moment.isoformat() for moment in upcoming(reading, now)],
        "title": reading.title,
        "question": reading.question,
    }


def full_reading(reading: "Reading", now: datetime, count: int) -> dict[str, Any]:
    """A reading with all that is known of it; `first` has up to `count` instants."""
    from schedules.describe import describe

    schedule = reading.schedule
    return short_reading(reading, now) | {
        "first": [moment.isoformat() for moment in upcoming(reading, now, count)],
        "choices": list(reading.choices),
        "schedule": describe(schedule) if schedule else "",
        "timezone": schedule.zone if schedule else None,
        "phrase": reading.phrase,
        "notes": list(reading.notes),
        "conditions": [{"kind": each.kind.value, "words": each.words} for each in reading.conditions],
        "recipient": reading.recipient,
        "tolerance_seconds": reading.tolerance.total_seconds() if reading.tolerance else None,
    }


def tool_calls(calls: "tuple[ToolCall, ...]") -> list[dict[str, Any]]:
    return [{"name": call.name, "args": dict(call.args), "result": dict(call.result)} for call in calls]


def turn_view(turn: "Turn", tasks: "list[TaskInfo]") -> dict[str, Any]:
    """One turn as `ask --json` answers it; `tasks` are the stored tasks that it touched."""
    from tools.views import task_view

    return {
        "reply": turn.reply,
        "tool_calls": tool_calls(turn.tool_calls),
        "tasks": [task_view(task) for task in tasks],
        "thread": turn.thread,
        "model": turn.model,
        "usage": dict(turn.usage),
    }


def stored_tasks(store: "Store", actor: "Actor", task_ids: Sequence[int]) -> "list[TaskInfo]":
    """The tasks with these ids that are still there."""
    from croncierge.errors import NotFound
    from store.operations import get_task

    found = []
    for task_id in task_ids:
        with suppress(NotFound):
            found.append(get_task(store, actor, task_id))
    return found
