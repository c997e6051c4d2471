"""From settings to a chat model."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from croncierge.errors import InvalidInput

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

BUILT_IN = "builtin"
_RETRIES = 2


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a language model is asked; None leaves it to the model's server. timeout: seconds to wait for an answer."""

    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    temperature: float | None = None
    reasoning_effort: str | None = None
    answer_tokens: int | None = None
    timeout: float = 60.0


def choose_model(model: str | None, options: Options | None = None) -> "BaseChatModel":
    """The built-in model when none is named; `provider:model` by LangChain's names; else OpenAI's protocol.

    Raises InvalidInput when something needed is missing.
    """
    options = options or Options()
    if not model or model == BUILT_IN:
        from agent.models.builtin.model import BuiltinModel

        return BuiltinModel()
    if ":" in model and options.base_url is None and not model.startswith("openai:"):
        return _by_provider(model, options)
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    if not options.api_key and not options.base_url:
        raise InvalidInput(
            f"The model {model!r} needs an API key; set OPENAI_API_KEY, or CRONCIERGE_BASE_URL for your own server.",
            field="api_key",
        )
    return ChatOpenAI(
        model=model.removeprefix("openai:"),
        base_url=options.base_url,
        api_key=SecretStr(options.api_key or "none"),
        temperature=options.temperature,
        reasoning_effort=options.reasoning_effort,
        max_completion_tokens=options.answer_tokens,
        timeout=options.timeout,
        max_retries=_RETRIES,
        stream_usage=True,
    )


def _by_provider(model: str, options: Options) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    # What other providers call these two is the same everywhere; the rest they take from their own environment.
    asked = {"temperature": options.temperature, "max_tokens": options.answer_tokens}
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    try:
        chosen: BaseChatModel = init_chat_model(model, **given)
    except (ImportError, ValueError) as error:
        raise InvalidInput(
            f"The model {model!r} cannot be loaded: {str(error).splitlines()[0]}", field="model"
        ) from error
    return chosen
