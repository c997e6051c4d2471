"""`approvals`: calls of AI tasks that wait for a person's yes."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from croncierge.errors import InvalidInput
from interfaces.cli.options import Common
from interfaces.output import put, put_json

if TYPE_CHECKING:
    from store.operations.approvals import ApprovalInfo
    from tools.context import Context

_VIA = "cli"

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The number of the approval.")]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="What to tell the task besides.")]


def list_approvals(
    common: Common,
    everything: Annotated[bool, typer.Option("--all", help="Also those that were decided.")] = False,
) -> None:
    """List what waits for your yes.

    \b
    croncierge approvals list
    """
    from store.operations import approvals

    with common.app() as app:
        context = app.context(_VIA)
        found = approvals.list_approvals(app.store, context.actor, pending=not everything)
        if common.as_json:
            put_json([_view(each) for each in found])
            return
        if not found:
            put("Nothing waits for your approval.")
        for each in found:
            put(f"#{each.id}  {each.status.value}  “{each.title}” wants to call {each.tool}: {each.why}")


def show_approval(common: Common, number: Number) -> None:
    """Show the exact call that one is about.

    \b
    croncierge approvals show 3
    """
    from store.operations import approvals

    with common.app() as app:
        context = app.context(_VIA)
        _show(common, context, approvals.get_approval(app.store, context.actor, _number(number)))


def approve(common: Common, number: Number, note: Note = "") -> None:
    """Let the call be made, exactly as it is shown."""
    from store.operations import approvals

    with common.app() as app:
        context = app.context(_VIA)
        _show(common, context, approvals.approve(app.store, context.actor, _number(number), note=note))


def refuse(common: Common, number: Number, note: Note = "") -> None:
    """Do not let the call be made; the task goes on without it.

    \b
    croncierge approvals refuse 3 --note "not before Friday"
    """
    from store.operations import approvals

    with common.app() as app:
        context = app.context(_VIA)
        _show(common, context, approvals.refuse(app.store, context.actor, _number(number), note=note))


def edit(
    common: Common,
    number: Number,
    arguments: Annotated[str, typer.Argument(metavar="JSON", help="The arguments as they shall be, all of them.")],
    note: Note = "",
) -> None:
    """Let the call be made with other arguments.

    \b
    croncierge approvals edit 3 '{"to": ["ben@example.org"], "subject": "Report", "text": "…"}'
    """
    from store.operations import approvals

    wanted = _arguments(arguments)
    with common.app() as app:
        context = app.context(_VIA)
        done = approvals.approve(app.store, context.actor, _number(number), arguments=wanted, note=note)
        _show(common, context, done)


def _show(common: Common, context: "Context", approval: "ApprovalInfo") -> None:
    from schedules.describe import describe_moment

    if common.as_json:
        put_json(_view(approval))
        return
    until = describe_moment(approval.expires_at, context.preferences.zone, context.now)
    lines = [
        f"Approval {approval.id}: {approval.status.value}"
        + (f", until {until}" if approval.status.value == "pending" else ""),
        f"  “{approval.title}” (run {approval.run_id}) wants to call {approval.tool}: {approval.why}",
        json.dumps(dict(approval.arguments), indent=2, ensure_ascii=False),
    ]
    put("\n".join(lines + ([f"  note: {approval.note}"] if approval.note else [])))


def _view(approval: "ApprovalInfo") -> dict[str, Any]:
    return {
        "id": approval.id,
        "run": approval.run_id,
        "task": approval.title,
        "tool": approval.tool,
        "arguments": dict(approval.arguments),
        "why": approval.why,
        "status": approval.status.value,
        "expires_at": approval.expires_at.isoformat(),
        "note": approval.note,
    }


def _arguments(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InvalidInput(f"The arguments are not JSON ({error}).", field="arguments") from error
    if not isinstance(value, dict):
        raise InvalidInput('The arguments have to be a JSON object, like {"to": ["…"]}.', field="arguments")
    return value


def _number(text: str) -> int:
    number = text.removeprefix("#")
    if not number.isdecimal():
        raise InvalidInput(
            f"The approval {text!r} is not a number; `croncierge approvals list` shows them.", field="approval"
        )
    return int(number)
