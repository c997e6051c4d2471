"""Tasks and runs as other programs get them: plain JSON, instants in the task's zone with their offset."""

from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from schedules.describe import describe
from schedules.occurrences import occurrences
from store.operations.deliveries import DeliveryInfo
from store.values import RunInfo, TaskInfo


def next_runs(task: TaskInfo, count: int = 5) -> list[datetime]:
    """The next runs of an active task by its schedule, aware in its zone; none when it is paused or done."""
    if task.schedule is None or not task.is_active or task.next_run_at is None:
        return []
    left = count if task.schedule.max_runs is None else min(count, max(task.schedule.max_runs - task.run_count, 0))
    later = occurrences(task.schedule, task.next_run_at, left - 1) if left > 1 else []
    zone = ZoneInfo(task.zone)
    return [moment.astimezone(zone) for moment in islice([task.next_run_at, *later], left)]


def task_view(task: TaskInfo) -> dict[str, Any]:
    """The stored task, with up to five next runs; `schedule` in words, empty when it has none."""
    return {
        "id": task.id,
        "title": task.title,
        "type": task.type.value,
        "schedule": describe(task.schedule) if task.schedule else "",
        "next_runs": [moment.isoformat() for moment in next_runs(task)],
        "depends_on": [prerequisite.task_id for prerequisite in task.depends_on],
        "is_active": task.is_active,
    }


def message_view(message: DeliveryInfo, zone: str) -> dict[str, Any]:
    """The stored message, with its instants in `zone`."""
    return {
        "id": message.id,
        "task_id": message.task_id,
        "run_id": message.run_id,
        "title": message.title,
        "kind": message.kind,
        "channel": message.channel,
        "text": message.text,
        "status": message.status.value,
        "attempts": message.attempts,
        "scheduled_time": _local(message.scheduled_time, zone),
        "created_at": _local(message.created_at, zone),
        "available_at": _local(message.available_at, zone),
        "sent_at": _local(message.sent_at, zone),
        "acknowledged_at": _local(message.acknowledged_at, zone),
        "error": message.error,
    }


def run_view(run: RunInfo, zone: str) -> dict[str, Any]:
    """The stored run, with its instants in `zone`."""
    return {
        "id": run.id,
        "task_id": run.task_id,
        "title": run.title,
        "scheduled_time": _local(run.scheduled_time, zone),
        "start_time": _local(run.start_time, zone),
        "end_time": _local(run.end_time, zone),
        "status": run.status.value,
        "reason": run.reason,
        "attempt": run.attempt,
        "triggered_by": run.triggered_by.value,
        "error_message": run.error_message,
    }


def _local(moment: datetime | None, zone: str) -> str | None:
    return moment.astimezone(ZoneInfo(zone)).isoformat() if moment else None
