"""Opening a store."""

from collections.abc import Callable

from croncierge.clock import Clock
from store.migrate import upgrade
from store.session import Store, open_engine


def open_store(url: str, clock: Clock, changed: Callable[[], None] = lambda: None) -> Store:
    """The store at a database URL, made or brought up to date if need be.

    Raises InvalidInput for a URL that cannot be one, Conflict for a database that a newer program has made,
    Unavailable when it cannot be opened.
    """
    engine = open_engine(url)
    upgrade(engine)
    return Store(engine, clock, changed)
