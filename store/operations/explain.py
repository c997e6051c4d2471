"""Why a task did or did not run, told from the record alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlmodel import Session, col, select

from schedules.describe import describe
from schedules.occurrences import between
from store.audit import RUNTIME, Entity, snapshot
from store.operations.circumstances import of_run, of_task, pruned, removed, undelivered
from store.operations.control import over
from store.permissions import acting_user, name_of, title_for, visible_task
from store.phrases import listed, moment, span, times
from store.rows import run_info, task_schedule
from store.run_phrases import outcome, tally
from store.session import Store
from store.status import ACTIVE, RunStatus
from store.tables import AuditEntry, Dependency, Run, Task, User
from store.timeline import Version, versions
from store.values import Actor, Explanation, RunInfo

_MOST_RUNS = 200
_MOST_OCCURRENCES = 1_000
_MOST_TOLD = 4


def explain(
    store: Store, actor: Actor, task_id: int, *, during: tuple[datetime, datetime] | None = None
) -> Explanation:
    """Why a task did or did not run in a half-open range of time, or how it stands now when none is given.

    All is said from the record: when it was created, changed, paused and deleted, what was due by its schedule as it
    was then, and what became of each run. Raises NotFound.
    """
    with store.read() as session:
        user = acting_user(session, actor)
        row = visible_task(session, user, task_id, include_deleted=True)
        case = _Case(session=session, user=user, row=row, now=store.clock.now())
        return case.in_range(*during) if during else case.as_it_stands()


@dataclass(frozen=True, kw_only=True)
class _Case:
    """One task, asked about by one user at one moment."""

    session: Session
    user: User
    row: Task
    now: datetime

    @property
    def title(self) -> str:
        return f"“{self.row.name}”"

    def as_it_stands(self) -> Explanation:
        runs = self._runs(limit=1)
        sentences = [self._state(), *self._waits(), *of_task(self.session, self.row, self.now)]
        if runs:
            sentences.append(f"Its latest run: {self._outcome(runs[-1], 'it')}")
            sentences += of_run(self.session, self.user, runs[-1].id, self.row, self.now)
        else:
            sentences.append(f"It has not run yet; it was created {self._at(self.row.created_at)}.")
        return Explanation(sentences=tuple(filter(None, sentences)), runs=tuple(runs))

    def in_range(self, start: datetime, end: datetime) -> Explanation:
        when = span(start, end, self.row.timezone, self.now)
        if self.row.created_at >= end:
            created = self._at(self.row.created_at)
            return Explanation(sentences=(f"{self.title} was created only {created}.",), runs=())
        runs = self._runs(since=start, until=end, limit=_MOST_RUNS)
        changes = self._changes()
        seen = versions(snapshot(self.row), changes, start, end)
        sentences = [
            *self._outcomes(runs, when),
            *self._told(runs),
            *self._unrecorded(seen),
            *self._paused(seen, changes),
            *self._deleted(seen, changes),
        ]
        if any(run.status is RunStatus.WAITING for run in runs):
            sentences += self._waits()
        if not sentences:
            sentences = removed(self.session, self.row, start, end, self.now)
        if not sentences:
            sentences = self._nothing_due(seen, changes, start, end, when)
        return Explanation(sentences=tuple(sentences), runs=tuple(runs))

    def _state(self) -> str:
        row, schedule = self.row, task_schedule(self.row)
        if row.deleted_at is not None:
            return f"{self.title} was deleted {self._at(row.deleted_at)}."
        if row.pause_note is not None:
            return f"{self.title} is paused{_quoted(row.pause_note)}."
        if not row.is_active:
            return f"{self.title} is over: {over(row, self.now)}."
        if schedule is None:
            return ""
        if row.next_run_at is not None and row.next_run_at <= self.now:
            return (
                f"{self.title} has been due since {self._at(row.next_run_at).removeprefix('on ')}, but nothing has "
                "been running since then that could start it."
            )
        following = f", next {self._at(row.next_run_at)}" if row.next_run_at else ""
        return f"{self.title} runs {describe(schedule)} ({schedule.zone}){following}."

    def _waits(self) -> list[str]:
        """What it waits for, and how that stands."""
        edges = list(
            self.session.exec(
                select(Task)
                .join(Dependency, col(Dependency.depends_on_task_id) == Task.id)
                .where(Dependency.task_id == self.row.id)
                .order_by(col(Task.id))
            )
        )
        gone = [title_for(self.session, self.user, each) for each in edges if each.deleted_at is not None]
        there = [each for each in edges if each.deleted_at is None]
        sentences = []
        if there:
            waits_for = listed([f"{title_for(self.session, self.user, each)} ({self._latest(each)})" for each in there])
            sentences.append(f"{self.title} waits for {waits_for}.")
        if gone:
            sentences.append(f"It no longer waits for {listed(gone)}, which {_was(gone)} deleted.")
        if not there and task_schedule(self.row) is None:
            sentences.append(f"{self.title} has no time of its own, so it only runs when somebody starts it.")
        return sentences

    def _latest(self, prerequisite: Task) -> str:
        newest = col(Run.run_id).desc()
        run = self.session.exec(select(Run).where(Run.task_id == prerequisite.id).order_by(newest).limit(1)).first()
        if run is None:
            return "which has not run yet"
        if run.status in ACTIVE:
            return f"which is {run.status.value}"
        return f"last {run.status.value} {self._at(run.end_time or run.scheduled_time)}"

    def _runs(self, *, since: datetime | None = None, until: datetime | None = None, limit: int) -> list[RunInfo]:
        """The latest runs that were due in the range, in order."""
        query = select(Run).where(Run.task_id == self.row.id)
        if since is not None and until is not None:
            query = query.where(Run.scheduled_time >= since, Run.scheduled_time < until)
        rows = list(self.session.exec(query.order_by(col(Run.run_id).desc()).limit(limit)))
        return sorted((run_info(row, self.row.name) for row in rows), key=lambda run: (run.scheduled_time, run.id))

    def _changes(self) -> list[AuditEntry]:
        mine = (AuditEntry.entity == Entity.TASK.value, AuditEntry.entity_id == str(self.row.id))
        return list(self.session.exec(select(AuditEntry).where(*mine).order_by(col(AuditEntry.id))))

    def _outcomes(self, runs: Sequence[RunInfo], when: str) -> list[str]:
        if len(runs) > _MOST_TOLD:
            latest = f"The latest: {self._outcome(runs[-1], 'it')}"
            return [f"{self.title} came up {times(len(runs))} {when}: {tally(runs)}.", latest]
        return [self._outcome(run, "It" if place else self.title) for place, run in enumerate(runs)]

    def _told(self, runs: Sequence[RunInfo]) -> list[str]:
        """What became of the messages; of many runs only of those that have not arrived."""
        if len(runs) == 1:
            return of_run(self.session, self.user, runs[0].id, self.row, self.now)
        return undelivered(self.session, self.user, [run.id for run in runs], self.row, self.now)[:_MOST_TOLD]

    def _outcome(self, run: RunInfo, subject: str) -> str:
        return outcome(run, subject, self.row.timezone, self.now)

    def _unrecorded(self, seen: Iterable[Version]) -> list[str]:
        """Occurrences that passed and left no run."""
        passed = [each for each in self._due(seen) if each <= self.now]
        if not passed:
            return []
        recorded = select(Run.scheduled_time).where(
            Run.task_id == self.row.id, Run.scheduled_time >= min(passed), Run.scheduled_time <= max(passed)
        )
        known = set(self.session.exec(recorded))
        passed = [each for each in passed if each not in known]
        passed, told = pruned(self.session, self.row, passed, self.now)
        waiting = self.row.next_run_at
        not_started = [each for each in passed if waiting is not None and each >= waiting]
        lost = [each for each in passed if waiting is None or each < waiting]
        sentences = told
        if lost:
            sentences.append(f"{self._due_words(lost)}, but there is no record of a run for that.")
        if not_started:
            sentences.append(f"{self._due_words(not_started)}, but nothing has been running since that could start it.")
        return sentences

    def _due(self, seen: Iterable[Version]) -> list[datetime]:
        return [
            each
            for version in seen
            if not version.is_paused and not version.is_deleted
            for each in _occurrences(version)
        ]

    def _due_words(self, moments: Sequence[datetime]) -> str:
        if len(moments) == 1:
            return f"{self.title} was due {self._at(moments[0])}"
        return f"{self.title} was due {times(len(moments))}, first {self._at(moments[0])}"

    def _paused(self, seen: Iterable[Version], changes: Sequence[AuditEntry]) -> list[str]:
        sentences = []
        for version in seen:
            if not version.is_paused or version.is_deleted:
                continue
            due = _occurrences(version)
            if not due and version.schedule is not None:
                continue
            would_be = f"{self._due_words(due)}, but " if due else ""
            subject = "it" if due else self.title
            by = self._began(changes, version, "pause_note")
            sentences.append(f"{would_be}{subject} was paused{by}{_quoted(version.columns['pause_note'])}.")
        return list(dict.fromkeys(sentences))

    def _deleted(self, seen: Sequence[Version], changes: Sequence[AuditEntry]) -> list[str]:
        """It was gone at the end, or while it would have been due."""
        for version in reversed(seen):
            if version.is_deleted and (version is seen[-1] or _occurrences(version)):
                return [f"{self.title} was deleted{self._began(changes, version, 'deleted_at')}."]
        return []

    def _began(self, changes: Sequence[AuditEntry], version: Version, column: str) -> str:
        """Since when and by whom a column of the version has had its value."""
        for change in reversed(changes):
            if change.at <= version.since and change.after and change.after.get(column) is not None:
                if change.via == RUNTIME:
                    return f" {self._at(change.at)} by itself"
                by = "you" if change.actor_id == self.user.id else name_of(self.session, change.actor_id)
                return f" by {by} {self._at(change.at)}"
        return ""

    def _nothing_due(
        self, seen: Sequence[Version], changes: Sequence[AuditEntry], start: datetime, end: datetime, when: str
    ) -> list[str]:
        """Why nothing came up: it was created late, had another schedule, or waits for others."""
        if not seen:
            return [f"There is no record of {self.title} {when}."]
        then, current = seen[-1].schedule, task_schedule(self.row)
        ahead = [each for each in self._due(seen) if each > self.now]
        if then is not None and (ahead or start >= self.now):
            due = f"it is due {self._at(ahead[0])}" if ahead else "nothing is due then"
            return [f"{self.title} runs {describe(then)} ({then.zone}); {due}."]
        if then is None:
            sentences = [f"{self.title} has not run {when}."] if start < self.now else []
            sentences += self._waits()
        else:
            runs = "runs" if then == current else "ran"
            sentences = [f"{self.title} was not due {when}: it {runs} {describe(then)} ({then.zone})."]
        if self.row.created_at > start:
            sentences.append(f"It was created only {self._at(self.row.created_at)}.")
        if then is not None and then != current:
            sentences += self._changed_later(changes, end)
        elif self.row.next_run_at is not None and start < self.now:
            sentences.append(f"It is next due {self._at(self.row.next_run_at)}.")
        return sentences

    def _changed_later(self, changes: Sequence[AuditEntry], end: datetime) -> list[str]:
        current = task_schedule(self.row)
        for change in reversed(changes):
            columns = change.after or {}
            if change.at >= end and any(name.startswith("schedule_") or name == "timezone" for name in columns):
                to = f"{describe(current)} ({current.zone})" if current else "no time of its own"
                return [f"It was changed {self._at(change.at)} to {to}."]
        return []

    def _at(self, instant: datetime) -> str:
        return moment(instant, self.row.timezone, self.now)


def _occurrences(version: Version) -> list[datetime]:
    if version.schedule is None:
        return []
    since = version.since + datetime.resolution if version.changed else version.since
    return list(islice(between(version.schedule, since, version.until), _MOST_OCCURRENCES))


def _quoted(note: str) -> str:
    return f" (“{note}”)" if note else ""


def _was(names: Sequence[str]) -> str:
    return "was" if len(names) == 1 else "were"
