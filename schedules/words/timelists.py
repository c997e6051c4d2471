"""Lists and ranges of times: "at 10, 12 and 17", "between 9 and 5", "8am - 1pm"; parts of today."""

from dataclasses import replace

from schedules.words.clocks import clock, simple_clock
from schedules.words.connectors import TO_WORDS, joined
from schedules.words.dayparts import daypart
from schedules.words.lexicon import DAYPART_PLURALS, DAYPARTS, MONTHS, TONIGHT, UNITS, WEEKDAY_PLURALS, WEEKDAYS, words
from schedules.words.pieces import Clock, Daypart, TimeOfDay, Times, Window
from schedules.words.tokens import Tokens
from schedules.words.zonewords import zone_words

_AFTER_TIMES = words(
    "on every each and or to in for daily from until please pm am o'clock tomorrow today weekdays weekends o starting "
    "till except"
)

_MORNING = 7  # an hour from which on a figure beside 17:00 is a morning's


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
    if (word in UNITS and word != "weekends") or word in (
        "%",
        "st",
        "nd",
        "rd",
        "th",
        "x",
        "times",
        "percent",
        "business",
        "/",
        "$",
    ):
        return False
    if word == "." and w.glued[end] and w.glued[end + 1] and w.number[end + 1] is not None:
        return False  # 10.1
    return not (word == ":" and w.glued[end] and w.number[end + 1] is None)


def times(w: Tokens, i: int, *, bare: bool) -> tuple[int, Times] | None:
    """One time of day or a list of them."""
    first = time_of_day(w, i, bare=bare)
    if first is None:
        return None
    end, value = first
    lone = w.number[end - 1] is not None and end == i + 1
    if lone and (not _usable(w, end) or (w.low[end] == "-" and w.number[end + 1] is not None)):
        return None
    items = [value]
    while len(items) < 48:
        after = joined(w, end)
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
        if following[0] == after + 1 and w.low[following[0]] == "times":
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
    return word.isalpha() and word not in _AFTER_TIMES and word not in WEEKDAYS and word not in WEEKDAY_PLURALS


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
        plain = simple_clock(w, j)
        if plain is not None and low[plain[0]] == "to" and _minutes_before(w, plain[0] + 1, plain[1]):
            return None
        first = plain
    if first is None:
        return None
    k = first[0]
    zone = zone_words(w, k)
    if zone is not None and low[zone[0]] in TO_WORDS:
        k = zone[0]  # "15h00 GMT - 18h00 GMT"
    opened = False
    if low[k] in TO_WORDS:
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
        if low[j + 1] == ":" and not a.half and b.hour > 12 and not b.half:
            a = replace(a, sure=True)  # "6:00 to 23:00": both by the same clock
        a, b = span_halves(a, b)
    return end, Window(first=a, last=b, open=opened, between=low[i] == "between"), not (strict or marked)


def _minutes_before(w: Tokens, i: int, first: Clock) -> bool:
    """ "ten to nine" is 8:50, but "five to seven" a stretch of time."""
    last = simple_clock(w, i)
    return last is not None and first.hour in (5, 10) and not first.minute and first.hour > last[1].hour


def span_halves(a: Clock, b: Clock) -> tuple[Clock, Clock]:
    """Settle am and pm of a range by its ends: 3-4pm, 9-5, 8am until 6, 11:30-1:30."""
    if a.sure and b.sure:
        return a, b
    if b.sure and not a.sure:
        late = a.hour % 12 + 12
        if b.hour > 12 and not b.half and a.hour >= _MORNING:
            return replace(a, sure=True), b
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
    if low[i] == "late" and low[i + 1] in TONIGHT:
        return i + 2, Daypart(name="night", shade="late")
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
