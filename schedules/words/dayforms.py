"""Dates as they are written: 15 May 2026, May 15th, 5/15, 15.5., 2026-05-15, 28Nov2016, Friday the 13th."""

from calendar import monthrange

from schedules.words.lexicon import MONTHS, SHORT_WEEKDAYS, WEEKDAYS
from schedules.words.numbers import cardinal, ordinal
from schedules.words.pieces import CalendarDay, Date, Weekday
from schedules.words.tokens import Tokens

_CLOCKY = frozenset({":", "am", "pm", "a", "p", "h", "o'clock", "oclock", "%"})


def year_at(w: Tokens, i: int, *, short: bool = False) -> tuple[int, int] | None:
    """A year: 2026, '26, two thousand and eighteen; with short also 26."""
    low = w.low
    j = i
    if (low[j] == "," and w.number[j + 1] is not None) or (low[j] in ("of", "in") and w.number[j + 1] is not None):
        j += 1
    if low[j] == "'" and w.number[j + 1] is not None and len(low[j + 1]) == 2:
        return j + 2, 2000 + (w.number[j + 1] or 0)
    number = w.number[j]
    if number is not None:
        if low[j + 1] in _CLOCKY and w.glued[j + 1]:
            return None
        if len(low[j]) == 4 and 1900 <= number < 2100:
            if low[j + 1] in ("h", "hours", "hrs"):
                return None
            return j + 1, number
        if low[j + 1] in MONTHS:  # "13 March, 23 April"
            return None
        if short and len(low[j]) == 2 and 13 <= number <= 60 and low[j + 1] not in (*_CLOCKY, "o", ".", "/", "-"):
            return j + 1, 2000 + number
        return None
    if low[j] == "two" and low[j + 1] == "thousand":
        return cardinal(w, j)
    if low[j] == "twenty" and low[j + 1] in ("nineteen", "twenty", "thirty"):
        rest = cardinal(w, j + 1)
        return (rest[0], 2000 + rest[1]) if rest and rest[1] > 15 else None
    return None


def weekday_at(w: Tokens, i: int) -> tuple[int, Weekday] | None:
    """A weekday standing alone, with the point of its abbreviation."""
    day = WEEKDAYS.get(w.low[i])
    if day is None:
        return None
    j = i + 1
    if w.low[j] == "." and w.glued[j] and w.low[i] in SHORT_WEEKDAYS:
        j += 1
    return j, Weekday(day=day)


def possible(month: int, day: int, year: int | None) -> bool:
    """Whether the calendar has such a day (29 February counts when no year is given)."""
    return 1 <= month <= 12 and 1 <= day <= monthrange(year or 2024, month)[1]


def calendar_day(w: Tokens, i: int) -> tuple[int, Date] | None:
    """A written date at i, with the weekday that may stand before it."""
    low = w.low
    start = weekday_at(w, i)
    if start is not None:
        return _after_weekday(w, start[0], start[1].day)
    if low[i] in MONTHS:
        return _month_first(w, i)
    if w.number[i] is not None:
        found = _figures(w, i)
        if found is not None:
            return found
    return _day_first(w, i)


def _after_weekday(w: Tokens, j: int, weekday: int) -> tuple[int, Date] | None:
    low = w.low
    k = j
    if low[k] in (",", "(", "-"):
        k += 1
    if low[k] in ("the", "on"):
        k += 1
    found = calendar_day(w, k) if low[k] not in WEEKDAYS else None
    if found is not None and low[k + 1] == "-" and w.number[k] is not None and found[0] == k + 3:
        return None  # "Monday 12-4": hours
    if found is None:
        number = ordinal(w, k)
        if number is not None and 1 <= number[1] <= 31 and low[number[0]] not in ("of", "week", "month"):
            return number[0], CalendarDay(day=number[1], weekday=weekday)
        plain = w.number[k]
        if plain is not None and low[k + 1] == "." and low[k + 2] in ("", ")") and len(low[k]) <= 2:
            end = k + 3 if low[k + 2] == ")" else k + 2
            return end, CalendarDay(day=plain, weekday=weekday)
        if (
            plain is not None
            and 8 <= plain <= 31
            and low[k + 1] in ("", "!", "?", "at", ",")
            and k == j
            and len(low[k]) <= 2
        ):
            return k + 1, CalendarDay(day=plain, weekday=weekday, maybe_hour=plain <= 12)
        return None
    value = found[1]
    if isinstance(value, CalendarDay) and value.day is not None:
        return found[0], CalendarDay(
            year=value.year, month=value.month, day=value.day, weekday=weekday, swappable=value.swappable
        )
    return None


def _month_first(w: Tokens, i: int) -> tuple[int, Date] | None:
    low = w.low
    month = MONTHS[low[i]]
    j = i + 1
    while low[j] in (".", "-", "/", ",") and j < i + 3:
        if low[j] == "-" and not w.glued[j]:
            break
        if low[j] == "," and len(low[j + 1]) != 4:
            break
        j += 1
    k = j + 1 if low[j] == "the" else j
    day = ordinal(w, k)
    if day is None and w.number[k] is not None and len(low[k]) <= 2 and not (low[k + 1] in _CLOCKY and w.glued[k + 1]):
        day = (k + 1, w.number[k] or 0)
        if low[k + 1] in ("am", "pm", "o'clock", "oclock"):
            day = None
    elif day is None and low[k] not in ("a",):
        spelled = cardinal(w, k) if w.number[k] is None else None
        day = spelled if spelled is not None and 1 <= spelled[1] <= 31 else None
    if day is not None and 1 <= day[1] <= 31:
        end = day[0]
        if low[end] in ("-", "/") and w.number[end + 1] is not None and len(low[end + 1]) == 4:
            return end + 2, CalendarDay(month=month, day=day[1], year=w.number[end + 1])
        at_year = year_at(w, end)
        if at_year is None and low[end] == "." and len(low[end + 1]) == 4:
            at_year = year_at(w, end + 1)
        if at_year is not None:
            return at_year[0], CalendarDay(month=month, day=day[1], year=at_year[1])
        return end, CalendarDay(month=month, day=day[1])
    at_year = year_at(w, j)
    if at_year is not None:
        return at_year[0], CalendarDay(month=month, year=at_year[1])
    end = i + 2 if low[i + 1] == "." and w.glued[i + 1] and low[i + 2] not in ("",) else i + 1
    return end, CalendarDay(month=month)


def _day_first(w: Tokens, i: int) -> tuple[int, Date] | None:
    low = w.low
    found = ordinal(w, i)
    if found is None:
        if w.number[i] is None or len(low[i]) > 2:
            return None
        found = (i + 1, w.number[i] or 0)
    j, day = found
    if not 1 <= day <= 31:
        return None
    if low[j] == "day" and low[j + 1] == "of":
        j += 1
    while low[j] in (".", "of", "-", "/", ","):
        if low[j] in ("-", ",") and not w.glued[j]:
            return None
        j += 1
    month = MONTHS.get(low[j])
    if month is None:
        if low[j - 1] == "of" and low[j] in ("next", "this") and low[j + 1] == "month":
            return j + 2, CalendarDay(day=day, months_ahead=1 if low[j] == "next" else 0)
        return None
    if low[j] == "may" and low[j + 1] in ("be", "not", "i", "have"):
        return None
    k = j + 1
    if (low[k] in (".", "-", "/") and (w.glued[k + 1] or year_at(w, k + 1, short=True))) or (
        low[k] == "." and w.glued[k]
    ):
        k += 1
    at_year = year_at(w, k, short=True)
    if at_year is not None:
        return at_year[0], CalendarDay(day=day, month=month, year=at_year[1])
    end = k if low[k - 1] != "." or low[k] not in ("",) else k - 1
    return end, CalendarDay(day=day, month=month)


def _figures(w: Tokens, i: int) -> tuple[int, Date] | None:
    """Dates in figures alone (or with the month's name in the middle)."""
    low, number, glued = w.low, w.number, w.glued
    first = number[i] or 0
    size = len(low[i])
    sep = low[i + 1]
    if size == 8 and 1900 <= first // 10000 < 2100 and possible(first // 100 % 100, first % 100, first // 10000):
        return i + 1, CalendarDay(year=first // 10000, month=first // 100 % 100, day=first % 100)
    if size == 4 and 1900 <= first < 2100:
        return _year_first(w, i, first)
    if sep not in ("/", "-", "."):
        return None
    tight = glued[i + 1] and glued[i + 2]
    j = i + 2
    second = number[j]
    if second is None or size > 2 or len(low[j]) > 4:
        return None
    if not tight:
        loose = sep in ("-", ".") and low[j + 1] in ("", ".") and (sep == "-" and second > 12 and first <= 12)
        return (j + 1, CalendarDay(month=first, day=second)) if loose and low[j + 1] == "" and i == 0 else _spaced(w, i)
    if len(low[j]) == 4 and sep == "/" and 1 <= first <= 12:
        return j + 1, CalendarDay(month=first, year=second)
    if len(low[j]) > 2:
        return None
    third = number[j + 2]
    if low[j + 1] == sep and third is not None and glued[j + 1] and glued[j + 2] and len(low[j + 2]) in (2, 4):
        year = third if len(low[j + 2]) == 4 else 2000 + third
        return _ordered(first, second, year, sep, j + 3)
    if low[j + 1] == "," and third is not None and len(low[j + 2]) == 4:
        return _ordered(first, second, third, sep, j + 3)
    if low[j + 1] in (sep, ":") and glued[j + 1] and number[j + 2] is not None and glued[j + 2]:
        return None
    dotted_end = sep == "." and low[j + 1] == "." and glued[j + 1]
    if dotted_end and 1 <= second <= 12 and 1 <= first <= 31:
        return j + 2, CalendarDay(day=first, month=second)
    if low[j + 1] in ("%", "h", "am", "pm", "a", "p") or (low[j + 1] in ("hours", "days") and sep != "-"):
        return None
    at_year = year_at(w, j + 1)
    return _ordered(first, second, at_year[1] if at_year else None, sep, at_year[0] if at_year else j + 1)


def _spaced(w: Tokens, i: int) -> tuple[int, Date] | None:
    """26. 10.21: day, month and year with spaces after the points."""
    low, number = w.low, w.number
    if low[i + 1] == "." and low[i + 3] == "." and number[i + 4] is not None and len(low[i + 4]) in (2, 4):
        day, month, year = number[i] or 0, number[i + 2] or 0, number[i + 4] or 0
        year = year if year > 99 else 2000 + year
        if possible(month, day, year) and w.glued[i + 4]:
            return i + 5, CalendarDay(day=day, month=month, year=year)
    return None


def _ordered(first: int, second: int, year: int | None, sep: str, end: int) -> tuple[int, Date] | None:
    """Which of two figures is the month: points with a year mean day first, else month first where it can be."""
    month_first = possible(first, second, year)
    day_first = possible(second, first, year)
    if not month_first and not day_first:
        return None
    swappable = month_first and day_first and first != second
    if (sep == "." and year is not None and day_first) or not month_first:
        first, second = second, first
        swappable = swappable and sep != "."
    return end, CalendarDay(month=first, day=second, year=year, swappable=swappable)


def _year_first(w: Tokens, i: int, year: int) -> tuple[int, Date] | None:
    low, number, glued = w.low, w.number, w.glued
    j = i + 1
    sep = low[j]
    if low[j] in MONTHS:
        day = ordinal(w, j + 1) or (
            (j + 2, number[j + 1] or 0) if number[j + 1] is not None and len(low[j + 1]) <= 2 else None
        )
        if day is not None and 1 <= day[1] <= 31:
            return day[0], CalendarDay(year=year, month=MONTHS[low[j]], day=day[1])
        return None
    if sep not in ("-", "/", ".") or not glued[j] or not glued[j + 1]:
        return None
    if low[j + 1] in MONTHS and low[j + 2] == sep and number[j + 3] is not None:
        return j + 4, CalendarDay(year=year, month=MONTHS[low[j + 1]], day=number[j + 3])
    second = number[j + 1]
    if second is None or len(low[j + 1]) > 2:
        return None
    if low[j + 2] == sep and glued[j + 2] and glued[j + 3]:
        third = number[j + 3]
        if third is not None and len(low[j + 3]) <= 2 and possible(second, third, year):
            return j + 4, CalendarDay(year=year, month=second, day=third)
        if low[j + 3] in MONTHS and 1 <= second <= 31:
            return j + 4, CalendarDay(year=year, month=MONTHS[low[j + 3]], day=second)
        return None
    if 1 <= second <= 12 and sep != ".":
        return j + 2, CalendarDay(year=year, month=second)
    return None
