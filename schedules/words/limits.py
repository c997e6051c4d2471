"""The first and the last moment of a repetition."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.reading import Preferences
from schedules.words.clocktimes import part_time, usual
from schedules.words.frame import Frame
from schedules.words.moments import locate
from schedules.words.pattern import Pattern
from schedules.words.pieces import Clock, Date, Day, Daypart, Edge, Lasting, Period, Starting, TimeOfDay, Unit, Weekday
from schedules.words.places import Puzzling, Viewpoint, shifted
from schedules.zones import resolve

SUBDAILY = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600}


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """First and last moment of a repetition, both aware."""

    start: datetime | None = None
    until: datetime | None = None


def clock_time(item: TimeOfDay, preferences: Preferences) -> time:
    return part_time(item, preferences) if isinstance(item, Daypart) else usual(item)


def bounds_of(
    frame: Frame, pattern: Pattern, view: Viewpoint, now: datetime, zone: str, preferences: Preferences
) -> Bounds:
    start_words = frame.starting
    if start_words is None and pattern.start is not None:
        start_words = Starting(date=pattern.start)
    start: datetime | None = None
    if start_words is not None:
        start = first_moment(start_words, view, zone, preferences)
    until: datetime | None = None
    origin = start if start is not None and start > now else now
    if _one_day(frame, pattern):
        assert pattern.start is not None
        until = resolve(locate(pattern.start, view).end - timedelta(seconds=1), zone)
    elif frame.until is not None:
        until = _until(frame, view, zone, preferences, origin)
        if until is not None and until <= now:
            raise Puzzling("That end is already past; until when do you mean?")
    elif (range_end := _range_end(frame)) is not None:
        last = locate(range_end, Viewpoint(now=origin.astimezone(ZoneInfo(zone)).replace(tzinfo=None)))
        whole = last.grain in (Unit.MONTH, Unit.WEEK, Unit.YEAR) and any(dates.open for dates in frame.dates)
        until = resolve((last.start if whole else last.end) - timedelta(seconds=1), zone)
    elif frame.lasting is not None and frame.lasting.bound:
        until = _lasting(frame.lasting, origin, zone)
    return Bounds(start=start, until=until)


def _one_day(frame: Frame, pattern: Pattern) -> bool:
    """ "every 5 minutes between 2 and 3 tomorrow": over when that day is over."""
    subdaily = frame.every is not None and frame.every.unit in SUBDAILY
    whole = isinstance(pattern.start, Period) or (isinstance(pattern.start, Edge) and pattern.start.which == "rest")
    if frame.starting is None and frame.until is None and whole:
        return True
    return subdaily and frame.until is None and frame.starting is None and isinstance(pattern.start, (Day, Weekday))


def _range_end(frame: Frame) -> Date | None:
    for dates in frame.dates:
        if dates.to is not None and not isinstance(dates.items[0], Weekday) and not dates.plural:
            return dates.to
    return None


def first_moment(words: Starting, view: Viewpoint, zone: str, preferences: Preferences) -> datetime:
    clock = clock_time(words.time, preferences) if words.time is not None else None
    if words.date is None:
        assert clock is not None
        at = datetime.combine(view.today, clock)
        if isinstance(words.time, Clock) and not words.time.sure and at <= view.now and at.hour < 12:
            at += timedelta(hours=12)
        return resolve(at if at > view.now else at + timedelta(days=1), zone)
    place = locate(words.date, view)
    begin = place.start
    if clock is not None:
        begin = datetime.combine(begin.date(), clock)
    return resolve(begin, zone)


def _until(frame: Frame, view: Viewpoint, zone: str, preferences: Preferences, origin: datetime) -> datetime | None:
    words = frame.until
    assert words is not None
    local_origin = max(origin.astimezone(ZoneInfo(zone)).replace(tzinfo=None), view.now)
    seen = replace(view, now=local_origin)
    clock = clock_time(words.time, preferences) if words.time is not None else None
    if words.date is None:
        assert clock is not None
        at = datetime.combine(local_origin.date(), clock)
        if at <= local_origin and isinstance(words.time, Clock) and not words.time.sure and at.hour < 12:
            at += timedelta(hours=12)
        at = at if at > local_origin else at + timedelta(days=1)
        return resolve(at - timedelta(seconds=1) if words.open else at, zone)
    place = locate(words.date, seen)
    if place.exact and clock is None:
        return resolve(place.start, zone)
    if clock is not None:
        return resolve(datetime.combine(place.start.date(), clock), zone)
    whole = place.grain in (Unit.MONTH, Unit.WEEK, Unit.YEAR, Unit.QUARTER)
    current = isinstance(words.date, Period) and words.date.offset == 0
    if words.open or (whole and not current):
        return resolve(place.start - timedelta(seconds=1), zone)
    return resolve(place.end - timedelta(seconds=1), zone)


def _lasting(words: Lasting, origin: datetime, zone: str) -> datetime:
    local = shifted(origin.astimezone(ZoneInfo(zone)).replace(tzinfo=None), words.amount)
    return resolve(local - timedelta(seconds=1) if not words.amount.seconds else local, zone)
