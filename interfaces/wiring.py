"""What an interface is handed: the rooms, wired elsewhere. Nothing is imported before it is needed."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from croncierge.clock import Clock

if TYPE_CHECKING:
    from uuid import UUID

    from agent.invoke import Assistant
    from croncierge.settings import Settings
    from runtime.doorbell import Doorbell
    from runtime.loop import Runtime
    from store.operations.prune import Policy
    from store.session import Store
    from store.values import Actor
    from tools.connectors.registry import Connectors
    from tools.context import Context


class App(Protocol):
    """The assembled program over one database, for one person. Each part is made when it is first asked for."""

    @property
    def settings(self) -> "Settings": ...

    @property
    def clock(self) -> Clock: ...

    @property
    def store(self) -> "Store": ...

    @property
    def user_id(self) -> "UUID": ...

    @property
    def default_zone(self) -> str:
        """The IANA zone of a person who never said theirs."""
        ...

    @property
    def assistant(self) -> "Assistant": ...

    @property
    def doorbell(self) -> "Doorbell": ...

    @property
    def runtime(self) -> "Runtime": ...

    def run(self) -> None:
        """Begin to make things happen in this process, until the program ends."""
        ...

    @property
    def connectors(self) -> "Connectors":
        """What tasks can do here."""
        ...

    @property
    def retention(self) -> "Policy":
        """For how long what has ended is kept."""
        ...

    def actor(self, via: str) -> "Actor":
        """The person, acting through an interface; each actor is one change for undo."""
        ...

    def context(self, via: str) -> "Context":
        """What tools and views know of the person: the store, their zone and preferences."""
        ...


class OpenApp(Protocol):
    """How an interface gets the program: `with open_app(settings) as app`."""

    def __call__(
        self, settings: "Settings", *, clock: Clock | None = None, zone: str | None = None
    ) -> AbstractContextManager[App]: ...
