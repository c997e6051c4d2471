"""Schedules and moments in English, for a person: "every Monday at 09:00", "Mon 30 Nov 09:00"."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.cron import normalise
from schedules.schedule import Cron, Interval, Once, Rule, Schedule

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second-to-last"}
_UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def describe(schedule: Schedule) -> str:
    """The schedule in words, without its zone."""
    zone = ZoneInfo(schedule.zone)
    match schedule:
        case Once():
            at = schedule.at.astimezone(zone)
            return f"on {at:%a} {at.day} {at:%b} {at.year} at {_clock(at)}"
        case Interval():
            words = f"every {_amount(schedule.every)}"
        case Cron():
            words = _cron(schedule)
        case Rule():
            words = _rules(schedule)
    return words + _bounds(schedule, zone)


def describe_with_zone(schedule: Schedule) -> str:
    """The schedule in words, with its zone in brackets."""
    return f"{describe(schedule)} ({schedule.zone})"


def describe_moment(instant: datetime, zone: str, now: datetime) -> str:
    """ "Mon 30 Nov 09:00" in `zone`; with the year when it is not the year of `now` there."""
    local, year = instant.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).year
    return f"{local:%a} {local.day} {local:%b}{'' if local.year == year else f' {local.year}'} {_clock(local)}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _amount(length: timedelta) -> str:
    seconds = length.total_seconds()
    for unit, size in _UNITS:
        if seconds % size == 0:
            count = int(seconds // size)
            return unit if count == 1 else f"{count} {unit}s"
    return f"{seconds:g} seconds"


def _bounds(schedule: Schedule, zone: ZoneInfo) -> str:
    def day(moment: datetime) -> str:
        local = moment.astimezone(zone)
        clock = "" if (local.hour, local.minute) in ((0, 0), (23, 59)) else f" at {_clock(local)}"
        return f"{local.day} {local:%B %Y}{clock}"

    words = ""
    if schedule.except_dates:
        words += " except " + _list([f"{each.day} {each:%B %Y}" for each in sorted(schedule.except_dates)])
    if schedule.start is not None:
        words += f" starting {day(schedule.start)}"
    if schedule.until is not None:
        words += f" until {day(schedule.until)}"
    if schedule.max_runs is not None:
        words += f", {schedule.max_runs} time{'' if schedule.max_runs == 1 else 's'}"
    return words


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _day_names(days: Sequence[int]) -> str:
    """Weekdays (Monday is 0) in words."""
    days = sorted(set(days))
    if days == [0, 1, 2, 3, 4]:
        return "weekday"
    if days == [5, 6]:
        return "weekend"
    return _list([_DAYS[day] for day in days])


# --- cron --------------------------------------------------------------------------------------------------------


def _cron(schedule: Cron) -> str:
    expression = normalise(schedule.expression)
    minute, hour, day, month, weekday = expression.lower().split()
    times = _times(minute, hour)
    days = _cron_days(day, weekday)
    months = _cron_months(month)
    if times is None or days is None or months is None:
        return f"by the cron line {expression}"
    rhythm, clock = times
    if rhythm:
        return " ".join(
            filter(None, [rhythm, "" if days == "every day" else f"on {days.removeprefix('every ')}s", months])
        )
    return " ".join(filter(None, [days, months, clock]))


def _times(minute: str, hour: str) -> tuple[str, str] | None:
    """A rhythm within the day, or the times of day."""
    if (minute, hour) == ("*", "*"):
        return "every minute", ""
    if hour == "*" and (match := re.fullmatch(r"\*/(\d+)", minute)):
        return f"every {match[1]} minutes", ""
    if hour == "*" and minute.isdigit():
        return ("every hour" if minute == "0" else f"every hour at {minute} minutes past"), ""
    if minute == "0" and (match := re.fullmatch(r"\*/(\d+)", hour)):
        return f"every {match[1]} hours", ""
    if re.fullmatch(r"\d+(,\d+)*", minute) and re.fullmatch(r"\d+(,\d+)*", hour):
        clocks = [f"{int(h):02}:{int(m):02}" for h in hour.split(",") for m in minute.split(",")]
        return "", f"at {_list(sorted(clocks))}"
    if minute.isdigit() and (match := re.fullmatch(r"(\d+)-(\d+)", hour)):
        return f"every hour from {int(match[1]):02}:{int(minute):02} to {int(match[2]):02}:{int(minute):02}", ""
    return None


def _cron_days(day: str, weekday: str) -> str | None:
    if (day, weekday) == ("*", "*"):
        return "every day"
    if weekday == "*":
        if day == "l":
            return "on the last day of every month"
        if re.fullmatch(r"\d+(,\d+)*", day):
            return f"on the {_list([_ordinal(int(each)) for each in day.split(',')])} of every month"
        return None
    if day != "*":
        return None
    if match := re.fullmatch(r"([0-7]|\w{3})#([1-5])", weekday):
        number = _weekday(match[1])
        return f"on the {_NTH[int(match[2])]} {_DAYS[number]} of every month" if number is not None else None
    if match := re.fullmatch(r"l([0-7])", weekday):
        return f"on the last {_DAYS[(int(match[1]) - 1) % 7]} of every month"
    days = _weekdays(weekday)
    return f"every {_day_names(days)}" if days else None


def _weekdays(field: str) -> list[int] | None:
    """Monday is 0."""
    days: list[int] = []
    for part in field.split(","):
        first, _, last = part.partition("-")
        low, high = _weekday(first), _weekday(last or first)
        if low is None or high is None:
            return None
        days += [(low + step) % 7 for step in range((high - low) % 7 + 1)]
    return days


def _weekday(word: str) -> int | None:
    names = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
    number = int(word) if word.isdigit() else names.index(word) if word in names else None
    return None if number is None else (number - 1) % 7


def _cron_months(month: str) -> str | None:
    if month == "*":
        return ""
    if re.fullmatch(r"\d+(,\d+)*", month):
        return f"in {_list([_MONTHS[int(each) - 1] for each in month.split(',')])}"
    return None


# --- rules -------------------------------------------------------------------------------------------------------


def _rules(schedule: Rule) -> str:
    lines = [line.partition(":") for line in schedule.text.splitlines()]
    rules = [
        _rule(dict(part.split("=", 1) for part in body.split(";")), schedule.dtstart)
        for name, _, body in lines
        if name == "RRULE"
    ]
    dates = [datetime.fromisoformat(each) for name, _, body in lines if name == "RDATE" for each in body.split(",")]
    parts = [rule for rule in rules if rule] + [f"on {each.day} {each:%B %Y} at {_clock(each)}" for each in dates]
    return " and ".join(dict.fromkeys(parts))


def _rule(parts: dict[str, str], dtstart: datetime) -> str:
    every = int(parts.get("INTERVAL", 1))
    unit = {
        "YEARLY": "year",
        "MONTHLY": "month",
        "WEEKLY": "week",
        "DAILY": "day",
        "HOURLY": "hour",
        "MINUTELY": "minute",
        "SECONDLY": "second",
    }[parts["FREQ"]]
    days = [re.fullmatch(r"([+-]?\d+)?(\w\w)", day) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    numbers = [_CODES.index(day[2]) for day in days if day]
    clock = f"at {_list(_rule_clocks(parts, dtstart))}"
    rhythm = f"every {unit}" if every == 1 else f"every other {unit}" if every == 2 else f"every {every} {unit}s"
    months = [_MONTHS[int(each) - 1] for each in parts.get("BYMONTH", "").split(",") if each]
    if unit == "week" and numbers:
        names = _day_names(numbers)
        if every == 1:
            return f"every {names} {clock}"
        return (
            f"every other {names} {clock}"
            if every == 2 and len(numbers) == 1
            else f"{rhythm} on {_plural(names)} {clock}"
        )
    if unit == "day" and numbers and every == 1:
        return f"every {_day_names(numbers)} {clock}"
    which = _which_day(parts, days, numbers)
    if unit in ("month", "year") and which:
        of = f"of {_list(months)} every year" if months and every == 1 else f"of {rhythm}"
        return f"on the {which} {of} {clock}"
    if unit == "year" and not which:
        month = months[0] if months else _MONTHS[dtstart.month - 1]
        return f"{rhythm} on {dtstart.day} {month} {clock}" if every > 1 else f"every {dtstart.day} {month} {clock}"
    if unit == "month":
        return f"on the {_ordinal(dtstart.day)} of {rhythm} {clock}"
    if unit in ("hour", "minute", "second"):
        return rhythm + (f" on {_plural(_day_names(numbers))}" if numbers else "")
    if unit == "week":
        return f"{rhythm} on {_DAYS[dtstart.weekday()]} {clock}"
    return f"{rhythm} {clock}"


def _which_day(parts: dict[str, str], days: Sequence[re.Match[str] | None], numbers: Sequence[int]) -> str:
    """Which day of the month: "15th", "last Friday", "first weekday"."""
    if "BYMONTHDAY" in parts:
        values = [int(each) for each in parts["BYMONTHDAY"].split(",")]
        return _list(
            [_ordinal(each) if each > 0 else f"{_NTH.get(each, _ordinal(-each) + '-to-last')} day" for each in values]
        )
    if "BYSETPOS" in parts and numbers:
        names = "day" if len(set(numbers)) == 7 else _day_names(numbers)
        return _list([f"{_NTH.get(int(each), each)}" for each in parts["BYSETPOS"].split(",")]) + f" {names}"
    if days and all(day and day[1] for day in days):
        return _list([f"{_NTH.get(int(day[1]), day[1])} {_DAYS[_CODES.index(day[2])]}" for day in days if day])
    return ""


def _rule_clocks(parts: dict[str, str], dtstart: datetime) -> list[str]:
    hours = [int(each) for each in parts.get("BYHOUR", str(dtstart.hour)).split(",")]
    minutes = [int(each) for each in parts.get("BYMINUTE", str(dtstart.minute)).split(",")]
    second = int(parts.get("BYSECOND", str(dtstart.second)).split(",")[0])
    tail = f":{second:02}" if second else ""
    return [f"{hour:02}:{minute:02}{tail}" for hour in hours for minute in minutes]


def _plural(names: str) -> str:
    return f"{names}s" if " and " not in names else names.replace(" and ", "s and ") + "s"
