"""The little words that join the members of a list or the ends of a range."""

from schedules.words.tokens import Tokens

TO_WORDS = frozenset({"to", "-", "through", "thru", "till", "until", "til"})


def joined(w: Tokens, j: int) -> int | None:
    """Past what joins the members of a list, or None."""
    low = w.low
    if low[j] in (",", "/", "&", "+", ";"):
        j += 1
        if low[j] in ("and", "or", "&"):
            j += 1
        return j
    if low[j] in ("and", "or", "plus", "as") and low[j] != "as":
        return j + 1
    return None
