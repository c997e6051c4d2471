"""Events start tasks."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from croncierge.errors import Conflict, InvalidInput, NotAllowed, NotFound
from schedules.schedule import Once
from store.kinds import EventMode, Overlap, Permission, Trigger
from store.operations import (
    add_trigger,
    delete_task,
    edit_task,
    emit_event,
    ensure_user,
    get_task,
    list_events,
    pause_task,
    remove_trigger,
    run_now,
    share_task,
    undo,
)
from store.operations.claims import claim_due
from store.operations.due import TASKS
from store.operations.events import emit_ended
from store.operations.instead import stood_in
from store.operations.release import Ended
from store.operations.runs import Outcome
from store.operations.triggers import matches, watches
from store.status import RunStatus
from store.values import Actor, TaskChange, TriggerSpec
from tests.runtime.conftest import MONDAY, World, cron

IMPORT = TriggerSpec(event="import")


@pytest.fixture
def world() -> World:
    return World()


def again(world: World) -> Actor:
    """The same person in another breath."""
    return Actor(user_id=world.actor.user_id, via="test", change_set="2")


def test_an_event_starts_the_tasks_that_wait_for_it_and_no_others(world: World) -> None:
    task = world.task("report", triggers=(IMPORT,))
    world.task("mail", triggers=(TriggerSpec(event="export"),))
    assert (task.is_active, task.next_run_at, task.triggers) == (True, None, (IMPORT,))

    emitted = emit_event(world.store, world.actor, "import", {"rows": 3})
    world.runtime.tick()

    assert emitted.is_new and [run.title for run in emitted.runs] == ["report"]
    (run,) = world.runs()
    assert (run.status, run.triggered_by, run.event_id) == (RunStatus.COMPLETED, Trigger.EVENT, emitted.event_id)
    assert [(each.name, each.data, each.runs) for each in list_events(world.store, world.actor)] == [
        ("import", {"rows": 3}, 1)
    ]


def test_an_event_that_is_reported_twice_happens_once(world: World) -> None:
    world.task("report", triggers=(IMPORT,))

    first = emit_event(world.store, world.actor, "import", key="file-7")
    second = emit_event(world.store, world.actor, "import", key="file-7")

    assert (second.is_new, second.event_id, second.runs) == (False, first.event_id, first.runs)
    assert len(world.runs()) == 1
    assert emit_event(world.store, world.actor, "import").is_new


@pytest.mark.parametrize(
    ("wanted", "data", "suits"),
    [
        ({"branch": "main"}, {"branch": "main", "more": 1}, True),
        ({"branch": "main"}, {"branch": "dev"}, False),
        ({"branch": "main"}, {}, False),
        ({"branch": ["main", "release"]}, {"branch": "release"}, True),
        ({"commit.author": "ann"}, {"commit": {"author": "ann"}}, True),
        ({"commit.author": "ann"}, {"commit": "ann"}, False),
        ({"ok": True}, {"ok": 1}, False),
        ({"rows": 1}, {"rows": 1.0}, True),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, False),
    ],
)
def test_a_filter_must_match_the_data(wanted: dict[str, object], data: dict[str, object], suits: bool) -> None:
    assert matches(TriggerSpec(event="x", filter=wanted), data) is suits


@pytest.mark.parametrize(
    ("path", "file", "watched"),
    [
        ("/data", "/data/a.csv", True),
        ("/data/*.csv", "/data/a.csv", True),
        ("/data/*.csv", "/data/a.txt", False),
        ("/data", "/data/deeper/a.csv", False),
        ("/data", "/database/a.csv", False),
        ("/data", "", False),
    ],
)
def test_a_path_means_files_in_that_folder(path: str, file: str, watched: bool) -> None:
    assert watches(path, file) is watched


def test_a_paused_task_does_not_start_and_emit_says_so(world: World) -> None:
    task = world.task("report", triggers=(IMPORT,))
    pause_task(world.store, world.actor, task.id, note="holidays")

    emitted = emit_event(world.store, world.actor, "import")

    assert emitted.runs == ()
    assert emitted.not_started == ("“report” does not start, because it is paused (holidays)",)


def test_a_deleted_task_and_one_of_somebody_else_do_not_start(world: World) -> None:
    task = world.task("report", triggers=(IMPORT,))
    assert emit_event(world.store, _bob(world), "import").runs == ()

    delete_task(world.store, world.actor, task.id)
    assert emit_event(world.store, world.actor, "import").runs == ()


def _bob(world: World) -> Actor:
    return Actor(user_id=ensure_user(world.store, "bob"), via="test", change_set="bob")


def test_a_task_that_runs_still_is_skipped_with_the_reason_that_schedules_give(world: World) -> None:
    world.task("report", triggers=(IMPORT,))
    world.task("stack", triggers=(IMPORT,), overlap=Overlap.QUEUE)

    emit_event(world.store, world.actor, "import")
    emit_event(world.store, world.actor, "import")

    assert world.outcomes("report") == ["pending", "skipped"]
    assert world.runs("report")[1].reason == "skipped because its previous run had not ended"
    assert world.outcomes("stack") == ["pending", "pending"]


def test_a_task_that_an_event_starts_waits_for_its_prerequisites(world: World) -> None:
    first = world.task("import", cron("0 10 * * *"))
    world.task("report", after=(first,), triggers=(IMPORT,))

    emit_event(world.store, world.actor, "import")
    assert world.outcomes("report") == ["waiting"]


def test_triggers_come_and_go_and_can_be_taken_back(world: World) -> None:
    task = world.task("report")
    main = TriggerSpec(event="push", filter={"branch": "main"})

    assert add_trigger(world.store, again(world), task.id, main).triggers == (main,)
    with pytest.raises(Conflict, match="already"):
        add_trigger(world.store, again(world), task.id, main)
    assert "No event starts" in undo(world.store, world.actor).sentences[0]
    assert get_task(world.store, world.actor, task.id).triggers == ()

    add_trigger(world.store, Actor(user_id=world.actor.user_id, via="test", change_set="3"), task.id, main)
    assert remove_trigger(world.store, again(world), task.id, "push").triggers == ()
    with pytest.raises(NotFound, match="nothing but its schedule"):
        remove_trigger(world.store, again(world), task.id, "push")
    assert undo(world.store, world.actor).tasks[0].triggers == (main,)


def test_others_need_the_permission_to_edit(world: World) -> None:
    task, bob = world.task("report"), _bob(world)
    with pytest.raises(NotFound):
        add_trigger(world.store, bob, task.id, IMPORT)
    share_task(world.store, world.actor, task.id, "bob", Permission.VIEW)
    with pytest.raises(NotAllowed):
        add_trigger(world.store, bob, task.id, IMPORT)
    share_task(world.store, world.actor, task.id, "bob", Permission.EDIT)
    assert add_trigger(world.store, bob, task.id, IMPORT).triggers == (IMPORT,)


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("", {}, None),
        ("x" * 201, {}, None),
        ("task.completed", {}, None),
        ("x", {"a": "ä" * 33_000}, None),
        ("x", {}, ""),
    ],
)
def test_what_cannot_be_an_event_is_refused(world: World, name: str, data: dict[str, str], key: str | None) -> None:
    with pytest.raises(InvalidInput):
        emit_event(world.store, world.actor, name, data, key)


@pytest.mark.parametrize("path", ["data/*.csv", "/data/../etc", "/data/*/x.csv", ""])
def test_a_path_that_cannot_be_watched_is_refused(world: World, path: str) -> None:
    with pytest.raises(InvalidInput):
        world.task("report", triggers=(TriggerSpec(event="file", path=path),))


def _stood_in(world: World, task_id: int) -> dict[int, str]:
    with world.store.read() as session:
        row = session.connection().execute(sa.select(TASKS).where(TASKS.c.id == task_id)).one()
        return stood_in(session.connection(), [row._asdict()])


def test_a_run_that_an_event_started_stands_in_for_the_next_occurrence(world: World) -> None:
    task = world.task("report", cron("0 12 * * *"), triggers=(IMPORT,), event_mode=EventMode.INSTEAD)
    assert _stood_in(world, task.id) == {}

    world.after(hours=1)
    emit_event(world.store, world.actor, "import")
    world.runtime.tick()

    assert _stood_in(world, task.id) == {task.id: "done already at 10:00, when “import” came"}


def test_a_run_that_failed_stands_in_for_nothing(world: World) -> None:
    world.behaviour = {"report": lambda _: Outcome(error="no luck")}
    task = world.task("report", cron("0 12 * * *"), triggers=(IMPORT,), event_mode=EventMode.INSTEAD)
    emit_event(world.store, world.actor, "import")
    world.runtime.tick()

    assert _stood_in(world, task.id) == {}


def test_a_one_off_that_an_event_has_served_is_not_started_twice(world: World) -> None:
    noon = Once(at=MONDAY + timedelta(hours=3), zone="UTC")
    world.task("report", noon, triggers=(IMPORT,), event_mode=EventMode.INSTEAD)
    emit_event(world.store, world.actor, "import")
    world.runtime.tick()

    assert emit_event(world.store, world.actor, "import").not_started == (
        "“report” does not start again: done already at 09:00, when “import” came",
    )
    assert world.outcomes("report") == ["completed"]


def _tell(world: World, title: str) -> int:
    """Tell of the latest run of a task that it has ended."""
    run = world.runs(title)[-1]
    ended = Ended(run_id=run.id, task_id=run.task_id, title=title, status=run.status, reason=run.reason,
                  workflow=run.id, scheduled_time=run.scheduled_time)  # fmt: skip
    with world.store.writing() as connection:
        return emit_ended(connection, [ended], world.clock.now())


def test_the_end_of_a_task_is_an_event_with_its_title(world: World) -> None:
    world.task("import", cron("0 10 * * *"))
    world.task("cheer", triggers=(TriggerSpec(event="task.completed", filter={"task": "import"}),))
    world.task("mourn", triggers=(TriggerSpec(event="task.failed"),))
    world.after(hours=1)
    if not world.runs("cheer"):
        assert _tell(world, "import") == 1
        world.runtime.tick()

    assert world.outcomes("cheer") == ["completed"]
    assert world.outcomes("mourn") == []


def test_tasks_that_wait_for_each_others_end_do_not_go_round_for_ever(world: World) -> None:
    ends = (TriggerSpec(event="task.completed"),)
    world.task("one", triggers=(IMPORT, *ends))
    world.task("two", triggers=ends)
    emit_event(world.store, world.actor, "import")
    world.runtime.tick()
    if not world.runs("two"):
        assert _tell(world, "one") == 1
        world.runtime.tick()

    assert _tell(world, "two") == 0
    assert (len(world.runs("one")), len(world.runs("two"))) == (1, 1)


def test_nobody_is_told_of_ends_at_the_cost_of_one_query(world: World) -> None:
    world.task("import", cron("0 10 * * *"))
    world.after(hours=1)
    seen: list[str] = []
    sa.event.listen(world.store.engine, "before_cursor_execute", lambda _c, _u, text, *_: seen.append(text))

    assert _tell(world, "import") == 0

    assert len([text for text in seen if "task_event_triggers" in text]) == 1
    assert not any(text.startswith("INSERT") for text in seen)


def test_events_are_changed_with_the_schedule_in_one_breath_and_taken_back_so(world: World) -> None:
    task = world.task("report", cron("0 10 * * *"), triggers=(IMPORT,))
    export = TriggerSpec(event="export", filter={"rows": 3})
    change = TaskChange(schedule=None, triggers=(export,))
    changed = edit_task(world.store, again(world), task.id, change)
    assert (changed.schedule, changed.triggers, changed.is_active) == (None, (export,), True)
    assert edit_task(world.store, world.actor, task.id, change).updated_at == changed.updated_at

    undo(world.store, again(world))
    back = get_task(world.store, world.actor, task.id)
    assert (back.schedule, back.triggers, back.is_active) == (task.schedule, (IMPORT,), True)


def test_a_task_that_is_over_lives_again_for_its_events_and_a_paused_one_stays_paused(world: World) -> None:
    over = world.task("over", Once(at=MONDAY + timedelta(minutes=1), zone="UTC"))
    world.after(minutes=1)
    assert edit_task(world.store, world.actor, over.id, TaskChange(triggers=(IMPORT,))).is_active
    paused = world.task("paused", cron("0 10 * * *"))
    pause_task(world.store, world.actor, paused.id)
    assert not edit_task(world.store, world.actor, paused.id, TaskChange(triggers=(IMPORT,))).is_active
    assert edit_task(world.store, world.actor, over.id, TaskChange(triggers=())).triggers == ()


def test_a_task_that_is_skipped_because_of_another_is_told_of_too(world: World) -> None:
    world.behaviour["import"] = lambda _run: Outcome(error="no luck", retryable=False)
    first = world.task("import", cron("0 10 * * *"))
    world.task("mail", after=(world.task("report", after=(first,)),))
    world.task("note", triggers=(TriggerSpec(event="task.skipped", filter={"task": "mail"}),))
    world.after(hours=1)
    assert world.outcomes("mail") == ["skipped"]
    assert world.outcomes("note") == ["completed"]


@pytest.mark.parametrize("how", ["schedule", "event"])
def test_a_skip_because_the_previous_run_had_not_ended_is_told_of_too(world: World, how: str) -> None:
    task = world.task("report", cron("0 10 * * *"), triggers=(IMPORT,))
    world.task("note", triggers=(TriggerSpec(event="task.skipped", filter={"task": "report"}),))
    run_now(world.store, world.actor, task.id)
    (going,) = claim_due(world.store, "another", 1, 7200)
    if how == "event":
        emit_event(world.store, world.actor, "import")
    else:
        world.clock.set(MONDAY + timedelta(hours=1))
    claim_due(world.store, "a third", 0, 60)
    assert world.outcomes("report") == ["running", "skipped"]
    assert world.outcomes("note") == ["pending"]
    assert going.title == "report"


def test_what_begins_a_workflow_is_not_started_by_what_became_of_it(world: World) -> None:
    world.behaviour["import"] = lambda _run: Outcome(error="no luck", retryable=False)
    first = world.task("import", cron("0 10 * * *"), triggers=(TriggerSpec(event="task.skipped"),))
    world.task("report", after=(first,))
    world.after(hours=1)
    assert (world.outcomes("import"), world.outcomes("report")) == (["failed"], ["skipped"])
