"""A process to be killed: a runtime that carries AI tasks out with a model that follows a script.

Arguments: database, file, and which script: `reports`, which reaches a goal, or `spawns`, which never has enough.

The model answers by what it sees, so that any process can go on where another one stopped; each answer is a line in the
file, and takes a moment, in which one can kill.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from uuid import uuid4

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from agent.ai.executor import AiPrompt
from agent.ai.orchestrator import AiGoal
from agent.ai.session import World
from agent.memory import open_checkpointer
from croncierge.clock import SystemClock
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from store.open import open_store
from store.operations import ensure_user
from tests.agent.ai.conftest import ScriptedModel, as_executor, calls, says, task_of

Note = Callable[[str], None]
_STEPS = ("find", "sum up", "write")


def main(url: str, witness: Path, script: str) -> None:
    def note(line: str) -> None:
        handle = os.open(witness, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{line}\n".encode())
        os.close(handle)

    def changed() -> None:
        runtime.wake()
        bell.ring()

    bell = Doorbell(url)
    store = open_store(url, SystemClock(), changed)
    ensure_user(store, "ann")
    answers = {"reports": _reports, "spawns": _spawns}[script]
    model = ScriptedModel(script=partial(answers, note), asked=[], offered=[], said=[])
    saver = open_checkpointer(url)
    world = World(store=store, checkpointer=lambda: saver, models=lambda _name: model, connectors=lambda: {})
    executors = {each.name: as_executor(each, []) for each in (AiPrompt(world), AiGoal(world))}
    runtime = Runtime(store, executors, bell)
    runtime.start()
    threading.Event().wait()


def _reports(note: Note, messages: Sequence[BaseMessage]) -> AIMessage:
    prompt = str(messages[-1].content)
    if "You reach a goal" not in str(messages[0].content):
        step = task_of(messages)
        note(f"does {step}")
        time.sleep(0.2)
        return says(f"did {step}")
    if "All subtasks have ended" in prompt:
        note("concludes")
        time.sleep(0.2)
        results = [step for step in _STEPS if f"did {step}" in prompt]
        return calls(("conclude", {"result": f"From {', '.join(results)}."}))
    made = sum(isinstance(each, ToolMessage) for each in messages)
    if made == 0:
        note("plans")
        time.sleep(0.2)
        return calls(("plan", {"steps": list(_STEPS)}))
    if made <= len(_STEPS):
        step, before = _STEPS[made - 1], _STEPS[: made - 1][-1:]
        wanted = {"title": step, "payload": {"prompt": step}, "after": list(before)}
        note(f"spawns {step}")
        return calls(("spawn_subtask", wanted))
    return says("Started.")


def _spawns(note: Note, messages: Sequence[BaseMessage]) -> AIMessage:
    """Goals that hand out goals, as many and as deep as they get; every title is new, so that none is a repetition."""
    note("asked")
    time.sleep(0.02)
    if "no further calls are possible" in str(messages[0].content):
        return says("That is all there was.")
    title = f"part {uuid4()}"
    return calls(("spawn_subtask", {"title": title, "action_type": "ai_goal", "payload": {"goal": title}}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
