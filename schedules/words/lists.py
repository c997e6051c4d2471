"""Lists and ranges of days and of times: "Monday, Wednesday and Friday", "July 13-15", "at 10, 12 and 17"."""

from dataclasses import replace

from schedules.words.clocks import clock, daypart, digital, simple_clock
from schedules.words.dates import date, rank
from schedules.words.lexicon import (
    DAYPART_PLURALS,
    DAYPARTS,
    MONTHS,
    SHORT_WEEKDAYS,
    TONIGHT,
    UNITS,
    WEEKDAY_PLURALS,
    WEEKDAYS,
)
from schedules.words.numbers import ordinal
from schedules.words.pieces import (
    CalendarDay,
    Clock,
    Date,
    Dates,
    Daypart,
    Nth,
    TimeOfDay,
    Times,
    Unit,
    Weekday,
    Window,
)
from schedules.words.tokens import Tokens

_TO = frozenset({"to", "-", "through", "thru", "till", "until", "til"})
_LETTERS = {
    "mwf": (0, 2, 4),
    "tth": (1, 3),
    "tuth": (1, 3),
    "mtwtf": (0, 1, 2, 3, 4),
    "mtwthf": (0, 1, 2, 3, 4),
    "mw": (0, 2),
    "ttf": (1, 3, 4),
}


def _joined(w: Tokens, j: int) -> int | None:
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


def _one_weekday(w: Tokens, i: int) -> tuple[int, int, bool, bool] | None:
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
        elif low[j] == "m" and low[j + 1] == "-" and low[j + 2] == "f":
            days += [0, 1, 2, 3, 4]
            brief = plural = True
            end = j + 3
        else:
            one = _one_weekday(w, j)
            if one is None:
                break
            end, day, many, short = one
            plural, brief = plural or many, brief or short
            k = end
            if low[k] in _TO and (nxt := _one_weekday(w, k + 1)) is not None and not _dated(w, nxt[0]):
                end = nxt[0]
                plural = plural or nxt[2]
                stretch = (nxt[1] - day) % 7
                days += [(day + step) % 7 for step in range(stretch + 1)] if stretch or not many else [day]
                ranged = nxt[1]
            else:
                days.append(day)
        after = _joined(w, end)
        if after is None:
            following = _one_weekday(w, end)
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


def ranked(w: Tokens, i: int) -> tuple[int, Dates] | None:
    """Several ranks of one thing: "first, second and third friday", "2nd and last fri", "1st and 15th"."""
    low = w.low
    ranks: list[int] = []
    j = i
    last = i
    while True:
        found = rank(w, j)
        if found is None:
            break
        last, n = found
        ranks.append(n)
        after = _joined(w, last)
        if after is None:
            break
        j = after
    if not ranks:
        return None
    if (
        ranks == [-1]
        and low[i] == "last"
        and low[i - 1] not in ("every", "each", "the", "and", "&", ",")
        and low[last] in WEEKDAYS
    ):
        return None  # "last Friday" has been
    j = last
    if low[j] in ("instance", "instances", "occurrence"):
        j += 2 if low[j + 1] == "of" else 1
    heads: list[int | Unit] = []
    one = _one_weekday(w, j)
    if one is not None:
        listed = weekdays(w, j)
        if listed is not None and low[last] in ("instance", "instances", "occurrence"):
            j = listed[0]
            heads = [item.day for item in listed[1].items if isinstance(item, Weekday)]
        else:
            j, heads = one[0], [one[1]]
    elif low[j] in ("weekday", "workday") or (low[j] in ("business", "working", "work") and low[j + 1] == "day"):
        j, heads = j + (1 if low[j] in ("weekday", "workday") else 2), [Unit.BUSINESS_DAY]
    elif low[j] in ("day", "days"):
        j, heads = j + 1, [Unit.DAY]
    if heads:
        items: list[Date] = [Nth(n=n, what=head) for head in heads for n in ranks]
        more = _joined(w, j)
        if more is not None:
            further = ranked(w, more)
            if further is not None and any(isinstance(item, Nth) for item in further[1].items):
                return further[0], Dates(items=(*items, *further[1].items))
        return j, Dates(items=tuple(items))
    if len(ranks) == 1 and ranks[0] > 0:
        return None
    if any(n > 31 for n in ranks) or (
        low[i] in ("first", "second", "third", "last", "final") and not _ends_day(w, last)
    ):
        return None
    if low[last] in MONTHS or (low[last] == "of" and low[last + 1] in MONTHS):
        return None
    return last, Dates(items=tuple(CalendarDay(day=n) if n > 0 else Nth(n=n, what=Unit.DAY) for n in ranks))


def _ends_day(w: Tokens, j: int) -> bool:
    return w.low[j] == "of" and w.low[j + 1] in ("each", "every", "the", "month")


def dates(w: Tokens, i: int) -> tuple[int, Dates] | None:
    """Days from i on: one, a list, or a range."""
    if w.low[i] == "day" and w.number[i + 1] is not None and 1 <= (w.number[i + 1] or 0) <= 31:
        return _numbered_days(w, i + 1)
    stretch = _day_range(w, i)
    if stretch is not None:
        return stretch
    listed = weekdays(w, i)
    many = ranked(w, i)
    first = date(w, i)
    best = max((one for one in (listed, many) if one is not None), key=lambda one: one[0], default=None)
    if best is not None and (first is None or best[0] >= first[0]):
        return best
    if first is None:
        return _lone_ordinal(w, i)
    return _more(w, first)


def _lone_ordinal(w: Tokens, i: int) -> tuple[int, Dates] | None:
    """ "19th" and, where a day is expected, "the start" or "the end"."""
    number = ordinal(w, i)
    shared = number is not None and w.low[number[0] : number[0] + 2] in (
        ["of", "each"],
        ["of", "every"],
        ["of", "month"],
    )
    if number is not None and (w.number[i] is not None or shared) and 1 <= number[1] <= 31:
        return number[0], Dates(items=(CalendarDay(day=number[1]),))
    k = i + 1 if w.low[i] == "the" else i
    which = {"beginning": 1, "begin": 1, "start": 1, "end": -1}.get(w.low[k])
    if which is not None and (
        w.low[k + 1] in ("", ".", ",", "at") or w.low[k + 1 : k + 3] in (["of", "each"], ["of", "every"])
    ):
        return k + 1, Dates(items=(Nth(n=which, what=Unit.DAY),))
    return None


def _numbered_days(w: Tokens, i: int) -> tuple[int, Dates]:
    items: list[Date] = [CalendarDay(day=w.number[i])]
    j = i + 1
    if w.low[j] in ("and", "to", "through", "-") and w.number[j + 1] is not None and (w.number[j + 1] or 0) <= 31:
        if w.low[j] == "and":
            items.append(CalendarDay(day=w.number[j + 1]))
        else:
            items = [CalendarDay(day=day) for day in range(w.number[i] or 1, (w.number[j + 1] or 1) + 1)]
        j += 2
    return j, Dates(items=tuple(items), only=True)


def _number_of_day(w: Tokens, i: int) -> tuple[int, int] | None:
    found = ordinal(w, i)
    if found is None and w.number[i] is not None and len(w.low[i]) <= 2:
        found = (i + 1, w.number[i] or 0)
    return found if found is not None and 1 <= found[1] <= 31 else None


def _day_range(w: Tokens, i: int) -> tuple[int, Dates] | None:
    """Ranges that share a month: "13 to 15 July", "July 13-15", "4-23 in next month", "9th through 17th"."""
    low = w.low
    k = i + 1 if low[i] == "the" else i
    if low[k] in MONTHS and low[k] not in ("second",):
        start = date(w, k)
        if start is None or not isinstance(start[1], CalendarDay) or start[1].day is None:
            return None
        j = start[0]
        if low[j] not in _TO:
            return None
        j += 2 if low[j + 1] == "the" else 1
        stop = _number_of_day(w, j)
        if stop is None or low[stop[0]] in (":", "/", "am", "pm") or low[stop[0]] in MONTHS:
            return None
        if low[stop[0]] in ("h", ".") and w.glued[stop[0]] and w.number[stop[0] + 1] is not None:
            return None
        end = stop[0]
        year = start[1].year
        if low[end] == "," and w.number[end + 1] is not None and len(low[end + 1]) == 4:
            year, end = w.number[end + 1], end + 2
        first = replace(start[1], year=year)
        month = (first.month or 1) % 12 + 1 if stop[1] < (first.day or 1) else first.month
        return end, Dates(items=(first,), to=CalendarDay(year=year, month=month, day=stop[1]))
    start_day = _number_of_day(w, k)
    if start_day is None:
        return None
    j = start_day[0]
    if low[j] not in _TO and low[j] != "and":
        return None
    between = low[j] == "and"
    j += 2 if low[j + 1] == "the" else 1
    stop = _number_of_day(w, j)
    if stop is None:
        return None
    whole = date(w, j)
    if whole is None or not isinstance(whole[1], CalendarDay) or whole[1].month is None:
        after = stop[0] + 1 if low[stop[0]] in ("in", "of") else stop[0]
        if low[after] in ("next", "this") and low[after + 1] == "month":
            ahead = 1 if low[after] == "next" else 0
            return after + 2, Dates(
                items=(CalendarDay(day=start_day[1], months_ahead=ahead),),
                to=CalendarDay(day=stop[1], months_ahead=ahead),
            )
        return None
    if whole[1].day != stop[1]:
        return None
    if whole[1].swappable or (w.low[whole[0] - 1] not in MONTHS and w.low[j + 1] in ("/", ".")):
        return None
    last = whole[1]
    first_day = CalendarDay(year=last.year, month=last.month, day=start_day[1])
    if between and low[i - 1] != "between":
        return whole[0], Dates(items=(first_day, last))
    return whole[0], Dates(items=(first_day,), to=last)


def _more(w: Tokens, first: tuple[int, Date]) -> tuple[int, Dates]:
    """Further members of a list of dates, or the end of a range."""
    low = w.low
    j, value = first
    if low[j] in _TO and not (isinstance(value, Weekday) and low[j] in ("until", "till", "til")):
        k = j + 2 if low[j + 1] == "the" and ordinal(w, j + 2) is None else j + 1
        last = date(w, k)
        if last is not None and not (w.number[k] is not None and digital(w, k, bare=False) is not None):
            end, until = last
            if isinstance(value, CalendarDay) and isinstance(until, CalendarDay) and until.year and not value.year:
                value = replace(value, year=until.year)
            return end, Dates(items=(value,), to=until, open=low[j] in ("until", "till", "til"))
    items: list[Date] = [value]
    end = j
    while True:
        after = _joined(w, end)
        if after is None:
            break
        if low[after] in ("on", "in"):
            after += 1
        following = _another(w, after, items[-1])
        if following is None:
            break
        end = following[0]
        items.append(following[1])
        if len(items) > 40:
            break
    if len(items) > 1:
        items = _share_month(items)
    return end, Dates(items=tuple(items))


def _another(w: Tokens, i: int, before: Date) -> tuple[int, Date] | None:
    found = date(w, i)
    if found is not None and type(found[1]) is type(before):
        return found
    if isinstance(before, CalendarDay) and before.month is not None and before.day is not None:
        number = _number_of_day(w, i)
        if number is not None and w.low[number[0]] not in (":", "am", "pm", "/", "min", *UNITS):
            return number[0], replace(before, day=number[1], swappable=False)
    if found is not None and isinstance(found[1], Nth) and isinstance(before, Nth):
        return found
    if found is not None and isinstance(before, (Weekday, Nth)) and isinstance(found[1], (Weekday, Nth)):
        return found
    return None


def _share_month(items: list[Date]) -> list[Date]:
    last = items[-1]
    if not isinstance(last, CalendarDay) or last.month is None:
        return items
    return [
        replace(item, day=last.day)
        if isinstance(item, CalendarDay) and item.day is None and item.month is not None
        else replace(item, month=last.month, year=last.year)
        if isinstance(item, CalendarDay) and item.month is None and item.months_ahead is None
        else item
        for item in items
    ]


# --- times -------------------------------------------------------------------------------------------------------


def time_of_day(w: Tokens, i: int, *, bare: bool = False) -> tuple[int, TimeOfDay] | None:
    """A clock time or a part of the day."""
    part = daypart(w, i)
    found = clock(w, i, bare=bare)
    if found is not None and (part is None or found[0] >= part[0]):
        return found
    return part


def _usable(w: Tokens, end: int) -> bool:
    """Whether a lone number that ends here may be a clock time: no unit, ordinal or thing counted follows."""
    word = w.low[end]
    if word in UNITS or word in ("%", "st", "nd", "rd", "th", "x", "times", "percent", "business", "/", "$"):
        return False
    return not (word == ":" and w.glued[end] and w.number[end + 1] is None)


def times(w: Tokens, i: int, *, bare: bool) -> tuple[int, Times] | None:
    """One time of day or a list of them."""
    first = time_of_day(w, i, bare=bare)
    if first is None:
        return None
    end, value = first
    lone = w.number[end - 1] is not None and end == i + 1
    if lone and not _usable(w, end):
        return None
    items = [value]
    while len(items) < 48:
        after = _joined(w, end)
        if after is None:
            break
        if w.low[after] in ("at", "again"):
            after += 1
        listed = bare and isinstance(items[-1], Clock)
        following = time_of_day(w, after, bare=listed)
        if following is None or isinstance(following[1], Daypart) != isinstance(items[-1], Daypart):
            break
        if w.number[following[0] - 1] is not None and not _usable(w, following[0]):
            break
        if isinstance(following[1], Clock) and w.number[after] is None and w.low[after] in ("a", "one", "two"):
            break
        if following[0] == after + 1 and w.number[after] is not None and w.low[following[0]] in MONTHS:
            break
        if lone and _is_word(w, following[0]) and w.number[following[0] - 1] is not None:
            break
        end = following[0]
        items.append(following[1])
    last = items[-1]
    if len(items) > 1 and isinstance(last, Clock) and last.half == "pm":
        items = [_before_pm(item, last) for item in items]
    return end, Times(items=tuple(items))


def _is_word(w: Tokens, j: int) -> bool:
    """A plain word follows that is neither a preposition nor about time: "at 9 and 3 people"."""
    word = w.low[j]
    return word.isalpha() and word not in (
        "on", "every", "each", "and", "or", "to", "in", "for", "daily", "from", "until", "please", "pm", "am", "o'clock",
        "tomorrow", "today", "weekdays", "weekends", "o", "starting", "till", "except", *WEEKDAYS, *WEEKDAY_PLURALS,
    )  # fmt: skip


def _before_pm(item: TimeOfDay, last: Clock) -> TimeOfDay:
    """ "3 and 5pm": the 3 is in the afternoon too, but the 9 of "9 and 5pm" is in the morning."""
    if isinstance(item, Clock) and not item.sure and item.hour < 12 and item.hour + 12 < last.hour:
        return replace(item, hour=item.hour + 12, sure=True)
    return replace(item, sure=True) if isinstance(item, Clock) and not item.sure and item.hour >= 7 else item


def window(w: Tokens, i: int) -> tuple[int, Window, bool] | None:
    """From one time of day to another; the flag says that it is figures only ("6-8") and needs company."""
    low = w.low
    marked = low[i] in ("between", "from", "betw", "btw", "after", "later")
    j = i
    if low[i] == "later" and low[i + 1] == "than":
        j = i + 2
    elif marked:
        j = i + 1
    first = simple_clock(w, j) if marked and low[j + 1] == "to" else time_of_day(w, j, bare=marked)
    if first is None:
        plain = clock(w, j, bare=True) if w.low[j] not in ("a", "an", "the") else None
        first = plain
    if first is None:
        return None
    k = first[0]
    opened = False
    if low[k] in _TO:
        k += 1
    elif marked and low[k] in ("and", "&", "but"):
        k += 1
        if low[k] == "before":
            k, opened = k + 1, True
        elif low[i] in ("after", "later"):
            return None
    else:
        return None
    if low[i] in ("after", "later") and not opened:
        return None
    last = time_of_day(w, k, bare=True)
    if last is None:
        return None
    end = last[0]
    if w.number[end - 1] is not None and not _usable(w, end):
        return None
    a, b = first[1], last[1]
    strict = time_of_day(w, j, bare=False) is not None or time_of_day(w, k, bare=False) is not None
    if low[first[0]] == "to" and not marked and not strict and w.number[j] is not None and not w.glued[first[0]]:
        strict = False
    if isinstance(a, Clock) and isinstance(b, Clock):
        a, b = span_halves(a, b)
    return end, Window(first=a, last=b, open=opened, between=low[i] == "between"), not (strict or marked)


def span_halves(a: Clock, b: Clock) -> tuple[Clock, Clock]:
    """Settle am and pm of a range by its ends: 3-4pm, 9-5, 8am until 6, 11:30-1:30."""
    if a.sure and b.sure:
        return a, b
    if b.sure and not a.sure:
        late = a.hour % 12 + 12
        if b.hour >= 12 and late * 60 + a.minute < b.hour * 60 + b.minute:
            return replace(a, hour=late, sure=True), b
        return replace(a, sure=True), b
    if a.sure and not b.sure:
        if b.hour * 60 + b.minute <= a.hour * 60 + a.minute and b.hour < 12:
            return a, replace(b, hour=b.hour + 12, sure=True)
        return a, replace(b, sure=True)
    if a.hour * 60 + a.minute >= b.hour * 60 + b.minute and b.hour <= 12:
        hour = b.hour % 12 + 12
        if a.hour == 12:
            return replace(a, sure=True), replace(b, hour=hour, sure=True)
        return replace(a, sure=a.hour >= 7), replace(b, hour=hour, sure=True)
    return a, b


def plural_daypart(w: Tokens, i: int) -> tuple[int, Daypart] | None:
    """ "mornings", "evenings": every day."""
    name = DAYPART_PLURALS.get(w.low[i]) if w.number[i - 1] is None else None
    return None if name is None else (i + 1, Daypart(name=name, shade="every"))


def this_daypart(w: Tokens, i: int) -> tuple[int, Daypart] | None:
    """Tonight, this morning, this coming evening: a part of today."""
    low = w.low
    if low[i] == "later" and low[i + 1] in TONIGHT:
        return i + 2, Daypart(name="night", shade="tonight")
    if low[i] in TONIGHT:
        return i + 1, Daypart(name="night", shade="tonight")
    if low[i] in ("this", "later"):
        j = i + 1
        if low[j] == "this":
            j += 1
        if low[j] in ("coming",):
            j += 1
        part = daypart(w, j)
        if (part is not None and low[part[0] - 1] in DAYPARTS and low[i] == "this") or (part and low[i + 1] == "this"):
            return part
    return None
