"""Which task waits for which."""

from typing import Literal

from langchain.tools import ToolRuntime

from store import operations
from store.kinds import DependencyType
from store.values import Prerequisite
from tools.context import Context
from tools.reference import one_task
from tools.results import Result, done
from tools.wording import name, when


def add_dependency(
    runtime: ToolRuntime[Context],
    task: str,
    after: str,
    outcome: Literal["success", "completion", "failure"] = "success",
) -> Result:
    context = runtime.context
    waiting, first = one_task(context, task), one_task(context, after)
    on = Prerequisite(task_id=first.id, type=DependencyType(outcome))
    stored = operations.add_dependency(context.store, context.actor, waiting.id, on)
    return done(f"{name(stored)} now runs {when(stored, context)}.", [stored])


def remove_dependency(runtime: ToolRuntime[Context], task: str, after: str) -> Result:
    context = runtime.context
    waiting = one_task(context, task)
    events = [each for each in waiting.triggers if after.strip() and each.event in _words(after)]
    if events:
        stored = operations.remove_trigger(context.store, context.actor, waiting.id, events[0].event)
        return done(f"The event “{events[0].event}” no longer starts {name(stored)}.", [stored])
    first = one_task(context, after)
    stored = operations.remove_dependency(context.store, context.actor, waiting.id, first.id)
    return done(f"{name(stored)} no longer waits for {name(first)}; it runs {when(stored, context)}.", [stored])


def _words(after: str) -> set[str]:
    """ "the deploy event", as it may be called: "deploy", "the-deploy" and so on."""
    said = after.strip().lower().split()
    bare = [word for word in said if word not in ("the", "event", "a", "an")]
    return {after.strip(), "-".join(bare), " ".join(bare)}
