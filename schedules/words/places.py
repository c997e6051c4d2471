"""Stretches of local time, and arithmetic on them. Local, naive times throughout."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from schedules.words.pieces import Amount, Unit

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


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def whole_days(first: date, count: int = 1, grain: Unit = Unit.DAY) -> Place:
    try:
        return Place(start=midnight(first), end=midnight(first + timedelta(days=count)), grain=grain)
    except OverflowError:
        raise Puzzling("That is beyond the calendar I can use; which day do you mean?") from None


def exact_moment(at: datetime, grain: Unit = Unit.SECOND) -> Place:
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
        return whole_days(today + timedelta(days=offset), count)
    monday = today - timedelta(days=today.weekday())
    if unit is Unit.WEEK:
        return whole_days(monday + timedelta(days=7 * offset), 7 * count, Unit.WEEK)
    if unit is Unit.WEEKEND:
        return whole_days(monday + timedelta(days=5 + 7 * offset), 2, Unit.WEEKEND)
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}[unit]
    first = today.replace(day=1)
    if unit is Unit.QUARTER:
        first = first.replace(month=(today.month - 1) // 3 * 3 + 1)
    elif unit is Unit.YEAR:
        first = first.replace(month=1)
    start_day = add_months(first, months * offset)
    end_day = add_months(first, months * (offset + count))
    return Place(start=midnight(start_day), end=midnight(end_day), grain=unit)


def whole_month(year: int, month: int) -> Place:
    first = date(year, month, 1)
    return Place(start=midnight(first), end=midnight(add_months(first, 1)), grain=Unit.MONTH)


def whole_year(year: int) -> Place:
    return Place(start=midnight(date(year, 1, 1)), end=midnight(date(year + 1, 1, 1)), grain=Unit.YEAR)
