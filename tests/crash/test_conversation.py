"""The whole program in a real terminal, killed at random moments of a conversation."""

import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

import pexpect
import pytest

from croncierge.clock import SystemClock
from croncierge.settings import load_settings
from store.open import open_store
from store.operations import ensure_user, list_runs, list_tasks, run_story
from store.session import Store
from store.status import RunStatus
from store.values import Actor
from tests.e2e.conftest import Terminal

pytestmark = [pytest.mark.crash, pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")]

_KILLS = 6


def _promised(terminal: Terminal, words: str, seconds: float) -> bool:
    """Whether the assistant said within that time that it is done."""
    return terminal.child.expect([f"remind you to {words}", pexpect.TIMEOUT], timeout=seconds) == 0


def test_kill_9_at_any_moment_of_a_conversation_loses_no_task_and_repeats_no_finished_run(
    a_home_of_its_own: Path,
) -> None:
    seed = int(os.environ.get("CRASH_SEED", str(random.randrange(10**6))))
    print(f"CRASH_SEED={seed}")  # shown when it fails, to repeat it
    chance = random.Random(seed)
    promised: set[str] = set()
    for number in range(_KILLS):
        terminal = Terminal("chat")
        terminal.sees("you>")
        if promised and chance.random() < 0.3:
            time.sleep(chance.uniform(0, 1))  # in the middle of getting ready, and of what was left to run
        else:
            for title, request in (
                (f"walk {number}", f"remind me in {chance.randint(1, 3)} seconds to walk {number}"),
                (f"rest {number}", f"after the walk {number} reminder runs, remind me to rest {number}"),
            ):
                terminal.types(request)
                patience = chance.choice([0.2, 1, 4, 10]) if promised else 30
                if not _promised(terminal, title, patience):
                    break
                promised.add(title)
            time.sleep(chance.uniform(0, 1.5))
        terminal.child.kill(9)
        terminal.child.close(force=True)

    survivor = Terminal("chat")
    survivor.sees("you>")
    store = open_store(load_settings().db, SystemClock())
    actor = Actor(user_id=ensure_user(store, load_settings().user), via="test", change_set="look")
    _wait_until_all_is_done(store, actor)
    survivor.presses("d")
    assert survivor.ends() == 0

    titles = {task.title: task for task in list_tasks(store, actor, limit=1000)}
    assert promised <= set(titles), "a task that was promised is gone"
    assert promised, "the test never got as far as a promise"
    runs = list_runs(store, actor, limit=1000)
    for title, count in Counter(run.title for run in runs).items():
        assert count == 1, f"{title} ran for more than one occurrence"
    for title in promised:
        if title.startswith("walk"):
            assert [run.status for run in runs if run.title == title] == [RunStatus.COMPLETED], title
    for run in runs:
        finished = [step for step in run_story(store, actor, run.id) if step.to_status is RunStatus.COMPLETED]
        assert len(finished) <= 1, f"{run.title} was repeated after it had finished"
    store.engine.dispose()


def _wait_until_all_is_done(store: Store, actor: Actor) -> None:
    deadline = time.monotonic() + 60
    while True:
        runs = list_runs(store, actor, limit=1000)
        walks = [task for task in list_tasks(store, actor, limit=1000) if task.title.startswith("walk")]
        if not any(task.is_active for task in walks) and all(run.end_time for run in runs):
            return
        assert time.monotonic() < deadline, [(run.title, run.status) for run in runs if not run.end_time]
        time.sleep(0.2)
