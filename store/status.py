"""A run's life: the states and the one table of allowed changes. Pure; the rows are moved in `store.operations`."""

from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run is."""

    PENDING = "pending"  # due, waits for a free executor
    WAITING = "waiting"  # waits for prerequisites or an approval
    RUNNING = "running"  # claimed by a process that holds its lease
    RETRYING = "retrying"  # failed, will be tried again at `available_at`
    COMPLETED = "completed"  # did what it should
    FAILED = "failed"  # did not, and no attempt is left
    CANCELLED = "cancelled"  # stopped by a person
    SKIPPED = "skipped"  # not executed because of another run; the reason says which
    BLOCKED = "blocked"  # can never start as things are; the reason says why
    MISSED = "missed"  # its moment passed while nothing could run it


_ALLOWED: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.PENDING: frozenset(
        {
            RunStatus.RUNNING,
            RunStatus.WAITING,
            RunStatus.CANCELLED,
            RunStatus.SKIPPED,
            RunStatus.BLOCKED,
            RunStatus.MISSED,
        }
    ),
    RunStatus.WAITING: frozenset({RunStatus.PENDING, RunStatus.SKIPPED, RunStatus.BLOCKED, RunStatus.CANCELLED}),
    RunStatus.RUNNING: frozenset(
        {
            RunStatus.COMPLETED,
            RunStatus.FAILED,
            RunStatus.RETRYING,
            RunStatus.CANCELLED,
            RunStatus.SKIPPED,
            RunStatus.WAITING,
        }
    ),
    RunStatus.RETRYING: frozenset({RunStatus.RUNNING, RunStatus.CANCELLED, RunStatus.FAILED}),
    # Only a person brings an ended run back: to run again, or, cleared, to wait for its prerequisites again.
    RunStatus.COMPLETED: frozenset({RunStatus.PENDING, RunStatus.WAITING}),
    RunStatus.FAILED: frozenset({RunStatus.PENDING, RunStatus.WAITING}),
    RunStatus.CANCELLED: frozenset({RunStatus.PENDING, RunStatus.WAITING}),
    RunStatus.SKIPPED: frozenset({RunStatus.PENDING, RunStatus.WAITING}),
    RunStatus.BLOCKED: frozenset({RunStatus.PENDING, RunStatus.WAITING}),
    RunStatus.MISSED: frozenset({RunStatus.PENDING, RunStatus.WAITING}),
}

ACTIVE = frozenset({RunStatus.PENDING, RunStatus.WAITING, RunStatus.RUNNING, RunStatus.RETRYING})
ENDED = frozenset(RunStatus) - ACTIVE


def may_become(now: RunStatus, then: RunStatus) -> bool:
    """Whether a run in state `now` may go to state `then`."""
    return then in _ALLOWED[now]
