"""Times with what leads up to them: "at 5", "around noon", "sometime in the morning", "9 tomorrow"."""

from schedules.words.clocks import clock
from schedules.words.connectors import either
from schedules.words.lexicon import MONTHS, TENS, TODAY, TOMORROW
from schedules.words.pieces import Clock, Daypart, Piece, Times, Window
from schedules.words.timelists import plural_daypart, this_daypart, times, window
from schedules.words.tokens import Tokens

BEFORE_TIMES = frozenset({"at", "@", "around", "about", "by", "approximately", "approx", "circa", "ca", "roughly"})


def window_pieces(w: Tokens, i: int) -> list[Piece]:
    if w.low[i] == "during" and w.low[i + 1] in ("business", "working", "office", "work") and w.low[i + 2] == "hours":
        hours = Window(first=Clock(hour=9, sure=True), last=Clock(hour=17, sure=True))
        return [Piece(start=i, end=i + 3, meaning=hours)]
    j = i + 1 if w.low[i] in ("at", "around", "only", "sometime", "anytime", "on") else i
    if j > i and w.low[j] in ("around", "only"):
        j += 1
    found = window(w, j)
    if found is None and j > i:
        return []
    if found is None:
        return []
    end, meaning, weak = found
    if w.low[end] in MONTHS and w.number[end - 1] is not None and end - 1 > j:
        return []  # "14:45 until 23 October" ends on a day, not at an hour
    if w.low[i] == "at" and w.low[j + 1] == "to" and (before := clock(w, j, bare=True)) and before[0] >= end:
        return []  # "at ten to nine"
    half = _half_ahead(w, end)
    if half:
        weak = False
    if w.low[i] in ("at", "around"):
        weak = False
    return [Piece(start=i, end=end, meaning=meaning, weak=weak)]


def _half_ahead(w: Tokens, j: int) -> bool:
    return w.low[j] in TODAY or w.low[j] in TOMORROW


def time_pieces(w: Tokens, i: int) -> list[Piece]:
    low = w.low
    j = i
    flexible = deadline = False
    while low[j] in BEFORE_TIMES or (low[j] in ("sometime", "anytime", "some") and j < i + 2):
        if low[j] == "some" and low[j + 1] != "time":
            break
        flexible = flexible or low[j] in ("around", "about", "sometime", "some", "anytime", "approximately", "roughly")
        deadline = deadline or low[j] == "by"
        j += 2 if low[j] == "some" else 1
        if j > i + 3:
            break
    marked = j > i and low[j - 1] in BEFORE_TIMES
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
    if "or" in low[j:end] and len(meaning.items) > 1:
        return [Piece(start=i, end=end, meaning=either(w, i, end))]
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
