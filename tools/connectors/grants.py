"""Who may use what the operator has named: the part that all tables of the configuration share."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from croncierge.errors import NotAllowed


class Grant(BaseModel):
    """Something the operator has set up. owners: the people who may use it; everyone when left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    owners: tuple[str, ...] | None = None

    def open_to(self, owner: str) -> bool:
        return self.owners is None or owner in self.owners


G = TypeVar("G", bound=Grant)


def granted(grants: Mapping[str, G], kind: str, table: str, name: str, owner: str) -> G:
    """What stands under this name, if it is open to this person.

    kind: in words, like `script`. table: where the operator adds one, like `scripts`. Raises NotAllowed, which says
    the same of what does not exist and of what is somebody else's.
    """
    grant = grants.get(name)
    if grant is not None and grant.open_to(owner):
        return grant
    others = usable(grants, owner)
    instead = f"you may use {', '.join(others)}" if others else f"the operator has to set up [{table}.NAME] first"
    raise NotAllowed(f"There is no {kind} “{name}” that you may use; {instead}.", field=kind)


def usable(grants: Mapping[str, Grant], owner: str) -> list[str]:
    """The names that are open to this person."""
    return sorted(name for name, grant in grants.items() if grant.open_to(owner))
