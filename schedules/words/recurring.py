"""A repeating schedule from the slots of a sentence: cron where it says it exactly, elapsed intervals, else rules."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.reading import Preferences
from schedules.schedule import Cron, Interval, Rule, Schedule
from schedules.words.clocktimes import beside, part_time, usual
from schedules.words.daytimes import cron_fields, rule_parts, spread
from schedules.words.exceptions import left_out
from schedules.words.frame import Frame
from schedules.words.limits import SUBDAILY, Bounds, bounds_of, clock_time, first_moment
from schedules.words.pattern import Pattern, implied, pattern_of, settle_often
from schedules.words.pieces import Clock, Daypart, Every, Starting, TimeOfDay, Unit
from schedules.words.places import Puzzling, Viewpoint
from schedules.words.ruledates import first_after
from schedules.words.rulelines import cron_days, rule_days
from schedules.zones import resolve


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """A repeating schedule and what to say with it."""

    schedule: Schedule
    notes: tuple[str, ...] = ()
    tolerance: timedelta | None = None


def repetition(
    frame: Frame, now: datetime, zone: str, preferences: Preferences, *, waking: bool, as_rule: bool = False
) -> Repetition:
    """Build the schedule. now: aware. as_rule: never as cron. Raises Puzzling for what has to be asked back."""
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    pattern = pattern_of(frame)
    if frame.often is not None:
        settle_often(frame, pattern)
    view = Viewpoint(now=local, day_first=preferences.day_first)
    bounds = bounds_of(frame, pattern, view, now, zone, preferences)
    count = frame.count.times if frame.count is not None else None
    notes: list[str] = []
    if frame.every is not None and frame.every.unit in SUBDAILY:
        found = _often_a_day(frame, pattern, bounds, view, now, zone, preferences, count)
    else:
        found = _by_days(frame, pattern, bounds, view, zone, preferences, notes, count, waking=waking, as_rule=as_rule)
    return Repetition(schedule=found, notes=tuple(notes), tolerance=tolerance(frame))


def tolerance(frame: Frame) -> timedelta | None:
    """How far from the given time is still fine, where the words are loose about it."""
    if frame.tolerance is not None:
        return timedelta(minutes=frame.tolerance.minutes)
    if any(times.flexible for times in frame.times) and not _exact(frame):
        parts = any(isinstance(item, Daypart) for times in frame.times for item in times.items)
        return timedelta(hours=2) if parts else timedelta(minutes=30)
    return None


def _exact(frame: Frame) -> bool:
    """Whether a part of the day only qualifies a clock time: "every morning at 7"."""
    clocks = frame.clocks
    return any(isinstance(item, Daypart) for item in clocks) and any(isinstance(item, Clock) for item in clocks)


def _often_a_day(
    frame: Frame,
    pattern: Pattern,
    bounds: Bounds,
    view: Viewpoint,
    now: datetime,
    zone: str,
    preferences: Preferences,
    count: int | None,
) -> Schedule:
    every = frame.every
    assert every is not None
    step = SUBDAILY[every.unit] * every.n
    if step <= 0:
        raise Puzzling("How often do you mean?")
    if every.unit is Unit.HOUR and frame.window is None and not frame.minutes_past and len(frame.clocks) == 1:
        begun = first_moment(Starting(time=beside(frame.clocks)[0]), view, zone, preferences)
        bounds = replace(bounds, start=bounds.start or begun)
        frame.times = []
    excluded = left_out(frame.excepts, view)
    whole_days = excluded.weekdays or excluded.months
    plain = not (pattern.chosen or frame.window or frame.minutes_past or frame.times or whole_days)
    if plain or step < 60 or step >= 86400:
        if step < 60 and not plain:
            raise Puzzling("Paces under a minute go on all day; how often do you mean?")
        anchor = bounds.start if bounds.start is not None and bounds.start > now else now
        anchor = anchor.replace(microsecond=0)
        start = bounds.start if bounds.start is not None and bounds.start > now else None
        if start is None and count is not None:
            start = anchor + timedelta(seconds=step)
        every_delta = timedelta(seconds=step)
        return Interval(
            zone=zone,
            every=every_delta,
            anchor=anchor,
            start=start,
            until=bounds.until,
            max_runs=count,
            except_dates=excluded.dates,
        )
    times = _times_of_pace(frame, every, step // 60, preferences)
    if not times:
        raise Puzzling("That leaves no time of day; between which times do you mean?")
    if pattern.unit in SUBDAILY:
        pattern.unit, pattern.n = implied(pattern), 1
    if pattern.months and pattern.unit is Unit.DAY and not pattern.weekdays:
        pattern.unit = Unit.DAY
    return _schedule(frame, pattern, times, bounds, view, zone, count)


def _times_of_pace(frame: Frame, every: Every, step: int, preferences: Preferences) -> list[time]:
    if frame.minutes_past:
        past = frame.minutes_past[0]
        if every.unit is Unit.HOUR:
            minutes = sorted({one.minute for one in frame.minutes_past})
            hours = [t.hour for t in spread(_first_last(frame, preferences), every.n * 60)]
            return [
                time(hour, minute) for hour in hours for minute in minutes if _inside(frame, hour, minute, preferences)
            ]
        offset = past.minute
        minutes = list(range(offset, (past.last or 59) + 1, step))
        hours = sorted({t.hour for t in spread(_first_last(frame, preferences), 1)})
        if frame.times:
            hours = sorted({clock_time(item, preferences).hour for item in frame.clocks})
        return [time(hour, minute) for hour in hours for minute in minutes]
    if frame.times and frame.window is None:
        hours = sorted({clock_time(item, preferences).hour for item in beside(frame.clocks)})
        if all(isinstance(item, Daypart) for item in frame.clocks):
            return spread(_part_range(frame.clocks), step)
        return [time(hour, minute) for hour in hours for minute in range(0, 60, step)]
    return spread(_first_last(frame, preferences), step, open_end=bool(frame.window and frame.window.open))


def _part_range(clocks: list[TimeOfDay]) -> tuple[time, time]:
    ranges = {"morning": (6, 11), "afternoon": (12, 17), "evening": (18, 21), "night": (21, 23)}
    names = [item.name for item in clocks if isinstance(item, Daypart)]
    first, last = ranges.get(names[0], (9, 17))
    return time(first), time(last, 59)


def _first_last(frame: Frame, preferences: Preferences) -> tuple[time, time]:
    if frame.window is None:
        return time(0), time(23, 59)
    first, last = _halved(frame, frame.window.first), _halved(frame, frame.window.last)
    a, b = clock_time(first, preferences), clock_time(last, preferences)
    if isinstance(first, Clock) and not first.sure and first.hour >= 7:
        a = time(first.hour, first.minute)
    return a, b


def _halved(frame: Frame, item: TimeOfDay) -> TimeOfDay:
    """ "every evening from 7 to 9": in the evening."""
    parts: list[TimeOfDay] = [part for part in frame.clocks if isinstance(part, Daypart)]
    return beside([*parts, item])[0] if parts and isinstance(item, Clock) else item


def _inside(frame: Frame, hour: int, minute: int, preferences: Preferences) -> bool:
    first, last = _first_last(frame, preferences)
    return first <= time(hour, minute) <= last if first <= last else True


# --- on some days ------------------------------------------------------------------------------------------------


def _day_times(frame: Frame, preferences: Preferences, notes: list[str], *, waking: bool) -> list[time]:
    part = frame.every.part if frame.every is not None else ""
    clocks = beside([Daypart(name=part), *frame.clocks] if part else frame.clocks)
    found: list[time] = []
    for item in clocks:
        at = part_time(item, preferences) if isinstance(item, Daypart) else usual(item, waking=waking)
        if isinstance(item, Clock) and not item.sure and 1 <= item.hour < 7:
            notes.append(f"I took {item.hour}:{item.minute:02d} as {at:%H:%M}; say am or pm if you meant the other.")
        found.append(at)
    if not found and frame.minutes_past:
        hours = [t.hour for t in spread(_first_last(frame, preferences), 60)]
        found = [
            time(hour, past.minute)
            for hour in hours
            for past in frame.minutes_past
            if _inside(frame, hour, past.minute, preferences)
        ]
    if not found and frame.window is not None:
        found = [clock_time(frame.window.first, preferences)]
    if not found and frame.starting is not None and frame.starting.time is not None:
        found = [clock_time(frame.starting.time, preferences)]
    if not found:
        found = [preferences.default_time]
        notes.append(f"No time was given, so I took your usual {preferences.default_time:%H:%M}.")
    return sorted(set(found))


def _by_days(
    frame: Frame,
    pattern: Pattern,
    bounds: Bounds,
    view: Viewpoint,
    zone: str,
    preferences: Preferences,
    notes: list[str],
    count: int | None,
    *,
    waking: bool,
    as_rule: bool,
) -> Schedule:
    every = frame.every
    times = _day_times(frame, preferences, notes, waking=waking)
    if frame.until is not None and frame.until.date is None and frame.until.time is not None:
        bounds = replace(bounds, until=None)
    if every is not None and every.second_reading:
        rank = {2: "2nd", 3: "3rd"}.get(every.n, f"{every.n}th")
        day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[pattern.weekdays[0]]
        pace = "every other" if every.n == 2 else f"every {every.n} weeks on"
        notes.append(f"I took it as {pace} {day}; or did you mean the {rank} {day} of each month?")
    late = [day for day in pattern.monthdays if day > 28]
    if late and pattern.unit is Unit.MONTH and not pattern.yeardays:
        notes.append(f"Months without a day {late[0]} are skipped; say “the last day of each month” for the end.")
    return _schedule(frame, pattern, times, bounds, view, zone, count, as_rule=as_rule)


def _schedule(
    frame: Frame,
    pattern: Pattern,
    times: list[time],
    bounds: Bounds,
    view: Viewpoint,
    zone: str,
    count: int | None,
    *,
    as_rule: bool = False,
) -> Schedule:
    earliest = view.now
    if bounds.start is not None:
        earliest = max(earliest, bounds.start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(seconds=1))
    excluded = left_out(frame.excepts, view)
    if excluded.weekdays:
        left = [day for day in pattern.weekdays or range(7) if day not in excluded.weekdays]
        if not left:
            raise Puzzling("That leaves no day at all; on which days do you mean?")
        pattern.weekdays = left
        if pattern.unit is Unit.DAY and pattern.n == 1:
            pattern.unit = Unit.WEEK
    if excluded.months:
        pattern.months = [month for month in pattern.months or range(1, 13) if month not in excluded.months]
    _complete(pattern, earliest, times)
    start = (
        bounds.start
        if bounds.start is not None and bounds.start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) > view.now
        else None
    )
    cron = None if as_rule else cron_days(pattern)
    if cron is not None and count is not None and start is None:
        start = resolve(view.now + timedelta(seconds=1), zone)
    if cron is not None:
        fields = cron_fields(times)
        if fields is not None:
            day, month, weekday = cron
            return Cron(
                zone=zone,
                expression=f"{fields[0]} {fields[1]} {day} {month} {weekday}",
                start=start,
                until=bounds.until,
                max_runs=count,
                except_dates=excluded.dates,
            )
    lines = [line for days in rule_days(pattern, view.today) for line in rule_parts(days, times)]
    text = "\n".join(lines)
    first = first_after(lines, earliest)
    if first is None:
        raise Puzzling("That never happens; when do you mean?")
    return Rule(
        zone=zone,
        text=text,
        dtstart=first,
        start=start,
        until=bounds.until,
        max_runs=count,
        except_dates=excluded.dates,
    )


def _complete(pattern: Pattern, earliest: datetime, times: list[time]) -> None:
    """Take the day that was not said from the first possible one: "weekly" goes on today's weekday."""
    soonest = earliest.date() if max(times) > earliest.time() else earliest.date() + timedelta(days=1)
    if pattern.unit is Unit.WEEK and not pattern.weekdays:
        pattern.weekdays = [soonest.weekday()]
    elif pattern.unit is Unit.MONTH and not (pattern.monthdays or pattern.nths or pattern.weekdays):
        pattern.monthdays = [soonest.day]
    elif pattern.unit is Unit.YEAR:
        if pattern.weeks or pattern.yeardays or pattern.nths or pattern.festivals:
            return
        if pattern.monthdays and not pattern.months:
            ahead = soonest
            while ahead.day not in pattern.monthdays:
                ahead += timedelta(days=1)
            pattern.months = [ahead.month]
        elif pattern.weekdays:
            return
        elif not pattern.monthdays:
            if pattern.months:
                pattern.monthdays = [1]
            else:
                pattern.yeardays = [(soonest.month, soonest.day)]
