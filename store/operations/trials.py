"""An action that is done once, by whoever asks for it: a task without a time, with a run that is theirs at once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from store.kinds import NotifyOn, OnCrash, Trigger
from store.moves import add_runs, new_run
from store.operations.claims import Claimed
from store.operations.tasks import create_task
from store.session import Store
from store.status import RunStatus
from store.values import Actor, TaskSpec


def begin_trial(
    store: Store,
    actor: Actor,
    action: str,
    payload: Mapping[str, Any],
    worker: str,
    limit: timedelta,
    *,
    lease: timedelta,
) -> Claimed:
    """A new run that the worker executes. It is never repeated, and nobody is told of it.

    Raises InvalidInput and NotAllowed as `create_task` does.
    """
    spec = TaskSpec(
        title=f"trial of {action}",
        action_type=action,
        action_payload=payload,
        timeout_seconds=limit.total_seconds(),
        on_crash=OnCrash.FAIL,
        notify_on=NotifyOn.NEVER,
    )
    task = create_task(store, actor, spec)
    now = store.clock.now()
    row = new_run(task.id, status=RunStatus.RUNNING, scheduled_time=now, now=now, triggered_by=Trigger.MANUAL)
    row |= {"start_time": now, "attempt": 1, "lease_owner": worker, "lease_expires_at": now + lease}
    with store.writing() as connection:
        (run_id,) = add_runs(connection, [row], now)
    return Claimed(
        run_id=run_id,
        task_id=task.id,
        owner_id=task.owner_id,
        title=task.title,
        action_type=task.action_type,
        action_payload=task.action_payload,
        scheduled_time=now,
        attempt=1,
        timeout_seconds=task.timeout_seconds,
        triggered_by=Trigger.MANUAL,
        workflow_run_id=run_id,
    )
