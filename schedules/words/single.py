"""One moment from the slots of a sentence."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.reading import Preferences
from schedules.words.clocktimes import beside, fixed, part_time, usual
from schedules.words.frame import Frame
from schedules.words.moments import locate
from schedules.words.pieces import (
    CalendarDay,
    Clock,
    Closest,
    Date,
    Dates,
    Daypart,
    Edge,
    Exact,
    Now,
    Nth,
    Period,
    Shifted,
    TimeOfDay,
    Unit,
    Weekday,
    Which,
)
from schedules.words.places import DAY_NAMES, MONTH_NAMES, Place, Puzzling, Viewpoint, add_months, shifted


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A local, naive moment; elapsed: seconds after now instead, where the words count elapsed time."""

    at: datetime
    notes: tuple[str, ...] = ()
    elapsed: float | None = None


def merged(dates: list[Dates], view: Viewpoint) -> Date | None:
    """One day out of all that were named: "Wednesday next week", "March 5 … Thursday", "in 3 days on Friday"."""
    result: Date | None = None
    for item in (found.items[0] for found in dates):
        if result is None or result == item:
            result = item
            continue
        both = _two(result, item)
        if both is None:
            raise _which_day(result, item, view)
        result = both
    return result


def _which_day(first: Date, second: Date, view: Viewpoint) -> Puzzling:
    days = [locate(item, view).start for item in (first, second)]
    named = [f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}" for day in days]
    return Puzzling(f"That names two days, {named[0]} and {named[1]}; which one do you mean?", tuple(named))


def _two(first: Date, second: Date) -> Date | None:
    for one, other in ((first, second), (second, first)):
        match one, other:
            case Weekday(), Period(unit=Unit.WEEK, offset=offset):
                return Weekday(day=one.day, weeks=offset)
            case Weekday(), CalendarDay(day=int()):
                return replace(other, weekday=one.day)
            case Weekday(), Shifted(base=base) if other.amount.days and other.amount.days % 7 == 0 and base is None:
                return Weekday(day=one.day, weeks=int(other.amount.days) // 7)
            case Weekday(), Shifted():
                return Closest(day=one.day, base=other)
            case CalendarDay(day=int(), month=None), Period(unit=Unit.MONTH, offset=offset):
                return replace(one, months_ahead=offset)
            case CalendarDay(day=int(), month=None), CalendarDay(day=None, month=int()):
                return replace(one, month=other.month, year=other.year)
            case CalendarDay(year=None), CalendarDay(day=None, month=None, year=int()):
                return replace(one, year=other.year)
            case (CalendarDay(), Period(unit=Unit.YEAR, offset=offset)):
                return Edge(which=f"year {offset}", of=one)
            case Nth(of=None), (CalendarDay(day=None) | Period()):
                return replace(one, of=other)
            case Shifted(base=None), _ if one.amount.seconds and not isinstance(other, (Shifted, Now)):
                return other
            case Now(), _:
                return other
    return None


def moment(frame: Frame, now: datetime, zone: str, preferences: Preferences, *, waking: bool = False) -> Moment | None:
    """The moment that the slots name, seen from now (local, naive). Raises Puzzling for what has to be asked."""
    view = Viewpoint(now=now, day_first=preferences.day_first)
    day = merged(frame.dates, view)
    clocks = beside(frame.clocks)
    if day is None and frame.starting is not None:
        day = frame.starting.date
    if not clocks and frame.starting is not None and frame.starting.time is not None:
        clocks = [frame.starting.time]
    if frame.window is not None and not any(isinstance(item, Clock) for item in clocks):
        clocks = _window_beside(frame, [frame.window.first])
    notes: list[str] = []
    if day is None and not clocks and frame.until is not None:
        if frame.until.open and frame.until.time is None:
            notes.append("I took that day itself; if it should be earlier, name the day.")
        day, clocks = frame.until.date, [frame.until.time] if frame.until.time is not None else []
    elif not clocks and frame.until is not None and frame.until.time is not None and frame.until.date is None:
        clocks = [frame.until.time]
    if day is None and not clocks:
        return None
    if isinstance(day, CalendarDay) and day.maybe_hour and day.weekday is not None and day.day is not None:
        coming = locate(Weekday(day=day.weekday), view)
        if day.day not in (coming.start.day, (coming.start + timedelta(days=7)).day):
            clocks = clocks or [Clock(hour=day.day)]
            day = Weekday(day=day.weekday)
    if isinstance(day, Shifted) and day.clock is not None:
        return _from_clock(day, view, preferences)
    if isinstance(day, Exact):
        return Moment(at=day.at if day.at.tzinfo is None else day.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
    _only_one_time(frame)
    chosen = _pick(clocks)
    if isinstance(day, (Now, Shifted)) and chosen is None:
        return _counted(day, view, preferences)
    if day is None:
        if chosen is None:
            return None
        return _next_clock(chosen, now, preferences, notes, waking=waking)
    on_day = _on_day(day, chosen, view, preferences, frame, waking=waking)
    return replace(on_day, notes=(*notes, *on_day.notes))


def _only_one_time(frame: Frame) -> None:
    """Ask when two different clock times were said apart from each other: "at 5pm, no wait, 6pm"."""
    said = [times.items[0] for times in frame.times if isinstance(times.items[0], Clock)]
    exact = [item for item in said if isinstance(item, Clock)]
    if len({(item.hour % 12, item.minute) for item in exact}) > 1:
        named = tuple(f"at {item.hour}:{item.minute:02d}" for item in exact[:2])
        raise Puzzling(f"That names two times, {' and '.join(named)}; which one do you mean?", named)


def _window_beside(frame: Frame, clocks: list[TimeOfDay]) -> list[TimeOfDay]:
    parts: list[TimeOfDay] = [item for item in frame.clocks if isinstance(item, Daypart)]
    return beside([*parts, *clocks]) if parts else clocks


def _pick(clocks: list[TimeOfDay]) -> TimeOfDay | None:
    exact = [item for item in clocks if isinstance(item, Clock)]
    return exact[0] if exact else clocks[0] if clocks else None


def _counted(day: Now | Shifted, view: Viewpoint, preferences: Preferences) -> Moment:
    if isinstance(day, Now):
        return Moment(at=view.now, elapsed=0.0)
    if day.base is None:
        amount = day.amount
        if not amount.months and not amount.days and not amount.business_days:
            if amount.seconds > 3e10:
                raise Puzzling("That is beyond the calendar I can use; when do you mean?")
            return Moment(at=view.now, elapsed=day.sign * amount.seconds)
        return Moment(at=shifted(view.now, amount, day.sign))
    place = locate(day, view)
    if place.exact:
        return Moment(at=place.start)
    at = preferences.default_time
    note = f"No time was given, so I took your usual {at:%H:%M}."
    return Moment(at=datetime.combine(place.start.date(), at), notes=(note,))


def _from_clock(day: Shifted, view: Viewpoint, preferences: Preferences) -> Moment:
    """ "30 minutes before 9pm", "two hours before noon tomorrow"."""
    assert day.clock is not None
    if day.base is None:
        base = _next_clock(day.clock, view.now, preferences, [], waking=False).at
        if shifted(base, day.amount, day.sign) <= view.now:
            base += timedelta(days=1)
    else:
        at = day.clock
        clock = part_time(at, preferences) if isinstance(at, Daypart) else usual(at)
        base = datetime.combine(locate(day.base, view).start.date(), clock)
    return Moment(at=shifted(base, day.amount, day.sign))


def _next_clock(
    chosen: TimeOfDay, now: datetime, preferences: Preferences, notes: list[str], *, waking: bool
) -> Moment:
    """The next time that the clock shows this."""
    if isinstance(chosen, Daypart):
        return _daypart_today(chosen, now, preferences)
    at = fixed(chosen)
    if chosen.sure or chosen.hour == 0:
        return Moment(at=_next(at, now), notes=tuple(notes))
    other = at.replace(hour=(at.hour + 12) % 24)
    if waking:
        return Moment(at=_next(at, now))
    first, second = sorted((_next(at, now), _next(other, now)))
    if first.hour < 6 and not (first.date() == now.date() and now.hour < 6 and chosen.minute and chosen.hour > 3):
        first, second = second, first
    note = f"I took {first:%H:%M}; say am or pm if you meant {second:%H:%M}."
    return Moment(at=first, notes=(*notes, note))


def _next(at: time, now: datetime) -> datetime:
    found = datetime.combine(now.date(), at)
    return found if found > now else found + timedelta(days=1)


def _daypart_today(part: Daypart, now: datetime, preferences: Preferences) -> Moment:
    at = part_time(part, preferences)
    today = datetime.combine(now.date(), at)
    if part.shade == "tonight" or part.name in ("workend", "dayend"):
        if today > now:
            return Moment(at=today)
        hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if hour.date() == now.date():
            return Moment(at=hour)
    return Moment(at=today if today > now else today + timedelta(days=1))


def _at(chosen: TimeOfDay | None, preferences: Preferences, *, waking: bool) -> time:
    if chosen is None:
        return preferences.default_time
    if isinstance(chosen, Daypart):
        return part_time(chosen, preferences)
    return usual(chosen, waking=waking)


def _on_day(
    day: Date,
    chosen: TimeOfDay | None,
    view: Viewpoint,
    preferences: Preferences,
    frame: Frame,
    *,
    waking: bool,
) -> Moment:
    now = view.now
    at = _at(chosen, preferences, waking=waking)
    counts = at > now.time()
    if isinstance(chosen, Clock) and chosen.half == "midnight":
        counts = True
    if chosen is None and isinstance(day, CalendarDay) and day.month is not None:
        counts = True
    view = replace(view, today_counts=counts)
    if isinstance(day, Period):
        return _in_period(day, chosen, view, at)
    place = locate(day, view)
    start = place.start.date()
    if _running(frame, place, view):
        start = now.date()
    notes = _naming(day, start)
    if chosen is None and place.exact:
        return Moment(at=place.start, notes=notes)
    if chosen is None:
        at_note = f"No time was given, so I took your usual {at:%H:%M}."
        if start == now.date() and at <= now.time():
            hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            if hour.date() != start:
                raise Puzzling("Today is nearly over; when do you mean?", ("tomorrow at 09:00",))
            return Moment(at=hour, notes=(*notes, f"No time was given, so I took {hour:%H:%M}."))
        if place.grain in (Unit.MONTH, Unit.YEAR, Unit.QUARTER) and place.start < now < place.end:
            start = now.date() if at > now.time() else now.date() + timedelta(days=1)
        return Moment(at=datetime.combine(start, at), notes=(*notes, at_note))
    if isinstance(chosen, Clock):
        if chosen.half == "midnight":
            return Moment(at=datetime.combine(start, time()) + timedelta(days=1), notes=notes)
        if start == now.date() and not chosen.sure:
            at = _later_half(chosen, now, at)
    return Moment(at=datetime.combine(start, at), notes=notes)


def _running(frame: Frame, place: Place, view: Viewpoint) -> bool:
    """Whether a range of dates without a year has begun already: its end is ahead, but comes before its start."""
    last = next((dates.to for dates in frame.dates if isinstance(dates.to, CalendarDay)), None)
    if last is None or last.year is not None or last.month is None:
        return False
    return view.now < locate(last, view).start < place.start


def _later_half(chosen: Clock, now: datetime, at: time) -> time:
    """Today, a time without am or pm is the first one still ahead, but not in the small hours."""
    options = [fixed(chosen), fixed(chosen).replace(hour=(chosen.hour + 12) % 24)]
    ahead = [option for option in options if option > now.time() and option.hour >= 5]
    return min(ahead) if ahead else at


def _in_period(day: Period, chosen: TimeOfDay | None, view: Viewpoint, at: time) -> Moment:
    now = view.now
    place = locate(day, view)
    if place.exact:
        return Moment(at=max(place.start, now), elapsed=0.0 if place.start <= now else None)
    note = f"No time was given, so I took your usual {at:%H:%M}."
    notes = () if chosen is not None else (note,)
    if day.offset == 0:
        start = place.start.date()
        first = max(start, now.date())
        found = datetime.combine(first, at)
        if found <= now and chosen is not None:
            found = datetime.combine(first + timedelta(days=1), at)
        elif found <= now:
            found = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return Moment(at=found, notes=notes)
    if day.unit in (Unit.MONTH, Unit.QUARTER, Unit.YEAR) and day.count == 1:
        months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}[day.unit] * day.offset
        return Moment(at=datetime.combine(add_months(now.date(), months), at), notes=notes)
    if day.unit is Unit.WEEK and chosen is not None and day.count == 1 and isinstance(chosen, Clock) and day.offset > 1:
        return Moment(at=datetime.combine(now.date() + timedelta(days=7 * day.offset), at))
    return Moment(at=datetime.combine(place.start.date(), at), notes=notes)


def _naming(day: Date, start: date) -> tuple[str, ...]:
    """Say which day it is where the words could be meant otherwise."""
    named = f"{DAY_NAMES[start.weekday()]} {start.day} {MONTH_NAMES[start.month - 1]}"
    if isinstance(day, Weekday) and day.which is Which.NEXT:
        return (f"Next {DAY_NAMES[day.day]} is {named}.",)
    if isinstance(day, CalendarDay):
        if day.weekday is not None and start.weekday() != day.weekday:
            return (f"{start.day} {MONTH_NAMES[start.month - 1]} is a {DAY_NAMES[start.weekday()]}.",)
        if day.swappable and day.weekday is None:
            return (f"I read the date as {named}.",)
    return ()


def place_of(day: Date, now: datetime, preferences: Preferences) -> Place:
    """Where a day lies, for ranges."""
    return locate(day, Viewpoint(now=now, day_first=preferences.day_first))
