"""The meanings that single phrases have, before they are put together and laid on the calendar.

A phrase rule turns words into one of these values; `compose` merges all values of a sentence; `moments` and
`recurring` give them instants. Nothing here knows the present moment.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from schedules.words.verbatim import CronText, RuleText


class Unit(StrEnum):
    """Units of calendar and clock."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    BUSINESS_DAY = "business day"  # Monday to Friday
    WEEK = "week"
    WEEKEND = "weekend"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Which(StrEnum):
    """What stands before a weekday, a month or a holiday."""

    PLAIN = ""  # the next one that is still ahead
    THIS = "this"  # the same, said of the present week or year
    NEXT = "next"  # the one in the next week (month, year)
    COMING = "coming"  # the first one after today
    AFTER_NEXT = "after next"  # the second one after today
    LAST = "last"  # gone by


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A length of time; months and days follow the calendar, seconds the clock."""

    months: float = 0
    days: float = 0
    seconds: float = 0
    business_days: int = 0
    finest: Unit = Unit.DAY

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            months=self.months + other.months,
            days=self.days + other.days,
            seconds=self.seconds + other.seconds,
            business_days=self.business_days + other.business_days,
            finest=other.finest,
        )


# --- clock times -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A time of day. half: "am" or "pm" where said; sure: no other reading is possible (15:00, 09:30, 7 pm)."""

    hour: int
    minute: int = 0
    second: int = 0
    half: str = ""
    sure: bool = False
    named: int | None = None  # the hour said, where it is another one: "quarter to seven"


@dataclass(frozen=True, kw_only=True)
class Daypart:
    """Morning, noon, afternoon, evening, night, with a shade such as early or late."""

    name: str
    shade: str = ""


TimeOfDay: TypeAlias = Clock | Daypart


# --- days --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Now:
    """This very moment."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """So many days from today: 0 is today, 1 tomorrow."""

    offset: int


@dataclass(frozen=True, kw_only=True)
class Weekday:
    """A day of the week (Monday is 0). weeks: the week it is in, counted from this one, where said."""

    day: int
    which: Which = Which.PLAIN
    weeks: int | None = None
    later: int = 0  # whole weeks after the day meant otherwise: "a week on Friday"


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """A date with parts left out: "15 May", "the 20th", "May", "2015-03-03", "Fri 14th", "the 20th of next month".

    swappable: written as two numbers that could also be meant the other way round; maybe_hour: "Sat 11", where the
    figure is an hour unless the coming Saturday is an 11th.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    months_ahead: int | None = None
    which: Which = Which.PLAIN
    swappable: bool = False
    maybe_hour: bool = False


@dataclass(frozen=True, kw_only=True)
class Period:
    """A whole unit counted from the present one: this week is 0, next month 1."""

    unit: Unit
    offset: int
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class QuarterOf:
    """A quarter of a year."""

    number: int
    year: int | None = None


@dataclass(frozen=True, kw_only=True)
class Nth:
    """The n-th weekday (0-6) or unit within something longer; negative numbers count from its end."""

    n: int
    what: int | Unit
    of: "Date | None" = None


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The start, middle, end or rest of something."""

    which: str
    of: "Date"


@dataclass(frozen=True, kw_only=True)
class Festival:
    """A holiday by the key that `festivals` knows it by."""

    name: str
    year: int | None = None
    which: Which = Which.PLAIN


@dataclass(frozen=True, kw_only=True)
class Shifted:
    """So much before (sign -1) or after (sign 1) a day, a moment, or now (base None). clock: a time of the base."""

    amount: Amount
    sign: int = 1
    base: "Date | None" = None
    clock: TimeOfDay | None = None


@dataclass(frozen=True, kw_only=True)
class WeekdaysFrom:
    """The n-th such weekday after (or before) a day: "three Fridays from now"."""

    n: int
    day: int
    base: "Date | None" = None
    sign: int = 1


@dataclass(frozen=True, kw_only=True)
class Closest:
    """The weekday closest to a date."""

    day: int
    base: "Date"


@dataclass(frozen=True, kw_only=True)
class WeekOf:
    """The week that a date is in."""

    base: "Date"


@dataclass(frozen=True, kw_only=True)
class Exact:
    """A complete local date and time, as ISO or a library spells it; zone where it names one."""

    at: datetime
    zone: str | None = None


Date: TypeAlias = (
    Now
    | Day
    | Weekday
    | CalendarDay
    | Period
    | QuarterOf
    | Nth
    | Edge
    | Festival
    | Shifted
    | WeekdaysFrom
    | Closest
    | WeekOf
    | Exact
)


# --- what a phrase contributes to a sentence ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Dates:
    """One day or several. plural: "Mondays"; only: "only on"; to: the end of a range that starts at the
    first, open when it was said as "until"."""

    items: tuple[Date, ...]
    plural: bool = False
    only: bool = False
    to: Date | None = None
    open: bool = False
    brief: bool = False  # written as abbreviations: "mon, wed"


@dataclass(frozen=True, kw_only=True)
class Times:
    """Times of day; flexible: "sometime in the", "around"."""

    items: tuple[TimeOfDay, ...]
    flexible: bool = False
    deadline: bool = False


@dataclass(frozen=True, kw_only=True)
class Window:
    """From one time of day to another; open: the last moment is not part of it ("before 3pm")."""

    first: TimeOfDay
    last: TimeOfDay
    open: bool = False
    between: bool = False


@dataclass(frozen=True, kw_only=True)
class Every:
    """Each n-th unit. loose: an adverb or adjective such as "weekly", which may also be part of a name."""

    unit: Unit
    n: int = 1
    loose: bool = False
    part: str = ""  # the part of the day it implies: "nightly"
    second_reading: bool = False  # "every second Tuesday": could be meant as the second of each month


@dataclass(frozen=True, kw_only=True)
class Often:
    """So many times in each unit: "twice a day". It says how often and not when."""

    times: int
    unit: Unit


@dataclass(frozen=True, kw_only=True)
class MinutesPast:
    """So many minutes past each hour; last: up to that minute of it."""

    minute: int
    last: int | None = None


@dataclass(frozen=True, kw_only=True)
class WeekNumbers:
    """ISO weeks of the year."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Count:
    """So many times in all."""

    times: int


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """A length of time; bound: said as "for …", so that it may end a repetition; ahead: "for the
    next …"."""

    amount: Amount
    bound: bool = False
    ahead: bool = False


@dataclass(frozen=True, kw_only=True)
class Starting:
    """From a day, a time or a moment on."""

    date: Date | None = None
    time: TimeOfDay | None = None


@dataclass(frozen=True, kw_only=True)
class Until:
    """Up to a day, a time or a moment; open: that day or moment no longer counts ("before")."""

    date: Date | None = None
    time: TimeOfDay | None = None
    open: bool = False


@dataclass(frozen=True, kw_only=True)
class Except:
    """Days on which it does not happen."""

    dates: tuple[Date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InZone:
    """The zone that clock times are meant in."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How far off is still fine, in minutes."""

    minutes: int


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Something that has to be asked back: impossible or too vague."""

    question: str
    choices: tuple[str, ...] = ()


Meaning: TypeAlias = (
    Dates
    | Times
    | Window
    | Every
    | Often
    | MinutesPast
    | WeekNumbers
    | Count
    | Lasting
    | Starting
    | Until
    | Except
    | InZone
    | CronText
    | RuleText
    | Tolerance
    | Ask
)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A phrase found at tokens start..end (half open). weak: it counts only beside another piece."""

    start: int
    end: int
    meaning: Meaning
    weak: bool = False
