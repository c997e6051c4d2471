"""What a model's server can answer with instead of a reply, in plain words."""

from collections.abc import Iterator
from contextlib import contextmanager

import openai
from langgraph.errors import GraphRecursionError

from croncierge.errors import CronciergeError, Unavailable


@contextmanager
def in_plain_words(model: str) -> Iterator[None]:
    """Turns the errors of a model's server into Unavailable with the way out. Never repeats what the server said."""
    try:
        yield
    except CronciergeError:
        raise
    except openai.AuthenticationError as error:
        raise Unavailable(f"The model {model} refused the API key; check CRONCIERGE_API_KEY.") from error
    except openai.NotFoundError as error:
        raise Unavailable(f"The server does not know the model {model}; check CRONCIERGE_MODEL.") from error
    except openai.RateLimitError as error:
        raise Unavailable(f"The model {model} is busy or its quota is used up; try again in a moment.") from error
    except openai.APITimeoutError as error:
        raise Unavailable(f"The model {model} took too long to answer; try again.") from error
    except openai.APIConnectionError as error:
        raise Unavailable(f"The model {model} cannot be reached; check CRONCIERGE_BASE_URL and the network.") from error
    except openai.APIStatusError as error:
        raise Unavailable(f"The model {model} answered with status {error.status_code}; try again later.") from error
    except openai.OpenAIError as error:
        raise Unavailable(f"The model {model} cannot be used; check its settings with `croncierge doctor`.") from error
    except GraphRecursionError as error:
        raise Unavailable("The conversation went round in circles and was stopped; say it in other words.") from error
