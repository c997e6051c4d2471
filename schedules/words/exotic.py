"""Spellings of absolute dates that the grammar has no rule for, read by dateparser under strict settings."""

import re
from datetime import datetime
from functools import lru_cache

from schedules.reading import Preferences
from schedules.words.tokens import Tokens

_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.I)
_SHAPE = re.compile(r"^[\w\s,.:/+'-]{6,40}$")


def exotic_date(w: Tokens, local: datetime, preferences: Preferences) -> tuple[datetime, str, str] | None:
    """(local moment, words taken, words left) for a text that is clearly a date: a month's name, a day and a year."""
    text = w.text.strip()
    if not _SHAPE.match(text) or not _MONTH.search(text):
        return None
    figures = [number for number in w.number[: w.count] if number is not None]
    if not any(1900 < number < 2100 for number in figures) or not any(1 <= number <= 31 for number in figures):
        return None
    at = _parsed(text, local.replace(microsecond=0), preferences.day_first)
    return None if at is None else (at, text, "")


@lru_cache(maxsize=256)
def _parsed(text: str, local: datetime, day_first: bool | None) -> datetime | None:
    import dateparser

    found = dateparser.parse(
        text,
        languages=["en"],
        settings={
            "RELATIVE_BASE": local,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "PARSERS": ["absolute-time"],
            "DATE_ORDER": "DMY" if day_first else "MDY",
            "STRICT_PARSING": True,
        },
    )
    return found if isinstance(found, datetime) else None
