"""This, next and last; the start and end of periods; weeks; what may follow a weekday."""

from schedules.words.dayforms import calendar_day, year_at
from schedules.words.festivals import festival
from schedules.words.lexicon import MONTHS, UNITS, WEEKDAYS
from schedules.words.numbers import amount, amount_of, cardinal, ordinal, unit
from schedules.words.pieces import (
    CalendarDay,
    Closest,
    Date,
    Day,
    Edge,
    Festival,
    Now,
    Nth,
    Period,
    Shifted,
    Unit,
    Weekday,
    WeekdaysFrom,
    WeekOf,
    Which,
)
from schedules.words.ranks import WHICH, nth_of
from schedules.words.tokens import DateRule, Found, Tokens

EDGES = {
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


def edge_of(w: Tokens, i: int, date: DateRule) -> Found:
    """The start, middle, end or rest of a period."""
    low = w.low
    which = EDGES.get(low[i]) or {"early": "start", "late": "end"}.get(low[i])
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
        inner = date(w, j)
    if inner is None or isinstance(inner[1], Now) or (isinstance(inner[1], Shifted) and not explicit):
        return None
    if isinstance(inner[1], (Day, Weekday)) and which not in ("end", "rest"):
        return None
    return inner[0], Edge(which=which, of=inner[1])


def week_phrase(w: Tokens, i: int, date: DateRule) -> Found:
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


def with_which(w: Tokens, i: int, date: DateRule) -> Found:
    """this / next / last / coming and what they stand before."""
    low = w.low
    which = WHICH[low[i]]
    j = i + 1
    while low[j] in WHICH and low[j] != "last":
        if which is Which.NEXT and low[j] == "next":
            which = Which.AFTER_NEXT
        elif low[j] in ("coming", "upcoming"):
            which = Which.COMING
        elif low[j] in ("past", "previous"):
            which = Which.LAST
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
        return after_weekday(w, end, Weekday(day=day, which=which), date)
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
        if low[k] in WHICH:
            k += 1
        measure = unit(w, k)
        if measure is not None and measure[0] > k and 0 < count[1] < 1000:
            return several_units(which, count[1], measure[1], measure[0], spread=low[i] in ("upcoming", "coming"))
    if which is Which.LAST or low[j] not in ("few", "couple"):
        return None
    length = amount(w, j)
    return (length[0], Shifted(amount=length[1])) if length else None


def several_units(which: Which, n: int, measure: Unit, end: int, *, spread: bool) -> tuple[int, Date]:
    if which is Which.LAST:
        return end, Period(unit=measure, offset=-n, count=n)
    if measure is Unit.BUSINESS_DAY:
        return end, Shifted(amount=amount_of(1, Unit.BUSINESS_DAY))
    if spread:
        return end, Period(unit=measure, offset=n)
    return end, Period(unit=measure, offset=1, count=n)


def closest_weekday(w: Tokens, i: int, date: DateRule) -> Found:
    day = WEEKDAYS.get(w.low[i + 1])
    if day is None or w.low[i + 2] != "to":
        return None
    found = date(w, i + 3)
    return (found[0], Closest(day=day, base=found[1])) if found else None


def after_weekday(w: Tokens, j: int, day: Weekday, date: DateRule) -> tuple[int, Date]:
    """What may follow a weekday: "after next", "week", "of next week", "the 19th"."""
    low = w.low
    if low[j] == "after" and low[j + 1] == "next" and low[j + 2] not in WEEKDAYS and low[j + 2] not in UNITS:
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
