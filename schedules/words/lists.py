"""Lists and ranges of days and of times: "Monday, Wednesday and Friday", "July 13-15", "at 10, 12 and 17"."""

from dataclasses import replace

from schedules.words.clocks import digital
from schedules.words.connectors import TO_WORDS, joined
from schedules.words.dates import date
from schedules.words.lexicon import MONTHS, UNITS, WEEKDAYS
from schedules.words.numbers import ordinal
from schedules.words.pieces import CalendarDay, Date, Dates, Nth, Unit, Weekday
from schedules.words.ranks import rank
from schedules.words.tokens import Tokens, remembered
from schedules.words.weekdays import one_weekday, weekdays


@remembered
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
        after = joined(w, last)
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
        and low[last + 1] not in ("every", "each", "of", "in")
    ):
        return None  # "last Friday" has been
    j = last
    if low[j] in ("instance", "instances", "occurrence"):
        j += 2 if low[j + 1] == "of" else 1
    heads: list[int | Unit] = []
    one = one_weekday(w, j)
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
        more = joined(w, j)
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


@remembered
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
    return _more(w, first, between=w.low[i - 1] == "between", each=w.low[i - 1] in ("every", "each"))


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
        if low[j] not in TO_WORDS:
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
    if low[j] not in TO_WORDS and low[j] != "and":
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


def _more(w: Tokens, first: tuple[int, Date], *, between: bool, each: bool) -> tuple[int, Dates]:
    """Further members of a list of dates, or the end of a range."""
    low = w.low
    j, value = first
    to = low[j] in TO_WORDS or (between and low[j] == "and")
    # "Every 1 January until 2 May 2028" has an end; "1 January until 5 January" is a range.
    if to and not ((each or isinstance(value, Weekday)) and low[j] in ("until", "till", "til")):
        k = j + 2 if low[j + 1] == "the" and ordinal(w, j + 2) is None else j + 1
        last = date(w, k)
        if last is not None and not (w.number[k] is not None and digital(w, k, bare=False) is not None):
            end, until = last
            whole = isinstance(value, CalendarDay) and value.day is None
            if whole and isinstance(until, CalendarDay) and until.day is not None and low[j] != "to":
                return j, Dates(items=(value,))  # "in January until 3 May 2028": a month, and the end of it all
            if isinstance(value, CalendarDay) and isinstance(until, CalendarDay) and until.year and not value.year:
                value = replace(value, year=until.year)
            return end, Dates(items=(value,), to=until, open=low[j] in ("until", "till", "til"))
    items: list[Date] = [value]
    end = j
    while True:
        after = joined(w, end)
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
