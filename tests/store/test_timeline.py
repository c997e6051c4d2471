from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

from sqlmodel import col, select

from croncierge.clock import FixedClock
from store.audit import snapshot
from store.operations import create_task, delete_task, edit_task, pause_task, resume_task, undo
from store.session import Store
from store.tables import AuditEntry, Task
from store.timeline import Version, versions
from store.values import Actor, TaskChange, TaskSpec
from tests.store.conftest import MONDAY, cron

DAY = timedelta(days=1)


def test_each_version_is_what_the_task_was_at_that_time(
    store: Store, ann: Callable[[], Actor], clock: FixedClock
) -> None:
    first, second = cron("0 9 * * 1"), cron("0 10 * * *")
    task = create_task(store, ann(), TaskSpec(title="a", schedule=first))
    changes: list[Callable[[], object]] = [
        lambda: edit_task(store, ann(), task.id, TaskChange(schedule=second)),
        lambda: pause_task(store, ann(), task.id),
        lambda: resume_task(store, ann(), task.id),
        lambda: delete_task(store, ann(), task.id),
        lambda: undo(store, ann()),
    ]
    for number, change in enumerate(changes, start=1):
        clock.set(MONDAY + number * DAY)
        change()

    def told(start: int, end: int) -> list[tuple[int, object, bool, bool]]:
        with store.read() as session:
            row = session.get(Task, task.id)
            assert row is not None
            record = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
            found = versions(snapshot(row), record, MONDAY + start * DAY, MONDAY + end * DAY)
        assert all(a.until == b.since for a, b in pairwise(found))
        return [_told(version) for version in found]

    def _told(version: Version) -> tuple[int, object, bool, bool]:
        return (version.since - MONDAY).days, version.schedule, version.is_paused, version.is_deleted

    assert told(-5, 10) == [
        (0, first, False, False),
        (1, second, False, False),
        (2, second, True, False),
        (3, second, False, False),
        (4, second, False, True),
        (5, second, False, False),
    ]
    assert told(2, 4) == [(2, second, True, False), (3, second, False, False)]
    assert told(-5, -1) == []
