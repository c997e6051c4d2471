"""Spellings of absolute dates that the grammar has no rule for, read by dateparser under strict settings."""

import re
from datetime import datetime
from functools import lru_cache

from schedules.reading import Preferences
from schedules.words.tokens import Tokens

_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.I)
_SHAPE = re.compile(r"[\w\s,.:/+'-]{8,40}")


def exotic_date(w: Tokens, local: datetime, preferences: Preferences) -> datetime | None:
    """The moment (local and naive, or aware where it names an offset) of a text that is clearly one date.

    It has to name a month, a day and a year; nothing that may repeat comes here.
    """
    text = w.text.strip()
    if not _SHAPE.fullmatch(text) or not _MONTH.search(text):
        return None
    figures = [number for number in w.number[: w.count] if number is not None]
    if not any(1900 < number < 2100 for number in figures) or not any(1 <= number <= 31 for number in figures):
        return None
    return _parsed(text, local, preferences.day_first)


@lru_cache(maxsize=256)
def _parsed(text: str, local: datetime, day_first: bool | None) -> datetime | None:
    import dateparser  # slow to import and rarely needed

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
