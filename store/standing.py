"""What the latest runs of a workflow's tasks amount to, and in which order to show the tasks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from graphlib import TopologicalSorter

from store.kinds import DependencyType
from store.phrases import listed
from store.run_phrases import became
from store.status import ACTIVE, RunStatus
from store.values import RunInfo, TaskInfo

_MOST_TOLD = 5


class WorkflowStatus(StrEnum):
    """How a workflow stands."""

    NEW = "new"  # none of its tasks has run
    RUNNING = "running"  # something of it has not ended
    SUCCEEDED = "succeeded"  # all that should run did, and completed
    FAILED = "failed"  # a task failed
    INCOMPLETE = "incomplete"  # none failed, but something was cancelled, missed, blocked or left out


@dataclass(frozen=True, kw_only=True)
class Step:
    """A task of a workflow. depth: how far it is indented below what it waits for; last: its latest run."""

    task: TaskInfo
    depth: int
    last: RunInfo | None


def steps(tasks: Sequence[TaskInfo], last: Mapping[int, RunInfo]) -> list[Step]:
    """The tasks of a workflow, each below one that it waits for. last: their latest runs by task."""
    by_id = {task.id: task for task in tasks}
    order = _order(tasks)
    place = {task_id: number for number, task_id in enumerate(order)}
    below: dict[int | None, list[int]] = {}
    depth: dict[int, int] = {}
    for task_id in order:
        before = [each.task_id for each in by_id[task_id].depends_on if each.task_id in by_id]
        above = max(before, key=place.__getitem__, default=None)
        depth[task_id] = 0 if above is None else depth[above] + 1
        below.setdefault(above, []).append(task_id)
    shown, left = list[Step](), sorted(below.get(None, ()), reverse=True)
    while left:
        task_id = left.pop()
        shown.append(Step(task=by_id[task_id], depth=depth[task_id], last=last.get(task_id)))
        left += sorted(below.get(task_id, ()), reverse=True)
    return shown


def standing(tasks: Sequence[TaskInfo], last: Mapping[int, RunInfo]) -> tuple[WorkflowStatus, str | None]:
    """How a workflow stands by the latest run of each of its tasks, and what stopped it, in words."""
    runs = [last[task.id] for task in tasks if task.id in last]
    if not runs:
        return WorkflowStatus.NEW, None
    if any(run.status in ACTIVE for run in runs):
        return WorkflowStatus.RUNNING, None
    failed = [run for run in runs if run.status is RunStatus.FAILED]
    if failed:
        return WorkflowStatus.FAILED, _said(failed)
    spared = _spared(tasks, last)
    stopped = [run for run in runs if run.status is not RunStatus.COMPLETED and run.task_id not in spared]
    return (WorkflowStatus.INCOMPLETE, _said(stopped)) if stopped else (WorkflowStatus.SUCCEEDED, None)


def _order(tasks: Sequence[TaskInfo]) -> list[int]:
    """The ids, each after those that it waits for."""
    ids = {task.id for task in tasks}
    graph = {task.id: [each.task_id for each in task.depends_on if each.task_id in ids] for task in tasks}
    return list(TopologicalSorter(graph).static_order())


def _spared(tasks: Sequence[TaskInfo], last: Mapping[int, RunInfo]) -> set[int]:
    """The tasks that were skipped because what they are for, a failure, did not happen; and what comes after them."""
    by_id = {task.id: task for task in tasks}
    spared = set[int]()
    for task_id in _order(tasks):
        run = last.get(task_id)
        if run is None or run.status is not RunStatus.SKIPPED:
            continue
        for each in by_id[task_id].depends_on:
            before = last.get(each.task_id)
            works = before is not None and before.status is RunStatus.COMPLETED
            if each.task_id in spared or (each.type is DependencyType.FAILURE and works):
                spared.add(task_id)
    return spared


def _said(runs: Sequence[RunInfo]) -> str:
    """ "“import” failed: timeout and “load” was skipped because …"."""
    told = [f"“{run.title}” {became(run)}" for run in runs[:_MOST_TOLD]]
    more = [f"{len(runs) - _MOST_TOLD} more"] if len(runs) > _MOST_TOLD else []
    return listed([*told, *more])
