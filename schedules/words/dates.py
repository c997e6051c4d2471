"""Days in words: tomorrow, next Friday, 15 May 2026, the last Monday of March, two days before October 12."""

import re
from datetime import datetime

from schedules.words.dayforms import calendar_day, weekday_at, year_at
from schedules.words.festivals import festival
from schedules.words.lexicon import TODAY, TOMORROW, UNITS
from schedules.words.numbers import amount, amount_of, ordinal
from schedules.words.offsets import leading_amount
from schedules.words.periods import EDGES, after_weekday, closest_weekday, edge_of, week_phrase, with_which
from schedules.words.pieces import (
    CalendarDay,
    Date,
    Day,
    Edge,
    Exact,
    Festival,
    Now,
    Period,
    Shifted,
    Unit,
    WeekdaysFrom,
    Which,
)
from schedules.words.ranks import WHICH, months_ahead, nth_of, quarter_at, skip_the
from schedules.words.tokens import Found, Tokens, remembered

_EDGE_WORDS = {"eom": Unit.MONTH, "eoy": Unit.YEAR, "eow": Unit.WEEK, "eoq": Unit.QUARTER}


_AFTER_A_DAY = frozenset(
    {"", ",", ".", "!", "?", "to", "at", "-", "of", "in", "from", "between", "until", "and", "for", "by", "@", "with"}
)


@remembered
def date(w: Tokens, i: int) -> Found:
    """The day or moment that the words at i name, longest reading first. No preposition is taken."""
    if w.low[i] == "now" and w.low[i + 1] in ("+", "-"):
        return leading_amount(w, i, date)
    found = _iso(w, i) or _simple(w, i)
    if found is None:
        return leading_amount(w, i, date)
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
    if word in EDGES or word in ("early", "late", "mid"):
        edge = edge_of(w, i, date)
        if edge is not None:
            return edge
    if word in ("week", "weekend", "wk", "w"):
        found = week_phrase(w, i, date)
        if found is not None:
            return found
    if word in WHICH:
        found = with_which(w, i, date)
        if found is not None:
            return found
    if word in ("closest", "nearest"):
        return closest_weekday(w, i, date)
    if word == "q" or ordinal(w, i) is not None:
        found_quarter = quarter_at(w, i)
        if found_quarter is not None:
            return found_quarter
    if word == "rest":
        return edge_of(w, i, date)
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
        return after_weekday(w, day[0], day[1], date)
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
    if low[i + 1] in ("weekend", "wkend") and low[i + 2] in ("before", "after"):
        other = date(w, i + 3)
        if other is not None:
            return other[0], WeekdaysFrom(n=1, day=5, base=other[1], sign=1 if low[i + 2] == "after" else -1)
    if low[i + 1] in ("week", "weekend", "wkend"):
        found = week_phrase(w, i + 1, date)
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
    found_quarter = quarter_at(w, i)
    if found_quarter is not None:
        return found_quarter
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
    ahead = months_ahead(w, k)
    if ahead is not None:
        return ahead[0], CalendarDay(day=number, months_ahead=ahead[1])
    return j, CalendarDay(day=number)


def _continued(w: Tokens, found: tuple[int, Date], i: int) -> tuple[int, Date]:
    """What may follow a complete date: "in 9 months", "of this year", "plus two days"."""
    j, value = found
    low = w.low
    if isinstance(value, (Festival, CalendarDay)) and low[j] in ("of", "in", "next", "this", ","):
        k = j + 1 if low[j] in ("of", "in", ",") else j
        k = skip_the(w, k)
        if low[k] in WHICH and low[k + 1] == "year":
            offset = {Which.THIS: 0, Which.LAST: -1}.get(WHICH[low[k]], 1)
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
