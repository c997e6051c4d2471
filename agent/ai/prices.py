"""What tokens cost: list prices in millionths of a dollar for a token in and a token out."""

from collections.abc import Mapping
from math import ceil

PRICES: Mapping[str, tuple[float, float]] = {
    "builtin": (0, 0),
    "gpt-5-nano": (0.05, 0.4),
    "gpt-5-mini": (0.25, 2),
    "gpt-5": (1.25, 10),
    "gpt-4o-mini": (0.15, 0.6),
    "gpt-4o": (2.5, 10),
    "claude-haiku": (1, 5),
    "claude-sonnet": (3, 15),
    "claude-opus": (5, 25),
}
_UNKNOWN = (3.0, 15.0)  # rather too much than too little


def price(model: str, tokens_in: int, tokens_out: int) -> int:
    """Millionths of a dollar, rounded up, by the longest known beginning of the model's name."""
    name = model.rpartition(":")[2]
    known = [prefix for prefix in PRICES if name.startswith(prefix)]
    cost_in, cost_out = PRICES[max(known, key=len)] if known else _UNKNOWN
    return ceil(tokens_in * cost_in + tokens_out * cost_out)
