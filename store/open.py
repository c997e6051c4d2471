"""Opening a store."""

from collections.abc import Callable

from croncierge.clock import Clock
from store.migrate import upgrade
from store.session import AcceptAction, Ceilings, PrepareAction, Store, as_given, open_engine


def open_store(
    url: str,
    clock: Clock,
    changed: Callable[[], None] = lambda: None,
    accept_action: AcceptAction = as_given,
    ceilings: Ceilings = Ceilings(),
    prepare_action: PrepareAction = lambda action_type, payload: None,  # noqa: ARG005
) -> Store:
    """The store at a database URL, made or brought up to date if need be; see `Store` for what it is handed.

    Raises InvalidInput for a URL that cannot be one, Conflict for a database that a newer program has made,
    Unavailable when it cannot be opened.
    """
    engine = open_engine(url)
    upgrade(engine)
    return Store(engine, clock, changed, accept_action, ceilings, prepare_action)
