"""What became of a run, in a sentence. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from store.kinds import Trigger
from store.phrases import listed, moment
from store.status import RunStatus
from store.values import RunInfo

_LATE = timedelta(seconds=60)

_BECAME = {
    RunStatus.PENDING: "is about to start",
    RunStatus.WAITING: "is waiting",
    RunStatus.RUNNING: "is running now",
    RunStatus.RETRYING: "failed, but will be tried again",
    RunStatus.COMPLETED: "completed",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "was cancelled",
    RunStatus.SKIPPED: "was skipped",
    RunStatus.BLOCKED: "is blocked",
    RunStatus.MISSED: "was missed",
}


def outcome(run: RunInfo, subject: str, zone: str, now: datetime) -> str:
    """When the run was due or asked for, what became of it and why; `subject` is what to call the task."""
    at = moment(run.scheduled_time, zone, now)
    beginning = {
        Trigger.SCHEDULE: f"{subject} was due {at}{_late(run, zone, now)} and",
        Trigger.CATCH_UP: f"{subject} was due {at}{_late(run, zone, now)} and",
        Trigger.DEPENDENCY: f"{subject} came up {at}, after what it waits for, and",
        Trigger.EVENT: f"{subject} was started by an event {at} and",
        Trigger.BACKFILL: f"{subject} was run afterwards for {at.removeprefix('on ')} and",
        Trigger.MANUAL: f"{subject} was started by hand {at} and",
    }
    return f"{beginning[run.triggered_by]} {became(run)}."


def tally(runs: Iterable[RunInfo]) -> str:
    """ "95 completed and 1 failed"."""
    counts = Counter(run.status for run in runs)
    return listed([f"{counts[status]:,} {status.value}" for status in RunStatus if counts[status]])


def _late(run: RunInfo, zone: str, now: datetime) -> str:
    if run.start_time is None or run.start_time - run.scheduled_time <= _LATE:
        return ""
    return f", started only {moment(run.start_time, zone, now)}"


def became(run: RunInfo) -> str:
    """What became of it and why: "failed: timeout", "was skipped due to failure of …"."""
    words = _BECAME[run.status]
    if run.status is RunStatus.FAILED and run.attempt > 1:
        words = f"failed after {run.attempt} attempts"
    failed = run.status in (RunStatus.FAILED, RunStatus.RETRYING)
    why = ((run.error_message if failed else None) or run.reason or "").strip().rstrip(".")
    if not why or run.status is RunStatus.COMPLETED:
        return words
    # "skipped due to …" goes on where "was skipped" ends.
    if why.startswith(run.status.value):
        return f"{words}{why.removeprefix(run.status.value)}"
    return f"{words}: {why}"
