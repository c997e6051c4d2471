"""Lengths of time counted from something: 3 weeks from now, two days before October 12, three Fridays from now."""

from schedules.words.clocks import clock
from schedules.words.dayparts import daypart
from schedules.words.lexicon import TODAY, TOMORROW, WEEKDAY_PLURALS, WEEKDAYS
from schedules.words.numbers import amount, cardinal, unit
from schedules.words.periods import several_units
from schedules.words.pieces import (
    Amount,
    Day,
    Shifted,
    TimeOfDay,
    Unit,
    Weekday,
    WeekdaysFrom,
    Which,
)
from schedules.words.ranks import skip_the
from schedules.words.tokens import DateRule, Found, Tokens

_LATER = frozenset({"later", "hence", "ahead", "out", "away"})


def leading_amount(w: Tokens, i: int, date: DateRule) -> Found:
    """A length of time and where it is counted from: 3 weeks from now, two days before October 12, 5 minutes later."""
    low = w.low
    j = i
    sign = 1
    if low[i] == "+":
        j = i + 1
    elif low[i] == "now" and low[i + 1] in ("+", "-"):
        j, sign = i + 2, (1 if low[i + 1] == "+" else -1)
    counted = _weekdays_from(w, j, date) or _upcoming(w, j)
    if counted is not None:
        return counted
    length = amount(w, j)
    if length is None:
        return None
    end, much = length
    if j > i:
        return end, Shifted(amount=much, sign=sign)
    if low[end] in _LATER and not (low[end] == "later" and low[end + 1] in ("than", "this", "in")):
        return end + 1, Shifted(amount=much)
    if low[end] == "after" and low[end + 1] in ("that", "it"):
        return None
    return _from_base(w, end, much, date)


def _from_base(w: Tokens, end: int, much: Amount, date: DateRule) -> Found:
    low = w.low
    word = low[end]
    if much.days and much.days % 7 == 0 and (word in TOMORROW or word in TODAY):
        return end + 1, Shifted(amount=much, base=Day(offset=1 if word in TOMORROW else 0))
    if word in ("before", "after") and low[end + 1] in ("every", "each"):
        return None
    if word == "prior" and low[end + 1] == "to":
        word, end = "before", end + 1
    if word in ("ago", "earlier", "back"):
        return end + 1, Shifted(amount=much, sign=-1)
    if word in ("from", "after", "past", "since", "on", "following"):
        sign = 1
    elif word in ("before", "ahead"):
        sign = -1
        if word == "ahead" and low[end + 1] == "of":
            end += 1
    else:
        return None
    k = end + 1
    if word != "on":
        if low[k] in ("right", "just") and low[k + 1] == "now":
            return k + 2, Shifted(amount=much, sign=sign)
        if low[k] == "now":
            return k + 1, Shifted(amount=much, sign=sign)
    base = date(w, k)
    if word in ("before", "after") and low[k] in ("my", "the", "our", "his", "her", "their") and clock(w, k + 1):
        k += 1
        base = None
    at_clock: tuple[int, TimeOfDay] | None = clock(
        w, k, bare=word in ("before", "after") and low[k + 1] in ("", ",", ".", "to", "on")
    )
    if base is not None and (at_clock is None or base[0] >= at_clock[0]):
        if word == "on" and not isinstance(base[1], (Weekday, Day)):
            return None
        if word == "on" and much.finest not in (Unit.WEEK, Unit.MONTH):
            return None
        stop, moment = _clock_after(w, base[0])
        return stop, Shifted(amount=much, sign=sign, base=base[1], clock=moment)
    if at_clock is None and base is None:
        at_clock = daypart(w, skip_the(w, k))
    if at_clock is not None and much.seconds and word in ("before", "after", "past"):
        stop, later = at_clock
        follow = date(w, stop + 1 if low[stop] == "on" else stop)
        if follow is not None:
            return follow[0], Shifted(amount=much, sign=sign, base=follow[1], clock=later)
        return stop, Shifted(amount=much, sign=sign, base=None, clock=later)
    return None


def _clock_after(w: Tokens, j: int) -> tuple[int, TimeOfDay | None]:
    k = j + 1 if w.low[j] in ("at", "@") else j
    found = clock(w, k, bare=k > j)
    return found if found is not None else (j, None)


def _upcoming(w: Tokens, i: int) -> Found:
    """two upcoming weeks, the 3 next weeks."""
    count = cardinal(w, i)
    if count is None or w.low[count[0]] not in ("upcoming", "coming", "next", "following"):
        return None
    measure = unit(w, count[0] + 1)
    if measure is None or not 0 < count[1] < 1000:
        return None
    spread = w.low[count[0]] in ("upcoming", "coming")
    return several_units(Which.NEXT, count[1], measure[1], measure[0], spread=spread)


def _weekdays_from(w: Tokens, i: int, date: DateRule) -> Found:
    """three Fridays from now, 2 sundays after May 25."""
    count = cardinal(w, i)
    if count is None:
        return None
    j, n = count
    word = w.low[j]
    day = 5 if word in ("weekend", "weekends") else WEEKDAY_PLURALS.get(word, WEEKDAYS.get(word))
    if day is None or n == 0:
        return None
    if w.low[j + 1] in ("from", "after", "hence") and w.low[j + 2] in ("now", "today"):
        return j + 3, WeekdaysFrom(n=n, day=day)
    if w.low[j + 1] in ("hence", "away"):
        return j + 2, WeekdaysFrom(n=n, day=day)
    if w.low[j + 1] in ("after", "from", "before"):
        base = date(w, j + 2)
        if base is not None:
            sign = -1 if w.low[j + 1] == "before" else 1
            return base[0], WeekdaysFrom(n=n, day=day, base=base[1], sign=sign)
    return None
