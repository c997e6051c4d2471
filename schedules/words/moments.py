"""Where a day in words lies on the calendar, seen from a given moment. Local, naive times throughout."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from schedules.words.dayforms import possible
from schedules.words.festivals import falls_on, nth_weekday
from schedules.words.pieces import (
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
from schedules.words.places import (
    MONTH_NAMES,
    Place,
    Puzzling,
    Viewpoint,
    add_months,
    exact_moment,
    midnight,
    period,
    shifted,
    whole_days,
    whole_month,
    whole_year,
)


def locate(what: Date, view: Viewpoint) -> Place:
    """Find the place of a day in words. Raises Puzzling when there is none."""
    match what:
        case Now():
            return exact_moment(view.now)
        case Day(offset=offset):
            return whole_days(view.today + timedelta(days=offset))
        case Exact(at=at):
            return exact_moment(at)
        case Weekday():
            return whole_days(_weekday(what, view))
        case CalendarDay():
            return _calendar(what, view)
        case Period(unit=unit, offset=offset, count=count):
            return period(unit, offset, count, view.now)
        case QuarterOf():
            return _quarter_place(what, view)
        case Nth():
            return _nth(what, view)
        case Edge():
            return _edge(what, view)
        case Festival():
            return whole_days(_festival(what, view))
        case Shifted():
            return _shifted(what, view)
        case WeekdaysFrom(n=n, day=day, base=base, sign=sign):
            start = locate(base, replace(view, today_counts=True)).start.date() if base is not None else view.today
            step = (day - start.weekday()) % 7 or 7
            if sign < 0:
                return whole_days(start - timedelta(days=((start.weekday() - day) % 7 or 7) + 7 * (n - 1)))
            return whole_days(start + timedelta(days=step + 7 * (n - 1)))
        case Closest(day=day, base=base):
            start = locate(base, view).start.date()
            ahead = (day - start.weekday()) % 7
            return whole_days(start + timedelta(days=ahead if ahead <= 3 else ahead - 7))
        case WeekOf(base=base):
            start = locate(base, view).start.date()
            return whole_days(start - timedelta(days=start.weekday()), 7, Unit.WEEK)


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
        return whole_month(year, month)
    if what.months_ahead is not None:
        first = add_months(today.replace(day=1), what.months_ahead)
        return whole_days(_existing(first.year, first.month, day))
    if month is None:
        return whole_days(_next_day_of_month(day, what.weekday, view))
    if not possible(month, day, year):
        raise no_such_day(month, day, year)
    if year is not None:
        return whole_days(date(year, month, day))
    for candidate in range(today.year, today.year + 9):
        if possible(month, day, candidate) and _still_ahead(date(candidate, month, day), view):
            return whole_days(date(candidate, month, day))
    raise no_such_day(month, day, None)


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


def no_such_day(month: int, day: int, year: int | None) -> Puzzling:
    name = MONTH_NAMES[month - 1] if 1 <= month <= 12 else f"month {month}"
    said = f"{name} {day}" + (f", {year}" if year else "")
    choices: tuple[str, ...] = ()
    if 1 <= month <= 12 and year is None:
        choices = (f"{name} {monthrange(2023, month)[1]}", f"{MONTH_NAMES[month % 12]} 1")
    return Puzzling(f"There is no {said} on the calendar; which day do you mean?", choices)


def _existing(year: int, month: int, day: int) -> date:
    if not possible(month, day, year):
        raise no_such_day(month, day, year)
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


def _quarter_place(what: QuarterOf, view: Viewpoint) -> Place:
    year = what.year
    if year is None:
        year = view.today.year + (view.today.month > what.number * 3)
    first = date(year, what.number * 3 - 2, 1)
    return Place(start=midnight(first), end=midnight(add_months(first, 3)), grain=Unit.QUARTER)


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
        return locate(replace(what, of=replace(what.of, offset=1)), view)
    yearless = isinstance(what.of, CalendarDay) and what.of.year is None and what.of.month is not None
    if yearless and what.of is not None and found.end.date() <= view.today:
        again = _nth_in(what, whole_month(where.start.year + 1, where.start.month))
        return again if again is not None else found
    return found


def _nth_ahead(what: Nth, view: Viewpoint) -> Place:
    """Without saying in what: the month it is (or the next ones); a day over 31 counts within the year."""
    if what.what is Unit.DAY and abs(what.n) > 31:
        for year in (view.today.year, view.today.year + 1):
            found = _nth_in(what, whole_year(year))
            if found is not None and _still_ahead(found.start.date(), view):
                return found
    first = view.today.replace(day=1)
    for ahead in range(24):
        month = add_months(first, ahead)
        found = _nth_in(what, whole_month(month.year, month.month))
        if found is not None and _still_ahead(found.start.date(), view):
            return found
    raise Puzzling("There is no such day in any month; which day do you mean?")


def _nth_in(what: Nth, where: Place) -> Place | None:
    first, last = where.start.date(), where.end.date() - timedelta(days=1)
    n = what.n
    if not isinstance(what.what, Unit):
        if where.grain is Unit.MONTH:
            found = nth_weekday(first.year, first.month, what.what, n)
            return whole_days(found) if found is not None else None
        if n > 0:
            day = first + timedelta(days=(what.what - first.weekday()) % 7 + 7 * (n - 1))
        else:
            day = last - timedelta(days=(last.weekday() - what.what) % 7 + 7 * (-n - 1))
        return whole_days(day) if first <= day <= last else None
    if what.what is Unit.DAY:
        day = first + timedelta(days=n - 1) if n > 0 else last + timedelta(days=n + 1)
        return whole_days(day) if first <= day <= last else None
    if what.what is Unit.BUSINESS_DAY:
        step = 1 if n > 0 else -1
        day = first if n > 0 else last
        left = abs(n)
        while first <= day <= last:
            left -= day.weekday() < 5
            if left == 0:
                return whole_days(day)
            day += timedelta(days=step)
        return None
    if what.what is Unit.MONTH:
        month = add_months(first, n - 1) if n > 0 else add_months(last.replace(day=1), n + 1)
        return whole_month(month.year, month.month)
    if what.what is Unit.WEEKEND:
        return _nth_weekend(first, last, n)
    return _nth_week(first, last, n)


def _nth_weekend(first: date, last: date, n: int) -> Place:
    if n > 0:
        return whole_days(first + timedelta(days=(5 - first.weekday()) % 7 + 7 * (n - 1)), 2, Unit.WEEKEND)
    return whole_days(last - timedelta(days=(last.weekday() - 5) % 7 + 7 * (-n - 1)), 2, Unit.WEEKEND)


def _nth_week(first: date, last: date, n: int) -> Place:
    """Weeks belong to the period that their Thursday is in, as ISO counts them; the last ones are whole weeks."""
    if n > 0:
        thursday = first + timedelta(days=(3 - first.weekday()) % 7 + 7 * (n - 1))
        week = whole_days(thursday - timedelta(days=3), 7, Unit.WEEK)
        return replace(week, start=max(week.start, midnight(first)))
    monday = last - timedelta(days=last.weekday())
    if last.weekday() < 3:
        monday -= timedelta(days=7)
    return whole_days(monday + timedelta(days=7 * (n + 1)), 7, Unit.WEEK)


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
        return exact_moment(where.end - timedelta(minutes=1), Unit.MINUTE)
    if kind == "later":
        soonest = view.today + timedelta(days=1)
        usual = where.start.date() + timedelta(days=3 if where.grain is Unit.WEEK else 19)
        return whole_days(min(max(soonest, usual), max(view.today, where.end.date() - timedelta(days=1))))
    last = where.end - timedelta(days=1)
    if kind == "start":
        begun = where.start.date() < view.today < where.start.date() + timedelta(days=3)
        return whole_days(view.today if begun else where.start.date())
    if kind == "rest":
        return Place(start=max(view.now, where.start), end=where.end, exact=view.now > where.start)
    if kind == "middle":
        half = where.start + (where.end - where.start) / 2
        return whole_days(half.date() if where.grain is not Unit.MONTH else where.start.date() + timedelta(days=14))
    if where.grain is Unit.WEEK:
        friday = where.start.date() + timedelta(days=4)
        return whole_days(max(friday, view.today) if friday < view.today <= last.date() else friday)
    return whole_days(last.date())


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
    return whole_days(at.date())
