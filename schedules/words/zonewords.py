"""Zones in words: "5pm London time", "9am CET", "UTC+2", "Europe/Berlin"."""

from functools import lru_cache

from schedules.words.pieces import InZone
from schedules.words.tokens import Tokens
from schedules.zones import find_zone

_ABBREVIATIONS = frozenset(
    [
        "utc",
        "gmt",
        "z",
        "est",
        "edt",
        "cst",
        "cdt",
        "mst",
        "mdt",
        "pst",
        "pdt",
        "et",
        "ct",
        "mt",
        "pt",
        "akst",
        "akdt",
        "hst",
        "cet",
        "cest",
        "eet",
        "eest",
        "wet",
        "west",
        "bst",
        "ist",
        "jst",
        "kst",
        "sgt",
        "hkt",
        "aest",
        "aedt",
        "acst",
        "awst",
        "nzst",
        "nzdt",
        "msk",
        "brt",
        "art",
        "sast",
        "wib",
        "ast",
        "adt",
        "nst",
    ]
)
_PLAIN_WORDS = frozenset({"et", "ct", "mt", "pt", "art", "west", "z", "ist", "wet"})


@lru_cache(maxsize=1024)
def _find(words: str) -> str | None:
    return find_zone(words)


def zone_words(w: Tokens, i: int) -> tuple[int, InZone] | None:
    """A zone at i: an abbreviation, an offset from UTC, an IANA name, or a place before the word "time"."""
    low = w.low
    j = i
    bracket = low[j] == "("
    if bracket:
        j += 1
    if low[j] in ("in", "by", "on") and low[j + 1].isalpha():
        j += 1
    if low[j] == "the":
        j += 1
    found = _offset(w, j) or _abbreviation(w, j, i) or _iana(w, j) or _place(w, j)
    if found is None:
        return None
    end, name = found
    if bracket:
        if low[end] != ")":
            return None
        end += 1
    return end, InZone(name=name)


def _offset(w: Tokens, j: int) -> tuple[int, str] | None:
    low = w.low
    if low[j] not in ("utc", "gmt") or low[j + 1] not in ("+", "-") or w.number[j + 2] is None:
        return None
    if not w.glued[j + 2]:
        return None
    hours, minutes = w.number[j + 2] or 0, 0
    end = j + 3
    if low[end] == ":" and w.glued[end] and w.number[end + 1] is not None:
        minutes, end = w.number[end + 1] or 0, end + 2
    if hours > 14 or minutes:
        return None
    sign = "-" if low[j + 1] == "+" else "+"
    return end, f"Etc/GMT{sign}{hours}" if hours else "UTC"


def _abbreviation(w: Tokens, j: int, start: int) -> tuple[int, str] | None:
    word = w.low[j]
    if word not in _ABBREVIATIONS:
        return None
    if word in _PLAIN_WORDS and not w.raw[j].isupper() and (start == 0 or w.number[start - 1] is None):
        before = w.low[start - 1] if start else ""
        if before not in ("am", "pm", "m", "."):
            return None
    name = "UTC" if word == "z" else _find(w.raw[j].upper())
    if name is None:
        return None
    end = j + 1
    return (end + 1 if w.low[end] == "time" else end), name


def _iana(w: Tokens, j: int) -> tuple[int, str] | None:
    end = j + 1
    while w.low[end] in ("/", "_", "-") and w.glued[end] and w.low[end + 1].isalpha() and w.glued[end + 1]:
        end += 2
    if end == j + 1 or w.low[j + 1] != "/":
        return None
    name = _find(w.said(j, end))
    return (end, name) if name is not None and "/" in name else None


def _place(w: Tokens, j: int) -> tuple[int, str] | None:
    """Up to three words before "time", or "eastern" and its like right after a clock time."""
    if w.low[j] in ("eastern", "central", "mountain", "pacific") and w.low[j - 1] in ("am", "pm", "m", "p", "a"):
        end = j + 2 if w.low[j + 1] == "time" else j + 1
        name = _find(f"{w.low[j]} time") or _find(w.low[j])
        return (end, name) if name is not None else None
    for size in (1, 2, 3):
        if not w.low[j + size - 1].isalpha():
            return None
        if w.low[j + size] == "time":
            if w.low[j] in ("this", "some", "any", "first", "next", "last", "local", "what", "same", "my", "good"):
                return None
            name = _find(w.said(j, j + size)) or _find(w.said(j, j + size + 1))
            return (j + size + 1, name) if name is not None else None
    return None
