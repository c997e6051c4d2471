"""What one worker may start in one pass, beside what runs already."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from store.kinds import OnCrash, Overlap
from store.status import RunStatus


class Starts:
    """The runs that a worker begins, within its limits and those of tasks and their owners.

    limit: how many it has hands for. ahead: how many more it may take before it is free for them, which is never done
    with a run that must not be repeated. per_user: how many runs of one owner may run at the same time, everywhere.
    """

    def __init__(
        self,
        worker: str,
        lease_seconds: float,
        now: datetime,
        *,
        limit: int,
        ahead: int = 0,
        per_user: int | None = None,
    ) -> None:
        self._limit = limit
        self._most = limit + ahead
        self.per_user = per_user
        self._count = 0
        self.forget()
        self.columns: Mapping[str, Any] = {
            "status": RunStatus.RUNNING,
            "start_time": now,
            "lease_owner": worker,
            "lease_expires_at": now + timedelta(seconds=lease_seconds),
        }

    @property
    def left(self) -> int:
        """How many more it may begin."""
        return max(0, self._most - self._count)

    def forget(self) -> None:
        """What runs has changed: `beside` must say it anew before limits are looked at."""
        self._tasks: Counter[int] = Counter()
        self._owners: Counter[UUID] = Counter()
        self.busy: set[int] = set()
        self.sated: set[UUID] = set()
        self.known = False

    def beside(self, running: Collection[Any]) -> None:
        """Take into account what runs now, and only that."""
        self.forget()
        self.known = True
        for row in running:
            self._add(row.task_id, row.owner_id, row.overlap, row.max_parallel)

    def take(self, task_id: int, owner_id: UUID, overlap: Overlap, max_parallel: int | None, on_crash: OnCrash) -> bool:
        """Whether a run of this task may begin now; it then counts."""
        most = self._limit if on_crash is OnCrash.FAIL else self._most
        if self._count >= most or task_id in self.busy or owner_id in self.sated:
            return False
        self._count += 1
        self._add(task_id, owner_id, overlap, max_parallel)
        return True

    def _add(self, task_id: int, owner_id: UUID, overlap: Overlap, max_parallel: int | None) -> None:
        self._tasks[task_id] += 1
        self._owners[owner_id] += 1
        most = max_parallel if overlap is Overlap.ALLOW else 1
        if most is not None and self._tasks[task_id] >= most:
            self.busy.add(task_id)
        if self.per_user is not None and self._owners[owner_id] >= self.per_user:
            self.sated.add(owner_id)
