"""What a connector is: a way for an action to reach the world."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid5

from pydantic import BaseModel, ConfigDict

from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.executor import Control


class Payload(BaseModel):
    """The base of what a task stores for its connector: every field known, every value as given."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One execution. record: keeps a request and its answer, either as JSON, with the run; secrets are taken out."""

    run: Claimed
    control: Control
    record: Callable[[Mapping[str, Any], Mapping[str, Any] | None], None]


class Connector(Protocol):
    """A kind of action. Its policy is its own and denies by default."""

    @property
    def name(self) -> str:
        """Its action type."""

    @property
    def payload(self) -> type[Payload]:
        """What a task stores for it."""

    def allow(self, payload: Any, owner: str) -> None:
        """Pass if the person of this name may do this now. Raises NotAllowed or InvalidInput, with the way out."""

    def preview(self, payload: Any) -> Mapping[str, Any]:
        """What would be done, as JSON, without doing any of it; secrets are taken out."""

    def run(self, payload: Any, call: Call) -> Outcome:
        """Do it. `payload` has its templates filled in. What goes wrong is an outcome, or raised."""


def idempotency_key(run: Claimed) -> str:
    """The same for each attempt of a run, and for no other run anywhere: whoever gets it twice can do it once."""
    return str(uuid5(run.owner_id, f"{run.task_id} {run.run_id} {run.scheduled_time.isoformat()}"))
