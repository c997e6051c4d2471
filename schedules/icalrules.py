"""The recurrence rules (RFC 5545) that say the same as a schedule, for programs that know nothing else."""

from collections.abc import Iterable
from datetime import timedelta

from schedules.cron import normalise
from schedules.cronfields import Fields, fields_of
from schedules.rules import CODES, rule_parts, with_start
from schedules.schedule import Cron, Interval, Rule

_UNITS = (
    ("DAILY", timedelta(days=1)),
    ("HOURLY", timedelta(hours=1)),
    ("MINUTELY", timedelta(minutes=1)),
    ("SECONDLY", timedelta(seconds=1)),
)


def recurrence_lines(schedule: Cron | Interval | Rule) -> list[str] | None:
    """Rules without `RRULE:`, without an end; None where no rule can say it.

    A rule counts from the first occurrence, in the schedule's zone; an interval's in UTC, where days have 24 hours.
    """
    match schedule:
        case Cron():
            return _of_cron(fields_of(normalise(schedule.expression)))
        case Interval():
            return next(
                (
                    [f"FREQ={unit};INTERVAL={schedule.every // size}"]
                    for unit, size in _UNITS
                    if not schedule.every % size
                ),
                None,
            )
        case Rule():
            rules = [rule_parts(line) for line in schedule.text.splitlines() if line.startswith("RRULE:")]
            return [_joined(with_start(parts, schedule.dtstart)) for parts in rules]


def _of_cron(fields: Fields) -> list[str] | None:
    all_days, all_weekdays = len(fields.days) == 31, len(fields.weekdays) == 7
    if fields.nearest_weekday or (fields.nth and not all_days):
        return None
    months = "" if len(fields.months) == 12 else _list(fields.months)
    days = "" if all_days else _list(day or -1 for day in fields.days)
    nth = dict(fields.nth)
    weekdays = ",".join(
        f"{number or ''}{CODES[(day - 1) % 7]}"
        for day in fields.weekdays
        for number in sorted((n or -1 for n in nth[day]) if day in nth else (0,))
    )
    clock = {"BYHOUR": _list(fields.hours), "BYMINUTE": _list(fields.minutes), "BYSECOND": "0"}
    frequency = "MONTHLY" if nth or days else "DAILY"
    if fields.either_day and not (all_days or all_weekdays):
        return [
            _joined({"FREQ": frequency, "BYMONTH": months} | day | clock)
            for frequency, day in (
                ("MONTHLY", {"BYMONTHDAY": days}),
                ("MONTHLY" if nth else "DAILY", {"BYDAY": weekdays}),
            )
        ]
    day = {"BYMONTHDAY": days, "BYDAY": "" if all_weekdays and not nth else weekdays}
    if fields.either_day:  # one of the two allows every day
        day = {}
    return [_joined({"FREQ": frequency if day else "DAILY", "BYMONTH": months} | day | clock)]


def _joined(parts: dict[str, str]) -> str:
    return ";".join(f"{key}={value}" for key, value in parts.items() if value)


def _list(values: Iterable[int]) -> str:
    return ",".join(map(str, values))
