"""Recurrence rules of RFC 5545 on the wall clock, read by dateutil, cheap however long ago they began."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from schedules.schedule import Rule
from schedules.zones import resolve

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_CLOCK = {"HOURLY": timedelta(hours=1), "MINUTELY": timedelta(minutes=1), "SECONDLY": timedelta(seconds=1)}
_STEPS = {"WEEKLY": timedelta(weeks=1), "DAILY": timedelta(days=1), **_BY_CLOCK}
_MONTHS = {"YEARLY": 12, "MONTHLY": 1}
_LONGEST_OVERLAP = timedelta(hours=3)
_LAST_CENTURY = datetime(9901, 1, 1)  # noqa: DTZ001
_BY_DAY = {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYEASTER"}
_SHAPE = re.compile(r"(RRULE|RDATE|EXDATE):\S+")


def rule_parts(line: str) -> dict[str, str]:
    """The parts of an `RRULE:` line by name, in capitals."""
    return dict(part.split("=", 1) for part in line.partition(":")[2].upper().split(";") if "=" in part)


def with_start(parts: dict[str, str], dtstart: datetime) -> dict[str, str]:
    """The rule with everything in it that it takes from its start."""
    if parts["FREQ"] in _BY_CLOCK:
        return parts
    clock = {"BYHOUR": str(dtstart.hour), "BYMINUTE": str(dtstart.minute), "BYSECOND": str(dtstart.second)}
    day: dict[str, str] = {}
    if not _BY_DAY & parts.keys():
        match parts["FREQ"]:
            case "YEARLY":
                day = {"BYMONTH": str(dtstart.month), "BYMONTHDAY": str(dtstart.day)}
            case "MONTHLY":
                day = {"BYMONTHDAY": str(dtstart.day)}
            case "WEEKLY":
                day = {"BYDAY": CODES[dtstart.weekday()]}
    return parts | {key: value for key, value in (day | clock).items() if key not in parts}


def follows_elapsed_time(text: str) -> bool:
    """Whether the rule steps by hours or less and names no hour: such rules keep their pace where the clocks change."""
    return any(parts.get("FREQ") in _BY_CLOCK and "BYHOUR" not in parts for parts in map(rule_parts, text.splitlines()))


def instants_after(rule: Rule, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Every occurrence strictly after `moment`, in UTC, ascending, without the shared bounds."""
    last = moment.astimezone(UTC)
    elapsed = follows_elapsed_time(rule.text)
    # A little back on the wall clock, so that no change of the clocks hides an occurrence.
    local = last.astimezone(zone).replace(tzinfo=None) - (_LONGEST_OVERLAP if elapsed else timedelta(days=1))
    second_pass: list[datetime] = []
    for wall in walls_after(rule, local):
        first = resolve(wall, rule.zone)
        if elapsed and first.replace(tzinfo=None) != wall:
            continue  # in a gap
        later = first.replace(fold=1).astimezone(UTC)
        first = first.astimezone(UTC)
        while second_pass and second_pass[0] < first:
            repeated = second_pass.pop(0)
            if repeated > last:
                yield (last := repeated)
        if first > last:
            yield (last := first)
        if elapsed and later > first:
            second_pass.append(later)


def walls_after(rule: Rule, local: datetime) -> Iterator[datetime]:
    """The rule's wall-clock times (naive) after the naive `local`, ascending, whatever the clocks do."""
    local = max(local, rule.dtstart - timedelta(microseconds=1))
    both = rruleset()
    for line in rule.text.splitlines():
        match line.partition(":"):
            case "RRULE", _, _ if _comes_true(line, rule.dtstart):
                both.rrule(_read(*_moved(line, rule.dtstart, local)))
            case "RDATE", _, dates:
                for date in dates_of(dates):
                    both.rdate(date)
            case "EXDATE", _, dates:
                for date in dates_of(dates):
                    both.exdate(date)
    yield from both.xafter(local)


def dates_of(listed: str) -> list[datetime]:
    """The wall-clock times of an RDATE or EXDATE line, after its colon."""
    return [datetime.fromisoformat(each.removesuffix("Z")) for each in listed.split(",")]


def check_rule(rule: Rule) -> None:
    """Raises ValueError, with the reason in words, for what is no rule by RFC 5545 or never comes true."""
    lines = rule.text.splitlines()
    if all(line.startswith("EXDATE:") for line in lines):
        raise ValueError("it names no day")
    for line in lines:
        if not _SHAPE.fullmatch(line):
            raise ValueError(f"{line[:60]!r} is not RRULE:…, RDATE:… or EXDATE:…")
        if line.startswith("RRULE:"):
            _check_line(line, rule.dtstart)
        else:
            dates_of(line.partition(":")[2])


def _check_line(line: str, dtstart: datetime) -> None:
    parts = rule_parts(line)
    if (frequency := parts.get("FREQ", "")) not in _STEPS.keys() | _MONTHS.keys():
        raise ValueError(f"FREQ={frequency} is none of {', '.join((*_MONTHS, *_STEPS))}")
    if not re.fullmatch("[1-9][0-9]{0,6}", interval := parts.get("INTERVAL", "1")):
        raise ValueError(f"INTERVAL={interval} is no number from 1 on")
    if {"COUNT", "UNTIL"} & parts.keys():
        raise ValueError("its end belongs into the schedule's own bounds, not into the rule")
    if not _comes_true(line, dtstart):
        raise ValueError("it never comes true, there is no such day")


@lru_cache(maxsize=2048)
def _read(line: str, dtstart: datetime) -> rrule:
    rule = rrulestr(line, dtstart=dtstart, cache=False)
    assert isinstance(rule, rrule)
    return rule


@lru_cache(maxsize=2048)
def _comes_true(line: str, dtstart: datetime) -> bool:
    """Whether the rule ever matches: asked of the calendar's last century, since dateutil would search all of it."""
    if "COUNT" in rule_parts(line):
        return True
    return next(iter(_read(*_moved(line, dtstart, _LAST_CENTURY))), None) is not None


def _moved(line: str, dtstart: datetime, before: datetime) -> tuple[str, datetime]:
    """The rule with a start a whole number of its periods later, yet before `before`; it says what its start told."""
    parts = rule_parts(line)
    every, frequency = int(parts.get("INTERVAL", 1)), parts["FREQ"]
    if before <= dtstart or "COUNT" in parts:
        return line, dtstart
    # One period more is kept, because dateutil cuts the first one short.
    if frequency in _STEPS:
        period = _STEPS[frequency] * every
        return line, dtstart + max(0, (before - dtstart) // period - 1) * period
    months = _MONTHS[frequency] * every
    passed = (before.year - dtstart.year) * 12 + before.month - dtstart.month
    jump = (passed // months - 1) * months
    if jump <= 0:
        return line, dtstart
    # Its start told the day; only a first day is in every month.
    told = with_start(parts, dtstart).items() - parts.items()
    line += "".join(f";{key}={value}" for key, value in sorted(told) if key in ("BYMONTH", "BYMONTHDAY"))
    year, month = divmod(dtstart.year * 12 + dtstart.month - 1 + jump, 12)
    return line, dtstart.replace(year=year, month=month + 1, day=1)
