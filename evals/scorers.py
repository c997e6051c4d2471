"""Whether a turn went as it should: by the calls that were made and by what is stored, never by the wording.

Each scorer gives one sentence for each thing that is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from evals.cases import ExpectedCall, ExpectedTask, Turn
from evals.matching import matches
from evals.world import PERSON, Snapshot
from store.values import TaskInfo
from tools.views import next_runs

_LOOKED_AT = 5
_ELSEWHERE = frozenset({"run_task", "set_preferences", "remember", "forget"})
"""Tools whose effect does not show in the tasks."""
_READING = frozenset({"list_tasks", "show_task", "task_history", "explain_task", "task_stats", "get_preferences"})


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call as it was made, and how the tool answered: status, and the ids of the tasks it said it touched."""

    name: str
    args: Mapping[str, Any]
    status: str
    text: str
    task_ids: tuple[int, ...] = ()

    @property
    def changed_something(self) -> bool:
        return self.name not in _READING and self.status == "done"


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What came of a turn."""

    calls: tuple[Call, ...]
    reply: str
    before: Snapshot
    after: Snapshot


def score(turn: Turn, happened: Happened) -> list[str]:
    """What is wrong; empty when the turn went as it should."""
    return [
        *_kept_word(happened),
        *_left_others_alone(happened),
        *_right_calls(turn, happened),
        *_right_tasks(turn, happened),
        *_stayed_put(turn, happened),
    ]


def _kept_word(happened: Happened) -> Iterator[str]:
    """What a tool has confirmed has to be stored."""
    stored = {task.id for tasks in happened.after.values() for task in tasks}
    for call in happened.calls:
        if call.name in ("create_task", "edit_task") and call.status == "done":
            if not call.task_ids:
                yield f"{call.name} was confirmed, but names no task"
            removed = any(each.name in ("delete_task", "undo") for each in happened.calls)
            if not removed and (gone := set(call.task_ids) - stored):
                yield f"{call.name} was confirmed, but there is no task {sorted(gone)} in the store"


def _left_others_alone(happened: Happened) -> Iterator[str]:
    for name, tasks in happened.after.items():
        if name != PERSON and tasks != happened.before[name]:
            yield f"tasks of {name} were changed, who is somebody else"


def _right_calls(turn: Turn, happened: Happened) -> Iterator[str]:
    if turn.no_tool and happened.calls:
        yield f"no tool should be called, but {_names(happened.calls)} was"
    if turn.calls is None:
        return
    titles = {task.id: task.title for shot in (happened.before, happened.after) for t in shot.values() for task in t}
    left = list(happened.calls)
    position = 0
    for wanted in turn.calls:
        start = 0 if turn.any_order else position
        found = next((i for i in range(start, len(left)) if _is(wanted, left[i], titles)), None)
        if found is None:
            yield f"{_wanted(wanted)} should be called, but {_calls(happened.calls)}"
            return
        left.pop(found)
        position = found
    for call in left:
        if call.changed_something:
            yield f"{call.name} should not be called, but was with {dict(call.args)}"


def _is(wanted: ExpectedCall, call: Call, titles: Mapping[int, str]) -> bool:
    return (
        call.name in wanted.tools
        and wanted.answers in (None, call.status)
        and all(matches(value, call.args.get(name), titles) for name, value in wanted.args.items())
    )


def _right_tasks(turn: Turn, happened: Happened) -> Iterator[str]:
    if turn.tasks is None:
        return
    titles = {task.id: task.title for task in happened.after[PERSON]}
    left = list(happened.after[PERSON])
    missing: list[ExpectedTask] = []
    for expected in turn.tasks:
        right = next((task for task in left if not list(_differences(expected, task, titles))), None)
        if right is None:
            missing.append(expected)
        else:
            left.remove(right)
    for expected in missing:
        reasons = min((list(_differences(expected, task, titles)) for task in left), key=len, default=[])
        nearest = f"; the nearest has {'; '.join(reasons)}" if reasons else ""
        yield f"there is no task {_described(expected)}{nearest}"
    if len(left) > len(missing):
        yield f"there are tasks too many: {', '.join(repr(task.title) for task in left)}"


def _differences(expected: ExpectedTask, task: TaskInfo, titles: Mapping[int, str]) -> Iterator[str]:
    if expected.title is not None and not matches(expected.title, task.title, titles):
        yield f"the title {task.title!r}"
    if expected.active != task.is_active:
        yield "been paused or is done" if expected.active else "stayed active"
    if expected.zone is not None and expected.zone != task.zone:
        yield f"the zone {task.zone}"
    if expected.after is not None:
        waits = sorted(titles.get(each.task_id, "?") for each in task.depends_on)
        if waits != sorted(expected.after):
            yield f"to wait for {waits}"
    if expected.outcome is not None and any(each.type != expected.outcome for each in task.depends_on):
        yield f"to wait for the outcome {[each.type.value for each in task.depends_on]}"
    yield from _other_moments(expected, task)


def _other_moments(expected: ExpectedTask, task: TaskInfo) -> Iterator[str]:
    wanted: Sequence[Any] | None = expected.runs if expected.runs is not None else expected.days
    looked_at = max(_LOOKED_AT, len(wanted or ()) + 1)
    runs = next_runs(task, looked_at)
    if expected.step_seconds is not None:
        steps = {(b - a).total_seconds() for a, b in pairwise(runs)}
        if steps != {expected.step_seconds}:
            yield f"the spacing {sorted(steps)} s"
    if wanted is None:
        return
    found = [each.date() if expected.days is not None else each for each in runs]
    if not all(_same(a, b) for a, b in zip(wanted, found, strict=False)) or len(found) < len(wanted):
        yield f"the runs {[each.strftime('%Y-%m-%d %H:%M') for each in runs]}"
    ends = True if expected.ends is None and len(wanted) <= 1 else expected.ends
    if ends is not None and ends != (len(found) <= len(wanted)):
        yield "no end" if ends else "an end"


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, datetime):
        if wanted.tzinfo is None:
            found = found.replace(tzinfo=None)
        return bool(wanted == found.replace(microsecond=0))
    return bool(wanted == found)


def _stayed_put(turn: Turn, happened: Happened) -> Iterator[str]:
    if not (turn.unchanged or turn.asks or turn.no_tool):
        return
    acted = [call for call in happened.calls if call.status == "done" and call.name in _ELSEWHERE]
    if happened.before[PERSON] != happened.after[PERSON]:
        yield f"nothing should change, but the tasks are other ones than before ({_calls(happened.calls)})"
    elif acted:
        yield f"nothing should change, but {_names(acted)} was called"
    # A question is known by how a tool answered, or, when the model asks by itself, by its question mark.
    asked = any(call.status == "ask" for call in happened.calls) or "?" in happened.reply
    if turn.asks and not asked:
        yield f"the person should be asked something, but {_calls(happened.calls)}"


def _names(calls: Sequence[Call]) -> str:
    return ", ".join(call.name for call in calls)


def _calls(calls: Sequence[Call]) -> str:
    if not calls:
        return "nothing was called"
    return "called was " + ", ".join(f"{call.name}({dict(call.args)}) → {call.status}" for call in calls)


def _wanted(call: ExpectedCall) -> str:
    args = ", ".join(f"{name}={_value(value)}" for name, value in call.args.items())
    return f"{' or '.join(call.tools)}({args})"


def _value(value: Any) -> str:
    return repr(value.model_dump(exclude_defaults=True) if hasattr(value, "model_dump") else value)


def _described(task: ExpectedTask) -> str:
    return ", ".join(f"{name}={value}" for name, value in task.model_dump(mode="json", exclude_defaults=True).items())
