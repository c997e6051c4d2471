"""Doing an action once, here and now, with the record of any other run."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from runtime.doorbell import Doorbell
from runtime.executors import execute
from runtime.runlogs import RunLogs
from store.operations import delete_task
from store.operations.runs import Outcome, finish_runs
from store.operations.trials import begin_trial
from store.session import Store
from store.values import Actor
from tools.connectors.executor import Control, Executor

_AFTERWARDS = timedelta(seconds=30)


def try_once(
    store: Store,
    actor: Actor,
    action: str,
    payload: Mapping[str, Any],
    *,
    executors: Mapping[str, Executor],
    doorbell: Doorbell,
    logs: RunLogs,
    seconds: float,
) -> int:
    """Execute the action in this thread, for at most so many seconds; the number of its run, which says how it went.

    Its task is deleted afterwards, unless it waits for something. Raises InvalidInput, NotAllowed for what no task
    could do.
    """
    limit = timedelta(seconds=seconds)
    cancelled = threading.Event()
    doorbell.listen(lambda: None)  # else others would take the run for one whose process is gone
    try:
        run = begin_trial(store, actor, action, payload, doorbell.name, limit, lease=limit + _AFTERWARDS)
        log = logs.open(run)
        timer = threading.Timer(seconds, cancelled.set)
        timer.daemon = True
        timer.start()
        try:
            outcome = execute(executors, run, Control(cancelled=cancelled, log=log.write))
        except KeyboardInterrupt:
            outcome = Outcome(error="it was called off", retryable=False)
        finally:
            timer.cancel()
        text, place = log.close()
        finish_runs(store, doorbell.name, [(run.run_id, replace(outcome, log=outcome.log + text, log_ref=place))])
        if outcome.waiting is None:
            delete_task(store, actor, run.task_id)
        return run.run_id
    finally:
        doorbell.close()
