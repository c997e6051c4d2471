"""`messages` and `preferences`: what a person is told, where and when."""

from typing import Annotated, Any, Literal

import typer

from croncierge.errors import InvalidInput
from interfaces.cli.options import Common
from interfaces.output import put, put_json, put_markdown

_VIA = "cli"
_NONE = "none"

Number = Annotated[int, typer.Argument(metavar="MESSAGE", help="Its number in `croncierge messages list`.")]


def list_messages(
    common: Common,
    status: Annotated[
        Literal["pending", "sending", "sent", "failed", "collected", "folded"] | None, typer.Option(help="Only these.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 20,
) -> None:
    """List messages, the latest first: where they went, whether they arrived, and whether they were seen.

    \b
    croncierge messages list --status failed
    """
    from store.kinds import DeliveryStatus
    from store.operations.deliveries import list_deliveries
    from tools.views import message_view
    from tools.wording import short, table

    with common.app() as app:
        context = app.context(_VIA)
        wanted = DeliveryStatus(status) if status else None
        found = list_deliveries(app.store, context.actor, status=wanted, limit=limit)
        if common.as_json:
            put_json([message_view(each, context.preferences.zone) for each in found])
        elif not found:
            put("There are no messages.")
        else:
            rows = [
                (
                    f"{each.id}",
                    short(each.created_at, context),
                    each.channel,
                    f"{each.status.value}{', seen' if each.acknowledged_at else ''}",
                    each.text + (f" ({each.error})" if each.error else ""),
                )
                for each in found
            ]
            put_markdown(table(("#", "When", "Channel", "Status", "Message"), rows))


def acknowledge(
    common: Common,
    message: Annotated[
        int | None, typer.Argument(metavar="MESSAGE", help="Its number in `croncierge messages list`.")
    ] = None,
    run: Annotated[int | None, typer.Option(metavar="NUMBER", help="The messages of this run instead.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that have arrived instead.")] = False,
) -> None:
    """Note that you have seen a message, or several.

    \b
    croncierge messages ack 7
    croncierge messages ack --run 12
    croncierge messages ack --all
    """
    from store.operations import deliveries

    if [message, run, everything or None].count(None) != 2:
        raise InvalidInput("Say which: the number of a message, --run with that of a run, or --all.", field="message")
    with common.app() as app:
        actor = app.actor(_VIA)
        if message is not None:
            deliveries.acknowledge(app.store, actor, message)
            count, said = 1, f"Message {message} is noted as seen."
        else:
            count = deliveries.acknowledge_all(app.store, actor, run)
            said = f"{count:,} message{' is' if count == 1 else 's are'} noted as seen."
        if common.as_json:
            put_json({"acknowledged": count})
        else:
            put(said)


def retry(common: Common, message: Number) -> None:
    """Send a message once more that was given up."""
    from store.operations.deliveries import retry_delivery

    with common.app() as app:
        found = retry_delivery(app.store, app.actor(_VIA), message)
        put(f"Message {message} is sent to {found.channel} again.")


def preferences(
    common: Common,
    zone: Annotated[str | None, typer.Option(help="Your time zone, like Europe/Berlin.")] = None,
    default_time: Annotated[str | None, typer.Option(help="The time of day when you name none, like 9:00.")] = None,
    quiet_hours: Annotated[
        str | None, typer.Option(metavar="FROM-TO|none", help="Send nothing in these hours, like 22:00-07:00.")
    ] = None,
    digest_at: Annotated[str | None, typer.Option(help="When the digest of the day comes, like 18:00.")] = None,
    channel: Annotated[str | None, typer.Option(metavar="CHANNEL|none", help="Where your messages go.")] = None,
) -> None:
    """Show what you prefer, or change it.

    \b
    croncierge preferences
    croncierge preferences --quiet-hours 22:00-07:00 --channel phone
    """
    from dataclasses import asdict

    from store.operations import get_preferences, set_preferences

    def given(wish: str | None) -> str | None:
        return "" if wish == _NONE else wish

    with common.app() as app:
        actor = app.actor(_VIA)
        wishes: dict[str, Any] = {
            "zone": zone,
            "default_time": default_time,
            "quiet_hours": given(quiet_hours),
            "digest_at": digest_at,
            "channel": given(channel),
        }
        changed = any(wish is not None for wish in wishes.values())
        found = set_preferences(app.store, actor, **wishes) if changed else get_preferences(app.store, actor)
        if common.as_json:
            put_json(asdict(found))
            return
        put(f"Time zone: {found.zone or f'{app.default_zone}, taken from this machine'}")
        put(f"Time of day when you name none: {found.default_time}")
        put(f"Quiet hours: {found.quiet_hours or 'none'}")
        put(f"Digest at: {found.digest_at or '09:00'}")
        put(f"Messages go to: {found.channel or 'the terminal'}")
