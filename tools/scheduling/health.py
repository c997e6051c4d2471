"""Whether what was promised is being kept."""

from langchain.tools import ToolRuntime

from store import operations
from store.operations.health import Health
from tools.context import Context
from tools.results import Result, done
from tools.wording import moment, name


def health(runtime: ToolRuntime[Context]) -> Result:
    context = runtime.context
    found = operations.health(context.store, context.actor)
    troubles = "".join(f"\n- {each[0].upper()}{each[1:]}." for each in found.wrong)
    well = "all is well" if not troubles else f"not all is well:{troubles}"
    if not found.running:
        since = f", since {moment(found.beat_at, context)}" if found.silent and found.beat_at else ""
        start = "Nothing happens until you start `croncierge serve`, or keep `croncierge chat` open."
        return done(f"No, nothing runs your tasks now{since}. {start}{_otherwise(found, troubles)}")
    if troubles:
        return done(f"I am running, but {well}")
    return done(f"Yes, I am running and {well}. {_plans(found, context)}")


def _otherwise(found: Health, troubles: str) -> str:
    return f"\nAlso:{troubles}" if troubles else "" if found.tasks else " There is nothing to run yet."


def _plans(found: Health, context: Context) -> str:
    if not found.tasks:
        return "There is nothing planned."
    count = "1 task is active" if found.tasks == 1 else f"{found.tasks} tasks are active"
    soonest = operations.list_tasks(context.store, context.actor, active=True, limit=1)
    if not soonest or soonest[0].next_run_at is None:
        return f"{count}."
    return f"{count}; next comes {name(soonest[0])}, {moment(soonest[0].next_run_at, context)}."
