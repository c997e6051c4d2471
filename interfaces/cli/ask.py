"""`ask`: one turn of a conversation, or a whole test suite of them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from croncierge.clock import FixedClock, SystemClock
from croncierge.errors import CronciergeError, InvalidInput
from interfaces.cli.batch import Row, answer_lines, text_of, zone_of
from interfaces.cli.moments import read_instant
from interfaces.cli.options import Common
from interfaces.output import note, put_json

if TYPE_CHECKING:
    from croncierge.clock import Clock
    from interfaces.wiring import App

_NOTHING: dict[str, Any] = {"replies": [], "tool_calls": [], "tasks": []}
_VIA = "ask"


def ask(
    common: Common,
    text: Annotated[list[str] | None, typer.Argument(help="What you want, in your own words.")] = None,
    now: Annotated[str | None, typer.Option(metavar="ISO", help="Act as if it were this moment.")] = None,
    thread: Annotated[str, typer.Option(metavar="ID", help="Which conversation to go on with.")] = "terminal",
    batch: Annotated[
        bool, typer.Option("--batch", help="Answer JSON lines from standard input, each in a store of its own.")
    ] = False,
) -> None:
    """Ask for one thing and leave.

    \b
    croncierge ask remind me every Monday at 9 to send the timesheet
    croncierge ask "what do I have this week?" --json
    """
    if batch:
        answer_lines(lambda row: _answer(row, common), _NOTHING)
        return
    words = " ".join(text or ())
    with common.app(clock=_clock(now, common)) as app:
        if common.as_json:
            _ask_for_json(app, words, thread, common.zone)
        else:
            from interfaces.chat.speaking import speak

            started = app.clock.now()
            turn = speak(app.assistant.stream(words, app.user_id, thread, via=_VIA, zone=common.zone))
            if now is None:
                warn_when_nothing_runs(app, turn.task_ids, started)


def _clock(now: str | None, common: Common) -> "Clock":
    if now is None:
        return SystemClock()
    from schedules.zones import local_zone

    return FixedClock(read_instant(now, common.known_zone() or local_zone(), field="--now"))


def _ask_for_json(app: "App", words: str, thread: str, zone: str | None) -> None:
    from interfaces.views import stored_tasks, turn_view

    turn = app.assistant.invoke(words, app.user_id, thread, via=_VIA, zone=zone)
    put_json(turn_view(turn, stored_tasks(app.store, app.actor(_VIA), turn.task_ids)))


def warn_when_nothing_runs(app: "App", task_ids: tuple[int, ...], since: datetime) -> None:
    """Say so when one of these tasks was made or changed since a moment (aware), and nothing is there to execute it."""
    from interfaces.views import stored_tasks

    tasks = stored_tasks(app.store, app.actor(_VIA), task_ids)
    promised = any(task.is_active and task.next_run_at and task.updated_at >= since for task in tasks)
    if promised and not app.doorbell.anybody():
        note("Nothing is running that could remind you; start `croncierge chat` or `croncierge serve`.")


def _answer(row: Row, common: Common) -> dict[str, Any]:
    """All turns of a row, in a fresh store with a clock that stands still."""
    from interfaces.views import tool_calls
    from schedules.zones import local_zone
    from store.operations import list_tasks
    from tools.views import task_view

    turns = _turns(row)
    zone = zone_of(row, common.known_zone() or local_zone())
    reference = row.get("reference_time")
    moment = SystemClock().now() if reference is None else read_instant(reference, zone, field="reference_time")
    settings = common.settings().model_copy(update={"db": "sqlite://", "timezone": zone})
    replies: list[str] = []
    calls: list[list[dict[str, Any]]] = []
    with common.open_app(settings, clock=FixedClock(moment)) as app:
        for text in turns:
            try:
                turn = app.assistant.invoke(text, app.user_id, "batch", via=_VIA)
                replies.append(turn.reply)
                calls.append(tool_calls(turn.tool_calls))
            except CronciergeError as error:
                replies.append(error.message)
                calls.append([])
        tasks = list_tasks(app.store, app.actor(_VIA), limit=10_000)
        return {"replies": replies, "tool_calls": calls, "tasks": [task_view(task) for task in tasks]}


def _turns(row: Row) -> list[str]:
    turns = row.get("turns")
    if turns is None:
        return [text_of(row)]
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise InvalidInput(f"The field 'turns' must be a list of texts, not {turns!r}.", field="turns")
    return turns
