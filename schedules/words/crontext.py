"""Cron expressions written out in a sentence: five fields in a row, or @daily and its like."""

import re

from croncierge.errors import InvalidInput
from schedules.cron import normalise
from schedules.words.pieces import Piece
from schedules.words.tokens import Tokens
from schedules.words.verbatim import CronText

_ALIASES = frozenset({"hourly", "daily", "midnight", "weekly", "monthly", "yearly", "annually"})
_SANE = re.compile(
    r"^(?:[\d*/,\-#LW]|MON|TUE|WED|THU|FRI|SAT|SUN|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)+$", re.I
)


def cron_text(w: Tokens) -> Piece | None:
    """The cron expression in a text, as a piece over the tokens it takes."""
    if "*" not in w.text and "@" not in w.text and "cron" not in w.low:
        return None
    for i, word in enumerate(w.low[: w.count]):
        if word == "@" and w.glued[i + 1] and w.low[i + 1] in _ALIASES:
            return Piece(start=i, end=i + 2, meaning=CronText(expression=normalise(f"@{w.low[i + 1]}")))
    return _five_fields(w)


def _five_fields(w: Tokens) -> Piece | None:
    words: list[tuple[int, int, str]] = []
    i = 0
    while i < w.count:
        end = i + 1
        while w.glued[end]:
            end += 1
        words.append((i, end, w.said(i, end).strip("`'\"().;:")))
        i = end
    for first in range(len(words) - 4):
        fields = [word for _, _, word in words[first : first + 5]]
        starred = any("*" in field for field in fields) or "cron" in w.low
        if not starred or not all(_SANE.match(field) for field in fields):
            continue
        try:
            expression = normalise(" ".join(fields))
        except InvalidInput:
            continue
        start = words[first][0]
        if start and w.low[start - 1] in (":", "cron"):
            start -= 1
        if start and w.low[start - 1] == "cron":
            start -= 1
        return Piece(start=start, end=words[first + 4][1], meaning=CronText(expression=expression))
    return None
