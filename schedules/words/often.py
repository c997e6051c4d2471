"""How often, said otherwise than with "every": daily, once a week, twice a day, at 15 past the hour, in week 12."""

from schedules.words.lexicon import ADVERBS, WEEKDAY_PLURALS
from schedules.words.numbers import cardinal, unit
from schedules.words.pieces import (
    Count,
    Dates,
    Every,
    Meaning,
    MinutesPast,
    Often,
    Piece,
    Unit,
    Weekday,
    WeekNumbers,
)
from schedules.words.tokens import Tokens


def several_weekdays(w: Tokens, i: int) -> list[Piece] | None:
    """for the next 3 Mondays, the next three Fridays."""
    low = w.low
    j = i + 1 if low[i] in ("for", "on") else i
    j = j + 1 if low[j] == "the" else j
    if low[j] not in ("next", "coming"):
        return None
    count = cardinal(w, j + 1)
    if count is None or count[1] < 2 or low[count[0]] not in WEEKDAY_PLURALS:
        return None
    day = Dates(items=(Weekday(day=WEEKDAY_PLURALS[low[count[0]]]),), plural=True)
    return [piece(i, count[0], Count(times=count[1])), piece(count[0], count[0] + 1, day)]


def piece(start: int, end: int, meaning: Meaning, *, weak: bool = False) -> Piece:
    return Piece(start=start, end=end, meaning=meaning, weak=weak)


def times_per_unit(w: Tokens, i: int) -> Piece | None:
    """once a week, twice a day, 3 times per month, one a day, once every two weeks."""
    low = w.low
    number: int | None = None
    j = i
    days = cardinal(w, i)
    if days is not None and w.low[days[0] : days[0] + 3] in (["days", "a", "week"], ["days", "per", "week"]):
        meaning = Every(unit=Unit.DAY) if days[1] == 7 else Often(times=days[1], unit=Unit.WEEK)
        return piece(i, days[0] + 3, meaning)
    if low[i] in ("once", "twice", "thrice"):
        number, j = {"once": 1, "twice": 2, "thrice": 3}[low[i]], i + 1
    else:
        count = cardinal(w, i)
        if (count is not None and low[count[0]] == "times") or (
            count is not None and low[count[0]] == "x" and w.glued[count[0]]
        ):
            number, j = count[1], count[0] + 1
        elif low[i] in ("several", "few", "many", "multiple", "couple") and low[i + 1] in ("times", "of"):
            number, j = 0, i + (2 if low[i + 1] == "times" else 3)
        elif low[i] == "one" and low[i + 1] in ("a", "per") and low[i + 2] == "day":
            return piece(i, i + 3, Every(unit=Unit.DAY))
    if number is None:
        return None
    if low[j] in ("a", "an", "per", "each", "every"):
        measure = unit(w, j + 1)
        if measure is not None:
            if number == 1:
                return piece(i, measure[0], Every(unit=measure[1]))
            return piece(i, measure[0], Often(times=number, unit=measure[1]))
        return None
    adverb = ADVERBS.get(low[j])
    if adverb is not None:
        return piece(i, j + 1, Often(times=number, unit=adverb[0]) if number != 1 else Every(unit=adverb[0]))
    if low[j] == "in" and w.at(j + 1, "a", "day"):
        return piece(i, j + 3, Often(times=number, unit=Unit.DAY))
    return None


def pace_adverb(w: Tokens, i: int) -> list[Piece] | None:
    """daily, bi-weekly, semi-annually: loose, because "weekly" also names things."""
    low = w.low
    j = i
    prefix = ""
    if low[j] in ("bi", "semi", "half") and low[j + 1] in ("-", *ADVERBS):
        prefix = low[j]
        j += 2 if low[j + 1] == "-" else 1
    found = ADVERBS.get(low[j])
    if found is None:
        return None
    measure, n = found
    if prefix == "bi":
        n = 2
    elif prefix in ("semi", "half"):
        if measure is not Unit.YEAR:
            return None
        measure, n = Unit.MONTH, 6
    if low[j] == "nightly":
        return [piece(i, j + 1, Every(unit=Unit.DAY, loose=True, part="night"))]
    return [piece(i, j + 1, Every(unit=measure, n=n, loose=True))]


def minutes_past(w: Tokens, i: int) -> Piece | None:
    """at 30 minutes past the hour, on the hour, at :15, quarter past every hour, minutes 2 through 59 past the hour."""
    low = w.low
    j = i + 1 if low[i] in ("at", "on") else i
    top = j + 1 if low[j] == "the" else j
    if (
        low[top] == "top"
        and low[top + 1] == "of"
        and low[top + 2] in ("the", "each", "every")
        and low[top + 3] == "hour"
    ):
        return piece(i, top + 4, MinutesPast(minute=0))
    if low[i] == "starting" and low[j] == "starting":
        j += 2 if low[j + 1] == "at" else 1
    if w.at(j, "the", "hour") and low[i] == "on" and low[j + 2] not in ("before", "after"):
        return piece(i, j + 2, MinutesPast(minute=0))
    if w.at(j, "the", "half", "hour") and low[i] == "on":
        return piece(i, j + 3, MinutesPast(minute=30))
    if low[j] == ":" and low[i] == "at" and w.number[j + 1] is not None and (w.number[j + 1] or 0) < 60:
        return piece(i, j + 2, MinutesPast(minute=w.number[j + 1] or 0))
    last: int | None = None
    if low[j] == "minutes" and w.number[j + 1] is not None and low[j + 2] in ("through", "to", "-"):
        minute, last, k = w.number[j + 1] or 0, w.number[j + 3], j + 4
    elif low[j] in ("quarter", "half"):
        minute, k = (15 if low[j] == "quarter" else 30), j + 1
    else:
        count = cardinal(w, j)
        if count is None or not 0 <= count[1] < 60:
            return None
        k, minute = count[0], count[1]
        if low[k] in ("minutes", "minute", "min", "mins"):
            k += 1
    if low[k] not in ("past", "after", "to", "before"):
        return None
    if low[k] == "past" and j > i and low[k + 1] in _AFTER_PAST:
        return piece(i, k + 1, MinutesPast(minute=minute))
    if low[k + 1] in ("the", "each", "every") and low[k + 2] == "hour":
        sign = 1 if low[k] in ("past", "after") else -1
        return piece(i, k + 3, MinutesPast(minute=sign * minute % 60, last=last))
    return None


_AFTER_PAST = frozenset({"", ",", ".", "starting", "until", "except", "from", "on", "for"})


def week_numbers(w: Tokens, i: int) -> Piece | None:
    """in week 12 and 14."""
    low = w.low
    j = i + 1 if low[i] in ("in", "during") else i
    if low[j] not in ("week", "weeks") or w.number[j + 1] is None:
        return None
    numbers = [w.number[j + 1] or 0]
    k = j + 2
    while low[k] in (",", "and", "&") and w.number[k + 1] is not None and low[k + 2] not in (":", "am", "pm"):
        numbers.append(w.number[k + 1] or 0)
        k += 2
    if low[k] == "of" or not all(1 <= n <= 53 for n in numbers):
        return None
    return piece(i, k, WeekNumbers(numbers=tuple(numbers)))
