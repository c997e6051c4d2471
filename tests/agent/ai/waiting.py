"""A process in which goals wait for a person. Arguments: database, and how many more of them each time.

Tells goals, threads and kilobytes; `python -m tests.agent.ai.waiting sqlite:////tmp/a.db 20 100 100` tells what a
hundred cost.
"""

import gc
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from langchain_core.messages import AIMessage, BaseMessage

from agent.memory import open_checkpointer
from croncierge.clock import SystemClock
from store.open import open_store
from store.operations.approvals import list_approvals
from tests.agent.ai.conftest import Ai, calls, says
from tests.agent.ai.test_orchestrator import is_orchestrator

_PART = {"title": "mail", "payload": {"prompt": "mail", "tools": ["email"]}}


def script(messages: Sequence[BaseMessage]) -> AIMessage:
    if not is_orchestrator(messages):
        return calls(("email", {"to": ["ben"], "subject": "s", "text": "t"}))
    return says("Started.") if messages[-1].type == "tool" else calls(("spawn_subtask", _PART))


def kilobytes() -> int:
    gc.collect()
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else ["VmRSS: 0"]
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def main(url: str, steps: Sequence[int]) -> None:
    def changed() -> None:
        world.runtime.wake()

    store = open_store(url, SystemClock(), changed)
    world = Ai(script, url=url, clock=store.clock, store=store, saver=open_checkpointer(url))
    world.runtime.start()
    goals = 0
    for more in steps:
        for _ in range(more):
            world.start("ai_goal", {"goal": "Mail", "tools": ["email"]})
        goals += more
        world.wait_until(lambda: len(list_approvals(store, world.actor)) == goals, 200)  # noqa: B023
        time.sleep(0.5)
        world.model.forget()
        world.records.clear()
        sys.stdout.write(f"{goals} {threading.active_count()} {kilobytes()}\n")
        sys.stdout.flush()
    world.runtime.stop()


if __name__ == "__main__":
    main(sys.argv[1], [int(each) for each in sys.argv[2:]])
