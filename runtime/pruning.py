"""Once a day what is old is removed from the database: in a thread that mostly sleeps."""

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from croncierge.errors import NotFound
from runtime.archive import Archive
from runtime.runlogs import RunLogs, open_log
from store.operations.prune import Gone, Policy, Pruned, begin_pruning, prune
from store.session import Store

_log = logging.getLogger("croncierge.pruning")
_EVERY = timedelta(days=1)
_AT_FIRST = 60.0  # seconds after the start, when there is more urgent work
_LOOK_EVERY = 3_600.0
_REST = 0.05  # seconds between two transactions, so that others come first


def prune_now(
    store: Store,
    policy: Policy,
    logs: RunLogs,
    archive: Path | None = None,
    stop: threading.Event | None = None,
    *,
    unless_since: datetime | None = None,
    dry_run: bool = False,
) -> Pruned | None:
    """Remove what is old, its logs included, archived before if there is an archive. Raises Unavailable.

    unless_since: do nothing, and give None, if that was begun after this moment (aware).
    """
    place = str(archive) if archive is not None else None
    number = None if dry_run else begin_pruning(store, policy, place, unless_since)
    if number is None and not dry_run:
        return None
    keeper = Archive(archive) if archive is not None else None

    def keep(records: Sequence[Mapping[str, Any]]) -> None:
        if keeper is not None:
            keeper.keep([_with_log(record) for record in records])

    def gone(runs: Sequence[Gone]) -> None:
        for run in runs:
            logs.remove(run.run_id, run.scheduled_time, run.attempt, run.log_ref)

    return prune(
        store,
        policy,
        number,
        keep=keep if keeper is not None else None,
        gone=gone,
        stop=lambda: stop.wait(_REST) if stop is not None else False,
    )


class Pruner:
    """Removes what is old once a day, whichever process on the database comes first. folder: where archives go."""

    def __init__(self, store: Store, policy: Policy, logs: RunLogs, folder: Path | None = None) -> None:
        self._store = store
        self._policy = policy
        self._logs = logs
        self._folder = folder
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._work, name="pruner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more; waits for what is being removed."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=15)

    def look(self) -> Pruned | None:
        """Remove what is old if that was not done in the last day; None when it was."""
        now = self._store.clock.now()
        archive = self._folder / f"runs-{now:%Y-%m}.jsonl.gz" if self._folder is not None else None
        return prune_now(self._store, self._policy, self._logs, archive, self._stop, unless_since=now - _EVERY)

    def _work(self) -> None:
        wait = _AT_FIRST
        while not self._stop.wait(wait):
            wait = _LOOK_EVERY
            try:
                pruned = self.look()
            except Exception as error:  # the disk may be full or the database away; the next time may do
                _log.warning("what is old could not be removed, and is tried again tomorrow: %s", error)
            else:
                if pruned is not None:
                    _log.info("removed %d runs, %d events, %d messages", pruned.runs, pruned.events, pruned.messages)


def _with_log(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record of a run with the whole of its log, if that is elsewhere."""
    place = record.get("run", {}).get("log_ref")
    if place is None:
        return record
    try:
        with open_log(place) as file:
            return {**record, "whole_log": file.read()}
    except NotFound as error:
        return {**record, "whole_log": None, "why": error.message}
