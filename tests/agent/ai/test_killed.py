"""A goal that outlives the processes that work on it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from croncierge.clock import SystemClock
from store.open import open_store
from store.operations import create_task, ensure_user, get_run, list_tasks, run_now
from store.operations.budgets import where_it_stands
from store.status import RunStatus
from store.values import Actor, TaskSpec

_SECONDS = 45


def _until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _SECONDS
    while not done():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.02)


def test_a_goal_survives_kills_between_and_within_its_entries_and_concludes(tmp_path: Path) -> None:
    url, witness = f"sqlite:///{tmp_path}/a.db", tmp_path / "witness"
    witness.touch()
    store = open_store(url, SystemClock())
    actor = Actor(user_id=ensure_user(store, "ann"), via="test", change_set="1")
    spec = TaskSpec(title="report", action_type="ai_goal", action_payload={"goal": "Write the report"}, max_retries=3)
    run = run_now(store, actor, create_task(store, actor, spec).id)

    for moment in ("does sum up", "concludes", None):
        command = [sys.executable, "-m", "tests.agent.ai.worker", url, str(witness), "reports"]
        process = subprocess.Popen(command, cwd=Path(__file__).parents[3])
        try:
            if moment is None:
                _until(lambda: get_run(store, actor, run.id).end_time is not None, "the end")
            else:
                _until(lambda: moment in witness.read_text(), str(moment))  # noqa: B023
        finally:
            process.kill()
            process.wait()

    ended = get_run(store, actor, run.id)
    assert ended.status is RunStatus.COMPLETED
    assert ended.result is not None
    assert ended.result["conclusion"] == "From find, sum up, write."
    assert ended.result["plan"] == ["find", "sum up", "write"]
    assert len(list_tasks(store, actor)) == 4, "a subtask was made twice, or was lost"
    stands = where_it_stands(store, run.id)
    assert stands.spent["subtasks"] == 3
    asked = len(witness.read_text().splitlines())
    assert stands.spent["tokens"] >= 30 * (asked - 4), "what was asked must have been paid"
    with store.reading() as connection:
        assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
    store.engine.dispose()
