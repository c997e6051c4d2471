"""What limits a repetition: starting, until, for so long, so many times, except."""

from schedules.words.clocks import clock, day_half, with_half
from schedules.words.dates import date
from schedules.words.lexicon import MONTHS, UNITS, WEEKDAY_PLURALS, WEEKDAYS
from schedules.words.lists import dates
from schedules.words.numbers import amount, amount_of, cardinal, unit
from schedules.words.pieces import (
    Amount,
    Ask,
    CalendarDay,
    Count,
    Date,
    Dates,
    Day,
    Edge,
    Except,
    Lasting,
    Period,
    Piece,
    Shifted,
    Starting,
    TimeOfDay,
    Tolerance,
    Unit,
    Until,
    Weekday,
)
from schedules.words.timelists import this_daypart, time_of_day, window
from schedules.words.tokens import Tokens
from schedules.words.weekdays import weekdays

_EXCEPT = frozenset({"except", "excluding", "excepting", "skipping", "skip", "minus", "exc"})
_START = frozenset({"starting", "beginning", "commencing", "starts", "begins", "effective", "start", "begin"})
_UNTIL = frozenset({"until", "till", "til", "through", "thru", "ending", "ends"})


def bound(w: Tokens, i: int) -> Piece | None:
    """A limit that starts at i."""
    word = w.low[i]
    if word in _EXCEPT or word in ("but", "apart", "other", "not", "unless", "without"):
        return _except(w, i)
    if word in _START or (word == "as" and w.low[i + 1] == "of") or word == "from":
        return _starting(w, i)
    if word in _UNTIL or word in ("up", "before"):
        return _until(w, i)
    if word in ("for", "over", "during"):
        return _for(w, i)
    if word in ("give", "plus", "within") or word == "±":
        return _tolerance(w, i)
    return _count(w, i)


def _except(w: Tokens, i: int) -> Piece | None:
    low = w.low
    j = i + 1
    if low[i] == "but":
        if low[j] in ("not", "never") or low[j] in ("skip", "exclude", "excluding"):
            j += 1
        elif low[j] not in WEEKDAYS and low[j] not in WEEKDAY_PLURALS:
            return None
    elif low[i] == "apart":
        if low[j] != "from":
            return None
        j += 1
    elif low[i] == "other":
        if low[j] != "than":
            return None
        j += 1
    elif low[i] in ("not", "without", "unless"):
        if low[j] not in ("on", "in", "weekends", "it") and low[j] not in WEEKDAYS:
            return None
        if low[i] == "unless":
            j += 2 if low[j] in ("it", "that") and low[j + 1] in ("is", "'s") else 0
            if j == i + 1:
                return None
    while low[j] in ("for", "on", "in", "if", "when", "it's", "its", "during", "the"):
        if low[j] == "the" and dates(w, j) is not None:
            break
        j += 1
    k = j + 1 if low[j] in ("public", "bank", "national", "federal") else j
    if low[k] in ("holidays", "holiday"):
        question = "Which holidays do you mean? Name them, for example “except on Christmas and New Year's Day”."
        return Piece(start=i, end=k + 1, meaning=Ask(question=question))
    found = weekdays(w, j) or dates(w, j)
    if found is None:
        return None
    end, meaning = found
    first = date(w, j) if meaning.open else None
    if first is not None and isinstance(first[1], CalendarDay) and first[1].year is not None:
        end, meaning = first[0], Dates(items=(first[1],))  # one whole date, and the end of the repetition after it
    items: list[Date] = list(meaning.items)
    if meaning.to is not None and isinstance(meaning.to, Weekday) is False:
        items.append(meaning.to)
    while low[end] == "and" and low[end + 1] in ("on", "in"):
        more = dates(w, end + 2)
        if more is None:
            break
        end = more[0]
        items.extend(more[1].items)
    if low[end] in ("and", "or", ",") and low[end + 1] in ("holidays", "public", "bank"):
        question = "Which holidays do you mean? Name them, for example “except on Christmas and New Year's Day”."
        return Piece(start=i, end=end + (2 if low[end + 1] == "holidays" else 3), meaning=Ask(question=question))
    items = [
        part
        for item in items
        for part in (
            (Weekday(day=5), Weekday(day=6)) if isinstance(item, Period) and item.unit is Unit.WEEKEND else (item,)
        )
    ]
    return Piece(start=i, end=end, meaning=Except(dates=tuple(items)))


def _day_or_time(w: Tokens, j: int) -> tuple[int, Date | None, TimeOfDay | None] | None:
    """A day, a time, or a day with a time."""
    low = w.low
    if low[j] in ("on", "in", "at", "from", "the") and not (low[j] == "the" and date(w, j) is not None):
        at = low[j] == "at"
        j += 1
    else:
        at = False
    tonight = this_daypart(w, j)
    if tonight is not None:
        k = tonight[0] + 1 if low[tonight[0]] == "at" else tonight[0]
        sharper = clock(w, k, bare=k > tonight[0])
        if sharper is not None:
            settled = with_half(sharper[1], "night" if tonight[1].name == "night" else day_half(tonight[1]))
            return sharper[0], Day(offset=0), settled
        return tonight[0], Day(offset=0), tonight[1]
    moment = time_of_day(w, j, bare=at)
    found = date(w, j)
    if found is None and low[j] in ("in",):
        found = date(w, j + 1)
    if low[j] == "in" or low[j - 1] == "in":
        length = amount(w, j + 1 if low[j] == "in" else j)
        if length is not None and (found is None or length[0] > found[0]):
            return length[0], Shifted(amount=length[1]), None
    if moment is not None and (found is None or moment[0] >= found[0]):
        end, found_time = moment
        k = end + 1 if low[end] == "on" else end
        day = date(w, k)
        if day is not None and low[end] != ",":
            return day[0], day[1], found_time
        return end, None, found_time
    if found is None:
        return None
    end, day_found = found
    k = end + 1 if low[end] in ("at", "@", ",") else end
    clock_found = time_of_day(w, k, bare=low[end] in ("at", "@"))
    if clock_found is not None:
        return clock_found[0], day_found, clock_found[1]
    return end, day_found, None


def _starting(w: Tokens, i: int) -> Piece | None:
    low = w.low
    j = i + 2 if low[i] == "as" else i + 1
    if low[i] in ("start", "begin", "starts", "begins") and low[j] not in (
        "on",
        "in",
        "at",
        "from",
        "next",
        "tomorrow",
    ):
        return None
    if low[i] == "beginning" and low[j] == "of":
        return None
    if low[j] == "from":
        j += 1
    if low[i] == "from":
        return _from(w, j, i)
    found = _day_or_time(w, j)
    if found is None:
        bare = time_of_day(w, j, bare=True)
        if bare is None or low[bare[0]] in UNITS or low[i] != "starting":
            return None
        found = (bare[0], None, bare[1])
    if low[found[0]] in ("minutes", "min") or low[found[0]] in ("past",):
        return None
    return Piece(start=i, end=found[0], meaning=Starting(date=found[1], time=found[2]))


def _from(w: Tokens, j: int, i: int) -> Piece | None:
    """ "from Monday on", "from May", "from 4pm"; ranges with both ends are read as ranges."""
    low = w.low
    if low[j] in ("now",) and low[j + 1] == "on":
        return None
    if window(w, i) is not None:
        return None
    whole = dates(w, j)
    if whole is not None and (whole[1].to is not None or len(whole[1].items) > 1):
        return None
    found = _day_or_time(w, j)
    if found is None:
        bare = time_of_day(w, j, bare=True)
        if bare is None or low[bare[0]] not in ("", ".", ",", "on", "onwards", "every", "daily", "today", "tomorrow"):
            return None
        found = (bare[0], None, bare[1])
    end = found[0]
    if low[end] in ("on", "onward", "onwards", "forward"):
        end += 1
    elif low[end] in ("to", "-", "until", "till", "through", "thru", "and"):
        if found[1] is None:
            return None
        last = _day_or_time(w, end + 1)
        if last is not None and last[1] is not None:
            return Piece(start=i, end=end, meaning=Starting(date=found[1], time=found[2]))
        return None
    return Piece(start=i, end=end, meaning=Starting(date=found[1], time=found[2]))


def _until(w: Tokens, i: int) -> Piece | None:
    low = w.low
    j = i + 1
    opened = low[i] == "before"
    if low[i] == "up":
        if low[j] not in ("to", "until", "till", "through"):
            return None
        j += 1
        counted = _times_counted(w, j)
        if counted is not None:
            return Piece(start=i, end=counted[0], meaning=Count(times=counted[1]))
    if low[j] in ("and", "including"):
        j += 1
    if low[i] in ("ends", "ending", "till", "until", "til", "through") and low[j] in ("on", "in", "after"):
        if low[j] == "after":
            counted = _times_counted(w, j + 1)
            if counted is not None:
                return Piece(start=i, end=counted[0], meaning=Count(times=counted[1]))
            length = amount(w, j + 1)
            if length is not None:
                return Piece(start=i, end=length[0], meaning=Lasting(amount=length[1], bound=True))
            return None
        j += 1
    if low[j] == "the" and low[j + 1] == "end" and low[j + 2] == "of" and low[j + 3] not in ("the", "this"):
        inner = date(w, j + 3)
        if inner is not None:
            return Piece(start=i, end=inner[0], meaning=Until(date=Edge(which="end", of=inner[1])))
    year = w.number[j]
    if year is not None and 1900 < year < 2100 and len(low[j]) == 4 and not w.glued[j + 1]:
        return Piece(start=i, end=j + 1, meaning=Until(date=CalendarDay(year=year, month=1, day=1), open=True))
    found = _day_or_time(w, j)
    if found is None:
        bare = time_of_day(w, j, bare=True)
        if bare is None or low[bare[0]] in UNITS:
            return None
        found = (bare[0], None, bare[1])
    return Piece(
        start=i,
        end=found[0],
        meaning=Until(date=found[1], time=found[2], open=opened),
        weak=opened,
    )


def _times_counted(w: Tokens, j: int) -> tuple[int, int] | None:
    low = w.low
    if low[j] in ("twice", "thrice"):
        return j + 1, 2 if low[j] == "twice" else 3
    if low[j] in ("a",) and low[j + 1] in ("total",) and low[j + 2] == "of":
        j += 3
    number = cardinal(w, j)
    if number is None:
        return None
    k = number[0]
    if low[k] == "more":
        k += 1
    if low[k] in ("times", "occurrences", "occurrence", "repetitions", "reps", "runs", "instances"):
        return k + 1, number[1]
    if low[k] == "time" and number[1] == 1 and low[j - 1] == ",":
        return k + 1, 1  # "…, 1 time"; not "one time only" and not "1 time zone"
    if low[k] == "x" and w.glued[k]:
        return k + 1, number[1]
    return None


def _count(w: Tokens, i: int) -> Piece | None:
    counted = _times_counted(w, i)
    if counted is None:
        return None
    end, times = counted
    if w.low[end] in ("every", "each") and unit(w, end + 1) is not None:
        return None
    if w.low[end] in ("a", "per", "daily", "weekly", "monthly", "in", "an", "hourly", "yearly"):
        return None
    return Piece(start=i, end=end, meaning=Count(times=times), weak=True)


def _for(w: Tokens, i: int) -> Piece | None:
    low = w.low
    j = i + 1
    upto = low[j] == "up" and low[j + 1] == "to"
    if upto:
        j += 2
    counted = _times_counted(w, j)
    if counted is not None:
        return Piece(start=i, end=counted[0], meaning=Count(times=counted[1]), weak=True)
    if low[j] == "the":
        j += 1
    if low[j] == "less" and low[j + 1] == "than":
        j += 2
    ahead = low[j] in ("next", "coming", "following", "upcoming")
    if ahead:
        j += 1
        if low[j] in UNITS and unit(w, j) is not None and not low[j].endswith("s"):
            return Piece(
                start=i,
                end=j + 1,
                meaning=Lasting(amount=amount_of(1, UNITS[low[j]]), bound=True),
                weak=True,
            )
    elif low[j] in ("only", "about", "around", "exactly", "at"):
        if low[j] == "at":
            return None
        j += 1
    length = amount(w, j)
    if length is None:
        return None
    end = length[0]
    if low[end] in ("before", "after", "from", "past", "to") and not ahead:
        if low[end] == "from" or (low[end] == "to" and length[1].seconds):
            pass
        else:
            return None
    if ahead and length[1] != Amount() and isinstance(low[end], str) and low[end] in MONTHS:
        return None
    return Piece(start=i, end=end, meaning=Lasting(amount=length[1], bound=True, ahead=ahead))


def _tolerance(w: Tokens, i: int) -> Piece | None:
    """give or take 15 minutes, plus or minus an hour, ± 10 min, within 10 minutes of."""
    low = w.low
    if (low[i] == "give" and w.at(i + 1, "or", "take")) or (low[i] == "plus" and w.at(i + 1, "or", "minus")):
        j = i + 3
    elif low[i] == "±":
        j = i + 1
    elif low[i] == "within":
        length = amount(w, i + 1)
        if length is None or low[length[0]] != "of":
            return None
        return Piece(start=i, end=length[0] + 1, meaning=Tolerance(minutes=int(length[1].seconds // 60)))
    else:
        return None
    length = amount(w, j)
    if length is None or not length[1].seconds:
        return None
    return Piece(start=i, end=length[0], meaning=Tolerance(minutes=int(length[1].seconds // 60)))
