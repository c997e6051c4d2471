"""A conversation through pipes: each line is a turn, and only replies come out."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from croncierge.errors import CronciergeError
from interfaces.chat import commands
from interfaces.chat.thread import Thread
from interfaces.output import put, put_json

if TYPE_CHECKING:
    from interfaces.wiring import App

_VIA = "chat"


def converse(app: "App", lines: Iterable[str], thread: Thread, zone: str | None, *, as_json: bool) -> tuple[int, ...]:
    """Answer each line that is not blank; the ids of the tasks that were touched. zone: IANA name, or the person's."""
    from interfaces.views import stored_tasks, turn_view

    touched: dict[int, None] = {}
    for line in filter(str.strip, lines):
        try:
            told = commands.answer(line, app, thread)
            if told is not None:
                put_json({"reply": told}) if as_json else put(told)
                continue
            turn = app.assistant.invoke(line, app.user_id, thread.name, via=_VIA, zone=zone)
        except commands.Leave:
            break
        except CronciergeError as error:
            put_json({"error": error.as_dict()}) if as_json else put(error.message)
            continue
        touched |= dict.fromkeys(turn.task_ids)
        if as_json:
            put_json(turn_view(turn, stored_tasks(app.store, app.actor(_VIA), turn.task_ids)))
        else:
            put(turn.reply)
    return tuple(touched)
