"""Parts of the day in words: early morning, mid-afternoon, end of day, first thing."""

from schedules.words.lexicon import DAYPARTS
from schedules.words.pieces import Daypart
from schedules.words.tokens import Tokens

_SHADES = frozenset({"early", "late", "mid", "middle"})


def _end_of_day(w: Tokens, j: int) -> int:
    """Where "end of day", "EOD", "close of business" ends; 0 if it is none of them."""
    low = w.low
    if low[j] in ("eod", "cob", "eob"):
        return j + 1
    if low[j] not in ("end", "close") or low[j + 1] != "of":
        return 0
    k = j + 2
    while low[k] in ("the", "my", "our", "work", "working", "business", "play") and low[k + 1] in (
        "work",
        "working",
        "business",
        "day",
    ):
        k += 1
    return k + 1 if low[k] in ("day", "business", "play", "workday") and low[k + 1] != "of" else 0


def daypart(w: Tokens, i: int) -> tuple[int, Daypart] | None:
    """Morning, early morning, mid-afternoon, late at night, lunch time, end of the working day."""
    low = w.low
    j = i
    shade = ""
    ended = _end_of_day(w, j + 1 if low[j] == "the" else j)
    if ended:
        return ended, Daypart(name="workend")
    if low[j] == "first" and low[j + 1] == "thing":
        j += 2
        if low[j] in ("in", "on") and low[j + 1] == "the":
            j += 2
        elif low[j] in ("in", "this"):
            j += 1
        return (j + 1 if low[j] == "morning" else i + 2), Daypart(name="morning", shade="first")
    if low[j] in ("very", "bright"):
        j += 2 if low[j + 1] == "and" else 1
    if low[j] in _SHADES:
        shade, j = low[j], j + 1
        if low[j] == "-":
            j += 1
        if low[j] in ("in", "at"):
            j += 2 if low[j + 1] in ("the", "this") else 1
        elif low[j] == "that":
            j += 1
    word = low[j]
    if word.startswith("mid") and word[3:] in ("morning", "afternoon", "night", "day"):
        shade, word = "mid", word[3:]
    if shade == "mid" and word in ("day", "night"):
        return j + 1, Daypart(name="noon" if word == "day" else "midnight")
    name = DAYPARTS.get(word)
    if name is None:
        return None
    j += 1
    if name in ("noon", "midnight") and shade:
        return None
    if low[j] == "ish" or (low[j] == "-" and low[j + 1] == "ish"):
        j += 1 if low[j] == "ish" else 2
    if low[j] in ("time", "hours") and name in ("lunch", "dinner", "breakfast", "night", "morning"):
        j += 1
    return j, Daypart(name=name, shade=shade)
