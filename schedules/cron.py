"""Cron expressions: five fields, Unix's weekdays, and the daylight-saving rules of Debian's cron.

croniter does the arithmetic; what it does otherwise than Debian's cron(8) is put right here: fixed times run once
where a wall time exists twice, wildcard times do not move out of a gap, and a range N-N means N.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from croniter import croniter
from croniter.croniter import CroniterError

from croncierge.errors import InvalidInput

_NAMES = ("minute", "hour", "day of month", "month", "weekday")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_DEGENERATE = re.compile(r"(?<![\w#])(\w+)-\1(?=[,/\s]|$)", re.I)
_YEARS_AHEAD = 50  # a 29 February on a given weekday can be 40 years away


@lru_cache(maxsize=4096)
def normalise(expression: str) -> str:
    """The expression in five fields, spaced by one blank. Raises InvalidInput naming every field that is wrong."""
    expression = _MACROS.get(expression.strip().lower(), expression)
    fields = [_DEGENERATE.sub(r"\1", field) for field in expression.split()]
    if len(fields) != 5:
        raise InvalidInput(
            f"The cron line {expression!r} has {len(fields)} fields; write five: minute, hour, day of month, month and "
            "weekday, like “0 9 * * 1-5”.",
            field="cron",
        )
    wrong = [fault for index, field in enumerate(fields) if (fault := _fault(index, field))]
    if wrong:
        raise InvalidInput(f"The cron line {expression!r} cannot be: {'; '.join(wrong)}.", field="cron")
    normal = " ".join(fields)
    if not croniter.is_valid(normal, strict=True):
        raise InvalidInput(
            f"The cron line {expression!r} never comes true; is there such a day in that month?", field="cron"
        )
    return normal


def fires_after(expression: str, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Every firing strictly after the aware `moment`, in UTC, ascending. `expression` must be normalised."""
    cron = croniter(
        expression, moment.astimezone(zone), implement_cron_bug=True, max_years_between_matches=_YEARS_AHEAD
    )
    minute, hour = expression.split()[:2]
    fixed = not (minute.startswith("*") or hour.startswith("*"))
    while True:
        try:
            fire: datetime = cron.get_next(datetime)
        except CroniterError:
            return
        if fixed and fire.fold:
            continue  # the second pass through a repeated hour
        if not fixed and not _matches(cron, fire):
            continue  # a wildcard time that was moved out of a gap
        yield fire.astimezone(UTC)


def _matches(cron: croniter, fire: datetime) -> bool:
    minutes, hours = cron.expanded[:2]
    return all(allowed == ["*"] or value in allowed for allowed, value in ((minutes, fire.minute), (hours, fire.hour)))


def _fault(index: int, field: str) -> str | None:
    """What is wrong with one field, in words; None when nothing is."""
    name, (low, high) = _NAMES[index], _RANGES[index]
    for part in field.lower().split(","):
        base, slash, step = part.partition("/")
        if slash and not (step.isdigit() and int(step) > 0):
            return f"{name} {part!r} needs a step of 1 or more after the slash"
        if base in ("*", "?") or (base == "l" and index == 2):
            continue
        if index == 4 and (match := re.fullmatch(r"(\w+)#(\d)|l([0-7])", base)):
            day, nth = match[1] or match[3], int(match[2] or 1)
            if _number(index, day) is None or not 1 <= nth <= 5:
                return f"{name} {part!r} is no weekday of a month; the third Friday is 5#3, the last one L5"
            continue
        if index == 2 and re.fullmatch(r"\d+w", base):
            base = base[:-1]
        for value in base.split("-", 1):
            number = _number(index, value)
            if number is None or not low <= number <= high:
                names = {3: " or jan-dec", 4: " or sun-sat"}.get(index, "")
                return f"{name} {value or part!r} is not one of {low}-{high}{names}"
    return None


def _number(index: int, value: str) -> int | None:
    if value.isdigit():
        return int(value)
    names = {3: _MONTHS, 4: _DAYS}.get(index, ())
    return names.index(value) + (index == 3) if value in names else None
