"""What a task of an AI run holds."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from store.operations.budgets import Limits, limits_of
from tools.connectors.connector import Payload


class AiPayload(Payload):
    """tools: what the model may call, by name. allowed: those of them that need no approval. model: as in the settings.

    inputs: values shown to the model as data. budget: of `Limits`, what shall differ from the safe ones.
    """

    tools: tuple[str, ...] = Field((), max_length=50)
    allowed: tuple[str, ...] = Field((), max_length=50)
    model: str | None = Field(None, max_length=200)
    inputs: Mapping[str, Any] = Field(default_factory=dict, max_length=50)
    budget: Mapping[str, Any] = Field(default_factory=dict, max_length=20)

    @property
    def limits(self) -> Limits:
        """Raises InvalidInput."""
        return limits_of(self.budget)


class AiPromptPayload(AiPayload):
    """prompt: what to do. output_schema: a JSON schema of an object that the answer has to be.

    silent_when: in which case there is nothing to report, which is a success that nobody hears of.
    """

    prompt: str = Field(min_length=1, max_length=50_000)
    output_schema: Mapping[str, Any] | None = None
    silent_when: str | None = Field(None, max_length=1_000)


class AiGoalPayload(AiPayload):
    """goal: what shall be reached. tools: what its subtasks may do, too."""

    goal: str = Field(min_length=1, max_length=50_000)
