"""What the person was told."""

from langchain.tools import ToolRuntime

from croncierge.errors import NotFound
from store.kinds import DeliveryStatus
from store.operations import deliveries
from store.operations.deliveries import DeliveryInfo
from store.values import TaskInfo
from tools.context import Context
from tools.reference import EVERY, one_task
from tools.results import Result, done
from tools.wording import moment, name

_TOLD = frozenset({DeliveryStatus.SENT, DeliveryStatus.SENDING, DeliveryStatus.FAILED})
_LOOKED_AT = 200


def acknowledge(runtime: ToolRuntime[Context], task: str = "") -> Result:
    context = runtime.context
    every = task.strip().casefold() in EVERY
    about = one_task(context, task, lambda _: True) if task.strip() and not every else None
    found = deliveries.list_deliveries(context.store, context.actor, limit=_LOOKED_AT)
    unseen = [each for each in found if _is_unseen(each) and (about is None or about.id == each.task_id)]
    if not unseen:
        raise NotFound(_nothing_about(about, context), field="task")
    seen = unseen if every else unseen[:1]
    for each in seen:
        deliveries.acknowledge(context.store, context.actor, each.id)
    what = f"“{seen[0].title}”" if len(seen) == 1 else f"all {len(seen)} messages"
    return done(f"Noted that you have seen {what}.")


def _nothing_about(task: TaskInfo | None, context: Context) -> str:
    if task is None:
        return "There is no message that you have not seen."
    due = f"; it is due {moment(task.next_run_at, context)}" if task.is_active and task.next_run_at else ""
    return (
        f"There is no message about {name(task)} that you have not seen{due}. Delete it if it is not needed any more."
    )


def _is_unseen(message: DeliveryInfo) -> bool:
    return message.status in _TOLD and message.acknowledged_at is None
