"""What the owner of a task hears of a run that has ended, and what a row of failures does to the task. Pure.

The first failure is told; those after it are recorded, but not sent, until the task works again, which is told once.
Of a task in a named workflow no failure is told by itself: `store.operations.rounds` tells of the whole round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store import limits
from store.kinds import NotifyOn
from store.operations.deliveries import Message
from store.status import RunStatus


@dataclass(frozen=True, kw_only=True)
class Noticed:
    """messages: to be queued; task: columns of the task to be changed, none where it stays as it is."""

    messages: tuple[Message, ...] = ()
    task: Mapping[str, Any] | None = None


def notice(row: Mapping[str, Any], status: RunStatus, said: str | None, error: str, skipped: Sequence[str]) -> Noticed:
    """What a run that is now in `status` means for its owner and its task.

    row: the run with its task. said: what the run itself has to tell. skipped: the titles of the tasks it took down.
    """
    if status is RunStatus.COMPLETED:
        return _completed(row, said)
    if status is RunStatus.FAILED:
        return _failed(row, error, skipped)
    return Noticed()


def _completed(row: Mapping[str, Any], said: str | None) -> Noticed:
    failures = row["failures_in_a_row"]
    messages = []
    if failures and row["notify_on"] is not NotifyOn.NEVER:
        times = "1 failure" if failures == 1 else f"{failures} failures"
        messages.append(_message(row, "recovery", f"“{row['name']}” works again after {times}"))
    if said is not None and row["notify_on"] in (NotifyOn.ALL, NotifyOn.DIGEST):
        messages.append(_message(row, "result", said))
    return Noticed(messages=tuple(messages), task={"failures_in_a_row": 0} if failures else None)


def _failed(row: Mapping[str, Any], error: str, skipped: Sequence[str]) -> Noticed:
    failures = row["failures_in_a_row"] + 1
    change: dict[str, Any] = {"failures_in_a_row": failures}
    text = f"“{row['name']}” failed: {error}"
    if skipped:
        text += f"; skipped because of it: {', '.join(f'“{title}”' for title in skipped)}"
    most = row["pause_after_failures"]
    paused = most is not None and failures >= most and row["pause_note"] is None
    if paused:
        times = "once" if failures == 1 else f"{failures} times in a row"
        change |= {"is_active": False, "next_run_at": None, "pause_note": f"it failed {times}: {error}"[: limits.NOTE]}
        text += f". It failed {times} and is paused now; resume it when that is mended"
    if row["notify_on"] is NotifyOn.NEVER:
        return Noticed(task=change)
    folded = row["workflow_id"] is not None or (failures > 1 and not paused)
    return Noticed(messages=(_message(row, "failure", text, folded=folded),), task=change)


def _message(row: Mapping[str, Any], kind: str, text: str, *, folded: bool = False) -> Message:
    return Message(
        user_id=row["owner_id"],
        task_id=row["id"],
        run_id=row["run_id"],
        kind=kind,
        text=text,
        folded=folded,
        collected=row["notify_on"] is NotifyOn.DIGEST,
    )
