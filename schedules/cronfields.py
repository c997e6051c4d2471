"""The five fields of a cron expression: what is wrong with them, and the values they stand for."""

import re
from dataclasses import dataclass
from functools import lru_cache

from croniter import croniter

_NAMES = ("minute", "hour", "day of month", "month", "weekday")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_SPOKEN = {3: " or jan-dec", 4: " or sun-sat"}
_LAST = 0


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The values that each field allows.

    days: of the month, ascending; 0 is its last day.
    nearest_weekday: `days` holds one day, and the weekday nearest to it (in its month) is meant.
    weekdays: 0 is Sunday; nth: for some of them, which ones of the month (1-5, 0 is the last), else all.
    either_day: a date needs to match the day or the weekday; otherwise both.
    wildcard: the minute or the hour starts with a star, so that elapsed time counts where the clocks change.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    nearest_weekday: bool
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    nth: tuple[tuple[int, frozenset[int]], ...]
    either_day: bool
    wildcard: bool


@lru_cache(maxsize=4096)
def fields_of(expression: str) -> Fields:
    """The values of a normalised expression."""
    minute, hour, day, _, weekday = expression.split()
    values, nth = croniter.expand(expression)
    minutes, hours, days, months, weekdays = (
        tuple(range(low, high + 1))
        if allowed == ["*"]
        else tuple(sorted(_LAST if each == "l" else each for each in allowed))
        for allowed, (low, high) in zip(values, (*_RANGES[:4], (0, 6)), strict=True)
    )
    which = {name: frozenset(_LAST if each == "l" else each for each in numbers) for name, numbers in nth.items()}
    return Fields(
        minutes=minutes,
        hours=hours,
        days=days,
        nearest_weekday=day.lower().endswith("w"),
        months=months,
        weekdays=weekdays,
        nth=tuple(which.items()),
        either_day=not (day.startswith("*") or weekday.startswith("*")),
        wildcard=minute.startswith("*") or hour.startswith("*"),
    )


def fault(index: int, field: str) -> str | None:
    """What is wrong with the field at this place (0 is the minute), in words; None when nothing is."""
    name, (low, high) = _NAMES[index], _RANGES[index]
    parts = field.lower().split(",")
    if index == 2 and len(parts) > 1 and any(part.endswith("w") for part in parts):
        return f"{name} {field!r} mixes W with other days; it stands alone, like 15W"
    if index == 4 and 0 < sum("#" in part or part.startswith("l") for part in parts) < len(parts):
        return f"{name} {field!r} mixes weekdays of the month with plain ones; write two cron lines"
    for part in parts:
        base, slash, step = part.partition("/")
        if slash and not (re.fullmatch(r"\d{1,3}", step) and int(step) > 0):
            return f"{name} {part!r} needs a step of 1 or more after the slash"
        if base == "*" or (base == "l" and index == 2 and not slash):
            continue
        if index == 4 and ("#" in base or re.fullmatch(r"l\w*", base)):
            match = re.fullmatch(r"(\w+)#([1-5])|l([0-7])", part)
            number = _number(index, match[1] or match[3]) if match else None
            if number is None or number > high:
                return f"{name} {part!r} is no weekday of a month; the third Friday is 5#3, the last one L5"
            continue
        if index == 2 and re.fullmatch(r"\d+w", part):
            base = base[:-1]
        for value in base.split("-", 1):
            number = _number(index, value)
            if number is None or not low <= number <= high:
                return f"{name} {value or part!r} is not one of {low}-{high}{_SPOKEN.get(index, '')}"
    return None


def _number(index: int, value: str) -> int | None:
    if re.fullmatch(r"[0-9]{1,3}", value):
        return int(value)
    names = {3: _MONTHS, 4: _DAYS}.get(index, ())
    return names.index(value) + (index == 3) if value in names else None
