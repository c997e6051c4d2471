"""From settings to a chat model."""

from typing import TYPE_CHECKING

from croncierge.errors import InvalidInput

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

BUILT_IN = "builtin"
_TIMEOUT_SECONDS = 60.0
_RETRIES = 2


def choose_model(model: str | None, *, base_url: str | None = None, api_key: str | None = None) -> "BaseChatModel":
    """The built-in model when none is named; `provider:model` by LangChain's names; else OpenAI's protocol.

    base_url: any server that speaks OpenAI's protocol. Raises InvalidInput when something needed is missing.
    """
    if not model or model == BUILT_IN:
        from agent.models.builtin.model import BuiltinModel

        return BuiltinModel()
    if ":" in model and base_url is None and not model.startswith("openai:"):
        return _by_provider(model)
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    if not api_key and not base_url:
        raise InvalidInput(
            f"The model {model!r} needs an API key; set OPENAI_API_KEY, or CRONCIERGE_BASE_URL for your own server.",
            field="api_key",
        )
    return ChatOpenAI(
        model=model.removeprefix("openai:"),
        base_url=base_url,
        api_key=SecretStr(api_key or "none"),
        timeout=_TIMEOUT_SECONDS,
        max_retries=_RETRIES,
        stream_usage=True,
    )


def _by_provider(model: str) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    try:
        chosen: BaseChatModel = init_chat_model(model)
    except (ImportError, ValueError) as error:
        raise InvalidInput(
            f"The model {model!r} cannot be loaded: {str(error).splitlines()[0]}", field="model"
        ) from error
    return chosen
