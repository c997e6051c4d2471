"""`chat`: a conversation."""

import sys
from typing import Annotated

import typer

from interfaces.cli.options import Common


def chat(
    common: Common,
    thread: Annotated[str, typer.Option(metavar="NAME", help="Which conversation to go on with.")] = "terminal",
    new: Annotated[bool, typer.Option("--new", help="Start a new conversation, with the same tasks.")] = False,
) -> None:
    """Hold a conversation.

    What you ask for happens on time while you talk, or while `croncierge serve` runs.

    \b
    croncierge chat
    echo "what do I have this week?" | croncierge chat
    """
    from interfaces.chat.thread import Thread

    with common.app() as app:
        held = Thread(f"terminal-{app.clock.now():%Y%m%d-%H%M%S}" if new else thread)
        if sys.stdin.isatty() and sys.stdout.isatty() and not common.as_json:
            from interfaces.chat.session import Session

            Session(app, held, common.zone).hold()
        else:
            from interfaces.chat.piped import converse
            from interfaces.cli.ask import warn_when_nothing_runs

            started = app.clock.now()
            app.context("chat").preferences  # noqa: B018  (who may not talk, or has no database, is told so at once)
            touched = converse(app, sys.stdin, held, common.zone, as_json=common.as_json)
            warn_when_nothing_runs(app, touched, started)
