"""The phrase rules: from a position in the tokens to the longest phrase about time that starts there."""

from schedules.words.bounds import bound
from schedules.words.clocks import impossible
from schedules.words.dayphrases import BEFORE_DATES, day_pieces
from schedules.words.lexicon import ADVERBS, MONTHS, WEEKDAY_PLURALS
from schedules.words.lists import dates
from schedules.words.numbers import amount
from schedules.words.pieces import Ask, Dates, Lasting, Now, Piece, Times, Window
from schedules.words.repeats import every
from schedules.words.timelists import times
from schedules.words.timephrases import BEFORE_TIMES, time_pieces, window_pieces
from schedules.words.tokens import Tokens
from schedules.words.zonewords import zone_words

_REPEATING = frozenset({"every", "each", "evry", "ev", "once", "twice", "weekdays", "weekends", "times", "alternate"})
_PRIVATE_DAYS = frozenset({"birthday", "anniversary", "bday", "payday", "wedding"})


def scan(w: Tokens, around: Piece | None = None) -> list[Piece]:
    """All phrases about time in a text, from left to right, none overlapping, nor `around`, which is known already."""
    pieces: list[Piece] = []
    repeating = any(word in _REPEATING or word in ADVERBS or word in WEEKDAY_PLURALS for word in w.low[: w.count])
    i = 0
    while i < w.count:
        if around is not None and i == around.start:
            pieces.append(around)
            i = around.end
            continue
        found = phrase(w, i, pieces[-1] if pieces and pieces[-1].end == i else None, repeating=repeating)
        if found and around is not None and i < around.start < found[-1].end:
            found = []
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
    if groups == 1 or ("," in signs and len(w.low[i + 2]) == 3):
        return j if groups > 1 else 0
    if groups == 2 and signs == ["-"] and len(w.low[i]) == 3 and len(w.low[i + 2]) == 4:
        return j
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
    while w.low[k] in BEFORE_DATES or w.low[k] in BEFORE_TIMES:
        k += 1
    if k > i and w.number[k] is not None and _serial(w, k):
        return found
    if (w.number[k] or 0) > 31 and len(w.low[k]) == 2 and w.low[k + 1] in MONTHS:
        said = w.said(k, k + 2)
        return [Piece(start=i, end=k + 2, meaning=Ask(question=f"There is no {said}; which day do you mean?"))]
    if (
        w.low[k] in MONTHS
        and len(w.low[k + 1]) == 2
        and (w.number[k + 1] or 0) > 31
        and w.low[k + 2] not in (":", "am")
    ):
        said = w.said(k, k + 2)
        if k > i or w.count == 2:
            return [Piece(start=i, end=k + 2, meaning=Ask(question=f"There is no {said}; which day do you mean?"))]
    if word == "on" and w.low[i + 1] in ("my", "our", "his", "her", "their") and w.low[i + 2] in _PRIVATE_DAYS:
        question = f"I do not know which day {w.said(i + 1, i + 3)} is; what is the date?"
        return [Piece(start=i, end=i + 3, meaning=Ask(question=question))]
    ask = impossible(w, i + 1 if word in BEFORE_TIMES else i)
    if ask is not None:
        found.append(Piece(start=i, end=ask[0], meaning=ask[1]))
    found.extend(day_pieces(w, i))
    found.extend(window_pieces(w, i))
    found.extend(time_pieces(w, i))
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
