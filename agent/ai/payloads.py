"""What a task of an AI run holds."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from croncierge.settings import Effort
from store.operations.budgets import Limits, limits_of
from tools.connectors.connector import Payload


class AiPayload(Payload):
    """tools: what the model may call, by name. allowed: those of them that need no approval.

    model: as in the settings, like the three that say how it is asked; all are pinned when the task is made.

    inputs: values shown to the model as data. budget: of `Limits`, what shall differ from the safe ones.
    """

    tools: tuple[str, ...] = Field((), max_length=50)
    allowed: tuple[str, ...] = Field((), max_length=50)
    model: str | None = Field(None, max_length=200)
    temperature: float | None = Field(None, ge=0, le=2)
    reasoning_effort: Effort | None = None
    answer_tokens: int | None = Field(None, ge=1)
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


def previewed(payload: AiPayload, text: str) -> Mapping[str, Any]:
    """What an AI task would be given, and what it may cost at most."""
    limits = payload.limits
    return {
        "prompt": text,
        "tools": list(payload.tools),
        "without_approval": list(payload.allowed),
        "model": payload.model,
        "at_most": f"{limits.tokens:,} tokens, ${limits.cost / 1_000_000:.2f}, {limits.seconds} seconds a run",
    }
