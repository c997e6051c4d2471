"""Schedules as iCalendar events (RFC 5545) and back.

Other programs see DTSTART, RRULE, RDATE and EXDATE, as well as those can say it. The exact schedule, with what they
cannot say (a cron line's weekday nearest to the 15th, a wildcard's pace where the clocks change), stands in
X-CRONCIERGE-SCHEDULE. An event that another program has changed since is read by its plain properties.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component, Event, vRecur

from croncierge.errors import InvalidInput
from schedules.icalexact import packed, unpacked
from schedules.icalrules import recurrence_lines
from schedules.occurrences import between, next_after, occurrences
from schedules.rules import dates_of, walls_after
from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from schedules.validate import check
from schedules.zones import find_zone, resolve, zone

_EXACT = "X-CRONCIERGE-SCHEDULE"
_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_SHOWN = 60  # occurrences listed one by one where no rule can say them
_OUT_PER_DAY = 1440


def to_event(schedule: Schedule, *, uid: str, summary: str, after: datetime) -> Event:
    """The schedule as a VEVENT whose DTSTART is its first occurrence.

    It is the first one from the schedule's own beginning, or after the aware `after` for a cron line without one.
    Raises InvalidInput for a schedule that never happens.
    """
    event = Event()
    event.add("uid", uid)
    event.add("summary", summary)
    event.add("dtstamp", after.astimezone(UTC))
    _write_plain(event, schedule, after)
    event.add(_EXACT, packed(schedule, after))
    return event


def from_event(event: Event, *, default_zone: str) -> Schedule:
    """The schedule of a VEVENT; `default_zone` is meant where its times name no zone.

    Raises InvalidInput for an event without a start, or with a rule that cannot be.
    """
    schedule = _exact(event)
    if schedule is None:
        schedule = _read_plain(event, default_zone)
        check(schedule)
    return schedule


# --- writing -----------------------------------------------------------------------------------------------------


def _write_plain(event: Event, schedule: Schedule, after: datetime) -> None:
    here = ZoneInfo("UTC") if isinstance(schedule, Interval) else zone(schedule.zone)  # elapsed time knows no zone
    beginning = after if isinstance(schedule, Cron) and schedule.start is None else datetime(1970, 1, 2, tzinfo=UTC)
    first = next_after(schedule, beginning)
    if first is None:
        raise InvalidInput("The schedule never happens, so it cannot be a calendar event.", field="schedule")
    event.add("dtstart", first.astimezone(here))
    if isinstance(schedule, Once):
        return
    lines = recurrence_lines(schedule)
    if lines is None:
        listed = occurrences(schedule, first, _SHOWN)
        if listed:
            event.add("rdate", [each.astimezone(here) for each in listed])
        return
    ends = _ends(schedule, len(lines), beginning)
    for line in lines:
        event.add("rrule", vRecur.from_ical(line + ends))
    out = list(_left_out(schedule, here))
    if isinstance(schedule, Rule):
        extra = [resolve(wall, schedule.zone) for wall in _dated(schedule, "RDATE")]
        if extra:
            event.add("rdate", [each.astimezone(here) for each in extra])
        out += [resolve(wall, schedule.zone) for wall in _dated(schedule, "EXDATE")]
    if out:
        event.add("exdate", sorted(out))


def _ends(schedule: Schedule, rules: int, beginning: datetime) -> str:
    """The end, as part of a rule. RFC 5545 knows either a date or a count, and counts what is left out too."""
    counted = schedule.max_runs is not None and (schedule.start is not None or not isinstance(schedule, Cron))
    if not counted:
        return f";UNTIL={schedule.until.astimezone(UTC):%Y%m%dT%H%M%SZ}" if schedule.until else ""
    if rules == 1 and not (
        schedule.until or schedule.except_dates or (isinstance(schedule, Rule) and "DATE" in schedule.text)
    ):
        return f";COUNT={schedule.max_runs}"
    last = occurrences(schedule, beginning, schedule.max_runs or 0)[-1]
    return f";UNTIL={last:%Y%m%dT%H%M%SZ}"


def _left_out(schedule: Schedule, here: ZoneInfo) -> Iterator[datetime]:
    bare = replace(schedule, except_dates=frozenset(), max_runs=None)
    for day in sorted(schedule.except_dates):
        start, end = (resolve(datetime.combine(each, time()), schedule.zone) for each in (day, day + _DAY))
        yield from (each.astimezone(here) for each in islice(between(bare, start, end), _OUT_PER_DAY))


def _dated(rule: Rule, name: str) -> list[datetime]:
    lines = (line.removeprefix(f"{name}:") for line in rule.text.splitlines() if line.startswith(f"{name}:"))
    return [each for line in lines for each in dates_of(line)]


# --- reading -----------------------------------------------------------------------------------------------------


def _read_plain(event: Event, default_zone: str) -> Schedule:
    starts = _moments(event, "DTSTART")
    if not starts:
        raise InvalidInput("The calendar event has no DTSTART, so there is no time to take from it.", field="DTSTART")
    start = starts[0]
    zone_name = _zone_of(start, default_zone)
    here = zone(zone_name)

    def wall(moment: date) -> datetime:
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time())
        return moment if moment.tzinfo is None else moment.astimezone(here).replace(tzinfo=None)

    dtstart = wall(start)
    rules = [dict(each) for each in _values(event, "RRULE")]
    extra = [wall(each) for each in _moments(event, "RDATE")]
    out = [wall(each) for each in _moments(event, "EXDATE")]
    if not rules and not extra:
        return Once(zone=zone_name, at=resolve(dtstart, zone_name))
    ends = [(each.pop("UNTIL", None), each.pop("COUNT", None)) for each in rules]
    if any(each != ends[0] for each in ends):
        raise InvalidInput("The event's RRULE lines end differently; make one task of each.", field="RRULE")
    until, count = ends[0] if ends else (None, None)
    lines = [f"RRULE:{vRecur(each).to_ical().decode()}" for each in rules]  # type: ignore[no-untyped-call]
    rule = Rule(zone=zone_name, text="\n".join(lines), dtstart=dtstart)
    if not lines or next(walls_after(rule, dtstart - _INSTANT), None) != dtstart:
        extra.insert(0, dtstart)  # the start is an occurrence, whatever the rule says
    if extra:
        lines.append("RDATE:" + ",".join(f"{each:%Y%m%dT%H%M%S}" for each in sorted(set(extra))))
    rule = replace(rule, text="\n".join(lines))
    if count:
        runs = int(count[0])
        if out:  # the count includes what is left out
            last = occurrences(rule, resolve(dtstart, zone_name) - _INSTANT, runs)
            rule = replace(rule, until=last[-1] if last else None)
        else:
            rule = replace(rule, max_runs=runs)
    elif until:
        rule = replace(rule, until=_last_moment(until[0], zone_name))
    if out:
        lines.append("EXDATE:" + ",".join(f"{each:%Y%m%dT%H%M%S}" for each in sorted(set(out))))
    return replace(rule, text="\n".join(lines))


def _last_moment(until: date, zone_name: str) -> datetime:
    if not isinstance(until, datetime):
        return resolve(datetime.combine(until, time(23, 59, 59)), zone_name)
    return resolve(until, zone_name) if until.tzinfo is None else until.astimezone(UTC)


def _zone_of(start: date, default_zone: str) -> str:
    """The zone that the event's start names; the person's own for a floating time, a whole day, or a mere offset."""
    if not isinstance(start, datetime) or start.tzinfo is None:
        return default_zone
    name = getattr(start.tzinfo, "key", None) or start.tzname() or ""
    return find_zone(name) or default_zone if name not in ("UTC", "Z") else "UTC"


def _values(event: Component, name: str) -> list[Any]:
    """The values of a property that may stand once, several times or not at all."""
    value = event.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _moments(event: Component, name: str) -> list[date]:
    """The dates and times of a property; a period counts from its start."""
    listed = (each for value in _values(event, name) for each in getattr(value, "dts", [value]))
    return [each.dt[0] if isinstance(each.dt, tuple) else each.dt for each in listed]


# --- the exact schedule ---


def _exact(event: Event) -> Schedule | None:
    """The exact schedule, unless there is none or the plain properties have been changed since it was written."""
    if _EXACT not in event:
        return None
    try:
        schedule, after = unpacked(str(event[_EXACT]))
        check(schedule)
        twin = Event()
        _write_plain(twin, schedule, after)
    except (ValueError, KeyError, TypeError, InvalidInput):
        return None
    written, found = (_comparable(each) for each in (Event.from_ical(twin.to_ical()), event))
    return schedule if written == found else None


def _comparable(event: Component) -> list[list[str]]:
    """What the plain properties mean, whatever the order of their parts."""
    rules = [str(sorted((key, sorted(map(str, each[key]))) for key in each)) for each in _values(event, "RRULE")]
    dates = [[str(_instant(each)) for each in _moments(event, name)] for name in ("DTSTART", "RDATE", "EXDATE")]
    return [sorted(each) for each in (rules, *dates)]


def _instant(moment: date) -> date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment
