"""Removing what is old: ended runs with all that belongs to them, events, and messages that were seen.

What is removed can be archived first, and is counted for good (`store.operations.pruned`). What stays, however old: of
each task the latest run of each outcome and each kind of start, so that its last run is always known; what has not
ended, and what belongs to a start of which something has not; the first run of a start of which anything stays; and
messages that nobody has acknowledged. It works in small transactions, from the latest rows to the oldest.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_jsonable_python

from store.kinds import DeliveryStatus
from store.moves import RUNS, TRANSITIONS, table_of
from store.operations.pruned import count_pruned
from store.operations.triggers import FILE, TRIGGERS
from store.session import Store, in_plain_words
from store.status import ACTIVE, ENDED, RunStatus
from store.tables import AiRun, Approval, Delivery, Event, Pruning, Subtask, Task, Transcript

_TASKS, _EVENTS, _DELIVERIES, _PRUNINGS = table_of(Task), table_of(Event), table_of(Delivery), table_of(Pruning)
_AI_RUNS, _SUBTASKS, _APPROVALS = table_of(AiRun), table_of(Subtask), table_of(Approval)
_TRANSCRIPTS = table_of(Transcript)
_AT_ONCE = 200  # runs in a transaction, which others wait for
_ROUND = sa.func.coalesce(RUNS.c.workflow_run_id, RUNS.c.run_id)
_FOR_NOBODY = sa.or_(_DELIVERIES.c.acknowledged_at.is_not(None), _DELIVERIES.c.status == DeliveryStatus.FOLDED)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What is old. keep_days: what ended longer ago than so many days; keep_runs: runs of which the same task has so
    many later ones. None: no run is old for that reason.
    """

    keep_days: int | None = None
    keep_runs: int | None = None


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A run that was removed, as far as it has left something elsewhere. attempt: how many it had."""

    run_id: int
    scheduled_time: datetime
    attempt: int
    log_ref: str | None


@dataclass(kw_only=True)
class Pruned:
    """What was removed, or would be. kept_messages: those of removed runs that stay, since nobody has seen them."""

    by_status: Counter[RunStatus] = field(default_factory=Counter)
    events: int = 0
    messages: int = 0
    kept_messages: int = 0

    @property
    def runs(self) -> int:
        return self.by_status.total()


Keep = Callable[[Sequence[Mapping[str, Any]]], None]
"""Archives records, so that they are safe when it returns."""


def begin_pruning(
    store: Store, policy: Policy, archive: str | None = None, unless_since: datetime | None = None
) -> int | None:
    """Note that a removal begins; its number for `prune`. archive: what to call that in the record.

    unless_since: None instead if one began after this moment (aware).
    """
    row: dict[str, Any] = {"at": store.clock.now(), "keep_days": policy.keep_days, "keep_runs": policy.keep_runs}
    row |= {"archive": archive, "runs": 0, "events": 0, "messages": 0}
    with store.writing() as connection:
        last = connection.execute(sa.select(sa.func.max(_PRUNINGS.c.at))).scalar()
        if unless_since is not None and last is not None and last > unless_since:
            return None
        number: int = connection.execute(sa.insert(_PRUNINGS).values(row).returning(_PRUNINGS.c.id)).scalar_one()
    return number


def prune(
    store: Store,
    policy: Policy,
    number: int | None,
    *,
    keep: Keep | None = None,
    gone: Callable[[Sequence[Gone]], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Pruned:
    """Remove what is old by a policy, of everybody. number: from `begin_pruning`; None to remove nothing and only look.

    keep: archives it first. gone: told of what was removed. stop: asked after each transaction, in which it may rest;
    whether to end early.
    """
    work = _Work(store=store, policy=policy, now=store.clock.now(), keep=keep, dry_run=number is None)
    work.prune_runs(number, gone, stop)
    if work.before is not None and not stop():
        work.prune_events(number)
        work.prune_messages(number)
    if number is not None:
        with store.writing() as connection:
            connection.execute(sa.update(_PRUNINGS).where(_PRUNINGS.c.id == number).values(ended_at=store.clock.now()))
    return work.found


def compact(store: Store) -> None:
    """Give the disk the space back that removed rows had; without this, new rows use it. SQLite only.

    It writes the whole database anew, while nobody else can write, and needs as much free space. Raises Unavailable.
    """
    if store.engine.dialect.name != "sqlite":
        return  # Postgres does so by itself
    with in_plain_words(store.engine.url), closing(store.engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM")


@dataclass(kw_only=True)
class _Work:
    """One removal. taken: what a dry run would have removed so far."""

    store: Store
    policy: Policy
    now: datetime
    keep: Keep | None
    dry_run: bool
    found: Pruned = field(default_factory=Pruned)
    taken: set[int] = field(default_factory=set)

    @property
    def before(self) -> datetime | None:
        days = self.policy.keep_days
        return None if days is None else self.now - timedelta(days=days)

    def prune_runs(self, number: int | None, gone: Callable[[Sequence[Gone]], None], stop: Callable[[], bool]) -> None:
        with self.store.reading() as connection:
            last = set(connection.execute(_LAST).scalars())
            too_many = _too_many(connection, self.policy.keep_runs)
            highest = connection.execute(_HIGHEST).scalar()
        while highest:
            lowest = highest - _AT_ONCE
            with self.store.reading() as connection:
                old = self._old(connection, (lowest, highest), last, too_many)
                records = _whole(connection, [row.run_id for row in old]) if self.keep and not self.dry_run else []
                highest = connection.execute(
                    sa.select(sa.func.max(RUNS.c.run_id)).where(RUNS.c.run_id <= lowest)
                ).scalar()
            if not old:
                continue
            if self.dry_run:
                with self.store.reading() as connection:
                    self._count(old, *_messages(connection, old))
                continue
            if self.keep:
                self.keep(records)
            known = {row.run_id for row in old}
            with self.store.writing() as connection:
                # A person may have brought one back meanwhile.
                old = [
                    row
                    for row in self._old(connection, (lowest, lowest + _AT_ONCE), last, too_many)
                    if row.run_id in known
                ]
                messages, kept = _remove(connection, old, number)
            self._count(old, messages, kept)
            gone([Gone(run_id=row.run_id, scheduled_time=row.scheduled_time, attempt=row.attempt, log_ref=row.log_ref)
                  for row in old])  # fmt: skip
            if stop():
                return

    def _count(self, old: Sequence[Any], messages: int, kept: int) -> None:
        self.found.by_status.update(row.status for row in old)
        self.found.messages += messages
        self.found.kept_messages += kept
        self.taken.update(row.run_id for row in old)

    def _old(
        self, connection: sa.Connection, span: tuple[int, int], last: Collection[int], too_many: Mapping[int, int]
    ) -> list[Any]:
        """The runs with ids in a span, its first left out, that can go."""
        rows = [
            row
            for row in connection.execute(_SPAN, {"lowest": span[0], "highest": span[1]})
            if row.run_id not in last and row.run_id not in self.taken and self._is_old(row, too_many)
        ]
        if not rows:
            return []
        going = set(connection.execute(_GOING).scalars())
        needed = set(connection.execute(_NEEDED).scalars())
        rows = [row for row in rows if row.round not in going and row.run_id not in needed]
        ids = {row.run_id for row in rows}
        others = connection.execute(
            sa.select(RUNS.c.run_id, RUNS.c.workflow_run_id).where(RUNS.c.workflow_run_id.in_(ids))
        )
        begun = {row.workflow_run_id for row in others if row.run_id not in ids and row.run_id not in self.taken}
        return [row for row in rows if row.run_id not in begun]

    def _is_old(self, row: Any, too_many: Mapping[int, int]) -> bool:
        if row.status not in ENDED:
            return False
        if row.run_id <= too_many.get(row.task_id, 0):
            return True
        return self.before is not None and (row.end_time or row.scheduled_time) < self.before

    def prune_events(self, number: int | None) -> None:
        with self.store.reading() as connection:
            led = set(connection.execute(sa.select(RUNS.c.event_id).where(RUNS.c.event_id.is_not(None))).scalars())
        # A file that is still there must not be a new one at the next start.
        watched = sa.select(_TASKS.c.owner_id).join(TRIGGERS, TRIGGERS.c.task_id == _TASKS.c.id)
        is_watched = sa.and_(
            _EVENTS.c.name == FILE, _EVENTS.c.owner_id.in_(watched.where(TRIGGERS.c.path.is_not(None)))
        )
        old = sa.select(_EVENTS).where(_EVENTS.c.at < self.before, sa.not_(is_watched)).order_by(_EVENTS.c.id)
        self.found.events = self._prune_others(old, _EVENTS, "event", led, number)

    def prune_messages(self, number: int | None) -> None:
        old = sa.select(_DELIVERIES).where(
            _DELIVERIES.c.run_id.is_(None), _DELIVERIES.c.created_at < self.before, _FOR_NOBODY
        )
        self.found.messages += self._prune_others(
            old.order_by(_DELIVERIES.c.id), _DELIVERIES, "message", frozenset(), number
        )

    def _prune_others(
        self, old: sa.Select[Any], table: sa.Table, kind: str, spared: Collection[int], number: int | None
    ) -> int:
        """Remove rows that stand for themselves, some at a time; how many they are."""
        latest, count = 0, 0
        while True:
            with self.store.reading() as connection:
                rows = connection.execute(old.where(table.c.id > latest).limit(_AT_ONCE)).mappings().all()
            if not rows:
                return count
            latest = rows[-1]["id"]
            rows = [row for row in rows if row["id"] not in spared]
            count += len(rows)
            if self.dry_run or not rows:
                continue
            if self.keep:
                self.keep([{kind: to_jsonable_python(dict(row))} for row in rows])
            with self.store.writing() as connection:
                connection.execute(sa.delete(table).where(table.c.id.in_([row["id"] for row in rows])))
                _note(connection, number, **{f"{kind}s": len(rows)})


_HIGHEST = sa.select(sa.func.max(RUNS.c.run_id))
_LAST = sa.select(sa.func.max(RUNS.c.run_id)).group_by(RUNS.c.task_id, RUNS.c.status, RUNS.c.triggered_by)
_SPAN = (
    sa.select(
        RUNS.c.run_id, RUNS.c.task_id, RUNS.c.status, RUNS.c.triggered_by, RUNS.c.scheduled_time, RUNS.c.end_time,
        RUNS.c.attempt, RUNS.c.log_ref, _ROUND.label("round"),
    )
    # Not by status, which would have SQLite go through the index on it each time.
    .where(RUNS.c.run_id > sa.bindparam("lowest"), RUNS.c.run_id <= sa.bindparam("highest"))
    .order_by(RUNS.c.run_id)
)  # fmt: skip
_GOING = sa.select(_ROUND).where(RUNS.c.status.in_(ACTIVE)).distinct()
_OF_TREE = _AI_RUNS.alias()
# The runs of a tree of AI runs of which one has not ended, and those that have parts which have not.
_NEEDED = sa.union(
    sa.select(_AI_RUNS.c.run_id)
    .join(_OF_TREE, _OF_TREE.c.root_run_id == _AI_RUNS.c.root_run_id)
    .join(RUNS, RUNS.c.run_id == _OF_TREE.c.run_id)
    .where(RUNS.c.status.in_(ACTIVE)),
    sa.select(_SUBTASKS.c.parent_run_id)
    .join(RUNS, RUNS.c.task_id == _SUBTASKS.c.task_id)
    .where(RUNS.c.status.in_(ACTIVE)),
)


def _too_many(connection: sa.Connection, keep_runs: int | None) -> dict[int, int]:
    """For tasks with more runs than that: the latest run that is one too many."""
    if keep_runs is None:
        return {}
    many = sa.select(RUNS.c.task_id).group_by(RUNS.c.task_id).having(sa.func.count() > keep_runs)
    found = {}
    for task_id in connection.execute(many).scalars().all():
        mine = sa.select(RUNS.c.run_id).where(RUNS.c.task_id == task_id).order_by(RUNS.c.run_id.desc())
        found[task_id] = connection.execute(mine.offset(keep_runs).limit(1)).scalar_one()
    return found


def _whole(connection: sa.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Runs with all that belongs to them, as plain JSON."""
    runs = sa.select(RUNS, _TASKS.c.name.label("task"), _TASKS.c.owner_id).join(_TASKS, _TASKS.c.id == RUNS.c.task_id)
    records = {
        row["run_id"]: {"run": to_jsonable_python(dict(row))}
        for row in connection.execute(runs.where(RUNS.c.run_id.in_(ids)).order_by(RUNS.c.run_id)).mappings()
    }
    parts = {
        "transitions": TRANSITIONS, "transcripts": _TRANSCRIPTS, "messages": _DELIVERIES, "approvals": _APPROVALS,
    }  # fmt: skip
    for name, table in parts.items():
        rows = connection.execute(sa.select(table).where(table.c.run_id.in_(ids)).order_by(table.c.id)).mappings()
        for row in rows:
            records[row["run_id"]].setdefault(name, []).append(to_jsonable_python(dict(row)))
    events = sa.select(_EVENTS, RUNS.c.run_id).join(RUNS, RUNS.c.event_id == _EVENTS.c.id)
    for row in connection.execute(events.where(RUNS.c.run_id.in_(ids))).mappings():
        event = dict(row)
        records[event.pop("run_id")]["event"] = to_jsonable_python(event)
    return list(records.values())


def _messages(connection: sa.Connection, runs: Sequence[Any]) -> tuple[int, int]:
    """How many messages of these runs can go, and how many have to stay."""
    theirs = _DELIVERIES.c.run_id.in_([row.run_id for row in runs])
    some = sa.select(sa.func.count()).select_from(_DELIVERIES).where(theirs)
    most = connection.execute(some).scalar_one()
    count = connection.execute(some.where(_FOR_NOBODY)).scalar_one()
    return count, most - count


def _remove(connection: sa.Connection, runs: Sequence[Any], number: int | None) -> tuple[int, int]:
    """Delete runs and what goes with them; how many messages went, and how many stay."""
    ids = [row.run_id for row in runs]
    theirs = _DELIVERIES.c.run_id.in_(ids)
    kept = connection.execute(sa.update(_DELIVERIES).where(theirs, sa.not_(_FOR_NOBODY)).values(run_id=None)).rowcount
    messages = connection.execute(sa.delete(_DELIVERIES).where(theirs)).rowcount
    count_pruned(connection, runs)
    connection.execute(sa.delete(RUNS).where(RUNS.c.run_id.in_(ids)))
    _note(connection, number, runs=len(ids), messages=messages)
    return messages, kept


def _note(connection: sa.Connection, number: int | None, **counts: int) -> None:
    """Count in the record of this removal what its transaction removes."""
    more = {name: _PRUNINGS.c[name] + count for name, count in counts.items()}
    connection.execute(sa.update(_PRUNINGS).where(_PRUNINGS.c.id == number).values(more))
