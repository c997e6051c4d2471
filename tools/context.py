"""What a tool knows besides its arguments: the store, who speaks, and where they are. The model never sees it."""

from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property

from schedules.reading import Preferences
from store.operations import get_preferences
from store.session import Store
from store.values import Actor


@dataclass(frozen=True)
class Context:
    """One turn of one person.

    zone: the IANA zone given for this turn, or None to take the person's preference.
    default_zone: the IANA zone of a person who never said theirs. watch_folders: below which files may be watched.
    actions: what the tasks that are made may do besides reminding; None for a person, who may what the operator allows.
    """

    store: Store
    actor: Actor
    zone: str | None = None
    default_zone: str = "UTC"
    watch_folders: str = "~"
    actions: frozenset[str] | None = None

    @property
    def now(self) -> datetime:
        return self.store.clock.now()

    @cached_property
    def preferences(self) -> Preferences:
        """How this person means what they leave out."""
        stored = get_preferences(self.store, self.actor)
        return Preferences(
            zone=self.zone or stored.zone or self.default_zone,
            default_time=time.fromisoformat(stored.default_time),
            day_first=stored.day_first,
        )
