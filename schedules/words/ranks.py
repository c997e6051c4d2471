"""The n-th of something: the last Monday of March, the third quarter_at, the first week of next month."""

from schedules.words.dayforms import year_at
from schedules.words.lexicon import MONTHS, TOMORROW, UNITS, WEEKDAYS
from schedules.words.numbers import amount, cardinal, ordinal
from schedules.words.pieces import CalendarDay, Nth, Period, QuarterOf, Unit, Which
from schedules.words.tokens import Found, Tokens

WHICH: dict[str, Which] = {
    "this": Which.THIS,
    "current": Which.THIS,
    "next": Which.NEXT,
    "nxt": Which.NEXT,
    "following": Which.NEXT,
    "coming": Which.COMING,
    "upcoming": Which.COMING,
    "last": Which.LAST,
    "past": Which.LAST,
    "previous": Which.LAST,
}


_COUNTED_UNITS = {
    "day": Unit.DAY,
    "days": Unit.DAY,
    "week": Unit.WEEK,
    "weeks": Unit.WEEK,
    "weekend": Unit.WEEKEND,
    "wkend": Unit.WEEKEND,
    "weekday": Unit.BUSINESS_DAY,
    "workday": Unit.BUSINESS_DAY,
    "month": Unit.MONTH,
}


def skip_the(w: Tokens, i: int) -> int:
    """Past an article."""
    return i + 1 if w.low[i] == "the" else i


def months_ahead(w: Tokens, k: int) -> tuple[int, int] | None:
    k = skip_the(w, k)
    if w.low[k + 1] == "month" and w.low[k] in WHICH:
        which = WHICH[w.low[k]]
        return k + 2, {Which.THIS: 0, Which.LAST: -1}.get(which, 1)
    return None


def quarter_at(w: Tokens, i: int) -> Found:
    low = w.low
    number: int | None = None
    j = i
    if low[i] == "q" and w.number[i + 1] in (1, 2, 3, 4) and w.glued[i + 1]:
        number, j = w.number[i + 1], i + 2
    else:
        found = ordinal(w, i)
        if found is not None and 1 <= found[1] <= 4 and low[found[0]] in ("quarter", "qtr"):
            j, number = found[0] + 1, found[1]
    if number is None:
        return None
    at_year = year_at(w, j + 1 if low[j] == "of" else j)
    return (at_year[0], QuarterOf(number=number, year=at_year[1])) if at_year else (j, QuarterOf(number=number))


def nth_of(w: Tokens, i: int) -> Found:
    """The n-th weekday, day, week, weekend or month of something: "last Monday of March", "2nd to last fri in feb"."""
    found = rank(w, i)
    if found is None:
        return None
    j, n = found
    low = w.low
    if low[j] in ("day", "days") and low[j + 1] in TOMORROW:
        return None
    what: int | Unit
    if low[j] in WEEKDAYS:
        what, j = WEEKDAYS[low[j]], j + 1
        if low[j] == "." and low[j + 1] in ("of", "in"):
            j += 1
    elif low[j] in ("business", "working", "work") and low[j + 1] == "day":
        what, j = Unit.BUSINESS_DAY, j + 2
    elif low[j] in _COUNTED_UNITS:
        what, j = _COUNTED_UNITS[low[j]], j + 1
    elif (count := cardinal(w, j)) is not None and low[count[0]] in ("weeks", "days") and n == 1:
        what, j = _COUNTED_UNITS[low[count[0]]], count[0] + 1
    else:
        return None
    k = j
    if low[k] in ("of", "in", "this", "next", "the", "after"):
        if low[k] in ("of", "in"):
            k += 1
        inner = _container(w, k)
        if inner is not None and not (w.at(k - 1, "of", "the", "month") and what in range(7)):
            return inner[0], Nth(n=n, what=what, of=inner[1])
    if low[j] in MONTHS and not isinstance(what, Unit):
        inner = _container(w, j)
        if inner is not None:
            return inner[0], Nth(n=n, what=what, of=inner[1])
    if low[j] in ("of", "in") and low[j + 1] in ("every", "each", "a", "any"):
        return None
    if what in (Unit.WEEK, Unit.WEEKEND, Unit.MONTH) or (n < 0 and not isinstance(what, Unit) and low[i] == "last"):
        return None
    if isinstance(what, Unit) and what is not Unit.DAY:
        return j, Nth(n=n, what=what)
    return j, Nth(n=n, what=what)


def rank(w: Tokens, i: int) -> tuple[int, int] | None:
    """Which one: 1st, last (-1), second to last (-2), third last (-3), final."""
    low = w.low
    if low[i] == "the":
        i += 1
    if low[i] in ("last", "final"):
        return i + 1, -1
    if low[i] in ("penultimate",):
        return i + 1, -2
    found = ordinal(w, i)
    if found is None:
        return None
    j, n = found
    k = j
    if low[k] == "-":
        k += 1
    if low[k] == "to":
        k += 1
        if low[k] == "-":
            k += 1
        k = skip_the(w, k)
    if low[k] == "last" and low[k + 1] not in ("week's",):
        return k + 1, -n
    return j, n


def _container(w: Tokens, k: int) -> Found:
    """What an n-th something is counted in: a month, a year, next month, "3 months" ahead."""
    low = w.low
    k = skip_the(w, k)
    if low[k] in ("month", "year", "quarter", "week") and low[k + 1] in ("", ",", ".", "at", "for", "to"):
        return k + 1, Period(unit=UNITS[low[k]], offset=0)
    if low[k] == "month":
        k += 2 if low[k + 1] == "in" else 1
    if low[k] in WHICH and low[k + 1] in ("month", "year", "quarter", "week"):
        offset = {Which.THIS: 0, Which.LAST: -1}.get(WHICH[low[k]], 1)
        return k + 2, Period(unit=UNITS[low[k + 1]], offset=offset)
    if low[k] in WHICH and low[k + 1] in MONTHS:
        return k + 2, CalendarDay(month=MONTHS[low[k + 1]], which=WHICH[low[k]])
    if low[k] in MONTHS:
        end = k + 2 if low[k + 1] in (".", ",") and year_at(w, k + 2) else k + 1
        at_year = year_at(w, end)
        if at_year is not None:
            return at_year[0], CalendarDay(month=MONTHS[low[k]], year=at_year[1])
        if low[k + 1] in ("next", "this") and low[k + 2] == "year":
            return k + 1, CalendarDay(month=MONTHS[low[k]])
        return k + 1, CalendarDay(month=MONTHS[low[k]])
    at_year = year_at(w, k)
    if at_year is not None:
        return at_year[0], CalendarDay(year=at_year[1])
    found_quarter = quarter_at(w, k)
    if found_quarter is not None:
        return found_quarter
    length = amount(w, k)
    if length is not None and length[1].months and not length[1].days:
        return length[0], Period(unit=Unit.MONTH, offset=int(length[1].months))
    return None
