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
    waiting, first = one_task(context, task), one_task(context, after)
    stored = operations.remove_dependency(context.store, context.actor, waiting.id, first.id)
    return done(f"{name(stored)} no longer waits for {name(first)}; it runs {when(stored, context)}.", [stored])
