"""The little words that join the members of a list or the ends of a range."""

from schedules.words.pieces import Ask
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


def either(w: Tokens, i: int, end: int) -> Ask:
    """ "at 5 or 6": which?"""
    said = w.said(i, end)
    return Ask(question=f"“{said}” leaves it open; which one do you mean?")
