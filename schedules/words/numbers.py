"""Numbers, ordinals and lengths of time. Every rule takes the tokens and a position and returns (end, value)."""

from schedules.words.lexicon import ONES, ORDINALS, SHORT_UNITS, TENS, UNITS
from schedules.words.pieces import Amount, Unit
from schedules.words.tokens import Tokens, remembered

_SUFFIXES = frozenset({"st", "nd", "rd", "th"})
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_HOUR = 3600.0
_SCALE: dict[Unit, Amount] = {
    Unit.SECOND: Amount(seconds=1, finest=Unit.SECOND),
    Unit.MINUTE: Amount(seconds=60, finest=Unit.MINUTE),
    Unit.HOUR: Amount(seconds=_HOUR, finest=Unit.HOUR),
    Unit.DAY: Amount(days=1, finest=Unit.DAY),
    Unit.BUSINESS_DAY: Amount(business_days=1, finest=Unit.BUSINESS_DAY),
    Unit.WEEK: Amount(days=7, finest=Unit.WEEK),
    Unit.WEEKEND: Amount(days=2, finest=Unit.WEEKEND),
    Unit.MONTH: Amount(months=1, finest=Unit.MONTH),
    Unit.QUARTER: Amount(months=3, finest=Unit.QUARTER),
    Unit.YEAR: Amount(months=12, finest=Unit.YEAR),
}


def amount_of(n: float, unit: Unit) -> Amount:
    """n units as a length of time; fractions of months become days of thirty a month."""
    one = _SCALE[unit]
    months = n * one.months
    whole = int(months)
    if unit is Unit.YEAR and n != int(n):
        return Amount(days=n * 365, finest=unit)
    if unit in (Unit.DAY, Unit.WEEK) and n != int(n):
        return Amount(seconds=n * one.days * 24 * _HOUR, finest=Unit.HOUR)
    return Amount(
        months=whole,
        days=n * one.days + (months - whole) * 30,
        seconds=n * one.seconds,
        business_days=int(n * one.business_days),
        finest=unit,
    )


def cardinal(w: Tokens, i: int) -> tuple[int, int] | None:
    """A whole number in digits or words: 12, twelve, twenty-one, two thousand and eighteen."""
    if w.number[i] is not None:
        return i + 1, w.number[i] or 0
    value = _below_hundred(w, i)
    if value is None:
        return None
    j, n = value
    if w.low[j] == "hundred":
        j, n = j + 1, n * 100
        rest = _below_hundred(w, j + 1 if w.low[j] == "and" else j)
        return (rest[0], n + rest[1]) if rest else (j, n)
    if w.low[j] == "thousand":
        j, n = j + 1, n * 1000
        rest = _below_hundred(w, j + 1 if w.low[j] == "and" else j)
        return (rest[0], n + rest[1]) if rest else (j, n)
    return j, n


def _below_hundred(w: Tokens, i: int) -> tuple[int, int] | None:
    word = w.low[i]
    tens = TENS.get(word)
    if tens is None:
        ones = ONES.get(word)
        return None if ones is None else (i + 1, ones)
    j = i + 1
    if w.low[j] == "-" and w.glued[j]:
        j += 1
    ones = ONES.get(w.low[j], 0)
    return (j + 1, tens + ones) if 0 < ones < 10 else (i + 1, tens)


def ordinal(w: Tokens, i: int) -> tuple[int, int] | None:
    """An ordinal: 3rd, third, twenty-second."""
    if w.number[i] is not None:
        if w.low[i + 1] in _SUFFIXES and w.glued[i + 1]:
            return i + 2, w.number[i] or 0
        return None
    value = ORDINALS.get(w.low[i])
    if value is not None:
        return i + 1, value
    tens = TENS.get(w.low[i])
    if tens is None:
        return None
    j = i + 2 if w.low[i + 1] == "-" else i + 1
    ones = ORDINALS.get(w.low[j], 0)
    return (j + 1, tens + ones) if 0 < ones < 10 else None


def _fraction(w: Tokens, i: int) -> tuple[int, float] | None:
    if w.low[i] in _FRACTIONS:
        return i + 1, _FRACTIONS[w.low[i]]
    top, bottom = w.number[i], w.number[i + 2]
    if top is not None and bottom in (2, 3, 4) and w.low[i + 1] == "/" and w.glued[i + 2] and top < (bottom or 0):
        return i + 3, top / (bottom or 1)
    return None


def _part(w: Tokens, i: int) -> tuple[int, float] | None:
    """Half, a quarter, three quarters."""
    low = w.low
    j = i + 1 if low[i] in ("a", "an", "one") else i
    if low[j] == "half":
        return j + 1, 0.5
    if low[j] == "quarter":
        return j + 1, 0.25
    if low[i] in ("two", "three", "2", "3") and low[i + 1] in ("quarter", "quarters"):
        return i + 2, 0.5 if low[i] in ("two", "2") else 0.75
    return _fraction(w, i)


def quantity(w: Tokens, i: int) -> tuple[int, float] | None:
    """How many: 2, 2.5, two and a half, a couple of, half an, three quarters of an."""
    low = w.low
    word = low[i]
    if word == "a" and low[i + 1] in ("couple", "few", "good", "dozen"):
        i, word = i + 1, low[i + 1]
    if word in ("couple", "few", "some", "dozen"):
        n = {"couple": 2.0, "dozen": 12.0}.get(word, 3.0)
        return (i + 2 if low[i + 1] == "of" else i + 1), n
    if word == "another" or (word in ("full", "all", "whole") and low[i + 1] in ("-", "day", "year", "week")):
        return (i + 2 if low[i + 1] == "-" else i + 1), 1.0
    part = _part(w, i)
    if part is not None and not (word in ("a", "an") and part[0] == i + 1):
        j, n = part
        if low[j] == "of":
            j += 1
        return (j + 1 if low[j] in ("a", "an") else j), n
    if word in ("a", "an"):
        return i + 1, 1.0
    whole = cardinal(w, i)
    if whole is None:
        return None
    j, value = whole
    n = float(value)
    if (
        low[j] in (".", ",")
        and w.number[i] is not None
        and w.number[j + 1] is not None
        and w.glued[j]
        and w.glued[j + 1]
    ):
        return j + 2, float(f"{value}.{low[j + 1]}")
    if low[j] in _FRACTIONS:
        return j + 1, n + _FRACTIONS[low[j]]
    more = _fraction(w, j)
    if more is not None:
        return more[0], n + more[1]
    if low[j] == "and":
        more = _part(w, j + 1) or (_fraction(w, j + 2) if low[j + 1] == "a" else None)
        if more is not None:
            j, extra = more
            return (j + 1 if low[j] == "of" else j), n + extra
        if value in (20, 30, 40, 50) and 0 < ONES.get(low[j + 1], 0) < 10:
            return j + 2, n + ONES[low[j + 1]]
    return j, n


def unit(w: Tokens, i: int, *, after_digits: bool = False) -> tuple[int, Unit] | None:
    """A unit of time; the one-letter ones only right after digits."""
    word = w.low[i]
    if word in ("'", '"') and (w.low[i + 1] == "s" or len(w.low[i - 1]) > 3):
        return None
    if after_digits and w.glued[i] and word in SHORT_UNITS:
        return i + 1, SHORT_UNITS[word]
    if after_digits and word in ("h", "d", "'", '"'):
        return i + 1, SHORT_UNITS[word]
    if word in ("business", "working", "work") and w.low[i + 1] in ("day", "days"):
        return i + 2, Unit.BUSINESS_DAY
    if word in ("weekday", "weekdays"):
        return i + 1, Unit.BUSINESS_DAY
    if word in ("calendar",) and w.low[i + 1] in ("day", "days"):
        return i + 2, Unit.DAY
    if word in ("night", "nights"):
        return i + 1, Unit.DAY
    found = UNITS.get(word.removesuffix("'s"))
    return None if found is None else (i + 1, found)


def _measured(w: Tokens, i: int) -> bool:
    found = unit(w, i)
    return found is not None and w.low[i] not in ("second", "quarter")


def _single(w: Tokens, i: int) -> tuple[int, Amount, Unit] | None:
    found = quantity(w, i)
    if found is None:
        return None
    j, n = found
    if w.low[j] in ("-", "to", "or") and (second := cardinal(w, j + 1)) and n < second[1] and _measured(w, second[0]):
        j = second[0]  # "2 to 3 hours": the shorter
    digits = w.number[j - 1] is not None or w.low[j - 1] in _FRACTIONS
    if (w.low[j] == "-" and w.glued[j] and (w.glued[j + 1] or not digits)) or w.low[j] in (
        "more",
        "fewer",
        "whole",
        "full",
        "solid",
        "short",
    ):
        j += 1
    if w.low[j] in ("fortnight", "fortnights"):
        return j + 1, amount_of(2 * n, Unit.WEEK), Unit.WEEK
    measure = unit(w, j, after_digits=digits)
    if measure is None:
        return None
    j, which = measure
    if which is Unit.DAY and w.low[j - 1] == "'" and w.low[j] == "s":
        j += 1
    return j, amount_of(n, which), which


_FINER = {Unit.HOUR: Unit.MINUTE, Unit.MINUTE: Unit.SECOND}


@remembered
def amount(w: Tokens, i: int) -> tuple[int, Amount] | None:
    """A length of time: 2 hours, 1h30m, an hour and a half, 1 year, 2 months and 3 days, a fortnight."""
    if w.low[i] in ("fortnight",):
        return i + 1, amount_of(2, Unit.WEEK)
    first = _single(w, i)
    if first is None:
        return None
    j, total, which = first
    rest = w.number[j]
    bare_minutes = (
        rest is not None and w.glued[j] and len(w.low[j]) == 2 and w.low[j + 1] not in ("m", "min", "mins", ":")
    )
    if which is Unit.HOUR and bare_minutes and rest is not None and rest < 60:
        return j + 1, total + amount_of(rest, Unit.MINUTE)
    if w.low[j] == "and":
        part = _part(w, j + 1)
        if w.low[j + 1] == "half":
            part = (j + 2, 0.5)
        if part is not None and unit(w, part[0], after_digits=True) is None and w.low[part[0]] not in ("past", "to"):
            following = _single(w, j + 1)
            if following is None:
                return part[0], total + amount_of(part[1], which)
        bare = cardinal(w, j + 1)
        if (
            bare is not None
            and which in _FINER
            and 1 < bare[1] < 60
            and w.number[j + 1] is None
            and _single(w, j + 1) is None
        ):
            return bare[0], total + amount_of(bare[1], _FINER[which])
    while True:
        k = j
        if w.low[k] == ",":
            k += 1
        if w.low[k] == "and":
            k += 1
        if w.low[k] in ("a", "an") and k == j:
            break
        more = _single(w, k)
        if more is None or more[2] is which:
            break
        j, total, which = more[0], total + more[1], more[2]
    return j, total
