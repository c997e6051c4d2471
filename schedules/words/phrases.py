"""The phrase rules: from a position in the tokens to the longest phrase about time that starts there."""

from schedules.words.bounds import bound
from schedules.words.clocks import impossible
from schedules.words.dates import date
from schedules.words.lexicon import ADVERBS, MONTHS, SHAKY, TENS, TODAY, TOMORROW, WEEKDAY_PLURALS, WEEKDAYS
from schedules.words.lists import dates, plural_daypart, this_daypart, times, window
from schedules.words.numbers import amount, amount_of
from schedules.words.pieces import (
    Ask,
    CalendarDay,
    Dates,
    Daypart,
    Lasting,
    Now,
    Nth,
    Period,
    Piece,
    Shifted,
    Times,
    Unit,
    Weekday,
    Which,
    Window,
)
from schedules.words.repeats import every
from schedules.words.tokens import Tokens
from schedules.words.zonewords import zone_words

_BEFORE_TIMES = frozenset({"at", "@", "around", "about", "by", "approximately", "approx", "circa", "ca", "roughly"})
_BEFORE_DATES = frozenset(
    {"on", "in", "by", "for", "during", "over", "around", "at", "within", "this", "since", "only", "from", "due", "as",
     "sometime", "am", "happening", "of", "between", "before", "after", "until", "later", "some"}
)  # fmt: skip
_REPEATING = frozenset({"every", "each", "evry", "ev", "once", "twice", "weekdays", "weekends", "times", "alternate"})
_PRIVATE_DAYS = frozenset({"birthday", "anniversary", "bday", "payday", "wedding"})
_AFTER_MAY = frozenset({"i", "we", "be", "not", "have", "well", "you", "also", "or", "he", "she", "it", "they"})


def scan(w: Tokens) -> list[Piece]:
    """All phrases about time in a text, from left to right, none overlapping."""
    pieces: list[Piece] = []
    repeating = any(word in _REPEATING or word in ADVERBS or word in WEEKDAY_PLURALS for word in w.low[: w.count])
    i = 0
    while i < w.count:
        found = phrase(w, i, pieces[-1] if pieces and pieces[-1].end == i else None, repeating=repeating)
        if found:
            pieces.extend(piece for piece in found if not isinstance(piece.meaning, Times) or piece.meaning.items)
            i = found[-1].end
        else:
            i += 1
    return pieces


def phrase(w: Tokens, i: int, after: Piece | None = None, *, repeating: bool = True) -> list[Piece]:
    """The longest phrase at i: usually one piece, sometimes a few that belong together."""
    word = w.low[i]
    if not (word.isalnum() or word in ("@", "+", "(", "'", "½", "¼", "¾") or "'" in word):
        return []
    if i and w.glued[i] and w.raw[i - 1].isalnum() and w.number[i] is not None and w.low[i - 1] not in MONTHS:
        return []  # the figures of "abc123"
    if word in ("from", "between") and w.low[i + 1] == "now":
        return _from_now(w, i)
    bounded = bound(w, i)
    if bounded is not None and (repeating or not isinstance(bounded.meaning, Lasting) or not bounded.weak):
        return [bounded]
    if w.number[i] is not None and (end := _serial(w, i)):
        return [Piece(start=i, end=end, meaning=Times(items=()), weak=True)]
    repeated = every(w, i)
    if repeated is not None:
        return repeated
    best: Piece | None = None
    for piece in _candidates(w, i):
        if best is None or piece.end > best.end or (piece.end == best.end and _better(piece, best, after)):
            best = piece
    return [] if best is None else [best]


def _better(piece: Piece, best: Piece, after: Piece | None) -> bool:
    """Of two readings of the same words: the firmer one; after a day, the one as a time ("next Monday 9.15")."""
    if best.weak and not piece.weak:
        return True
    beside_day = after is not None and isinstance(after.meaning, Dates)
    return best.weak and isinstance(best.meaning, Dates) and (isinstance(piece.meaning, Window) or beside_day)


def _serial(w: Tokens, i: int) -> int:
    """Where a number that is no time ends: a telephone or version number, a price, 101,194; 0 if it is none."""
    groups, j = 1, i + 1
    signs: list[str] = []
    while w.glued[j] and w.glued[j + 1] and w.low[j] in ("-", ".", ",", "/") and w.number[j + 1] is not None:
        signs.append(w.low[j])
        groups += 1
        j += 2
    if w.low[j] in ("%", "$", "€", "£") and w.glued[j]:
        return j + 1
    if i and w.low[i - 1] in ("$", "€", "£", "#") and w.glued[i]:
        return j
    if groups == 1 or "," in signs and len(w.low[i + 2]) == 3:
        return j if groups > 1 else 0
    if groups < 3:
        return 0
    if i > 1 and (w.low[i - 1] in ("version", "v", "release") or (w.low[i - 1] == ":" and w.low[i - 2] == "version")):
        return j
    found = dates(w, i)
    if found is not None and found[0] >= j:
        return 0
    both = times(w, i, bare=True)
    return 0 if both is not None and both[0] >= j else j if found is None or found[0] < j - 2 else 0


def _candidates(w: Tokens, i: int) -> list[Piece]:
    found: list[Piece] = []
    word = w.low[i]
    length = amount(w, i)
    if length is not None and w.low[length[0]] in ("before", "after") and w.low[length[0] + 1] in ("every", "each"):
        question = "I can repeat a day, but not one counted from another; which days do you mean?"
        return [Piece(start=i, end=length[0] + 1, meaning=Ask(question=question))]
    k = i
    while w.low[k] in _BEFORE_DATES or w.low[k] in _BEFORE_TIMES:
        k += 1
    if k > i and w.number[k] is not None and _serial(w, k):
        return found
    if (w.number[k] or 0) > 31 and len(w.low[k]) == 2 and w.low[k + 1] in MONTHS:
        said = w.said(k, k + 2)
        return [Piece(start=i, end=k + 2, meaning=Ask(question=f"There is no {said}; which day do you mean?"))]
    if (
        w.low[k] in MONTHS
        and len(w.low[k + 1]) == 2
        and 31 < (w.number[k + 1] or 0)
        and w.low[k + 2] not in (":", "am")
    ):
        said = w.said(k, k + 2)
        if k > i or w.count == 2:
            return [Piece(start=i, end=k + 2, meaning=Ask(question=f"There is no {said}; which day do you mean?"))]
    if word == "on" and w.low[i + 1] in ("my", "our", "his", "her", "their") and w.low[i + 2] in _PRIVATE_DAYS:
        question = f"I do not know which day {w.said(i + 1, i + 3)} is; what is the date?"
        return [Piece(start=i, end=i + 3, meaning=Ask(question=question))]
    ask = impossible(w, i + 1 if word in _BEFORE_TIMES else i)
    if ask is not None:
        found.append(Piece(start=i, end=ask[0], meaning=ask[1]))
    found.extend(_dates(w, i))
    found.extend(_windows(w, i))
    found.extend(_times(w, i))
    zone = zone_words(w, i)
    if zone is not None:
        found.append(Piece(start=i, end=zone[0], meaning=zone[1]))
    if not found or all(piece.weak for piece in found):
        length = amount(w, i)
        if length is not None:
            found.append(Piece(start=i, end=length[0], meaning=Lasting(amount=length[1]), weak=False))
    return found


def _from_now(w: Tokens, i: int) -> list[Piece]:
    """ "from now until 3pm", "between now and Friday"; "from now on" is nothing."""
    if w.low[i + 2] not in ("to", "until", "till", "and", "-", "through"):
        return []
    last = phrase(w, i + 3)
    if not last or last[0].start != i + 3:
        return []
    return [Piece(start=i, end=last[-1].end, meaning=Dates(items=(Now(),)))]


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


def _dates(w: Tokens, i: int) -> list[Piece]:
    low = w.low
    offset = _offset(w, i)
    j = i
    only = False
    while low[j] in _BEFORE_DATES and j < i + 3:
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
    if _shaky(w, i, j, end, first, marked=marked):
        return [offset] if offset is not None else []
    if low[i] in ("after", "before", "of", "since", "until", "later", "as") and low[i + 1] != "this":
        weak_start = low[i] not in ("later", "as", "before")
        if weak_start and not isinstance(first, (Shifted,)):
            return [offset] if offset is not None else []
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


def _shaky(w: Tokens, i: int, j: int, end: int, first: object, *, marked: bool) -> bool:
    """Whether a single word that is also something else ("may", "sun", "second") is that something else here."""
    low = w.low
    if end != j + 1:
        return False
    word = low[j]
    if word in ("may", "march", "mar", "jan", "dec") and isinstance(first, CalendarDay) and first.day is None:
        if marked and low[j - 1] in ("in", "during", "only", "of", "by", "this"):
            return False
        capital = w.raw[j][0].isupper()
        alone = w.count == 1
        if word == "may":
            return low[end] in _AFTER_MAY or not ((alone and capital) or low[end] in ("to", "-"))
        return not (capital and low[end] in ("to", "-", "until"))
    if word in ("sun", "sat", "tu", "mon", "wed") and isinstance(first, Weekday) and not marked:
        return low[end].isalpha() and low[end] not in (
            "at", "morning", "afternoon", "evening", "night", "and", "to", "through", "thru", "noon", "from", "or", "the",
        ) and not w.raw[j][0].isupper()  # fmt: skip
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
        return not marked and low[j] != "the" and len(meaning.items) == 1 and first.months_ahead is None
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


def _windows(w: Tokens, i: int) -> list[Piece]:
    j = i + 1 if w.low[i] in ("at", "around", "only", "sometime", "anytime", "on") else i
    if j > i and w.low[j] in ("around", "only"):
        j += 1
    found = window(w, j)
    if found is None and j > i:
        return []
    if found is None:
        return []
    end, meaning, weak = found
    half = _half_ahead(w, end)
    if half:
        weak = False
    if w.low[i] in ("at", "around"):
        weak = False
    return [Piece(start=i, end=end, meaning=meaning, weak=weak)]


def _half_ahead(w: Tokens, j: int) -> bool:
    return w.low[j] in TODAY or w.low[j] in TOMORROW


def _times(w: Tokens, i: int) -> list[Piece]:
    low = w.low
    j = i
    flexible = deadline = False
    while low[j] in _BEFORE_TIMES or (low[j] in ("sometime", "anytime", "some") and j < i + 2):
        if low[j] == "some" and low[j + 1] != "time":
            break
        flexible = flexible or low[j] in ("around", "about", "sometime", "some", "anytime", "approximately", "roughly")
        deadline = deadline or low[j] == "by"
        j += 2 if low[j] == "some" else 1
        if j > i + 3:
            break
    marked = j > i and low[j - 1] in _BEFORE_TIMES
    if low[j] == "about" and marked:
        j += 1
    if low[j] in ("exactly", "precisely"):
        j += 1
    if low[j] in ("in", "during", "for", "on", "with", "before") and low[j + 1] != "a":
        part = times(w, j + 2 if low[j + 1] in ("the", "that") else j + 1, bare=False)
        if part is not None and isinstance(part[1].items[0], Daypart) and low[j] != "before":
            loose = flexible or low[i] in ("sometime", "anytime", "some")
            return [Piece(start=i, end=part[0], meaning=Times(items=part[1].items, flexible=loose))]
        if part is not None and low[j] in ("for", "on") and low[j + 1] != "the":
            return [Piece(start=i, end=part[0], meaning=part[1])]
        if low[j] == "for":
            lone = times(w, j + 1, bare=True)
            if lone is not None:
                firm = low[j - 1] in ("alarm", "alarms", "wake", "up") and j > 0
                return [Piece(start=i, end=lone[0], meaning=lone[1], weak=not firm)]
        return []
    tonight = this_daypart(w, j)
    if tonight is not None:
        return [Piece(start=i, end=tonight[0], meaning=Times(items=(tonight[1],), deadline=deadline))]
    many = plural_daypart(w, j)
    if many is not None:
        return [Piece(start=i, end=many[0], meaning=Times(items=(many[1],), flexible=True), weak=False)]
    if marked and low[j] == "the" and (part := times(w, j + 1, bare=False)) is not None:
        return [Piece(start=i, end=part[0], meaning=part[1])]
    found = times(w, j, bare=marked)
    weak = False
    if found is None:
        found = _lone(w, j)
        weak = not (i == 0 and found is not None and found[0] == w.count and (w.count == 1 or w.low[1] in TENS))
        if found is None:
            return []
    end, meaning = found
    first = meaning.items[0]
    if isinstance(first, Daypart) and not marked:
        weak = first.name not in ("noon", "midnight") and not _daypart_stands(w, i, j, end)
    if low[end - 1] == "night" and low[j] in ("last",):
        return []
    if not marked and not weak and end == j + 2 and low[j + 1] in ("a", "p") and low[end].isalpha():
        weak = low[end] not in ("on", "every", "tomorrow", "today", "daily", "to")
    if flexible or deadline:
        meaning = Times(items=meaning.items, flexible=flexible, deadline=deadline)
    return [Piece(start=i, end=end, meaning=meaning, weak=weak)]


def _daypart_stands(w: Tokens, i: int, j: int, end: int) -> bool:
    """A bare "morning" stands alone only as the whole text; beside dates and times it is joined later."""
    if w.low[j] in ("first", "end", "eod", "cob", "eob", "close", "the"):
        return True
    return (i == 0 and end == w.count) or w.low[j] in ("mid", "early", "late", "very")


def _lone(w: Tokens, i: int) -> tuple[int, Times] | None:
    """A lone figure or spelled hour, which counts only beside a day or a part of it."""
    if w.number[i] is None and w.low[i] not in (
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ):  # fmt: skip
        return None
    if w.count == 1 and (len(w.low[i]) != 4 or w.low[i][0] != "0"):
        return None
    number = w.number[i]
    if number is not None and (len(w.low[i]) > 4 or (len(w.low[i]) == 3 and (number % 5 or number > 1259))):
        return None
    return times(w, i, bare=True)
