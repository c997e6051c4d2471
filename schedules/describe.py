"""Schedules and moments in English, for a person: "every Monday at 09:00", "Mon 30 Nov 09:00".

What is said is exact: read again at a time before the first occurrence, it gives the same occurrences. Where plain
words cannot do that, the cron line or the rule itself is said.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from schedules.cron import normalise
from schedules.cronfields import fields_of
from schedules.english import clock, every, listed, long_date, short_date
from schedules.occurrences import between, next_after
from schedules.rules import dates_of, follows_elapsed_time, rule_parts, with_start
from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from schedules.which import Which, of_cron, of_rule
from schedules.within import said

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


def describe(schedule: Schedule) -> str:
    """The schedule in words, without its zone."""
    match schedule:
        case Once():
            at = schedule.at.astimezone(ZoneInfo(schedule.zone))
            return f"on {short_date(at)} {at.year} at {clock(at)}"
        case Interval():
            words = every(schedule.every)
        case Cron():
            words = _cron(schedule)
        case Rule():
            words = _rule(schedule)
    return words + "".join(_bounds(schedule))


def describe_with_zone(schedule: Schedule) -> str:
    """The schedule in words, with its zone in brackets."""
    return f"{describe(schedule)} ({schedule.zone})"


def describe_moment(instant: datetime, zone: str, now: datetime) -> str:
    """ "Mon 30 Nov 09:00" in `zone`; with the year when it is not the year of `now` there."""
    local, year = instant.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).year
    return f"{short_date(local)}{'' if local.year == year else f' {local.year}'} {clock(local)}"


def _cron(schedule: Cron) -> str:
    expression = normalise(schedule.expression)
    fields = fields_of(expression)
    which = of_cron(fields)
    times = [hour * 3600 + minute * 60 for hour, minute in product(fields.hours, fields.minutes)]
    return (said(which, times) if which else None) or f"by cron {expression}"


def _rule(schedule: Rule) -> str:
    lines = schedule.text.splitlines()
    rules = [line for line in lines if line.startswith("RRULE:")]
    added = [date for line in lines if line.startswith("RDATE:") for date in dates_of(line[6:])]
    left_out = [date for line in lines if line.startswith("EXDATE:") for date in dates_of(line[7:])]
    words = None
    if rules and not added and not follows_elapsed_time(schedule.text):
        words = _regular([with_start(rule_parts(line), schedule.dtstart) for line in rules], left_out)
    elif added and not rules and not left_out and not any(_bounds(schedule)):
        words = _single(added)
    return words or f"by the rule DTSTART:{schedule.dtstart:%Y%m%dT%H%M%S} {' '.join(lines)}"


def _regular(rules: list[dict[str, str]], left_out: list[datetime]) -> str | None:
    """Rules by the day or longer. What is left out is said as a day, which must then lose nothing else."""
    words = _in_words(rules)
    if words is None:
        return None
    clocks = {(parts["BYHOUR"], parts["BYMINUTE"], parts["BYSECOND"]) for parts in rules}
    alone = {(str(date.hour), str(date.minute), str(date.second)) for date in left_out}
    if alone and alone != clocks:
        return None
    days = [long_date(date) for date in left_out]
    return " and ".join(words) + (f" except {listed(days)}" if days else "")


def _single(moments: list[datetime]) -> str:
    """ "on 24 November 2026 and 3 December 2026 at 10:00": the days that have the same times together."""
    by_day: dict[str, list[str]] = {}
    for moment in sorted(moments):
        by_day.setdefault(long_date(moment), []).append(clock(moment))
    by_clocks: dict[str, list[str]] = {}
    for day, clocks in by_day.items():
        by_clocks.setdefault(listed(clocks), []).append(day)
    return " and ".join(f"on {listed(days)} at {at}" for at, days in by_clocks.items())


def _in_words(rules: list[dict[str, str]]) -> list[str] | None:
    """Rules by the day or longer: those of the same days share their times, those of the same times their days."""
    by_days: dict[Which, set[int]] = {}
    for parts in rules:
        which = of_rule(parts)
        if which is None:
            return None
        hours, minutes, seconds = (map(int, parts[key].split(",")) for key in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        times = {h * 3600 + m * 60 + s for h, m, s in product(hours, minutes, seconds)}
        if "BYSETPOS" in parts and len(times) > 1:  # a position among the times, not among the days
            return None
        by_days.setdefault(which, set()).update(times)
    together: list[tuple[Which, set[int]]] = []
    for which, times in by_days.items():
        for index, (other, its_times) in enumerate(together):
            if its_times == times and (joined := other.joined(which)):
                together[index] = (joined, times)
                break
        else:
            together.append((which, times))
    words = [said(which, times) for which, times in together]
    return [each for each in words if each] if all(words) else None


def _bounds(schedule: Cron | Interval | Rule) -> Iterator[str]:
    here = ZoneInfo(schedule.zone)
    if schedule.except_dates:
        yield f" except {listed([long_date(day) for day in sorted(schedule.except_dates)])}"
    if schedule.start is not None:
        yield f" starting {_start(schedule, schedule.start.astimezone(here), here)}"
    if schedule.until is not None:
        yield f" until {_until(schedule, schedule.until.astimezone(here))}"
    if schedule.max_runs is not None:
        yield f", {schedule.max_runs} time{'' if schedule.max_runs == 1 else 's'}"


def _start(schedule: Cron | Interval | Rule, start: datetime, here: ZoneInfo) -> str:
    """The day of the first occurrence, where that says enough; an interval keeps its pace from the very moment."""
    free = replace(schedule, start=None, until=None, max_runs=None)
    first = next_after(free, start - _INSTANT)
    if first is None:
        return f"{long_date(start)} at {clock(start)}"
    first = first.astimezone(here)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if isinstance(schedule, Interval) or any(between(free, midnight, first)):
        return f"{long_date(first)} at {clock(first)}"
    return long_date(first)


def _until(schedule: Cron | Interval | Rule, until: datetime) -> str:
    """The last day, where that says enough."""
    free = replace(schedule, until=None, max_runs=None)
    midnight = until.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if not any(between(free, until + _INSTANT, midnight + _DAY)):
        return long_date(until)
    if not any(between(free, midnight, until + _INSTANT)):
        return long_date(midnight - _DAY)
    return f"{long_date(until)} at {clock(until)}"
