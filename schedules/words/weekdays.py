"""Lists and ranges of weekdays: "mon, wed & fri", "Monday through Thursday", weekends, MWF."""

from schedules.words.connectors import TO_WORDS, joined
from schedules.words.lexicon import DAYPART_PLURALS, MONTHS, SHORT_WEEKDAYS, WEEKDAY_PLURALS, WEEKDAYS
from schedules.words.pieces import Dates, Weekday
from schedules.words.tokens import Tokens, remembered

_INITIALS = {"m": 0, "t": 1, "w": 2, "th": 3, "r": 3, "f": 4, "sa": 5, "su": 6}
_LETTERS = {
    "mwf": (0, 2, 4),
    "tth": (1, 3),
    "tuth": (1, 3),
    "mtwtf": (0, 1, 2, 3, 4),
    "mtwthf": (0, 1, 2, 3, 4),
    "mw": (0, 2),
    "ttf": (1, 3, 4),
}


def one_weekday(w: Tokens, i: int) -> tuple[int, int, bool, bool] | None:
    """(end, day, plural, short)"""
    word = w.low[i]
    plural = WEEKDAY_PLURALS.get(word)
    if plural is not None:
        if "'" in word and w.low[i + 1] not in ("", "at", ",", "and", "."):
            return None
        return i + 1, plural, True, False
    day = WEEKDAYS.get(word)
    if day is None:
        return None
    short = word in SHORT_WEEKDAYS
    j = i + 1
    if short and w.low[j] == "." and w.glued[j]:
        j += 1
    if w.low[j] == "'" and w.low[j + 1] == "s":
        return j + 2, day, True, short
    return j, day, False, short


@remembered
def weekdays(w: Tokens, i: int) -> tuple[int, Dates] | None:
    """A list of weekdays with ranges, weekdays and weekends in it."""
    low = w.low
    days: list[int] = []
    plural = brief = False
    ranged: int | None = None
    j = i
    end = i
    while True:
        if low[j] in ("on", "the", "every", "each") and days:
            j += 1
        if low[j] in ("weekdays", "workdays") or (low[j] in ("weekday", "workday") and _after_every(w, i)):
            days += [0, 1, 2, 3, 4]
            plural, end = True, j + 1
        elif low[j] in ("weekday", "weekend") and low[j + 1] in DAYPART_PLURALS:
            days += [0, 1, 2, 3, 4] if low[j] == "weekday" else [5, 6]
            plural, end = True, j + 1
        elif low[j] in ("business", "working", "work", "week") and low[j + 1] == "days":
            days += [0, 1, 2, 3, 4]
            plural, end = True, j + 2
        elif low[j] in ("weekends", "wkends") or (low[j] in ("weekend", "wkend") and _after_every(w, i)):
            days += [5, 6]
            plural, end = True, j + 1
        elif low[j] in _LETTERS and (w.raw[j].isupper() or len(low[j]) > 2):
            days += _LETTERS[low[j]]
            brief = plural = True
            end = j + 1
        elif low[j] in _INITIALS and low[j + 1] == "/" and low[j + 2] in _INITIALS:
            while low[j] in _INITIALS:
                days.append(_INITIALS[low[j]])
                end = j + 1
                j += 2 if low[j + 1] == "/" else 1
            plural = True
        elif low[j] == "m" and low[j + 1] == "-" and low[j + 2] == "f":
            days += [0, 1, 2, 3, 4]
            brief = plural = True
            end = j + 3
        else:
            one = one_weekday(w, j)
            if one is None:
                break
            end, day, many, short = one
            plural, brief = plural or many, brief or short
            k = end
            if low[k] in TO_WORDS and (nxt := one_weekday(w, k + 1)) is not None and not _dated(w, nxt[0]):
                end = nxt[0]
                plural = plural or nxt[2]
                stretch = (nxt[1] - day) % 7
                days += [(day + step) % 7 for step in range(stretch + 1)] if stretch or not many else [day]
                ranged = nxt[1]
            else:
                days.append(day)
        after = joined(w, end)
        if after is None:
            following = one_weekday(w, end)
            if following is None or _dated(w, following[0]):
                break
            after = end
        j = after
    if not days:
        return None
    if len(days) == 1 and not plural:
        return None
    found = Dates(
        items=tuple(Weekday(day=day) for day in dict.fromkeys(days)),
        plural=plural,
        brief=brief,
        to=Weekday(day=ranged) if ranged is not None else None,
    )
    return end, found


def _after_every(w: Tokens, i: int) -> bool:
    return i > 0 and (
        w.low[i - 1] in ("every", "each", "other", "alternate", "single")
        or w.number[i - 1] is not None
        or w.low[i - 1] in ("second", "third", "th", "nd", "rd", "a", "per", "on", "only")
    )


def _dated(w: Tokens, j: int) -> bool:
    """Whether what follows a weekday makes it part of a written date."""
    return w.number[j] is not None and w.low[j] not in ("", ",") and (w.low[j + 1] in MONTHS)
