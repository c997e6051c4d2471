"""Croncierge: plain language into scheduled, chained, executed tasks."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.invoke import Assistant
    from croncierge.app import open_app

__all__ = ["Assistant", "open_app"]


def __getattr__(name: str) -> object:
    """What other programs use, imported when they do: most parts of the program need neither."""
    if name == "Assistant":
        from agent.invoke import Assistant

        return Assistant
    if name == "open_app":
        from croncierge.app import open_app

        return open_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
