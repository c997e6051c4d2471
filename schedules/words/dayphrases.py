"""Days with what leads up to them: "on Friday", "in two weeks", "by the 5th"; and when a word is no day after all."""

from schedules.words.connectors import either
from schedules.words.dates import date
from schedules.words.lexicon import MONTHS, SHAKY, WEEKDAYS, words
from schedules.words.lists import dates
from schedules.words.numbers import amount, amount_of
from schedules.words.pieces import CalendarDay, Dates, Now, Nth, Period, Piece, Shifted, Unit, Weekday, Which
from schedules.words.tokens import Tokens

BEFORE_DATES = words(
    "on in by for during over around at within this since only from due as sometime am happening of between "
    "before after until later some"
)


_AFTER_SHORT_DAY = words("at morning afternoon evening night and to through thru noon from or the")
_AFTER_MAY = words("i we be not have well you also or he she it they")


def _offset(w: Tokens, i: int) -> Piece | None:
    """in 20 minutes, within the hour, after 5 minutes, in about half an hour, in three weeks' time."""
    low = w.low
    if low[i] not in ("in", "within", "after", "give") and low[i] != "+":
        return None
    j = i + 1
    if low[i] == "give" and low[j] == "it":
        j += 1
    elif low[i] == "give":
        return None
    if low[j] in ("about", "around", "approximately", "roughly", "exactly", "like", "just", "another"):
        j += 1
    if (low[j] == "the" and low[j + 1] in ("next", "coming")) or (low[j] == "less" and low[j + 1] == "than"):
        j += 2
    length = amount(w, j)
    if length is None:
        return _bare_minutes(w, i, j)
    end = length[0]
    if low[i] == "after" and low[end] in ("of", "after", "before"):
        return None
    if low[end] == "'" and w.glued[end]:
        end += 1
    if low[end] == "s" and low[end - 1] == "'":
        end += 1
    if low[end] == "or" and low[end + 1] in ("so", "two"):
        end += 2
    if low[end] == "time":
        end += 1
    elif low[end] == "from" and low[end + 1] in ("now", "today"):
        end += 2
    sign = 1
    return Piece(start=i, end=end, meaning=Dates(items=(Shifted(amount=length[1], sign=sign),)))


def _bare_minutes(w: Tokens, i: int, j: int) -> Piece | None:
    """ "ping me in 5": minutes."""
    number = w.number[j]
    if w.low[i] != "in" or number is None or not 0 < number <= 60 or w.low[j + 1] not in ("", "please", "to", "!"):
        return None
    if w.low[j + 1] == "to" and w.number[j + 2] is not None:
        return None
    return Piece(start=i, end=j + 1, meaning=Dates(items=(Shifted(amount=amount_of(number, Unit.MINUTE)),)))


def day_pieces(w: Tokens, i: int) -> list[Piece]:
    low = w.low
    offset = _offset(w, i)
    j = i
    only = False
    while low[j] in BEFORE_DATES and j < i + 3:
        if low[j] == "later" and low[j + 1] == "this":
            break
        if low[j] == "only":
            only = True
        if low[j] in ("am",) and not (w.number[j + 1] is not None):
            break
        if low[j] == "as" and low[j + 1] != "of":
            break
        if low[j] == "this" and dates(w, j) is not None:
            break
        if low[j] == "later" and low[j + 1] not in ("this", "today", "on", "in"):
            break
        if low[j] == "at" and low[j + 1] in ("the", "this", "present") and date(w, j) is not None:
            break
        j += 1
    marked = j > i
    k = j + 1 if low[j] == "a" and low[j + 1] in WEEKDAYS else j
    k = k + 1 if low[k] == "an" and low[k + 1] in MONTHS else k
    found = dates(w, k) or (_bare_day(w, k) if marked and low[k - 1] in ("on", "am", "by") else None)
    if found is None and marked and low[j - 1] in ("this", "of"):
        found = dates(w, j - 1)
    if found is None:
        return [offset] if offset is not None else []
    end, meaning = found
    first = meaning.items[0]
    if low[end - 1] == "now" and low[i] in ("between", "from") and low[end] in ("and", "to", "until", "till"):
        return [Piece(start=i, end=end, meaning=meaning)]
    if low[end] == "'s" or (low[end] == "'" and low[end + 1] == "s"):
        return [offset] if offset is not None else []
    if isinstance(first, (Shifted, Now)) and low[j - 1] in ("after", "before") and marked:
        return [offset] if offset is not None else []
    if _shaky(w, j, end, first, marked=marked):
        return [offset] if offset is not None else []
    if low[i] in ("after", "before", "of", "since", "until", "later", "as") and low[i + 1] != "this":
        weak_start = low[i] not in ("later", "as", "before")
        if weak_start and not isinstance(first, (Shifted,)):
            return [offset] if offset is not None else []
    if "or" in low[k:end] and meaning.to is None and len(meaning.items) > 1 and not w.said(k, end).endswith("so"):
        return [Piece(start=i, end=end, meaning=either(w, k, end))]
    weak = _weak(w, i, j, end, meaning, marked=marked)
    if only and isinstance(first, (Weekday, CalendarDay, Nth)):
        meaning = Dates(items=meaning.items, plural=True, only=True, to=meaning.to, brief=meaning.brief)
    piece = Piece(start=i, end=end, meaning=meaning, weak=weak)
    return [piece] if offset is None or offset.end <= end else [piece, offset]


def _bare_day(w: Tokens, i: int) -> tuple[int, Dates] | None:
    """ "on 15 at 8:00": a day of the month without ordinal."""
    number = w.number[i]
    if number is None or not 1 <= number <= 31 or len(w.low[i]) > 2:
        return None
    if w.low[i + 1] == "." and w.low[i + 2] == "":
        return i + 2, Dates(items=(CalendarDay(day=number),))
    return (i + 1, Dates(items=(CalendarDay(day=number),))) if w.low[i + 1] in ("", "at", ",", "from") else None


def _shaky(w: Tokens, j: int, end: int, first: object, *, marked: bool) -> bool:
    """Whether a single word that is also something else ("may", "sun", "second") is that something else here."""
    low = w.low
    if w.at(j, "the", "sun"):
        return True
    if end != j + 1:
        return False
    word = low[j]
    if word == "sun" and low[j - 1] == "the":
        return True
    if word in ("may", "march", "mar", "jan", "dec") and isinstance(first, CalendarDay) and first.day is None:
        if marked and low[j - 1] in ("in", "during", "only", "of", "by", "this"):
            return False
        capital = w.raw[j][0].isupper()
        alone = w.count == 1
        if word == "may":
            return low[end] in _AFTER_MAY or not ((alone and capital) or low[end] in ("to", "-"))
        return not (capital and low[end] in ("to", "-", "until"))
    if word in ("sun", "sat", "tu", "mon", "wed") and isinstance(first, Weekday) and not marked:
        return low[end].isalpha() and low[end] not in _AFTER_SHORT_DAY and not w.raw[j][0].isupper()
    return False


def _weak(w: Tokens, i: int, j: int, end: int, meaning: Dates, *, marked: bool) -> bool:
    """Dates that are too faint to stand alone: two small figures, an ordinal that counts something else."""
    low = w.low
    first = meaning.items[0]
    numeric = isinstance(first, CalendarDay) and w.number[j] is not None and w.number[end - 1] is not None
    if numeric and isinstance(first, CalendarDay) and first.year is None and end - j == 3:
        sep = low[j + 1]
        if sep == "/":
            return False
        if sep == "-":
            return not (marked or (w.number[j + 2] or 0) > 12) or low[end] == "-"
        return not (marked or low[end] == ".") or w.number[end] is not None
    if isinstance(first, CalendarDay) and first.month is None and first.weekday is None:
        whole = i == 0 and end == w.count
        return not (marked or whole) and low[j] != "the" and len(meaning.items) == 1 and first.months_ahead is None
    if isinstance(first, CalendarDay) and first.day is None and not marked:
        return first.year is None and first.which is Which.PLAIN and w.count > 1 and (
            low[j] in SHAKY or (end < w.count and low[end].isalpha() and i > 0)
        )  # fmt: skip
    if isinstance(first, Nth) and first.of is None and low[end - 1] in ("beginning", "begin", "start", "end"):
        return True
    if isinstance(first, Nth) and first.of is None:
        return not marked and low[i] != "the" and end < w.count and w.low[i] in ("first", "last", "second")
    if isinstance(first, Period) and first.offset == 0 and low[j] == "the":
        return not marked and first.unit is not Unit.WEEKEND
    return False
