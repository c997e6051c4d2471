from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from croncierge.clock import FixedClock
from croncierge.errors import CronciergeError, InvalidInput, NotAllowed, NotFound
from schedules.schedule import Cron, Interval
from store.open import open_store
from store.operations import create_task, create_tasks, edit_task, ensure_user, get_task, list_tasks, pause_task
from store.session import Store, as_given
from store.tables import AuditEntry, Dependency, Task
from store.values import Actor, Prerequisite, TaskChange, TaskSpec
from tests.store.conftest import MONDAY, cron, once

Person = Callable[[], Actor]


def test_a_new_task_is_stored_as_it_was_meant_and_due_at_its_next_occurrence(store: Store, ann: Person) -> None:
    spec = TaskSpec(
        title=" send the\ntimesheet 🎉",
        schedule=cron("0 9 * * 1"),
        schedule_words="every Monday at 9",
        description="the long\nstory",
        action_payload={"message": "go"},
        max_retries=2,
    )
    task = create_task(store, ann(), spec)
    assert task == get_task(store, ann(), task.id)
    assert (task.title, task.description, task.schedule_words) == (
        "send the timesheet 🎉",
        "the long\nstory",
        "every Monday at 9",
    )
    assert task.schedule == cron("0 9 * * 1")
    assert task.next_run_at == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    assert task.is_active
    assert task.max_retries == 2
    assert task.created_at == MONDAY


def test_what_is_stored_comes_back_aware_and_in_utc(store: Store, ann: Person) -> None:
    task = create_task(store, ann(), TaskSpec(title="then", schedule=once(MONDAY + timedelta(hours=1))))
    stored = get_task(store, ann(), task.id)
    assert stored.next_run_at is not None
    assert stored.next_run_at.utcoffset() == timedelta(0)


def test_a_moment_that_has_passed_is_refused_with_the_moment(store: Store, ann: Person) -> None:
    with pytest.raises(InvalidInput, match=r"Mon 23 Nov 09:59.*passed"):
        create_task(store, ann(), TaskSpec(title="late", schedule=once(MONDAY - timedelta(minutes=1))))
    assert list_tasks(store, ann()) == []


def test_a_schedule_that_has_ended_is_refused(store: Store, ann: Person) -> None:
    ended = Cron(expression="0 9 * * *", zone="UTC", until=MONDAY)
    with pytest.raises(InvalidInput, match="Nothing is left"):
        create_task(store, ann(), TaskSpec(title="late", schedule=ended))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\x07b"}, "U\\+0007"),
        ({"description": "x" * 10_001}, "description"),
        ({"schedule": cron("61 9 * * *")}, "61"),
        ({"schedule": cron("0 9 * * *", zone="Europe/Berlim")}, "Berlim"),
        ({"zone": "Europe/Berlim"}, "Berlim"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"max_retries": -1}, "max_retries"),
        ({"retry_backoff": 0.5}, "retry_backoff"),
        ({"action_type": ""}, "action_type"),
        ({"action_payload": {"x": {1, 2}}}, "action_payload"),
        ({"depends_on": (Prerequisite(task_id=99),)}, "#99"),
        ({"idempotency_key": ""}, "idempotency_key"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_left_behind(
    store: Store, ann: Person, rings: list[str], wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(CronciergeError, match=says):
        create_task(store, ann(), TaskSpec(**{"title": "fine", **wrong}))
    with store.read() as session:
        assert session.exec(select(Task)).all() == []
        assert session.exec(select(AuditEntry)).all() == []
        assert session.exec(select(Dependency)).all() == []
    assert rings == []


def test_the_same_request_made_twice_makes_one_task(store: Store, ann: Person, bob: Person) -> None:
    spec = TaskSpec(title="call mom", schedule=once(MONDAY + timedelta(hours=1)), idempotency_key="tool-call-7")
    first = create_task(store, ann(), spec)
    assert create_task(store, ann(), spec) == first
    assert create_task(store, bob(), spec).id != first.id
    assert len(list_tasks(store, ann())) == 1


def test_ten_times_are_counted_from_now_on(store: Store, ann: Person, clock: FixedClock) -> None:
    twice = Cron(expression="0 12 * * *", zone="UTC", max_runs=2)
    task = create_task(store, ann(), TaskSpec(title="twice", schedule=twice))
    assert task.schedule is not None
    clock.set(MONDAY + timedelta(days=1, hours=12))
    with pytest.raises(InvalidInput, match="Nothing is left"):
        edit_task(store, ann(), task.id, TaskChange(schedule=task.schedule))


def test_the_runtime_is_told_once_after_each_change(store: Store, ann: Person, rings: list[str]) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=cron("0 9 * * *")))
    assert len(rings) == 1
    edit_task(store, ann(), task.id, TaskChange(schedule=cron("0 8 * * *")))
    assert len(rings) == 2
    edit_task(store, ann(), task.id, TaskChange())
    assert len(rings) == 2


def test_an_edit_that_leaves_the_schedule_alone_leaves_the_next_run_alone(
    store: Store, ann: Person, clock: FixedClock
) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=cron("0 9 * * *")))
    clock.set(MONDAY + timedelta(days=3))
    edited = edit_task(store, ann(), task.id, TaskChange(title="call dad", max_retries=3))
    assert (edited.title, edited.max_retries) == ("call dad", 3)
    assert edited.next_run_at == task.next_run_at
    assert edited.updated_at == clock.now()


def test_a_new_schedule_counts_from_now(store: Store, ann: Person, clock: FixedClock) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=cron("0 9 * * *"), schedule_words="daily"))
    clock.set(MONDAY + timedelta(days=3))
    edited = edit_task(store, ann(), task.id, TaskChange(schedule=cron("0 18 * * *")))
    assert edited.next_run_at == datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
    assert edited.schedule_words is None


def test_another_zone_keeps_the_wall_clock(store: Store, ann: Person) -> None:
    daily = create_task(store, ann(), TaskSpec(title="daily", schedule=cron("0 12 * * *")))
    moved = edit_task(store, ann(), daily.id, TaskChange(zone="America/New_York"))
    assert (moved.zone, moved.schedule) == ("America/New_York", cron("0 12 * * *", "America/New_York"))
    assert moved.next_run_at == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

    at_noon = once(datetime(2026, 11, 24, 11, 0, tzinfo=UTC))
    single = create_task(store, ann(), TaskSpec(title="once", schedule=at_noon))
    assert edit_task(store, ann(), single.id, TaskChange(zone="America/New_York")).next_run_at == datetime(
        2026, 11, 24, 17, 0, tzinfo=UTC
    )


def test_an_interval_keeps_its_instants_in_another_zone(store: Store, ann: Person) -> None:
    hourly = Interval(every=timedelta(hours=1), anchor=MONDAY, zone="Europe/Berlin")
    task = create_task(store, ann(), TaskSpec(title="hourly", schedule=hourly))
    moved = edit_task(store, ann(), task.id, TaskChange(zone="Asia/Kolkata"))
    assert (moved.zone, moved.next_run_at) == ("Asia/Kolkata", task.next_run_at)


def test_a_paused_task_stays_paused_when_its_schedule_changes(store: Store, ann: Person) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=cron("0 9 * * *")))
    pause_task(store, ann(), task.id)
    edited = edit_task(store, ann(), task.id, TaskChange(schedule=cron("0 8 * * *")))
    assert (edited.is_active, edited.next_run_at, edited.schedule) == (False, None, cron("0 8 * * *"))


def test_a_task_that_is_over_lives_again_with_a_new_time(store: Store, ann: Person) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=once(MONDAY + timedelta(hours=1))))
    _finish(store, task.id)
    later = once(MONDAY + timedelta(days=1))
    edited = edit_task(store, ann(), task.id, TaskChange(schedule=later))
    assert (edited.is_active, edited.next_run_at) == (True, later.at)


def test_a_schedule_can_be_taken_away(store: Store, ann: Person) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=cron("0 9 * * *")))
    edited = edit_task(store, ann(), task.id, TaskChange(schedule=None))
    assert (edited.schedule, edited.next_run_at, edited.zone) == (None, None, "Europe/Berlin")


def test_an_edit_that_cannot_be_changes_nothing(store: Store, ann: Person) -> None:
    task = create_task(store, ann(), TaskSpec(title="call mom", schedule=cron("0 9 * * *")))
    past = once(MONDAY - timedelta(days=1))
    for change in (TaskChange(title="new", schedule=past), TaskChange(title=""), TaskChange(zone="Nowhere")):
        with pytest.raises(InvalidInput):
            edit_task(store, ann(), task.id, change)
    assert get_task(store, ann(), task.id) == task


def test_a_task_that_is_not_there_cannot_be_edited(store: Store, ann: Person) -> None:
    for task_id in (99, 0, -1, 2**70):
        with pytest.raises(NotFound, match=f"#{task_id}"):
            edit_task(store, ann(), task_id, TaskChange(title="x"))


def test_who_did_what_through_which_interface_is_recorded(store: Store, ann: Person, clock: FixedClock) -> None:
    actor = ann()
    task = create_task(store, actor, TaskSpec(title="call mom", schedule=cron("0 9 * * *")))
    edit_task(store, ann(), task.id, TaskChange(title="call dad"))
    with store.read() as session:
        created, edited = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
    assert (created.action, created.actor_id, created.via, created.at) == ("create_task", actor.user_id, "test", MONDAY)
    assert created.before is None
    assert created.after is not None
    assert created.after["name"] == "call mom"
    assert (edited.action, edited.before, edited.after) == ("edit_task", {"name": "call mom"}, {"name": "call dad"})


def _finish(store: Store, task_id: int) -> None:
    """What the runtime does to a task that ran its last time."""
    with store.write() as session:
        row = session.get(Task, task_id)
        assert row is not None
        row.next_run_at, row.is_active, row.run_count = None, False, 1


def test_many_tasks_are_made_at_once_in_their_order(store: Store, ann: Person, rings: list[str]) -> None:
    before = create_task(store, ann(), TaskSpec(title="already there", idempotency_key="b"))
    rings.clear()
    specs = [
        TaskSpec(title="first", idempotency_key="a", schedule=cron("0 9 * * *")),
        TaskSpec(title="no key", depends_on=(Prerequisite(task_id=before.id),)),
        TaskSpec(title="b again", idempotency_key="b"),
        TaskSpec(title="first again", idempotency_key="a"),
        TaskSpec(title="no key either"),
    ]
    tasks = create_tasks(store, ann(), specs)
    assert [task.title for task in tasks] == ["first", "no key", "already there", "first", "no key either"]
    assert tasks[0] == tasks[3]
    assert tasks == [get_task(store, ann(), task.id) for task in tasks]
    assert len(list_tasks(store, ann())) == 4
    assert rings == ["ring"]


def test_of_many_tasks_none_is_made_when_one_cannot_be(store: Store, ann: Person) -> None:
    with pytest.raises(InvalidInput, match="title"):
        create_tasks(store, ann(), [TaskSpec(title="fine"), TaskSpec(title="")])
    assert list_tasks(store, ann()) == []
    assert create_tasks(store, ann(), []) == []


def test_actions_are_made_ready_before_anybody_is_kept_from_writing(clock: FixedClock) -> None:
    ready: list[str] = []

    def prepare(action_type: str, payload: Mapping[str, Any]) -> None:
        with store.write() as session:  # would wait for ever within a transaction
            session.connection()
        ready.append(action_type)

    store = open_store("sqlite://", clock, prepare_action=prepare)
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    condition = {"action_type": "http", "action_payload": {}, "expression": "true"}
    spec = TaskSpec(title="look", schedule=cron("0 9 * * *"), action_type="script", condition=condition)
    task = create_task(store, actor, spec)
    assert ready == ["script", "http"]
    edit_task(store, actor, task.id, TaskChange(action_type="sql", action_payload={"statement": "SELECT 1"}))
    assert ready == ["script", "http", "sql", "http"]  # both are accepted again, whichever has changed
    edit_task(store, actor, task.id, TaskChange(action_payload={"statement": "SELECT 2"}))
    assert ready[4:] == ["sql", "http"]


def test_messages_of_a_task_go_only_where_its_owner_may_send_them(clock: FixedClock) -> None:
    def accept(
        action_type: str, payload: Mapping[str, Any], owner: str, condition: str | None = None
    ) -> dict[str, Any]:
        if "watch" in payload.get("channels", ()):
            raise NotAllowed(f"There is no channel “watch” that {owner} may use.", field="channel")
        return as_given(action_type, payload, owner, condition)

    store = open_store("sqlite://", clock, accept_action=accept)
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    task = create_task(store, actor, TaskSpec(title="tea", schedule=cron("0 9 * * *"), channel=" phone "))
    assert task.channel == "phone"
    assert edit_task(store, actor, task.id, TaskChange(channel="terminal")).channel == "terminal"
    with pytest.raises(NotAllowed, match="ann"):
        edit_task(store, actor, task.id, TaskChange(channel="watch"))
    with pytest.raises(NotAllowed, match="ann"):
        create_task(store, actor, TaskSpec(title="tea", channel="watch"))
    assert edit_task(store, actor, task.id, TaskChange(channel=None)).channel is None
