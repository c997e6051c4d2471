"""What a person wants to be known."""

from langchain.tools import ToolRuntime

from store import operations
from tools.context import Context
from tools.results import Result, done


def remember(runtime: ToolRuntime[Context], fact: str) -> Result:
    context = runtime.context
    kept = operations.remember(context.store, context.actor, fact)
    return done(f"I'll keep in mind: {kept.text}")


def forget(runtime: ToolRuntime[Context], fact: str) -> Result:
    context = runtime.context
    gone = operations.forget(context.store, context.actor, fact)
    if not gone:
        return done("There was nothing to forget.")
    return done("I have forgotten: " + "; ".join(each.text for each in gone))
