"""Clock times and parts of the day: 7pm, 16h30, half past seven, nine oh five, noonish, early morning."""

from schedules.words.lexicon import DAYPARTS, ONES, TENS, words
from schedules.words.numbers import cardinal
from schedules.words.pieces import Ask, Clock, Daypart
from schedules.words.tokens import Tokens

_HALVES = {"am": "am", "pm": "pm", "a": "am", "p": "pm", "ampm": "am"}
_AFTER_FIGURES = words(
    "in on at ish every to and or today tomorrow tonight please for daily o local the this till until from "
    "with sharp each"
)
_DAY_HALF = {
    "morning": "am",
    "afternoon": "pm",
    "evening": "pm",
    "night": "night",
    "lunch": "noon",
    "midnight": "night",
}


def meridiem(w: Tokens, i: int) -> tuple[int, str] | None:
    """am, a.m., a m, p, pm."""
    word = w.low[i]
    if word in ("am", "pm", "ampm"):
        return (i + 2 if w.low[i + 1] == "." and w.glued[i + 1] and w.low[i + 2] == "m" else i + 1), _HALVES[word]
    if word not in ("a", "p"):
        return None
    j = i + 1
    if w.low[j] in (".", "_") and w.low[j + 1] == "m":
        return (j + 3 if w.low[j + 2] == "." and w.glued[j + 2] else j + 2), _HALVES[word]
    if w.low[j] == "m" and not w.glued[j]:
        return j + 1, _HALVES[word]
    if w.glued[i] and w.number[i - 1] is not None:
        return j, _HALVES[word]
    return None


def said_half(w: Tokens, i: int) -> tuple[int, str] | None:
    """A part of the day said of a clock time: "in the morning", "at night", "tonight" stays for the day."""
    low = w.low
    if low[i] in ("in", "of"):
        j = i + 2 if low[i + 1] in ("the", "an") else i + 1
        if low[j] in ("early", "late"):
            j += 1
        half = _DAY_HALF.get(DAYPARTS.get(low[j], ""))
        if half is not None and (j > i + 1 or low[j] in ("afternoon", "evening", "morning")):
            return j + 1, half
        return None
    if low[i] == "at" and low[i + 1] in ("night", "nite"):
        return i + 2, "night"
    return None


def _settled(hour: int, half: str, minute: int, second: int, *, sure: bool) -> Clock | None:
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    if half in ("am", "pm"):
        if hour > 12 or hour == 0:
            return Clock(hour=hour % 24, minute=minute, second=second, sure=True) if half == "pm" and hour else None
        return Clock(hour=hour % 12 + (12 if half == "pm" else 0), minute=minute, second=second, half=half, sure=True)
    if half == "night":
        late = hour % 12 if hour in (12, 1, 2, 3, 4) else hour + 12 if 5 <= hour < 12 else hour % 24
        return Clock(hour=late, minute=minute, second=second, half="pm" if late > 12 else "am", sure=True)
    if half == "noon":
        lunch = hour + 12 if 1 <= hour < 4 else hour
        return Clock(hour=lunch % 24, minute=minute, second=second, half="pm", sure=True)
    return Clock(hour=hour % 24, minute=minute, second=second, sure=sure or hour > 12 or hour == 0)


def with_half(clock: Clock, half: str) -> Clock:
    """The same clock time in the half of the day that was said of it, unless it already had one."""
    if clock.sure:
        return clock
    made = _settled(clock.hour or 12, half, clock.minute, clock.second, sure=True)
    return made if made is not None else clock


def day_half(part: Daypart) -> str:
    """Which half of the day a part of it settles for a clock time beside it."""
    return _DAY_HALF.get(part.name, "pm" if part.name in ("dinner", "dusk", "bedtime") else "am")


def _tail(w: Tokens, j: int, hour: int, minute: int, second: int, *, sure: bool) -> tuple[int, Clock] | None:
    """What may follow the figures: o'clock, -ish, am or pm, "in the morning", sharp."""
    low = w.low
    k = j
    if low[k] in ("o'clock", "oclock"):
        k += 1
    elif low[k] == "o" and low[k + 1] in ("clock", "'"):
        k += 2 if low[k + 1] == "clock" else 3
    if low[k] == "ish":
        k += 1
    elif low[k] == "-" and low[k + 1] == "ish":
        k += 2
    half = meridiem(w, k)
    if half is not None and low[k] in ("a", "p") and not w.glued[k] and half[0] == k + 1:
        half = None
    if half is None:
        half = said_half(w, k)
    if half is None and low[k] == "-" and low[k + 1] in ("am", "pm"):
        half = (k + 2, low[k + 1])
    if half is None and k > j and low[k] in ("midnight", "lunchtime"):
        half = (k + 1, "night" if low[k] == "midnight" else "noon")
    if half is not None:
        k = half[0]
    clock = _settled(hour, half[1] if half else "", minute, second, sure=sure)
    if clock is None:
        return None
    if half is not None and low[k] in ("in", "at"):
        again = said_half(w, k)  # "8pm in the evening"
        k = again[0] if again else k
    if low[k] in ("sharp", "exactly", "hours", "hrs") and (low[k] != "hours" or sure):
        k += 1
    return k, clock


def digital(w: Tokens, i: int, *, bare: bool) -> tuple[int, Clock] | None:
    """A time in figures. bare: a lone number or "3 15" is enough, because "at" or the like stands before it."""
    low, number, glued = w.low, w.number, w.glued
    hour = number[i]
    if hour is None:
        return None
    size = len(low[i])
    j = i + 1
    if low[j] in ("$", "%", "€", "£") or (i and low[i - 1] in ("$", "€", "£", "#", "/") and glued[i]):
        return None
    if low[j] == ":" and number[j + 1] is not None and len(low[j + 1]) == 2 and size <= 2 and glued[j + 1]:
        return _with_minutes(w, i, j + 2, sure=low[i].startswith("0"))
    if low[j] == "h" and glued[j] and size <= 2 and hour <= 24:
        if number[j + 1] is not None and glued[j + 1] and len(low[j + 1]) == 2:
            if low[j + 2] in ("m", "min", "mins") and glued[j + 2]:
                return None
            return _tail(w, j + 2, hour, number[j + 1] or 0, 0, sure=True)
        return _tail(w, j + 1, hour, 0, 0, sure=True)
    if low[j] == "." and glued[j] and number[j + 1] is not None and len(low[j + 1]) == 2 and glued[j + 1]:
        k = j + 2
        marked = meridiem(w, k) is not None or low[k] == "h"
        if size <= 2 and hour < 25 and (marked or (bare and low[k] != ".")):
            found = _tail(w, k, hour, number[j + 1] or 0, 0, sure=low[i].startswith("0"))
            return (found[0] + 1, found[1]) if found and low[found[0]] == "h" else found
        return None
    if size in (3, 4):
        marked = meridiem(w, j) is not None
        military = size == 4 and low[j] in ("h", "hours", "hrs")
        if marked or military or bare:
            if military:
                made = _settled(hour // 100, "", hour % 100, 0, sure=True)
                return (j + 1, made) if made else None
            if not marked and not military and low[j].isalpha() and low[j] not in _AFTER_FIGURES:
                return None
            if size == 4 and not marked and hour // 100 in (19, 20) and hour % 100 > 15 and not bare:
                return None
            end = j + 1 if low[j] == "ish" else j
            return _tail(w, end, hour // 100, hour % 100, 0, sure=size == 4 and (low[i][0] == "0"))
        return None
    if size > 2:
        return None
    if (
        bare
        and number[j] is not None
        and len(low[j]) == 2
        and hour <= 24
        and (number[j] or 0) < 60
        and low[j + 1] not in ("min", "mins", "minutes", "hours", "hour", "days", "/", ":", "st", "nd", "rd", "th")
    ):
        return _tail(w, j + 1, hour, number[j] or 0, 0, sure=False)
    marked = (
        meridiem(w, j) is not None
        or low[j] in ("o'clock", "oclock", "ish")
        or (low[j] == "o" and low[j + 1] == "clock")
        or (low[j] == "-" and low[j + 1] in ("ish", "am", "pm"))
    )
    if low[j] in ("a", "p") and not glued[j] and low[j + 1] not in (".", "_", "m"):
        marked = False
    if not marked:
        half = said_half(w, j)
        marked = half is not None
    if not marked and (not bare or hour > 24):
        return None
    return _tail(w, j, hour, 0, 0, sure=size == 2 and low[i][0] == "0")


def _with_minutes(w: Tokens, i: int, j: int, *, sure: bool) -> tuple[int, Clock] | None:
    hour, minute = w.number[i] or 0, w.number[j - 1] or 0
    second = 0
    if w.low[j] == ":" and w.number[j + 1] is not None and w.glued[j + 1]:
        second = w.number[j + 1] or 0
        j += 2
        if w.low[j] in (".", ",") and w.number[j + 1] is not None and w.glued[j + 1]:
            j += 2
    if w.low[j] == "h" and w.glued[j]:
        j, sure = j + 1, True
    if hour > 12:
        sure = True
    return _tail(w, j, hour, minute, second, sure=sure)


def _spelled(w: Tokens, i: int, *, bare: bool) -> tuple[int, Clock] | None:
    """nine, nine thirty, nine oh five, seven thirty five pm."""
    hour = ONES.get(w.low[i])
    if hour is None or hour > 12 or hour == 0:
        return None
    j = i + 1
    if w.low[j] in ("oh", "o") and 0 < ONES.get(w.low[j + 1], 0) < 10:
        return _tail(w, j + 2, hour, ONES[w.low[j + 1]], 0, sure=False)
    minute: int | None = None
    tens = TENS.get(w.low[j])
    if tens is not None and tens < 60:
        found = cardinal(w, j)
        if found is not None:
            j, minute = found
    elif ONES.get(w.low[j], 0) >= 1 and (bare or ONES[w.low[j]] >= 10):
        j, minute = j + 1, ONES[w.low[j]]
    if minute is not None:
        if w.low[j] == "minutes" and bare:
            j += 1
        marked = _tail(w, j, hour, minute, 0, sure=False)
        if marked is not None and (bare or marked[0] > j):
            return marked
        if not bare:
            return None
    marked = _tail(w, j, hour, 0, 0, sure=False) if minute is None else None
    return marked if marked is not None and (bare or marked[0] > j) else None


def simple_clock(w: Tokens, i: int) -> tuple[int, Clock] | None:
    """A plain hour or hour and minute, bare; not "seven to seven" as minutes before the hour."""
    return digital(w, i, bare=True) if w.number[i] is not None else _spelled(w, i, bare=True)


_PAST = frozenset({"past", "after"})
_TO = frozenset({"to", "before", "till", "til", "of"})


def _relative(w: Tokens, i: int, *, bare: bool) -> tuple[int, Clock] | None:
    """half past seven, quarter to eight, 20 minutes past 3pm, twenty after three, half three."""
    low = w.low
    j = i + 1 if low[i] in ("a", "the") else i
    minutes: int | None = None
    named = True
    if low[j] == "half":
        if low[j + 1] in _PAST:
            found = anchor_hour(w, j + 2)
            return _moved(found, 30) if found else None
        hour = ONES.get(low[j + 1])
        if hour and hour <= 12 and low[j + 2] not in ("hour", "hours", "minutes", "days"):
            return _moved((j + 2, Clock(hour=hour)), 30)
        return None
    if low[j] == "quarter":
        minutes, k = 15, j + 1
    else:
        figure = cardinal(w, j)
        if figure is None or not 0 < figure[1] < 60:
            return None
        k, minutes = figure
        named = low[k] in ("minute", "minutes", "min", "mins")
        k += named
    if low[k] in _PAST:
        if low[k] == "after" and not bare and not named and minutes not in (5, 10, 15, 20, 25):
            return None
        found = anchor_hour(w, k + 1)
        return _moved(found, minutes) if found else None
    if low[k] in _TO and (low[k] == "to" or low[j] == "quarter" or (named and low[k] in ("till", "til"))):
        if not named and not bare and low[k + 1] not in ("noon", "midnight"):
            return None
        if low[k] == "before" and named:
            return None
        found = anchor_hour(w, k + 1)
        return _moved(found, -minutes) if found else None
    return None


def anchor_hour(w: Tokens, i: int) -> tuple[int, Clock] | None:
    """The hour in "half past …": a plain hour, with am or pm, noon, midnight."""
    if w.low[i] in ("noon", "midday", "midnight"):
        return i + 1, Clock(hour=0 if w.low[i] == "midnight" else 12, sure=True)
    if w.low[i] == "the" and w.low[i + 1] == "hour":
        return None
    found = digital(w, i, bare=True) or _spelled(w, i, bare=True)
    if found is None or found[1].minute:
        found = _spelled(w, i, bare=True) or found
    return found


def _moved(found: tuple[int, Clock], minutes: int) -> tuple[int, Clock]:
    end, clock = found
    total = (clock.hour * 60 + clock.minute + minutes) % (24 * 60)
    hour = total // 60
    if not clock.sure and hour == 0:
        hour = 12
    return end, Clock(hour=hour, minute=total % 60, half=clock.half, sure=clock.sure, named=clock.hour)


def clock(w: Tokens, i: int, *, bare: bool = False) -> tuple[int, Clock] | None:
    """A time of day. bare: a lone number counts ("at 5")."""
    word = w.low[i]
    if word == "the" and w.low[i + 1] in ("noon", "midday"):
        i, word = i + 1, w.low[i + 1]
    if word in ("noon", "midday", "noontime", "noonish"):
        return (i + 2 if w.low[i + 1] == "ish" else i + 1), Clock(hour=12, sure=True)
    if word == "midnight" or (word == "mid" and w.low[i + 1] == "night"):
        return (i + 1 if word == "midnight" else i + 2), Clock(hour=0, sure=True, half="midnight")
    if word == "mid" and w.low[i + 1] in ("day", "-") and w.low[i + 2 - (w.low[i + 1] == "day")] in ("day", "night"):
        k = i + 2 - (w.low[i + 1] == "day")
        if w.low[k] == "night":
            return k + 1, Clock(hour=0, sure=True, half="midnight")
        return k + 1, Clock(hour=12, sure=True)
    found = _relative(w, i, bare=bare)
    if found is None:
        found = digital(w, i, bare=bare) if w.number[i] is not None else _spelled(w, i, bare=bare)
    if found is None:
        return None
    end, value = found
    half = said_half(w, end)
    if half is not None and not value.sure:
        return half[0], with_half(value, half[1])
    return found


def impossible(w: Tokens, i: int) -> tuple[int, Ask] | None:
    """A clock time that no clock shows: 25:00, 14 o'clock pm, 9:75."""
    hour = w.number[i]
    if hour is None or len(w.low[i]) > 2:
        return None
    j = i + 1
    if w.low[j] == ":" and w.glued[j] and w.glued[j + 1] and w.number[j + 1] is not None and len(w.low[j + 1]) == 2:
        minute = w.number[j + 1] or 0
        if hour <= 23 and minute <= 59:
            return None
        end = j + 2
    else:
        half = meridiem(w, j)
        if half is None or w.low[j] not in ("am", "pm") or hour <= 12:
            return None
        end = half[0]
    said = w.said(i, end)
    return end, Ask(question=f"There is no {said} on the clock; what time do you mean?", choices=_near(hour))


def _near(hour: int) -> tuple[str, ...]:
    if hour in (24, 25):
        return ("at 00:00", "at 01:00")
    return (f"at {hour % 12 or 12} am", f"at {hour % 12 or 12} pm")
