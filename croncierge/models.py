"""Which language model serves what: conversations, AI tasks, and the planning of goals."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from agent.models import BUILT_IN, Options, choose_model
from croncierge.errors import InvalidInput
from croncierge.settings import Settings
from store.operations.budgets import limits_of

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

    from agent.ai.payloads import AiPayload

# Where a purpose says nothing of its own, the next one counts.
_PURPOSES: Mapping[str, tuple[str, ...]] = {"ai_prompt": ("task_", ""), "ai_goal": ("goal_", "task_", "")}
_ASKED = ("model", "temperature", "reasoning_effort", "answer_tokens")


@dataclass(frozen=True)
class Models:
    """The language models of the settings."""

    settings: Settings

    def chat(self) -> "BaseChatModel":
        """The one of conversations, else the built-in one. Raises InvalidInput when it lacks something."""
        settings = self.settings
        return self._made(settings.model, settings.temperature, settings.reasoning_effort, settings.answer_tokens)

    def of(self, payload: "AiPayload") -> "BaseChatModel":
        """The one that was pinned on an AI task. Raises InvalidInput when it lacks something by now."""
        return self._made(payload.model, payload.temperature, payload.reasoning_effort, payload.answer_tokens)

    def prepare(self) -> None:
        """Load the library that models of OpenAI's protocol take, by far the most."""
        import langchain_openai  # noqa: F401

    def pinned(self, action_type: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What an AI task stores, with the model that serves it from now on, how that is asked, and all its limits.

        Other tasks are unchanged.

        Raises InvalidInput where there is no language model, since the built-in one only understands scheduling, or
        when it lacks something.
        """
        if action_type not in _PURPOSES:
            return dict(payload)
        usual = {name: self._usual(action_type, name) for name in _ASKED}
        pinned = {name: value for name, value in usual.items() if value is not None} | dict(payload)
        if pinned.get("model") in (None, BUILT_IN):
            raise InvalidInput(
                "A task that thinks needs a language model, and none is set: name one with CRONCIERGE_TASK_MODEL or "
                "CRONCIERGE_MODEL (`croncierge doctor` shows how).",
                field="model",
            )
        self._made(*(pinned.get(name) for name in _ASKED))
        return pinned | {"budget": asdict(limits_of(pinned.get("budget", {})))}

    def _usual(self, action_type: str, name: str) -> Any:
        said = (getattr(self.settings, f"{purpose}{name}") for purpose in _PURPOSES[action_type])
        return next((value for value in said if value is not None), None)

    def _made(self, model: Any, temperature: Any, reasoning_effort: Any, answer_tokens: Any) -> "BaseChatModel":
        settings = self.settings
        options = Options(
            base_url=settings.base_url,
            api_key=settings.api_key.get_secret_value() if settings.api_key else None,
            temperature=temperature,
            reasoning_effort=reasoning_effort,
            answer_tokens=answer_tokens,
            timeout=settings.model_timeout,
        )
        return choose_model(model, options)
