"""Tasks and runs as other programs get them: plain JSON, instants in the task's zone with their offset."""

from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from schedules.describe import describe
from schedules.occurrences import occurrences
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


def run_view(run: RunInfo, zone: str) -> dict[str, Any]:
    """The stored run, with its instants in `zone`."""

    def local(moment: datetime | None) -> str | None:
        return moment.astimezone(ZoneInfo(zone)).isoformat() if moment else None

    return {
        "id": run.id,
        "task_id": run.task_id,
        "title": run.title,
        "scheduled_time": local(run.scheduled_time),
        "start_time": local(run.start_time),
        "end_time": local(run.end_time),
        "status": run.status.value,
        "reason": run.reason,
        "attempt": run.attempt,
        "triggered_by": run.triggered_by.value,
        "error_message": run.error_message,
    }
