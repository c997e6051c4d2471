"""All that the phrases of one sentence contribute, put into slots."""

from dataclasses import dataclass, field

from schedules.words.lexicon import words
from schedules.words.pieces import (
    Ask,
    CalendarDay,
    Clock,
    Count,
    Dates,
    Daypart,
    Every,
    Except,
    InZone,
    Lasting,
    MinutesPast,
    Often,
    Piece,
    Starting,
    TimeOfDay,
    Times,
    Tolerance,
    Unit,
    Until,
    Weekday,
    WeekNumbers,
    Which,
    Window,
)
from schedules.words.tokens import Tokens
from schedules.words.verbatim import CronText, RuleText

_GLUE = words(", . ( ) and at on in the by @ for of : ; around about from only this but then")
_OWNED = frozenset({"the", "my", "our", "your", "his", "her", "their", "this", "that", "next", "last", "'s"})
_MEALS = frozenset({"breakfast", "lunch", "dinner"})
_REQUESTS = frozenset(
    {"reminder", "reminders", "alarm", "alarms", "notification", "notifications", "task", "alert", "event"}
)


@dataclass(kw_only=True)
class Frame:
    """The slots. Every slot that may be named once keeps the first phrase that fills it."""

    dates: list[Dates] = field(default_factory=list)
    times: list[Times] = field(default_factory=list)
    window: Window | None = None
    every: Every | None = None
    often: Often | None = None
    minutes_past: list[MinutesPast] = field(default_factory=list)
    weeks: WeekNumbers | None = None
    count: Count | None = None
    lasting: Lasting | None = None
    starting: Starting | None = None
    until: Until | None = None
    excepts: list[Except] = field(default_factory=list)
    zone: InZone | None = None
    tolerance: Tolerance | None = None
    ask: Ask | None = None
    cron: CronText | None = None
    rule: RuleText | None = None
    pieces: list[Piece] = field(default_factory=list)

    @property
    def clocks(self) -> list[TimeOfDay]:
        """All times of day named, in order."""
        return [item for times in self.times for item in times.items]

    @property
    def empty(self) -> bool:
        """Whether nothing about time was said."""
        return not self.pieces

    @property
    def repeats(self) -> bool:
        """Whether the sentence asks for something again and again."""
        return (
            self.every is not None
            or self.cron is not None
            or self.rule is not None
            or self.weeks is not None
            or bool(self.minutes_past)
            or any(dates.plural for dates in self.dates)
            or any(_habit(times) for times in self.times)
            or (self.often is not None)
            or self._weekly_range
            or self._month_days
        )

    @property
    def _weekly_range(self) -> bool:
        """Several plain weekdays with a time of day: "mon-fri 17:45", "Tuesday and Thursday at 6"."""
        return any(
            len(dates.items) > 1 and (dates.to is None or bool(self.times))
            and all(isinstance(item, Weekday) and item.which is Which.PLAIN for item in dates.items)
            for dates in self.dates
        )  # fmt: skip

    @property
    def _month_days(self) -> bool:
        """Several days of a month without a month: "on the 1st and 15th"."""
        return any(
            len(dates.items) > 1
            and dates.to is None
            and all(
                isinstance(item, CalendarDay) and item.month is None and item.months_ahead is None
                for item in dates.items
            )
            for dates in self.dates
        )


def _habit(times: Times) -> bool:
    return any(isinstance(item, Daypart) and item.shade == "every" for item in times.items)


def gather(pieces: list[Piece]) -> Frame:
    """Put the phrases that count (see `standing`) into their slots."""
    frame = Frame()
    for piece in pieces:
        _take(frame, piece)
    lasting = frame.lasting
    if lasting is not None and lasting.ahead and lasting.amount.days > 1 and frame.clocks and not frame.dates:
        frame.every = frame.every or Every(unit=Unit.DAY)  # "for the next 10 days at 8"
    return frame


def standing(w: Tokens, pieces: list[Piece]) -> list[Piece]:
    """The phrases without those that are too faint to count here, or that belong to a name."""
    kept = [piece for position, piece in enumerate(pieces) if not piece.weak or _supported(w, pieces, position)]
    if any(not isinstance(piece.meaning, (Lasting, InZone, Tolerance, Count)) for piece in kept):
        kept = [piece for piece in kept if not isinstance(piece.meaning, Lasting) or piece.meaning.bound]
    kept = [piece for piece in kept if not _beside_the_point(w, kept, piece)]
    kept = [piece for piece in kept if not _too_short(kept, piece)]
    named = [piece for piece in kept if _names_something(w, kept, piece)]
    return [piece for piece in kept if piece not in named]


def _too_short(pieces: list[Piece], piece: Piece) -> bool:
    """Whether a length belongs to the matter: "yoga for 30 minutes every day", "a table for two at 7pm"."""
    others = [other.meaning for other in pieces if other is not piece]
    if isinstance(piece.meaning, Lasting) and others:
        paces = [other.unit for other in others if isinstance(other, Every)]
        hours = piece.meaning.amount.seconds > 0 and not piece.meaning.amount.days
        return hours and not any(unit in (Unit.SECOND, Unit.MINUTE, Unit.HOUR) for unit in paces)
    if isinstance(piece.meaning, Times) and piece.weak and isinstance(piece.meaning.items[0], Clock):
        return any(isinstance(other, Times) and isinstance(other.items[0], Clock) for other in others)
    return False


def _beside_the_point(w: Tokens, pieces: list[Piece], piece: Piece) -> bool:
    """Whether a day or time belongs to the matter, because another one says when: "about the 3pm meeting at 2:30"."""
    same = Dates if isinstance(piece.meaning, Dates) else Times
    if not isinstance(piece.meaning, (Dates, Times)):
        return False
    others = [other for other in pieces if other is not piece and isinstance(other.meaning, same)]
    if not others:
        return False
    if w.raw[piece.end - 1].lower().endswith("'s") and w.low[piece.end].isalpha():
        return True
    if any(piece.start == other.end or piece.end == other.start for other in pieces if other is not piece):
        return False
    start = piece.start + (w.low[piece.start] in ("about", "for"))
    start += w.low[start] in _OWNED
    noun = w.low[piece.end].isalpha() and w.low[piece.end] not in _GLUE and piece.end < w.count
    if start < piece.end and w.low[start - 1] in _OWNED and noun and isinstance(piece.meaning, Times):
        return True
    if w.low[piece.start] == "for" and isinstance(piece.meaning, Dates):
        return not any(w.low[other.start] == "for" for other in others)
    about = next((k for k in range(piece.start, -1, -1) if w.low[k] == "about"), None)
    return about is not None and any(other.end <= about for other in others)


def _supported(w: Tokens, pieces: list[Piece], position: int) -> bool:
    """Whether a faint phrase stands right beside another one that completes it."""
    piece = pieces[position]
    meaning = piece.meaning
    if isinstance(meaning, (Until, Lasting)):
        return any(isinstance(other.meaning, Every) or _plural(other) for other in pieces) or isinstance(meaning, Until)
    if isinstance(meaning, Count):
        return any(isinstance(other.meaning, (Every, Often, CronText, RuleText)) or _plural(other) for other in pieces)
    lone = isinstance(meaning, Times) and w.number[piece.end - 1] is not None and piece.end == piece.start + 1
    if lone and _counts_a_thing(w, pieces, piece.end):
        return False
    if isinstance(meaning, Times) and all(isinstance(item, Daypart) and item.name in _MEALS for item in meaning.items):
        return False
    for other_position in (position - 1, position + 1):
        if not 0 <= other_position < len(pieces):
            continue
        other = pieces[other_position]
        if other.weak and not (isinstance(other.meaning, (Dates, Times)) and not lone):
            continue
        if type(other.meaning) is type(meaning) and not _part_beside_clock(meaning, other):
            continue
        if isinstance(other.meaning, (Lasting, Count, Except)):
            continue
        low, high = sorted((piece, other), key=lambda one: one.start)
        if high.start - low.end <= 2 and all(word in _GLUE for word in w.low[low.end : high.start]):
            return True
    return False


def _plural(piece: Piece) -> bool:
    return isinstance(piece.meaning, Dates) and piece.meaning.plural


def _part_beside_clock(meaning: object, other: Piece) -> bool:
    return (
        isinstance(meaning, Times)
        and isinstance(other.meaning, Times)
        and isinstance(meaning.items[0], Daypart) != isinstance(other.meaning.items[0], Daypart)
    )


def _counts_a_thing(w: Tokens, pieces: list[Piece], end: int) -> bool:
    word = w.low[end]
    if not word.isalpha() or word in _GLUE or any(piece.start == end for piece in pieces):
        return False
    return word not in ("to", "please", "remind", "every", "each", "with", "that", "am", "pm", "sharp")


def _names_something(w: Tokens, pieces: list[Piece], piece: Piece) -> bool:
    """Whether an adverb such as "weekly" belongs to a name: "the weekly summary this Friday"."""
    meaning = piece.meaning
    if not isinstance(meaning, Every) or not meaning.loose or piece.end == piece.start:
        return False
    following = w.low[piece.end]
    if any(other.start == piece.end for other in pieces) or not following.isalpha() or following in _GLUE:
        return False
    if following in _REQUESTS or following in ("to", "until", "except", "starting", "please", "until", "till", "with"):
        return False
    others = [other for other in pieces if other is not piece]
    if any(isinstance(other.meaning, (Every, Often)) for other in others):
        return True
    owned = piece.start > 0 and w.low[piece.start - 1] in _OWNED
    if owned:
        return True
    return any(
        isinstance(other.meaning, Dates) and not other.meaning.plural and _pins(other.meaning) for other in others
    )


def _pins(dates: Dates) -> bool:
    """Whether a day is named so that it happens once: tomorrow, this Friday, 5 May."""
    first = dates.items[0]
    return not isinstance(first, Weekday) or first.which is not Which.PLAIN


def _take(frame: Frame, piece: Piece) -> None:
    meaning = piece.meaning
    match meaning:
        case Dates():
            frame.dates.append(meaning)
        case Times():
            frame.times.append(meaning)
        case MinutesPast():
            frame.minutes_past.append(meaning)
        case Except():
            frame.excepts.append(meaning)
        case Every():
            frame.every = _finer(frame.every, meaning)
        case Ask():
            frame.ask = frame.ask or meaning
        case Window():
            frame.window = frame.window or meaning
        case Often():
            frame.often = frame.often or meaning
        case WeekNumbers():
            frame.weeks = frame.weeks or meaning
        case Count():
            frame.count = frame.count or meaning
        case Lasting():
            frame.lasting = frame.lasting or meaning
        case Starting():
            frame.starting = frame.starting or meaning
        case Until():
            frame.until = frame.until or meaning
        case InZone():
            frame.zone = frame.zone or meaning
        case Tolerance():
            frame.tolerance = meaning
        case CronText():
            frame.cron = meaning
        case RuleText():
            frame.rule = meaning
    frame.pieces.append(piece)


_ORDER = [
    Unit.SECOND, Unit.MINUTE, Unit.HOUR, Unit.DAY, Unit.BUSINESS_DAY, Unit.WEEK, Unit.WEEKEND, Unit.MONTH, Unit.QUARTER,
    Unit.YEAR,
]  # fmt: skip


def _finer(before: Every | None, now: Every) -> Every:
    """Of two repetitions the finer one is the pace: "every 20 minutes every weekday", "every Friday of each month"."""
    if before is None:
        return now
    if before.n > 1 and now.n == 1 and {before.unit, now.unit} <= {Unit.WEEK, Unit.MONTH, Unit.YEAR}:
        return before
    if now.n > 1 and before.n == 1 and now.unit in (Unit.WEEK, Unit.MONTH, Unit.YEAR):
        return now
    return before if _ORDER.index(before.unit) <= _ORDER.index(now.unit) else now
