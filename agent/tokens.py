"""How many tokens a text has: tiktoken's count, or a safe estimate where its ranks cannot be loaded."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from langchain_core.messages import BaseMessage
from langchain_core.messages.utils import count_tokens_approximately

if TYPE_CHECKING:
    from tiktoken import Encoding

_SECONDS_TO_LOAD = 5
_PER_MESSAGE = 4  # the frame that a chat model puts around each message
_CAUTION = 2  # the estimate was found up to 69 % too low


def count_tokens(messages: Sequence[BaseMessage]) -> int:
    """Tokens of `messages` by tiktoken's o200k_base; without its ranks twice the usual estimate, which errs upwards."""
    encoding = _encoding()
    if encoding is None:
        return _CAUTION * count_tokens_approximately(messages)
    return sum(
        _PER_MESSAGE
        + len(encoding.encode(f"{message.text}{getattr(message, 'tool_calls', '')}", disallowed_special=()))
        for message in messages
    )


@cache
def _encoding() -> "Encoding | None":
    """tiktoken fetches its ranks at first use and waits without limit; we do not."""
    import tiktoken

    loader = ThreadPoolExecutor(max_workers=1)
    try:
        return loader.submit(tiktoken.get_encoding, "o200k_base").result(timeout=_SECONDS_TO_LOAD)
    except (OSError, ValueError, TimeoutError):
        return None
    finally:
        loader.shutdown(wait=False, cancel_futures=True)
