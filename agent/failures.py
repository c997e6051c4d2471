"""What a model's server can answer with instead of a reply, in plain words."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from langgraph.errors import GraphRecursionError

from croncierge.errors import CronciergeError, Unavailable

_ITS_OWN_FAULT = 500  # from this status on, a server says that the request was right


class Away(Unavailable):
    """The model does not answer now, and may well later."""


@contextmanager
def in_plain_words(model: str) -> Iterator[None]:
    """Turns the errors of a model's server into Unavailable with the way out. Never repeats what the server said."""
    try:
        yield
    except CronciergeError:
        raise
    except GraphRecursionError as error:
        raise Unavailable("The conversation went round in circles and was stopped; say it in other words.") from error
    except Exception as error:
        # The library takes half a second to load; without it loaded, the error cannot be its own.
        told = _told(error, model) if "openai" in sys.modules else None
        if told is None:
            raise
        raise told from error


def _told(error: Exception, model: str) -> Unavailable | None:
    import openai

    match error:
        case openai.AuthenticationError():
            return Unavailable(f"The model {model} refused the API key; check CRONCIERGE_API_KEY.")
        case openai.NotFoundError():
            return Unavailable(f"The server does not know the model {model}; check CRONCIERGE_MODEL.")
        case openai.RateLimitError():
            return Away(f"The model {model} is busy or its quota is used up; try again in a moment.")
        case openai.APITimeoutError():
            return Away(f"The model {model} took too long to answer; try again.")
        case openai.APIConnectionError():
            return Away(f"The model {model} cannot be reached; check CRONCIERGE_BASE_URL and the network.")
        case openai.APIStatusError():
            away = Away if error.status_code >= _ITS_OWN_FAULT else Unavailable
            return away(f"The model {model} answered with status {error.status_code}; try again later.")
        case openai.OpenAIError():
            return Unavailable(f"The model {model} cannot be used; check its settings with `croncierge doctor`.")
    return None
