"""How a task was at any time, from the record of its changes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schedules.schedule import Schedule
from store.audit import restored
from store.rows import schedule_of
from store.tables import AuditEntry, Task


@dataclass(frozen=True, kw_only=True)
class Version:
    """A task as it was from `since` until just before `until`, both aware.

    changed: whether a change began it. A schedule counts from just after the change that set it.
    """

    since: datetime
    until: datetime
    changed: bool
    columns: Mapping[str, Any]

    @property
    def schedule(self) -> Schedule | None:
        return schedule_of(self.columns)

    @property
    def is_deleted(self) -> bool:
        return self.columns["deleted_at"] is not None

    @property
    def is_paused(self) -> bool:
        return self.columns["pause_note"] is not None


def versions(
    columns: Mapping[str, Any], changes: Sequence[AuditEntry], start: datetime, end: datetime
) -> list[Version]:
    """The versions between `start` and `end`, oldest first; none of before the task was created.

    columns: the task as it is now. changes: all recorded changes of it, oldest first.
    """
    found: list[Version] = []
    until = end
    for change in reversed(changes):
        since = max(change.at, start)
        if since < until:
            found.append(Version(since=since, until=until, changed=change.at >= start, columns=columns))
            until = since
        if change.at <= start or change.before is None:
            break
        columns = {**columns, **restored(Task, change.before)}
    return list(reversed(found))
