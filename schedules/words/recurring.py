"""A repeating schedule from the slots of a sentence: cron where it says it exactly, elapsed intervals, else rules."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.reading import Preferences
from schedules.schedule import Cron, Interval, Rule, Schedule
from schedules.words.clocktimes import beside, part_time, usual
from schedules.words.daytimes import cron_fields, rule_parts, spread
from schedules.words.exceptions import left_out
from schedules.words.festivals import falls_on, yearly_rule
from schedules.words.frame import Frame
from schedules.words.moments import Puzzling, Viewpoint, locate, shifted
from schedules.words.pieces import (
    CalendarDay,
    Clock,
    Date,
    Day,
    Daypart,
    Edge,
    Every,
    Festival,
    Lasting,
    Now,
    Nth,
    Period,
    Shifted,
    Starting,
    TimeOfDay,
    Unit,
    Weekday,
    Which,
)
from schedules.words.ruledates import first_after
from schedules.zones import resolve

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SUBDAILY = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600}


@dataclass(kw_only=True)
class Pattern:
    """What the days of a repetition are chosen by."""

    unit: Unit = Unit.DAY
    n: int = 1
    weekdays: list[int] = field(default_factory=list)
    monthdays: list[int] = field(default_factory=list)
    yeardays: list[tuple[int, int]] = field(default_factory=list)
    months: list[int] = field(default_factory=list)
    nths: list[Nth] = field(default_factory=list)
    festivals: list[str] = field(default_factory=list)
    weeks: list[int] = field(default_factory=list)
    start: Date | None = None

    @property
    def chosen(self) -> bool:
        """Whether anything but the pace is said."""
        return bool(
            self.weekdays or self.monthdays or self.yeardays or self.months or self.nths or self.festivals or self.weeks
        )


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """First and last moment of a repetition, both aware."""

    start: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """A repeating schedule and what to say with it."""

    schedule: Schedule
    notes: tuple[str, ...] = ()
    tolerance: timedelta | None = None


def repetition(frame: Frame, now: datetime, zone: str, preferences: Preferences, *, waking: bool) -> Repetition:
    """Build the schedule. now: aware. Raises Puzzling for what has to be asked back."""
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    pattern = _pattern(frame)
    if frame.often is not None:
        _settle_often(frame, pattern)
    view = Viewpoint(now=local, day_first=preferences.day_first)
    bounds = _bounds(frame, pattern, view, now, zone, preferences)
    count = frame.count.times if frame.count is not None else None
    notes: list[str] = []
    if frame.every is not None and frame.every.unit in _SUBDAILY:
        found = _often_a_day(frame, pattern, bounds, view, now, zone, preferences, count)
    else:
        found = _by_days(frame, pattern, bounds, view, zone, preferences, notes, count, waking=waking)
    return Repetition(schedule=found, notes=tuple(notes), tolerance=_tolerance(frame))


def _tolerance(frame: Frame) -> timedelta | None:
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


# --- which days --------------------------------------------------------------------------------------------------


def _pattern(frame: Frame) -> Pattern:
    every = frame.every
    pattern = Pattern()
    for dates in frame.dates:
        concrete_range = dates.to is not None and not isinstance(dates.items[0], Weekday)
        if concrete_range and not dates.plural:
            pattern.start = pattern.start or dates.items[0]
            continue
        for item in dates.items:
            _select(pattern, item, dates.to if concrete_range else None)
    if frame.weeks is not None:
        pattern.weeks = list(frame.weeks.numbers)
    if every is not None:
        pattern.unit, pattern.n = every.unit, every.n
    else:
        pattern.unit = _implied(pattern)
    if pattern.unit is Unit.QUARTER:
        pattern.unit, pattern.n = Unit.MONTH, pattern.n * 3
        _settle_quarters(pattern)
    if pattern.unit is Unit.WEEK and pattern.nths and all(nth.what is Unit.DAY for nth in pattern.nths):
        pattern.weekdays = [0 if nth.n > 0 else 4 for nth in pattern.nths]
        pattern.nths = []
    if pattern.unit is Unit.WEEKEND:
        pattern.unit, pattern.weekdays = Unit.WEEK, [5, 6]
    if pattern.unit is Unit.BUSINESS_DAY:
        if pattern.n > 1:
            raise Puzzling(
                f"Every {pattern.n} business days is more than I can repeat; which weekdays do you mean?",
                ("every Monday and Wednesday", "every weekday"),
            )
        pattern.unit, pattern.weekdays = Unit.WEEK, [0, 1, 2, 3, 4]
    return pattern


def _settle_quarters(pattern: Pattern) -> None:
    if pattern.nths:
        last = any(nth.n < 0 for nth in pattern.nths)
        pattern.months = pattern.months or ([3, 6, 9, 12] if last else [1, 4, 7, 10])
        pattern.n = 1
    elif pattern.monthdays and not pattern.months:
        pattern.months, pattern.n = [1, 4, 7, 10], 1


def _implied(pattern: Pattern) -> Unit:
    if pattern.weeks or pattern.yeardays or pattern.festivals:
        return Unit.YEAR
    if pattern.nths:
        return Unit.YEAR if any(nth.of is not None for nth in pattern.nths) else Unit.MONTH
    if pattern.monthdays:
        return Unit.MONTH
    if pattern.weekdays:
        return Unit.WEEK
    return Unit.DAY


def _select(pattern: Pattern, item: Date, to: Date | None) -> None:
    match item:
        case Weekday(day=day, which=Which.PLAIN, weeks=None, later=0):
            if day not in pattern.weekdays:
                pattern.weekdays.append(day)
        case Weekday() | Day() | Now():
            pattern.start = pattern.start or item
        case CalendarDay(year=None, month=None, day=int(day)) if item.months_ahead is None:
            pattern.monthdays.append(day)
        case CalendarDay(year=None, month=int(month), day=int(day)):
            if isinstance(to, CalendarDay) and to.month == month and to.day is not None:
                pattern.yeardays.extend((month, each) for each in range(day, to.day + 1))
            else:
                pattern.yeardays.append((month, day))
        case CalendarDay(year=None, month=int(month), day=None):
            pattern.months.append(month)
            if isinstance(to, CalendarDay) and to.month is not None:
                step = (to.month - month) % 12
                pattern.months = [(month - 1 + ahead) % 12 + 1 for ahead in range(step + 1)]
        case Nth(of=Period(unit=(Unit.MONTH | Unit.YEAR | Unit.QUARTER), offset=0)):
            pattern.nths.append(replace(item, of=None))
        case Nth():
            pattern.nths.append(item)
        case Edge(which=which, of=Period(offset=0)) if which in ("start", "end"):
            pattern.nths.append(Nth(n=1 if which == "start" else -1, what=Unit.DAY))
        case Edge(which=which, of=CalendarDay(month=int()) as month) if which in ("start", "end"):
            pattern.nths.append(Nth(n=1 if which == "start" else -1, what=Unit.DAY, of=month))
        case Period(unit=Unit.WEEKEND, offset=0):
            pattern.weekdays.extend([5, 6])
        case Festival(name=name, year=None):
            pattern.festivals.append(name)
        case Shifted(base=Nth(n=n, what=Unit.DAY), amount=amount, sign=sign) if amount.days:
            pattern.nths.append(Nth(n=n + sign * int(amount.days), what=Unit.DAY))
        case _:
            pattern.start = pattern.start or item


def _settle_often(frame: Frame, pattern: Pattern) -> None:
    often = frame.often
    assert often is not None
    said = {
        Unit.DAY: len(frame.clocks),
        Unit.WEEK: len(pattern.weekdays),
        Unit.MONTH: len(pattern.monthdays) + len(pattern.nths),
    }
    if often.times and often.times == said.get(often.unit):
        pattern.unit = often.unit
        return
    times = {2: "Twice", 0: "Several times"}.get(often.times, f"{often.times} times")
    if often.unit is Unit.DAY:
        choices = ("every day at 9:00 and 18:00", "every day at 8:00, 13:00 and 20:00")[often.times == 3 :][:1]
        raise Puzzling(f"{times} a day: at which times?", choices)
    if often.unit is Unit.WEEK:
        choices = ("every Monday and Thursday", "every Monday, Wednesday and Friday")[often.times == 3 :][:1]
        raise Puzzling(f"{times} a week: on which days?", choices)
    raise Puzzling(f"{times} a {often.unit.value}: when exactly?")


# --- bounds ------------------------------------------------------------------------------------------------------


def _time(item: TimeOfDay, preferences: Preferences) -> time:
    return part_time(item, preferences) if isinstance(item, Daypart) else usual(item)


def _bounds(
    frame: Frame, pattern: Pattern, view: Viewpoint, now: datetime, zone: str, preferences: Preferences
) -> Bounds:
    start_words = frame.starting
    if start_words is None and pattern.start is not None:
        start_words = Starting(date=pattern.start)
    start: datetime | None = None
    if start_words is not None:
        start = _start(start_words, view, zone, preferences)
    until: datetime | None = None
    origin = start if start is not None and start > now else now
    if _one_day(frame, pattern):
        assert pattern.start is not None
        until = resolve(locate(pattern.start, view).end - timedelta(seconds=1), zone)
    elif frame.until is not None:
        until = _until(frame, view, zone, preferences, origin)
        if until is not None and until <= now:
            raise Puzzling("That end is already past; until when do you mean?")
    elif _range_end(frame) is not None:
        last = locate(_range_end(frame), Viewpoint(now=origin.astimezone(ZoneInfo(zone)).replace(tzinfo=None)))  # type: ignore[arg-type]
        whole = last.grain in (Unit.MONTH, Unit.WEEK, Unit.YEAR) and any(dates.open for dates in frame.dates)
        until = resolve((last.start if whole else last.end) - timedelta(seconds=1), zone)
    elif frame.lasting is not None and frame.lasting.bound:
        until = _lasting(frame.lasting, origin, zone)
    return Bounds(start=start, until=until)


def _one_day(frame: Frame, pattern: Pattern) -> bool:
    """ "every 5 minutes between 2 and 3 tomorrow": over when that day is over."""
    subdaily = frame.every is not None and frame.every.unit in _SUBDAILY
    return (
        subdaily and frame.window is not None and frame.starting is None and isinstance(pattern.start, (Day, Weekday))
    )


def _range_end(frame: Frame) -> Date | None:
    for dates in frame.dates:
        if dates.to is not None and not isinstance(dates.items[0], Weekday) and not dates.plural:
            return dates.to
    return None


def _start(words: Starting, view: Viewpoint, zone: str, preferences: Preferences) -> datetime:
    clock = _time(words.time, preferences) if words.time is not None else None
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
    clock = _time(words.time, preferences) if words.time is not None else None
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


# --- several times a day -----------------------------------------------------------------------------------------


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
    step = _SUBDAILY[every.unit] * every.n
    if step <= 0:
        raise Puzzling("How often do you mean?")
    if every.unit is Unit.HOUR and frame.window is None and not frame.minutes_past and len(frame.clocks) == 1:
        begun = _start(Starting(time=beside(frame.clocks)[0]), view, zone, preferences)
        bounds = replace(bounds, start=bounds.start or begun)
        frame.times = []
    plain = not (pattern.chosen or frame.window or frame.minutes_past or frame.times or frame.excepts)
    if plain or step < 60 or step >= 86400:
        if step < 60 and not plain:
            raise Puzzling("Paces under a minute go on all day; how often do you mean?")
        anchor = bounds.start if bounds.start is not None and bounds.start > now else now
        anchor = anchor.replace(microsecond=0)
        start = bounds.start if bounds.start is not None and bounds.start > now else None
        if start is None and count is not None:
            start = anchor + timedelta(seconds=step)
        every_delta = timedelta(seconds=step)
        return Interval(zone=zone, every=every_delta, anchor=anchor, start=start, until=bounds.until, max_runs=count)
    times = _times_of_pace(frame, every, step // 60, preferences)
    if not times:
        raise Puzzling("That leaves no time of day; between which times do you mean?")
    if pattern.unit in _SUBDAILY:
        pattern.unit, pattern.n = _implied(pattern), 1
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
            hours = sorted({_time(item, preferences).hour for item in frame.clocks})
        return [time(hour, minute) for hour in hours for minute in minutes]
    if frame.times and frame.window is None:
        hours = sorted({_time(item, preferences).hour for item in beside(frame.clocks)})
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
    first, last = frame.window.first, frame.window.last
    a, b = _time(first, preferences), _time(last, preferences)
    if isinstance(first, Clock) and not first.sure and first.hour >= 7:
        a = time(first.hour, first.minute)
    return a, b


def _inside(frame: Frame, hour: int, minute: int, preferences: Preferences) -> bool:
    first, last = _first_last(frame, preferences)
    return first <= time(hour, minute) <= last if first <= last else True


# --- on some days ------------------------------------------------------------------------------------------------


def _day_times(frame: Frame, preferences: Preferences, notes: list[str], *, waking: bool) -> list[time]:
    clocks = beside(frame.clocks)
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
        found = [_time(frame.window.first, preferences)]
    if not found and frame.starting is not None and frame.starting.time is not None:
        found = [_time(frame.starting.time, preferences)]
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
    return _schedule(frame, pattern, times, bounds, view, zone, count)


def _schedule(
    frame: Frame,
    pattern: Pattern,
    times: list[time],
    bounds: Bounds,
    view: Viewpoint,
    zone: str,
    count: int | None,
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
    cron = _cron_days(pattern)
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
    lines = [line for days in _rule_days(pattern, view.today) for line in rule_parts(days, times)]
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


def _cron_days(pattern: Pattern) -> tuple[str, str, str] | None:
    """Day, month and weekday fields, where cron means exactly this."""
    if pattern.n != 1 or pattern.nths or pattern.festivals or pattern.weeks:
        return None
    month = ",".join(str(m) for m in sorted(set(pattern.months))) or "*"
    if pattern.yeardays:
        days = {day for _, day in pattern.yeardays}
        months = {m for m, _ in pattern.yeardays}
        if pattern.months or pattern.weekdays or len(days) * len(months) != len(set(pattern.yeardays)):
            return None
        return ",".join(map(str, sorted(days))), ",".join(map(str, sorted(months))), "*"
    if pattern.weekdays and pattern.monthdays:
        return None
    if pattern.monthdays:
        if pattern.unit not in (Unit.MONTH, Unit.YEAR) and pattern.unit is not Unit.DAY:
            return None
        return ",".join(map(str, sorted(set(pattern.monthdays)))), month, "*"
    if pattern.weekdays and len(set(pattern.weekdays)) < 7:
        return "*", month, _cron_weekdays(pattern.weekdays)
    if pattern.unit in (Unit.DAY, Unit.WEEK) or pattern.weekdays:
        return "*", month, "*"
    return None


def _cron_weekdays(days: list[int]) -> str:
    ordered = sorted(set(days))
    if ordered == [0, 1, 2, 3, 4]:
        return "1-5"
    return ",".join(str(day) for day in sorted((day + 1) % 7 for day in ordered))


def _rule_days(pattern: Pattern, today: date) -> list[str]:
    """The day part of the rules; several when one rule cannot say it."""
    interval = f";INTERVAL={pattern.n}" if pattern.n > 1 else ""
    months = f";BYMONTH={','.join(map(str, sorted(set(pattern.months))))}" if pattern.months else ""
    weekdays = f";BYDAY={','.join(_DAYS[day] for day in sorted(set(pattern.weekdays)))}" if pattern.weekdays else ""
    lines: list[str] = []
    for name in pattern.festivals:
        rule = yearly_rule(name)
        if rule is not None:
            lines.append(rule.replace("FREQ=YEARLY", f"FREQ=YEARLY{interval}"))
        else:
            days = [falls_on(name, year) for year in range(today.year, today.year + 10 * pattern.n, pattern.n)]
            lines.append("RDATE:" + ",".join(f"{day:%Y%m%d}" for day in days if day is not None))
    if pattern.weeks:
        weeks = ",".join(map(str, pattern.weeks))
        lines.append(f"FREQ=YEARLY{interval};BYWEEKNO={weeks}{weekdays or ';BYDAY=' + ','.join(_DAYS)}")
        return lines
    if pattern.yeardays:
        lines += [f"FREQ=YEARLY{interval};BYMONTH={m};BYMONTHDAY={d}" for m, d in pattern.yeardays]
    lines += [_nth_rule(nth, pattern, interval, months) for nth in pattern.nths]
    if pattern.monthdays and not pattern.nths and not pattern.yeardays:
        frequency = "YEARLY" if pattern.unit is Unit.YEAR else "MONTHLY"
        lines.append(f"FREQ={frequency}{interval}{months};BYMONTHDAY={_listed(pattern.monthdays)}{weekdays}")
    elif pattern.monthdays and pattern.nths:
        lines.append(f"FREQ=MONTHLY{interval}{months};BYMONTHDAY={_listed(pattern.monthdays)}")
    if lines:
        return lines
    if pattern.unit is Unit.WEEK:
        return [f"FREQ=WEEKLY{interval}{months}{weekdays}"]
    if pattern.unit is Unit.MONTH:
        return [f"FREQ=MONTHLY{interval}{months}{weekdays}"]
    if pattern.unit is Unit.YEAR:
        return [f"FREQ=YEARLY{interval}{months}{weekdays}"]
    return [f"FREQ=DAILY{interval}{months}{weekdays}"]


def _listed(numbers: list[int]) -> str:
    return ",".join(map(str, sorted(set(numbers))))


def _nth_rule(nth: Nth, pattern: Pattern, interval: str, months: str) -> str:
    month = months
    if isinstance(nth.of, CalendarDay) and nth.of.month is not None:
        month = f";BYMONTH={nth.of.month}"
    yearly = pattern.unit is Unit.YEAR and not month
    frequency = "YEARLY" if pattern.unit is Unit.YEAR else "MONTHLY"
    head = f"FREQ={frequency}{interval}{month}"
    if isinstance(nth.what, int):
        return f"{head};BYDAY={nth.n}{_DAYS[nth.what]}"
    if nth.what is Unit.BUSINESS_DAY:
        return f"{head};BYDAY=MO,TU,WE,TH,FR;BYSETPOS={nth.n}"
    if nth.what is Unit.DAY:
        return f"{head};BYYEARDAY={nth.n}" if yearly else f"{head};BYMONTHDAY={nth.n}"
    if nth.what is Unit.WEEKEND:
        return f"{head};BYDAY=SA;BYSETPOS={nth.n}"
    raise Puzzling("Which day of that week do you mean?")
