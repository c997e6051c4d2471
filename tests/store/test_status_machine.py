"""The one table of statuses is what decides: every change it allows is made and recorded, every other is refused."""

from itertools import product

import pytest

from croncierge.clock import FixedClock
from store.kinds import Trigger
from store.moves import add_runs, move_runs, new_run
from store.operations import create_task, ensure_user, get_run, run_story
from store.status import ACTIVE, ENDED, RunStatus, may_become
from store.values import Actor, TaskSpec
from tests.store.conftest import MONDAY, new_store


@pytest.mark.parametrize("before", RunStatus)
def test_a_run_goes_from_one_status_to_another_only_as_the_table_says(before: RunStatus) -> None:
    store = new_store(FixedClock(MONDAY))
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    task = create_task(store, actor, TaskSpec(title="call mom"))
    for after in RunStatus:
        with store.write() as session:
            row = new_run(task.id, status=before, scheduled_time=MONDAY, now=MONDAY, triggered_by=Trigger.MANUAL)
            (run_id,) = add_runs(session.connection(), [row], MONDAY)
        allowed = True
        try:
            with store.write() as session:
                move_runs(session.connection(), [(run_id, before, {"status": after, "reason": "so"})], MONDAY)
        except ValueError:
            allowed = False
        steps = [(step.from_status, step.to_status) for step in run_story(store, actor, run_id)]
        assert allowed is may_become(before, after)
        assert get_run(store, actor, run_id).status is (after if allowed else before)
        assert steps == [(None, before), *([(before, after)] if allowed else [])]


def test_what_has_ended_is_brought_back_only_to_begin_anew() -> None:
    for before, after in product(ENDED, RunStatus):
        assert may_become(before, after) is (after in (RunStatus.PENDING, RunStatus.WAITING))


def test_every_run_can_end_and_be_called_off() -> None:
    for status in ACTIVE:
        assert may_become(status, RunStatus.CANCELLED)
        reached, news = {status}, {status}
        while news:
            news = {after for before in news for after in RunStatus if may_become(before, after)} - reached
            reached |= news
        assert RunStatus.COMPLETED in reached
