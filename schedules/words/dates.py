"""Days in words: tomorrow, next Friday, 15 May 2026, the last Monday of March, two days before October 12."""

import re
from datetime import datetime

from schedules.words.clocks import clock
from schedules.words.dayforms import calendar_day, weekday_at, year_at
from schedules.words.festivals import festival
from schedules.words.lexicon import MONTHS, TODAY, TOMORROW, UNITS, WEEKDAY_PLURALS, WEEKDAYS
from schedules.words.numbers import amount, amount_of, cardinal, ordinal, unit
from schedules.words.pieces import (
    Amount,
    CalendarDay,
    Closest,
    Date,
    Day,
    Edge,
    Exact,
    Festival,
    Now,
    Nth,
    Period,
    QuarterOf,
    Shifted,
    TimeOfDay,
    Unit,
    Weekday,
    WeekdaysFrom,
    WeekOf,
    Which,
)
from schedules.words.tokens import Tokens

Found = tuple[int, Date] | None

_WHICH: dict[str, Which] = {
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
_EDGES = {
    "beginning": "start",
    "begin": "start",
    "start": "start",
    "top": "start",
    "first half": "start",
    "middle": "middle",
    "mid": "middle",
    "end": "end",
    "close": "end",
    "rest": "rest",
    "remainder": "rest",
}
_EDGE_WORDS = {"eom": Unit.MONTH, "eoy": Unit.YEAR, "eow": Unit.WEEK, "eoq": Unit.QUARTER}
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


_AFTER_A_DAY = frozenset(
    {"", ",", ".", "!", "?", "to", "at", "-", "of", "in", "from", "between", "until", "and", "for", "by", "@", "with"}
)


def skip_the(w: Tokens, i: int) -> int:
    """Past an article."""
    return i + 1 if w.low[i] == "the" else i


def date(w: Tokens, i: int) -> Found:
    """The day or moment that the words at i name, longest reading first. No preposition is taken."""
    if w.low[i] == "now" and w.low[i + 1] in ("+", "-"):
        return _leading_amount(w, i)
    found = _iso(w, i) or _simple(w, i)
    if found is None:
        return _leading_amount(w, i)
    return _continued(w, found, i)


def _simple(w: Tokens, i: int) -> Found:
    low = w.low
    word = low[i]
    if not word:
        return None
    if word == "the":
        return _after_the(w, i)
    if word in TOMORROW and not (word == "tom" and w.raw[i][0] == "T"):
        return i + 1, Day(offset=1)
    if word in TODAY:
        return i + 1, Day(offset=0)
    if word == "yesterday":
        return i + 1, Day(offset=-1)
    if word == "overmorrow":
        return i + 1, Day(offset=2)
    if word == "day" and low[i + 1] in ("after", "before"):
        if low[i + 2] in TOMORROW and low[i + 1] == "after":
            return i + 3, Day(offset=2)
        other = date(w, i + 2) if low[i + 2] not in ("that", "this", "yesterday") else None
        if other is not None:
            sign = 1 if low[i + 1] == "after" else -1
            return other[0], Shifted(amount=amount_of(1, Unit.DAY), sign=sign, base=other[1])
    if word == "day" and w.at(i, "day", "before", "yesterday"):
        return i + 3, Day(offset=-2)
    now = _now(w, i)
    if now is not None:
        return now
    if word in _EDGE_WORDS:
        return i + 1, Edge(which="end", of=Period(unit=_EDGE_WORDS[word], offset=0))
    if word == "later" and low[i + 1] == "this" and low[i + 2] in ("week", "month", "year"):
        return i + 3, Edge(which="later", of=Period(unit=UNITS[low[i + 2]], offset=0))
    if word in _EDGES or word in ("early", "late", "mid"):
        edge = _edge(w, i)
        if edge is not None:
            return edge
    if word in ("week", "weekend", "wk", "w"):
        found = _week(w, i)
        if found is not None:
            return found
    if word in _WHICH:
        found = _with_which(w, i)
        if found is not None:
            return found
    if word in ("closest", "nearest"):
        return _closest(w, i)
    if word == "q" or ordinal(w, i) is not None:
        quarter = _quarter(w, i)
        if quarter is not None:
            return quarter
    if word == "rest":
        return _edge(w, i)
    nth = nth_of(w, i)
    if nth is not None:
        return nth
    holiday = festival(w, i)
    if holiday is not None:
        j, key = holiday
        if low[j] in ("weekend", "day") and low[j] == "weekend":
            return j + 1, Shifted(amount=amount_of(2, Unit.DAY), sign=-1, base=Festival(name=key))
        at_year = year_at(w, j)
        return (at_year[0], Festival(name=key, year=at_year[1])) if at_year else (j, Festival(name=key))
    found_day = calendar_day(w, i)
    if found_day is not None:
        return found_day
    day = weekday_at(w, i)
    if day is not None:
        return _after_weekday(w, day[0], day[1])
    return None


def _now(w: Tokens, i: int) -> Found:
    low = w.low
    if low[i] == "now" and low[i - 1] != "from":
        return i + 1, Now()
    if low[i] in ("right", "just") and low[i + 1] == "now":
        return i + 2, Now()
    if low[i] in ("immediately", "asap"):
        return i + 1, Now()
    if w.at(i, "as", "soon", "as", "possible"):
        return i + 4, Now()
    if w.at(i, "straight", "away") or w.at(i, "right", "away") or w.at(i, "at", "present"):
        return i + 2, Now()
    if low[i] == "at" and low[i + 1] in ("the", "this") and low[i + 2] in ("moment", "minute", "time"):
        return (i + 3, Now()) if low[i + 3] in ("", ".", ",", "!") else None
    if w.at(i, "this", "second") or w.at(i, "this", "minute") or w.at(i, "this", "instant"):
        return i + 2, Now()
    return None


def _after_the(w: Tokens, i: int) -> Found:
    low = w.low
    if low[i + 1] == "day" and low[i + 2] == "after":
        if low[i + 3] in TOMORROW:
            return i + 4, Day(offset=2)
        following = date(w, i + 3)
        if following is not None:
            return following[0], Shifted(amount=amount_of(1, Unit.DAY), base=following[1])
        return (i + 3, Day(offset=1)) if low[i + 3] in ("", "?", ".", "!") else None
    if low[i + 1] == "day" and low[i + 2] == "before":
        following = date(w, i + 3)
        if following is not None:
            return following[0], Shifted(amount=amount_of(1, Unit.DAY), sign=-1, base=following[1])
        return None
    if low[i + 1] in UNITS and low[i + 2] == "after" and low[i + 3] == "next":
        return i + 4, Period(unit=UNITS[low[i + 1]], offset=2)
    if low[i + 1] in ("week", "weekend", "wkend"):
        found = _week(w, i + 1)
        if found is not None:
            return found
        return (i + 2, Period(unit=UNITS[low[i + 1]], offset=0)) if low[i + 2] in ("", ".", ",", "!") else None
    ordered = ordinal(w, i + 1)
    if ordered is not None:
        found = _ordered(w, i + 1)
        if found is not None:
            return found
    if w.number[i + 1] is not None and 1 <= (w.number[i + 1] or 0) <= 31:
        month = calendar_day(w, i + 1)
        if month is not None:
            return month
        j = i + 2
        if low[j] == "." and low[j + 1] in ("", ",", "to", "at"):
            return j + 1, CalendarDay(day=w.number[i + 1])
        if low[j] in _AFTER_A_DAY and len(low[i + 1]) <= 2:
            return j, CalendarDay(day=w.number[i + 1])
    return _simple(w, i + 1) if low[i + 1] not in ("the", "now") else None


def _ordered(w: Tokens, i: int) -> Found:
    """After "the": an ordinal, alone or with what it counts."""
    nth = nth_of(w, i)
    if nth is not None:
        return nth
    quarter = _quarter(w, i)
    if quarter is not None:
        return quarter
    day = calendar_day(w, i)
    if day is not None:
        return day
    found = ordinal(w, i)
    if found is not None and 1 <= found[1] <= 31 and w.low[found[0]] not in UNITS:
        j, number = found
        if w.low[i] in ("first", "second", "third") and w.low[j] not in ("", ",", ".", "at", "of", "and", "to"):
            return None
        return _of_month(w, j, number)
    return None


def _of_month(w: Tokens, j: int, number: int) -> tuple[int, Date]:
    """The rest of "the 20th of next month"."""
    k = j + 1 if w.low[j] in ("of", "in") else j
    ahead = _months_ahead(w, k)
    if ahead is not None:
        return ahead[0], CalendarDay(day=number, months_ahead=ahead[1])
    return j, CalendarDay(day=number)


def _months_ahead(w: Tokens, k: int) -> tuple[int, int] | None:
    k = skip_the(w, k)
    if w.low[k + 1] == "month" and w.low[k] in _WHICH:
        which = _WHICH[w.low[k]]
        return k + 2, {Which.THIS: 0, Which.LAST: -1}.get(which, 1)
    return None


def _edge(w: Tokens, i: int) -> Found:
    """The start, middle, end or rest of a period."""
    low = w.low
    which = _EDGES.get(low[i]) or {"early": "start", "late": "end"}.get(low[i])
    if which is None:
        return None
    j = i + 1
    if low[j] == "-":
        j += 1
    explicit = low[j] == "of"
    j += explicit
    if low[j] == "around":
        j += 1
    if low[j] in ("the", "this") and low[j + 1] in UNITS and low[j + 1] not in ("day", "days"):
        return j + 2, Edge(which=which, of=Period(unit=UNITS[low[j + 1]], offset=0))
    if not explicit and low[i] not in ("mid", "early", "late", "end", "middle", "start"):
        return None
    if low[j] in UNITS and low[j] not in ("day", "days") and (explicit or low[i] in ("end", "start")):
        inner: Found = (j + 1, Period(unit=UNITS[low[j]], offset=0))
    else:
        inner = _simple(w, j)
    if inner is None or isinstance(inner[1], (Now,)):
        return None
    if isinstance(inner[1], (Day, Weekday)) and which not in ("end", "rest"):
        return None
    return inner[0], Edge(which=which, of=inner[1])


def _week(w: Tokens, i: int) -> Found:
    """The week of the 5th, w/c February 4, week 3 of 2027, the week after next."""
    low = w.low
    if low[i] == "w" and low[i + 1] == "/" and low[i + 2] == "c":
        found = date(w, i + 3)
        return (found[0], WeekOf(base=found[1])) if found else None
    if low[i + 1] in ("after", "following") and low[i + 2] == "next" and low[i] in UNITS:
        return i + 3, Period(unit=UNITS[low[i]], offset=2)
    if low[i + 1] in ("of", "commencing", "beginning", "starting"):
        holiday = festival(w, i + 2) if low[i] != "week" else None
        if holiday is not None:
            at_year = year_at(w, holiday[0])
            end, year = at_year if at_year else (holiday[0], None)
            return end, Festival(name=holiday[1], year=year)
        if low[i + 2] in ("the",) and low[i + 3] in UNITS:
            return None
        found = date(w, i + 2)
        return (found[0], WeekOf(base=found[1])) if found else None
    number = cardinal(w, i + 1)
    if low[i] == "week" and number is not None and 1 <= number[1] <= 53:
        at_year = year_at(w, number[0])
        if at_year is not None:
            return at_year[0], Nth(n=number[1], what=Unit.WEEK, of=CalendarDay(year=at_year[1]))
    return None


def _with_which(w: Tokens, i: int) -> Found:
    """this / next / last / coming and what they stand before."""
    low = w.low
    which = _WHICH[low[i]]
    j = i + 1
    while low[j] in _WHICH and low[j] != "last":
        if which is Which.NEXT and low[j] == "next":
            which = Which.AFTER_NEXT
        elif low[j] in ("coming", "upcoming"):
            which = Which.COMING
        j += 1
    word = low[j]
    day = WEEKDAYS.get(word)
    if day is not None:
        end = j + 2 if low[j + 1] == "." and low[j + 2] not in ("", " ") else j + 1
        if which is Which.LAST:
            nth = nth_of(w, i)
            if nth is not None:
                return nth
        if which is Which.AFTER_NEXT:
            return end, Weekday(day=day, which=Which.NEXT, later=1)
        return _after_weekday(w, end, Weekday(day=day, which=which))
    if which is Which.LAST:
        nth = nth_of(w, i)
        if nth is not None:
            return nth
    offset = {Which.THIS: 0, Which.LAST: -1, Which.AFTER_NEXT: 2}.get(which, 1)
    if word in ("business", "working", "work") and low[j + 1] in ("day", "week"):
        if low[j + 1] == "day":
            return j + 2, Shifted(amount=amount_of(1, Unit.BUSINESS_DAY), sign=1 if offset > 0 else -1)
        return j + 2, Period(unit=Unit.WEEK, offset=offset)
    if word in ("weekday", "workday"):
        return j + 1, Shifted(amount=amount_of(1, Unit.BUSINESS_DAY))
    if word in ("fortnight",):
        return j + 1, Period(unit=Unit.WEEK, offset=offset, count=2)
    if word in UNITS:
        if UNITS[word] in (Unit.SECOND, Unit.MINUTE) and word not in ("minute", "second"):
            return None
        if word.endswith("s") and word not in ("hrs",) and offset == 0:
            return None
        return j + 1, Period(unit=UNITS[word], offset=offset)
    month = MONTHS.get(word)
    if month is not None:
        found = calendar_day(w, j)
        if found is not None and isinstance(found[1], CalendarDay):
            named = found[1]
            if named.day is None or which is not Which.LAST:
                return found[0], CalendarDay(
                    year=named.year, month=named.month, day=named.day, weekday=named.weekday, which=which
                )
        return j + 1, CalendarDay(month=month, which=which)
    holiday = festival(w, j)
    if holiday is not None:
        return holiday[0], Festival(name=holiday[1], which=which)
    dated = calendar_day(w, j) if ordinal(w, j) is not None else None
    if dated is not None and which is Which.NEXT:
        return dated
    count = cardinal(w, j)
    if count is not None and which is not Which.THIS:
        k = count[0]
        if low[k] in _WHICH:
            k += 1
        measure = unit(w, k)
        if measure is not None and measure[0] > k and 0 < count[1] < 1000:
            return _several(which, count[1], measure[1], measure[0], spread=low[i] in ("upcoming", "coming"))
    if which is Which.LAST or low[j] not in ("few", "couple"):
        return None
    length = amount(w, j)
    return (length[0], Shifted(amount=length[1])) if length else None


def _several(which: Which, n: int, measure: Unit, end: int, *, spread: bool) -> tuple[int, Date]:
    if which is Which.LAST:
        return end, Period(unit=measure, offset=-n, count=n)
    if measure is Unit.BUSINESS_DAY:
        return end, Shifted(amount=amount_of(1, Unit.BUSINESS_DAY))
    if spread:
        return end, Period(unit=measure, offset=n)
    return end, Period(unit=measure, offset=1, count=n)


def _closest(w: Tokens, i: int) -> Found:
    day = WEEKDAYS.get(w.low[i + 1])
    if day is None or w.low[i + 2] != "to":
        return None
    found = date(w, i + 3)
    return (found[0], Closest(day=day, base=found[1])) if found else None


def _quarter(w: Tokens, i: int) -> Found:
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


def _after_weekday(w: Tokens, j: int, day: Weekday) -> tuple[int, Date]:
    """What may follow a weekday: "after next", "week", "of next week", "the 19th"."""
    low = w.low
    if low[j] == "after" and low[j + 1] == "next":
        return j + 2, Weekday(day=day.day, which=Which.AFTER_NEXT)
    if low[j] == "week" and low[j + 1] in ("", ",", ".", "at"):
        return j + 1, Weekday(day=day.day, which=day.which, later=1)
    if low[j] == "fortnight":
        return j + 1, Weekday(day=day.day, which=day.which, later=2)
    if low[j] in ("after", "before"):
        following = date(w, j + 1)
        if following is not None and not isinstance(following[1], Shifted):
            sign = 1 if low[j] == "after" else -1
            return following[0], WeekdaysFrom(n=1, day=day.day, base=following[1], sign=sign)
    return j, day


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
    if low[k] in _WHICH and low[k + 1] in ("month", "year", "quarter", "week"):
        offset = {Which.THIS: 0, Which.LAST: -1}.get(_WHICH[low[k]], 1)
        return k + 2, Period(unit=UNITS[low[k + 1]], offset=offset)
    if low[k] in _WHICH and low[k + 1] in MONTHS:
        return k + 2, CalendarDay(month=MONTHS[low[k + 1]], which=_WHICH[low[k]])
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
    quarter = _quarter(w, k)
    if quarter is not None:
        return quarter
    length = amount(w, k)
    if length is not None and length[1].months and not length[1].days:
        return length[0], Period(unit=Unit.MONTH, offset=int(length[1].months))
    return None


_LATER = frozenset({"later", "hence", "ahead", "out", "away"})


def _leading_amount(w: Tokens, i: int) -> Found:
    """A length of time and where it is counted from: 3 weeks from now, two days before October 12, 5 minutes later."""
    low = w.low
    j = i
    sign = 1
    if low[i] == "+":
        j = i + 1
    elif low[i] == "now" and low[i + 1] in ("+", "-"):
        j, sign = i + 2, (1 if low[i + 1] == "+" else -1)
    counted = _weekdays_from(w, j) or _upcoming(w, j)
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
    return _from_base(w, end, much)


def _from_base(w: Tokens, end: int, much: Amount) -> Found:
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
    at_clock = clock(w, k, bare=word in ("before", "after") and low[k + 1] in ("", ",", ".", "to", "on"))
    if base is not None and (at_clock is None or base[0] >= at_clock[0]):
        if word == "on" and not isinstance(base[1], (Weekday, Day)):
            return None
        if word == "on" and much.finest not in (Unit.WEEK, Unit.MONTH):
            return None
        stop, moment = _clock_after(w, base[0])
        return stop, Shifted(amount=much, sign=sign, base=base[1], clock=moment)
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
    return _several(Which.NEXT, count[1], measure[1], measure[0], spread=spread)


def _weekdays_from(w: Tokens, i: int) -> Found:
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


def _continued(w: Tokens, found: tuple[int, Date], i: int) -> tuple[int, Date]:
    """What may follow a complete date: "in 9 months", "of this year", "plus two days"."""
    j, value = found
    low = w.low
    if isinstance(value, (Festival, CalendarDay)) and low[j] in ("of", "in", "next", "this", ","):
        k = j + 1 if low[j] in ("of", "in", ",") else j
        k = skip_the(w, k)
        if low[k] in _WHICH and low[k + 1] == "year":
            offset = {Which.THIS: 0, Which.LAST: -1}.get(_WHICH[low[k]], 1)
            return k + 2, Edge(which=f"year {offset}", of=value)
    if isinstance(value, (Festival, CalendarDay)) and low[j] == "in" and getattr(value, "day", None) is None:
        length = amount(w, j + 1)
        if length is not None and length[1].months:
            return length[0], Edge(which=f"months {int(length[1].months)}", of=value)
    if isinstance(value, Festival):
        length = amount(w, j)
        if length is not None and length[1].months and w.at(length[0], "from", "now"):
            return length[0] + 2, Edge(which=f"months {int(length[1].months)}", of=value)
    if isinstance(value, Exact) or i == j:
        return found
    return found


_ISO = re.compile(r"\d{4}-?\d\d-?\d\dT\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


def _iso(w: Tokens, i: int) -> Found:
    """An ISO date and time, with or without offset."""
    if w.number[i] is None or len(w.low[i]) not in (4, 8) or "t" not in w.low[i + 1 : i + 6]:
        return None
    match = _ISO.match(w.text, w.starts[i])
    if match is None:
        return None
    try:
        at = datetime.fromisoformat(match.group().upper())
    except ValueError:
        return None
    end = i
    while end < w.count and w.starts[end] < match.end():
        end += 1
    return end, Exact(at=at)
