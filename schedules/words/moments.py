"""Where a day in words lies on the calendar, seen from a given moment. Local, naive times throughout."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from schedules.words.dayforms import possible
from schedules.words.festivals import falls_on, nth_weekday
from schedules.words.pieces import (
    Amount,
    CalendarDay,
    Closest,
    Date,
    Day,
    Edge,
    Exact,
    Festival,
    Now,
    Nth,
    Period,
    QuarterOf,
    Shifted,
    Unit,
    Weekday,
    WeekdaysFrom,
    WeekOf,
    Which,
)

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Puzzling(Exception):
    """The words name no day, or none that can be meant: the question to ask back."""

    def __init__(self, question: str, choices: tuple[str, ...] = ()) -> None:
        super().__init__(question)
        self.question = question
        self.choices = choices


@dataclass(frozen=True, kw_only=True)
class Place:
    """A stretch of local time: start, end (not part of it), and how finely it was named.

    exact: start is a moment and not just a day.
    """

    start: datetime
    end: datetime
    grain: Unit = Unit.DAY
    exact: bool = False


@dataclass(frozen=True, kw_only=True)
class Viewpoint:
    """From where words are read. now: local time; today_counts: whether "Friday" said on a Friday may be today."""

    now: datetime
    today_counts: bool = True
    day_first: bool | None = None

    @property
    def today(self) -> date:
        """The local day of now."""
        return self.now.date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _days(first: date, count: int = 1, grain: Unit = Unit.DAY) -> Place:
    try:
        return Place(start=_midnight(first), end=_midnight(first + timedelta(days=count)), grain=grain)
    except OverflowError:
        raise Puzzling("That is beyond the calendar I can use; which day do you mean?") from None


def _moment(at: datetime, grain: Unit = Unit.SECOND) -> Place:
    return Place(start=at, end=at + timedelta(seconds=1), grain=grain, exact=True)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on, or the last day of a shorter month."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9990:
        raise Puzzling("That is beyond the calendar I can use; which day do you mean?")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shifted(at: datetime, amount: Amount, sign: int = 1) -> datetime:
    """A moment moved along the calendar and then the clock."""
    try:
        day = add_months(at.date(), sign * int(amount.months))
        moved = datetime.combine(day, at.time()) + sign * timedelta(days=amount.days, seconds=amount.seconds)
        steps = amount.business_days
        while steps > 0:
            moved += sign * timedelta(days=1)
            steps -= moved.weekday() < 5
            if amount.business_days > 3000:
                raise OverflowError
    except OverflowError:
        raise Puzzling("That is beyond the calendar I can use; which day do you mean?") from None
    if moved.year > 9000:
        raise Puzzling("That is beyond the calendar I can use; which day do you mean?")
    return moved


def locate(what: Date, view: Viewpoint) -> Place:
    """Find the place of a day in words. Raises Puzzling when there is none."""
    match what:
        case Now():
            return _moment(view.now)
        case Day(offset=offset):
            return _days(view.today + timedelta(days=offset))
        case Exact(at=at):
            return _moment(at)
        case Weekday():
            return _days(_weekday(what, view))
        case CalendarDay():
            return _calendar(what, view)
        case Period(unit=unit, offset=offset, count=count):
            return period(unit, offset, count, view.now)
        case QuarterOf():
            return _quarter(what, view)
        case Nth():
            return _nth(what, view)
        case Edge():
            return _edge(what, view)
        case Festival():
            return _days(_festival(what, view))
        case Shifted():
            return _shifted(what, view)
        case WeekdaysFrom(n=n, day=day, base=base, sign=sign):
            start = locate(base, replace(view, today_counts=True)).start.date() if base is not None else view.today
            step = (day - start.weekday()) % 7 or 7
            if sign < 0:
                return _days(start - timedelta(days=((start.weekday() - day) % 7 or 7) + 7 * (n - 1)))
            return _days(start + timedelta(days=step + 7 * (n - 1)))
        case Closest(day=day, base=base):
            start = locate(base, view).start.date()
            ahead = (day - start.weekday()) % 7
            return _days(start + timedelta(days=ahead if ahead <= 3 else ahead - 7))
        case WeekOf(base=base):
            start = locate(base, view).start.date()
            return _days(start - timedelta(days=start.weekday()), 7, Unit.WEEK)


def _weekday(what: Weekday, view: Viewpoint) -> date:
    today = view.today
    ahead = (what.day - today.weekday()) % 7
    if what.weeks is not None:
        start = today - timedelta(days=today.weekday())
        return start + timedelta(days=what.day + 7 * (what.weeks + what.later))
    if what.which is Which.NEXT:
        days = 7 - today.weekday() + what.day
    elif what.which is Which.LAST:
        days = ahead - 7
    elif what.which is Which.AFTER_NEXT:
        days = (ahead or 7) + 7
    elif what.which is Which.COMING or (ahead == 0 and not view.today_counts):
        days = ahead or 7
    else:
        days = ahead
    return today + timedelta(days=days + 7 * what.later)


def period(unit: Unit, offset: int, count: int, now: datetime) -> Place:
    """A whole unit (or several) counted from the one that now is in."""
    today = now.date()
    if unit in (Unit.SECOND, Unit.MINUTE, Unit.HOUR):
        length = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600}[unit]
        whole = now.replace(microsecond=0)
        if unit is not Unit.SECOND:
            whole = whole.replace(second=0)
        if unit is Unit.HOUR:
            whole = whole.replace(minute=0)
        start = whole + timedelta(seconds=length * offset)
        return Place(start=start, end=start + timedelta(seconds=length * count), grain=unit, exact=True)
    if unit in (Unit.DAY, Unit.BUSINESS_DAY):
        return _days(today + timedelta(days=offset), count)
    monday = today - timedelta(days=today.weekday())
    if unit is Unit.WEEK:
        return _days(monday + timedelta(days=7 * offset), 7 * count, Unit.WEEK)
    if unit is Unit.WEEKEND:
        return _days(monday + timedelta(days=5 + 7 * offset), 2, Unit.WEEKEND)
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}[unit]
    first = today.replace(day=1)
    if unit is Unit.QUARTER:
        first = first.replace(month=(today.month - 1) // 3 * 3 + 1)
    elif unit is Unit.YEAR:
        first = first.replace(month=1)
    start_day = add_months(first, months * offset)
    end_day = add_months(first, months * (offset + count))
    return Place(start=_midnight(start_day), end=_midnight(end_day), grain=unit)


def _month(year: int, month: int) -> Place:
    first = date(year, month, 1)
    return Place(start=_midnight(first), end=_midnight(add_months(first, 1)), grain=Unit.MONTH)


def _still_ahead(day: date, view: Viewpoint) -> bool:
    return day > view.today or (day == view.today and view.today_counts)


def _calendar(what: CalendarDay, view: Viewpoint) -> Place:
    what = _settled_order(what, view)
    today = view.today
    year, month, day = what.year, what.month, what.day
    if day is None:
        if month is None:
            year = year if year is not None else today.year
            return Place(start=datetime(year, 1, 1), end=datetime(year + 1, 1, 1), grain=Unit.YEAR)  # noqa: DTZ001
        if year is None:
            later = month < today.month or (month == today.month and what.which is Which.NEXT)
            year = today.year + (1 if later else 0) - (1 if what.which is Which.LAST and month >= today.month else 0)
            if what.which is Which.LAST and later:
                year -= 1
        return _month(year, month)
    if what.months_ahead is not None:
        first = add_months(today.replace(day=1), what.months_ahead)
        return _days(_existing(first.year, first.month, day))
    if month is None:
        return _days(_next_day_of_month(day, what.weekday, view))
    if not possible(month, day, year):
        raise _no_such_day(month, day, year)
    if year is not None:
        return _days(date(year, month, day))
    for candidate in range(today.year, today.year + 9):
        if possible(month, day, candidate) and _still_ahead(date(candidate, month, day), view):
            return _days(date(candidate, month, day))
    raise _no_such_day(month, day, None)


def _settled_order(what: CalendarDay, view: Viewpoint) -> CalendarDay:
    """Decide which of two figures is the month: the weekday said, the person's preference, else month first."""
    if not what.swappable or what.day is None or what.month is None:
        return what
    turned = replace(what, month=what.day, day=what.month, swappable=False)
    plain = replace(what, swappable=False)
    if what.weekday is not None and view.day_first is None:
        fits = [
            _calendar(replace(one, weekday=None), replace(view, today_counts=True)).start.weekday() == what.weekday
            for one in (plain, turned)
        ]
        if fits == [False, True]:
            return turned
    return turned if view.day_first else plain


def _no_such_day(month: int, day: int, year: int | None) -> Puzzling:
    name = MONTH_NAMES[month - 1] if 1 <= month <= 12 else f"month {month}"
    said = f"{name} {day}" + (f", {year}" if year else "")
    choices: tuple[str, ...] = ()
    if 1 <= month <= 12 and year is None:
        choices = (f"{name} {monthrange(2023, month)[1]}", f"{MONTH_NAMES[month % 12]} 1")
    return Puzzling(f"There is no {said} on the calendar; which day do you mean?", choices)


def _existing(year: int, month: int, day: int) -> date:
    if not possible(month, day, year):
        raise _no_such_day(month, day, year)
    return date(year, month, day)


def _next_day_of_month(day: int, weekday: int | None, view: Viewpoint) -> date:
    first = view.today.replace(day=1)
    for ahead in range(60):
        month = add_months(first, ahead)
        if not possible(month.month, day, month.year):
            continue
        found = month.replace(day=day)
        if _still_ahead(found, view) and (weekday is None or found.weekday() == weekday):
            return found
    raise Puzzling(f"No month has a day {day}; which day do you mean?")


def _quarter(what: QuarterOf, view: Viewpoint) -> Place:
    year = what.year
    if year is None:
        year = view.today.year + (view.today.month > what.number * 3)
    first = date(year, what.number * 3 - 2, 1)
    return Place(start=_midnight(first), end=_midnight(add_months(first, 3)), grain=Unit.QUARTER)


def _festival(what: Festival, view: Viewpoint) -> date:
    today = view.today
    start = what.year if what.year is not None else today.year
    if what.which is Which.LAST:
        days = [falls_on(what.name, year) for year in (today.year, today.year - 1)]
        return next((day for day in days if day is not None and day < today), today)
    for year in (start,) if what.year is not None else range(start, start + 4):
        day = falls_on(what.name, year)
        if day is not None and (what.year is not None or _still_ahead(day, view)):
            return day
    raise Puzzling(f"I do not know on which day {what.name} falls then; which date do you mean?")


def _nth(what: Nth, view: Viewpoint) -> Place:
    if what.of is None:
        return _nth_ahead(what, view)
    where = locate(what.of, view)
    found = _nth_in(what, where)
    if found is None:
        raise Puzzling("There is no such day in that period; which day do you mean?")
    if isinstance(what.of, Period) and what.of.offset == 0 and found.end.date() <= view.today:
        later = locate(replace(what, of=replace(what.of, offset=1)), view)
        return later
    yearless = isinstance(what.of, CalendarDay) and what.of.year is None and what.of.month is not None
    if yearless and what.of is not None and found.end.date() <= view.today:
        again = _nth_in(what, _month(where.start.year + 1, where.start.month))
        return again if again is not None else found
    return found


def _nth_ahead(what: Nth, view: Viewpoint) -> Place:
    """Without saying in what: the month it is (or the next ones); a day over 31 counts within the year."""
    if what.what is Unit.DAY and abs(what.n) > 31:
        for year in (view.today.year, view.today.year + 1):
            found = _nth_in(what, _year(year))
            if found is not None and _still_ahead(found.start.date(), view):
                return found
    first = view.today.replace(day=1)
    for ahead in range(24):
        month = add_months(first, ahead)
        found = _nth_in(what, _month(month.year, month.month))
        if found is not None and _still_ahead(found.start.date(), view):
            return found
    raise Puzzling("There is no such day in any month; which day do you mean?")


def _year(year: int) -> Place:
    return Place(start=_midnight(date(year, 1, 1)), end=_midnight(date(year + 1, 1, 1)), grain=Unit.YEAR)


def _nth_in(what: Nth, where: Place) -> Place | None:
    first, last = where.start.date(), where.end.date() - timedelta(days=1)
    n = what.n
    if not isinstance(what.what, Unit):
        if where.grain is Unit.MONTH:
            found = nth_weekday(first.year, first.month, what.what, n)
            return _days(found) if found is not None else None
        if n > 0:
            day = first + timedelta(days=(what.what - first.weekday()) % 7 + 7 * (n - 1))
        else:
            day = last - timedelta(days=(last.weekday() - what.what) % 7 + 7 * (-n - 1))
        return _days(day) if first <= day <= last else None
    if what.what is Unit.DAY:
        day = first + timedelta(days=n - 1) if n > 0 else last + timedelta(days=n + 1)
        return _days(day) if first <= day <= last else None
    if what.what is Unit.BUSINESS_DAY:
        step = 1 if n > 0 else -1
        day = first if n > 0 else last
        left = abs(n)
        while first <= day <= last:
            left -= day.weekday() < 5
            if left == 0:
                return _days(day)
            day += timedelta(days=step)
        return None
    if what.what is Unit.MONTH:
        month = add_months(first, n - 1) if n > 0 else add_months(last.replace(day=1), n + 1)
        return _month(month.year, month.month)
    if what.what is Unit.WEEKEND:
        return _nth_weekend(first, last, n)
    return _nth_week(first, last, n)


def _nth_weekend(first: date, last: date, n: int) -> Place:
    if n > 0:
        return _days(first + timedelta(days=(5 - first.weekday()) % 7 + 7 * (n - 1)), 2, Unit.WEEKEND)
    return _days(last - timedelta(days=(last.weekday() - 5) % 7 + 7 * (-n - 1)), 2, Unit.WEEKEND)


def _nth_week(first: date, last: date, n: int) -> Place:
    """Weeks belong to the period that their Thursday is in, as ISO counts them; the last ones are whole weeks."""
    if n > 0:
        thursday = first + timedelta(days=(3 - first.weekday()) % 7 + 7 * (n - 1))
        return _days(thursday - timedelta(days=3), 7, Unit.WEEK)
    monday = last - timedelta(days=last.weekday())
    if last.weekday() < 3:
        monday -= timedelta(days=7)
    return _days(monday + timedelta(days=7 * (n + 1)), 7, Unit.WEEK)


def _edge(what: Edge, view: Viewpoint) -> Place:
    kind, _, number = what.which.partition(" ")
    if kind == "year":
        return _in_year(what.of, view.today.year + int(number), view)
    if kind == "months":
        after = add_months(view.today, int(number))
        if isinstance(what.of, Festival):
            return _in_year(what.of, after.year, view)
        place = locate(what.of, replace(view, now=datetime.combine(after.replace(day=1), time())))
        if int(number) % 12 == 0:
            return _in_year(what.of, after.year, view)
        return place
    where = locate(what.of, replace(view, today_counts=True))
    if kind == "end" and where.grain is Unit.DAY:
        return _moment(where.end - timedelta(minutes=1), Unit.MINUTE)
    if kind == "later":
        soonest = view.today + timedelta(days=1)
        usual = where.start.date() + timedelta(days=3 if where.grain is Unit.WEEK else 19)
        return _days(min(max(soonest, usual), max(view.today, where.end.date() - timedelta(days=1))))
    last = where.end - timedelta(days=1)
    if kind == "start":
        begun = where.start.date() < view.today < where.start.date() + timedelta(days=3)
        return _days(view.today if begun else where.start.date())
    if kind == "rest":
        return Place(start=max(view.now, where.start), end=where.end, exact=view.now > where.start)
    if kind == "middle":
        half = where.start + (where.end - where.start) / 2
        return _days(half.date() if where.grain is not Unit.MONTH else where.start.date() + timedelta(days=14))
    if where.grain is Unit.WEEK:
        friday = where.start.date() + timedelta(days=4)
        return _days(max(friday, view.today) if friday < view.today <= last.date() else friday)
    return _days(last.date())


def _in_year(what: Date, year: int, view: Viewpoint) -> Place:
    if isinstance(what, Festival):
        return locate(replace(what, year=year, which=Which.PLAIN), view)
    if isinstance(what, CalendarDay):
        return locate(replace(what, year=year, which=Which.PLAIN), view)
    return locate(what, view)


def _shifted(what: Shifted, view: Viewpoint) -> Place:
    amount = what.amount
    if what.base is None:
        at = shifted(view.now, amount, what.sign)
        return Place(start=at, end=at + timedelta(seconds=1), grain=amount.finest, exact=True)
    base = locate(what.base, view)
    if what.sign < 0 and base.start < view.now and not isinstance(what.base, CalendarDay):
        base = locate(what.base, replace(view, today_counts=False))
    at = shifted(base.start, amount, what.sign)
    if amount.seconds or base.exact:
        return Place(start=at, end=at + timedelta(seconds=1), grain=amount.finest, exact=True)
    return _days(at.date())
