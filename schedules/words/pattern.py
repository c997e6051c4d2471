"""Which days a repetition chooses, gathered from the slots of a sentence."""

from dataclasses import dataclass, field, replace

from schedules.words.dayforms import possible
from schedules.words.frame import Frame
from schedules.words.moments import no_such_day
from schedules.words.pieces import (
    CalendarDay,
    Date,
    Day,
    Edge,
    Festival,
    Now,
    Nth,
    Period,
    Shifted,
    Unit,
    Weekday,
    Which,
)
from schedules.words.places import Puzzling


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


def pattern_of(frame: Frame) -> Pattern:
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
        pattern.unit = implied(pattern)
    if pattern.unit is Unit.QUARTER:
        pattern.unit, pattern.n = Unit.MONTH, pattern.n * 3
        _settle_quarters(pattern)
    if pattern.unit is Unit.MONTH and pattern.yeardays and 12 % pattern.n == 0:
        steps = range(0, 12, pattern.n)
        pattern.yeardays = [((month - 1 + step) % 12 + 1, day) for month, day in pattern.yeardays for step in steps]
        pattern.unit, pattern.n = Unit.YEAR, 1
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


def implied(pattern: Pattern) -> Unit:
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
            if item.weekday is not None:
                pattern.weekdays.append(item.weekday)
        case CalendarDay(year=None, month=int(month), day=int(day)):
            if not possible(month, day, None):
                raise no_such_day(month, day, None)
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


def settle_often(frame: Frame, pattern: Pattern) -> None:
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
        choices = {2: ("every day at 9:00 and 18:00",), 3: ("every day at 8:00, 13:00 and 20:00",)}.get(often.times, ())
        raise Puzzling(f"{times} a day: at which times?", choices)
    if often.unit is Unit.WEEK:
        choices = {2: ("every Monday and Thursday",), 3: ("every Monday, Wednesday and Friday",)}.get(often.times, ())
        raise Puzzling(f"{times} a week: on which days?", choices)
    raise Puzzling(f"{times} a {often.unit.value}: when exactly?")
