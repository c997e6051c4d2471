"""Days on which a repetition does not happen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from schedules.words.festivals import falls_on
from schedules.words.moments import locate
from schedules.words.pieces import CalendarDay, Date, Except, Festival, Nth, Period, Unit, Weekday, Which
from schedules.words.places import Puzzling, Viewpoint, add_months

_YEARS_AHEAD = 10  # dates that return each year are left out this far ahead


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Weekdays and months that never count, and single local dates."""

    weekdays: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()


def left_out(excepts: list[Except], view: Viewpoint) -> LeftOut:
    """What the exceptions of a sentence leave out, seen from now."""
    weekdays: set[int] = set()
    months: set[int] = set()
    dates: set[date] = set()
    for item in (each for found in excepts for each in found.dates):
        match item:
            case Weekday(day=day, which=Which.PLAIN, weeks=None, later=0):
                weekdays.add(day)
            case CalendarDay(year=None, month=int(month), day=None, which=Which.PLAIN):
                months.add(month)
            case _:
                dates.update(_each(item, view))
    return LeftOut(weekdays=frozenset(weekdays), months=frozenset(months), dates=frozenset(dates))


def _each(item: Date, view: Viewpoint) -> Iterator[date]:
    years = range(view.today.year, view.today.year + _YEARS_AHEAD)
    match item:
        case CalendarDay(year=None, month=int(month), day=int(day)):
            for year in years:
                try:
                    yield date(year, month, day)
                except ValueError:
                    continue
        case CalendarDay(year=None, month=None, day=int(day)) if item.months_ahead is None:
            for ahead in range(12 * _YEARS_AHEAD):
                first = add_months(view.today.replace(day=1), ahead)
                try:
                    yield first.replace(day=day)
                except ValueError:
                    continue
        case Festival(name=name, year=None):
            for year in years:
                day_found = falls_on(name, year)
                if day_found is not None:
                    yield day_found
        case Nth(of=CalendarDay(year=None, month=int()) as month_words):
            for year in years:
                place = locate(replace(item, of=replace(month_words, year=year)), view)
                yield place.start.date()
        case Nth(of=(None | Period(unit=Unit.MONTH))):
            for ahead in range(12 * _YEARS_AHEAD):
                try:
                    yield locate(replace(item, of=Period(unit=Unit.MONTH, offset=ahead)), view).start.date()
                except Puzzling:
                    continue
        case _:
            place = locate(item, view)
            day_at = place.start.date()
            while day_at < place.end.date() or day_at == place.start.date():
                yield day_at
                day_at += timedelta(days=1)
