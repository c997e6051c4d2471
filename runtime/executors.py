"""What executes a run: one function per action type, which turns a claimed run into an outcome."""

from collections.abc import Mapping

from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.executor import Control, Executor


def execute(executors: Mapping[str, Executor], run: Claimed, control: Control) -> Outcome:
    """The outcome of a run; whatever goes wrong in it is an outcome, too."""
    executor = executors.get(run.action_type)
    if executor is None:
        return Outcome(error=f"nothing here can do “{run.action_type}”", retryable=False)
    try:
        return executor(run, control)
    except Exception as error:  # the executor's own failure must not take the runtime with it
        return Outcome(error=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
