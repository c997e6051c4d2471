"""Which conversation is being held."""

from dataclasses import dataclass

USUAL = "terminal"


@dataclass
class Thread:
    """The one thing of a conversation that changes while it goes on: its thread, by its name."""

    name: str = USUAL
