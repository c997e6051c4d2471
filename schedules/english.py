"""Names, numbers and lists in English, whatever the machine's locale."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NTH = ("first", "second", "third", "fourth", "fifth")
_UNITS = (("hour", 3_600), ("minute", 60), ("second", 1))


def listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def ordinal(number: int) -> str:
    """ "1st", "22nd", "13th"."""
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def nth(number: int) -> str:
    """ "first", "last" (-1), "second-to-last" (-2)."""
    if number == -1:
        return "last"
    name = _NTH[abs(number) - 1] if abs(number) <= len(_NTH) else ordinal(abs(number))
    return name if number > 0 else f"{name}-to-last"


def every(length: timedelta) -> str:
    """ "every hour", "every 90 minutes": in hours at most, for a day is not always 24 hours long."""
    seconds = length.total_seconds()
    for unit, size in _UNITS:
        if seconds % size == 0:
            count = int(seconds // size)
            return f"every {unit}" if count == 1 else f"every {count} {unit}s"
    return f"every {seconds:g} seconds"


def clock(moment: datetime) -> str:
    """ "09:00", with seconds only when there are some."""
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def long_date(day: date) -> str:
    """ "30 June 2027"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """ "Mon 30 Nov"."""
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"
