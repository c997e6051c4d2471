"""Where a person's messages may go."""

from store import limits
from store.operations.deliveries import TERMINAL
from store.session import AcceptAction, PrepareAction

_NAME = 100
_BY = "notify"
"""The action that knows the channels."""


def prepare_channel(channel: object, prepare: PrepareAction) -> None:
    """Make ready what accepting a channel takes, before a transaction keeps others from writing; else do nothing."""
    if isinstance(channel, str) and channel != TERMINAL:
        prepare(_BY, {})


def accepted_channel(channel: str, accept: AcceptAction, owner: str) -> str:
    """The channel as it is stored: the terminal, or one that the operator lets this person, by name, use.

    Raises InvalidInput, NotAllowed.
    """
    name = limits.one_line("channel", channel, _NAME)
    if name != TERMINAL:
        accept(_BY, {"channels": [name]}, owner)
    return name
