"""Workflows: what they amount to, who may do what with them, and handling their tasks together."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from croncierge.clock import FixedClock
from croncierge.errors import Conflict, NotAllowed, NotFound, Unclear
from store.kinds import DependencyType, Permission, Trigger
from store.operations import create_task, delete_task, get_task, pause_task, share_task, undo
from store.operations.workflows import (
    WorkflowInfo,
    list_workflows,
    name_workflow,
    pause_workflow,
    rename_workflow,
    resume_workflow,
    show_workflow,
)
from store.session import Store
from store.standing import WorkflowStatus
from store.status import RunStatus
from store.values import Actor, Prerequisite, TaskInfo, TaskSpec
from tests.store.conftest import MONDAY, add_run, cron, once

Ann = Callable[[], Actor]


class Flow:
    """A → (B, C) → D with a handler of A's failure, in the workflow “nightly”."""

    def __init__(self, store: Store, ann: Ann) -> None:
        self._store, self._ann = store, ann
        self.a = self.add("a", schedule=cron("0 2 * * *"))
        self.b, self.c = self.add("b", self.a), self.add("c", self.a)
        self.d = self.add("d", self.b, self.c)
        self.mend = self.add("mend", self.a, on=DependencyType.FAILURE)

    def add(
        self, title: str, *after: TaskInfo, on: DependencyType = DependencyType.SUCCESS, **spec: object
    ) -> TaskInfo:
        waits = tuple(Prerequisite(task_id=each.id, type=on) for each in after)
        spec = {"workflow": "nightly", **spec}
        return create_task(self._store, self._ann(), TaskSpec(title=title, depends_on=waits, **spec))  # type: ignore[arg-type]

    def ran(self, **outcomes: RunStatus) -> WorkflowInfo:
        for title, status in outcomes.items():
            why = {"error_message": "broken", "reason": "skipped due to x" if status is RunStatus.SKIPPED else None}
            add_run(self._store, getattr(self, title).id, MONDAY, status, triggered_by=Trigger.MANUAL, **why)
        return show_workflow(self._store, self._ann(), "nightly")


@pytest.fixture
def flow(store: Store, ann: Ann) -> Flow:
    return Flow(store, ann)


DONE, FAILED, SKIPPED = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.SKIPPED


def test_a_workflow_stands_as_the_latest_run_of_each_of_its_tasks(flow: Flow) -> None:
    assert flow.ran().status is WorkflowStatus.NEW
    assert flow.ran(a=RunStatus.RUNNING).status is WorkflowStatus.RUNNING
    assert flow.ran(a=DONE, b=DONE, c=RunStatus.WAITING).status is WorkflowStatus.RUNNING
    good = flow.ran(c=DONE, d=DONE, mend=SKIPPED)
    assert (good.status, good.stopped) == (WorkflowStatus.SUCCEEDED, None)
    bad = flow.ran(a=FAILED, b=SKIPPED, c=SKIPPED, d=SKIPPED, mend=DONE)
    assert (bad.status, bad.stopped) == (WorkflowStatus.FAILED, "“a” failed: broken")
    half = flow.ran(a=DONE, b=RunStatus.CANCELLED, c=DONE, d=SKIPPED, mend=SKIPPED)
    assert half.status is WorkflowStatus.INCOMPLETE
    assert half.stopped == "“b” was cancelled and “d” was skipped due to x"


def test_the_tasks_stand_below_what_they_wait_for(flow: Flow, store: Store, ann: Ann) -> None:
    shown = [(step.depth, step.task.title) for step in show_workflow(store, ann(), "NIGHTLY").steps]
    assert shown == [(0, "a"), (1, "b"), (1, "c"), (2, "d"), (1, "mend")]
    assert flow.a.next_run_at == show_workflow(store, ann(), "night").next_run_at


def test_only_what_is_listed_for_a_person_is_seen(flow: Flow, store: Store, ann: Ann, bob: Ann) -> None:
    assert list_workflows(store, bob()) == []
    with pytest.raises(NotFound, match="you have none"):
        show_workflow(store, bob(), "nightly")
    share_task(store, ann(), flow.b.id, "bob", Permission.VIEW)
    (seen,) = list_workflows(store, bob())
    assert [step.task.title for step in seen.steps] == ["b"]
    with pytest.raises(NotAllowed):
        pause_workflow(store, bob(), "nightly")
    with pytest.raises(NotAllowed, match="Only the owner"):
        rename_workflow(store, bob(), "nightly", "mine")


def test_a_workflow_pauses_and_goes_on_as_a_whole(
    flow: Flow, store: Store, ann: Ann, clock: FixedClock, rings: list[str]
) -> None:
    single = flow.add("single", schedule=once(MONDAY + timedelta(hours=1)))
    pause_task(store, ann(), flow.c.id, "by itself")
    rings.clear()
    paused = pause_workflow(store, ann(), "nightly", "holiday")
    assert paused.tasks == ("a", "b", "d", "mend", "single")
    assert (paused.workflow.paused, paused.workflow.next_run_at) == (6, None)
    assert [get_task(store, ann(), task.id).pause_note for task in (flow.a, flow.c)] == ["holiday", "by itself"]
    clock.set(MONDAY + timedelta(hours=2))
    resumed = resume_workflow(store, ann(), "nightly")
    assert (resumed.tasks, resumed.left) == (("a", "b", "c", "d", "mend"), ("single",))
    assert resumed.workflow.next_run_at == flow.a.next_run_at
    assert get_task(store, ann(), single.id).pause_note == "holiday"
    assert len(rings) == 2


def test_pausing_a_workflow_is_undone_in_one_go(flow: Flow, store: Store, ann: Ann) -> None:
    pause_workflow(store, ann(), "nightly")
    undo(store, ann())
    shown = show_workflow(store, ann(), "nightly")
    assert (shown.paused, shown.next_run_at) == (0, flow.a.next_run_at)


def test_what_hangs_together_gets_a_name(store: Store, ann: Ann) -> None:
    flow = Flow(store, ann)
    first = create_task(store, ann(), TaskSpec(title="first"))
    second = create_task(store, ann(), TaskSpec(title="second", depends_on=(Prerequisite(task_id=first.id),)))
    third = create_task(
        store, ann(), TaskSpec(title="third", depends_on=tuple(Prerequisite(task_id=t) for t in (second.id, flow.a.id)))
    )
    named = name_workflow(store, ann(), second.id, "weekly")
    assert [task.title for task in named] == ["first", "second", "third"]
    assert get_task(store, ann(), flow.a.id).workflow == "nightly"
    assert [task.title for task in name_workflow(store, ann(), third.id, None, alone=True)] == ["third"]
    undo(store, ann())
    assert get_task(store, ann(), third.id).workflow == "weekly"


def test_a_name_is_changed_and_taken_back_and_never_taken_twice(flow: Flow, store: Store, ann: Ann) -> None:
    other = create_task(store, ann(), TaskSpec(title="other", workflow="weekly"))
    with pytest.raises(Conflict, match="already"):
        rename_workflow(store, ann(), "nightly", "weekly")
    renamed = rename_workflow(store, ann(), "nightly", "every night")
    assert renamed.name == get_task(store, ann(), flow.d.id).workflow == "every night"
    assert "is called “nightly” again" in undo(store, ann()).sentences[0]
    name_workflow(store, ann(), other.id, None)
    assert rename_workflow(store, ann(), "nightly", "weekly").name == "weekly"


def test_a_workflow_whose_tasks_are_gone_is_gone_and_words_must_be_clear(flow: Flow, store: Store, ann: Ann) -> None:
    other = flow.add("other", workflow="nightly backup")
    assert show_workflow(store, ann(), "nightly").name == "nightly"
    with pytest.raises(Unclear, match="“nightly” or “nightly backup”"):
        show_workflow(store, ann(), "night")
    delete_task(store, ann(), other.id)
    assert [each.name for each in list_workflows(store, ann())] == ["nightly"]
