"""Cron expressions: five fields, Unix's weekdays, and the daylight-saving rules of Debian's cron.

croniter reads the fields. The walk over the days is ours, because croniter does otherwise than cron(8) where the clocks
change: it repeats fixed times that exist twice, and moves wildcard times out of a gap.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from croncierge.errors import InvalidInput
from schedules.cronfields import Fields, fault, fields_of
from schedules.zones import resolve

_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_ONE_VALUE = re.compile(r"(?<![\w#])(\w+)-\1(?:/\d+)?(?=,|$)", re.I)  # croniter takes N-N for "every value"
_LAST_WEEKDAY = re.compile(r"\b([0-7])L\b", re.I)
_YEARS_AHEAD = 50  # a 29 February on a given weekday can be 40 years away


@lru_cache(maxsize=4096)
def normalise(expression: str) -> str:
    """The expression in five fields, spaced by one blank. Raises InvalidInput naming every field that is wrong."""
    shown = expression if len(expression) <= 80 else f"{expression[:80]}…"
    fields = _MACROS.get(expression.strip().lower(), expression).split()
    if len(fields) != 5:
        raise InvalidInput(
            f"The cron line {shown!r} has {len(fields)} field{'' if len(fields) == 1 else 's'}; write five: minute, "
            "hour, day of month, month and weekday, like “0 9 * * 1-5”.",
            field="cron",
        )
    fields = [_ONE_VALUE.sub(r"\1", "*" if field == "?" else field) for field in fields]
    fields[4] = _LAST_WEEKDAY.sub(r"L\1", fields[4])
    wrong = [each for index, field in enumerate(fields) if (each := fault(index, field))]
    if wrong:
        raise InvalidInput(f"The cron line {shown!r} cannot be: {'; '.join(wrong)}.", field="cron")
    normal = " ".join(fields)
    if next(_dates(fields_of(normal), date(2000, 1, 1)), None) is None:
        raise InvalidInput(
            f"The cron line {shown!r} never comes true: there is no such day in that month; change day or month.",
            field="cron",
        )
    return normal


def fires_after(expression: str, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Every firing strictly after the aware `moment`, in UTC, ascending. `expression` must be normalised."""
    fields = fields_of(expression)
    last = moment.astimezone(UTC)
    for day in _dates(fields, last.astimezone(zone).date()):
        for fire in _on(day, fields, zone, last):
            if fire > last:
                yield fire
                last = fire


def walls_on(expression: str, day: date) -> list[datetime]:
    """The wall-clock times (naive) that the normalised expression names on that day, whatever the clocks do."""
    fields = fields_of(expression)
    if next(_dates(fields, day), None) != day:
        return []
    return [datetime(day.year, day.month, day.day, hour, minute) for hour in fields.hours for minute in fields.minutes]  # noqa: DTZ001


def _dates(fields: Fields, first: date) -> Iterator[date]:
    """The dates that match, from `first` on; ends when none comes for many years."""
    year, month, quiet = first.year, first.month, 0
    while quiet <= 12 * _YEARS_AHEAD and year <= date.max.year:
        quiet += 1
        for day in _days_of_month(fields, year, month) if month in fields.months else ():
            if (year, month, day) >= (first.year, first.month, first.day):
                quiet = 0
                yield date(year, month, day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


@lru_cache(maxsize=8192)
def _days_of_month(fields: Fields, year: int, month: int) -> tuple[int, ...]:
    first, length = monthrange(year, month)
    nth = dict(fields.nth)
    days = {day or length for day in fields.days}
    if fields.nearest_weekday:
        days = {_nearest_weekday(day, first, length) for day in days if day <= length}

    def matches(day: int) -> bool:
        weekday = (first + day) % 7  # monthrange counts from Monday, cron from Sunday
        of_week = weekday in fields.weekdays and (
            weekday not in nth or (day + 6) // 7 in nth[weekday] or (0 in nth[weekday] and day + 7 > length)
        )
        return (day in days or of_week) if fields.either_day else (day in days and of_week)

    return tuple(filter(matches, range(1, length + 1)))


def _nearest_weekday(day: int, first: int, length: int) -> int:
    weekday = (first + day - 1) % 7
    if weekday == 5:
        return day - 1 if day > 1 else day + 2
    if weekday == 6:
        return day + 1 if day < length else day - 2
    return day


def _on(day: date, fields: Fields, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The firings (UTC, ascending) on that local day; those up to `after` may be left out."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    offset = midnight.utcoffset()
    steady = day < date.max and offset is not None and (midnight + timedelta(days=1)).utcoffset() == offset
    if not steady:
        yield from _on_day_of_change(day, fields, zone)
        return
    start = midnight.astimezone(UTC)
    passed = (after - start) // timedelta(hours=1)
    for hour in fields.hours:
        if hour >= passed:
            for minute in fields.minutes:
                yield start + timedelta(hours=hour, minutes=minute)


def _on_day_of_change(day: date, fields: Fields, zone: ZoneInfo) -> list[datetime]:
    walls = [datetime(day.year, day.month, day.day, hour, minute) for hour in fields.hours for minute in fields.minutes]  # noqa: DTZ001
    if not fields.wildcard:
        return sorted({resolve(wall, zone.key).astimezone(UTC) for wall in walls})
    passes = ((wall.replace(tzinfo=zone, fold=fold).astimezone(UTC), wall) for wall in walls for fold in (0, 1))
    return sorted({instant for instant, wall in passes if instant.astimezone(zone).replace(tzinfo=None) == wall})
