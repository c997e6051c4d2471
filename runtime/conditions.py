"""Tasks that watch for something: a cheap check at each occurrence, and the action only when it has become true."""

from collections.abc import Callable
from dataclasses import replace

from croncierge.errors import CronciergeError
from store.kinds import Trigger
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.executor import Control, Executor

Check = Callable[[Claimed, Control], bool]
"""Whether the condition of a run's task holds now."""


def executed_if(check: Check, execute: Executor, run: Claimed, control: Control) -> Outcome:
    """The outcome of a run whose task may have a condition; a person who starts it by hand need not wait for it."""
    if run.condition is None or run.triggered_by is Trigger.MANUAL:
        return execute(run, control)
    try:
        holds = check(run, control)
    except CronciergeError as error:
        return Outcome(error=f"its condition could not be checked: {error}")
    except Exception as error:  # whatever it is, it must not take the runtime with it
        return Outcome(error=f"its condition could not be checked: {type(error).__name__}: {error}")
    if not holds:
        return Outcome(skipped="its condition was not true", held=False)
    if run.condition_held:
        return Outcome(skipped="its condition had been true already", held=True)
    return replace(execute(run, control), held=True)


def never(_run: Claimed, _control: Control) -> bool:
    """What checks the conditions where nothing can be checked."""
    raise LookupError("nothing here can check it")
