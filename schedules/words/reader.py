"""A whole sentence: tokens, phrases, slots, schedule, and the words around them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croncierge.errors import InvalidInput
from schedules.occurrences import next_after
from schedules.reading import Condition, ConditionKind, Kind, Preferences, Reading
from schedules.schedule import Interval, Once, Rule, Schedule
from schedules.words.apart import apart
from schedules.words.conditions import conditions
from schedules.words.crontext import cron_text
from schedules.words.exotic import exotic_date
from schedules.words.frame import Frame, gather, standing
from schedules.words.phrases import scan
from schedules.words.pieces import Amount, Lasting, Now, Period, Piece, Unit, Weekday
from schedules.words.places import DAY_NAMES, Puzzling, shifted
from schedules.words.recurring import repetition, tolerance
from schedules.words.ruletext import rule_text
from schedules.words.sentence import Request, request
from schedules.words.several import groups, share_pace, united
from schedules.words.single import moment
from schedules.words.titles import before_a_thing, title
from schedules.words.tokens import Tokens, tokenize
from schedules.words.written import of_cron, of_rule_text
from schedules.zones import resolve, zone

LONGEST = 2000  # characters
_MOST_TOKENS = 600
_TOO_LONG = "That is too long to read a time from; please say in one sentence what should happen and when."
_FIGURES = re.compile(r"[-+:.,/\dTZ ]*\d[-+:.,/\dTZ ]*")  # what an unread rest of a date looks like
_ZONE_LIKE = re.compile(r"(?:\d|am|pm|a\.m\.|p\.m\.) ([A-Z][A-Za-z]+/[A-Z][A-Za-z_]+)\b")
_VAGUE = frozenset(
    {"later", "soon", "sometime", "eventually", "regularly", "often", "someday", "periodically", "frequently"}
)
_DAYS = frozenset(name.lower() for name in DAY_NAMES)
_OWNERS = frozenset({"the", "my", "our", "your", "his", "her", "their"})
_WHEN_CHOICES = ("in an hour", "tomorrow at 9:00", "every Monday at 9:00")


def read(text: str, *, now: datetime, preferences: Preferences) -> Reading:
    """Read a whole sentence. now: aware. Pure and deterministic; never raises for any text."""
    if len(text) > LONGEST:
        return Reading(kind=Kind.CLARIFY, question=_TOO_LONG)
    w = tokenize(text)
    if w.count > _MOST_TOKENS:
        return Reading(kind=Kind.CLARIFY, question=_TOO_LONG)
    if not w.count:
        return Reading(kind=Kind.NONE)
    return _read(w, now, preferences)


def read_when(words: str, *, now: datetime, preferences: Preferences) -> Reading:
    """Read a phrase that should be nothing but a time. What is not understood is asked about, never ignored."""
    text = words.strip()
    reading = read(_as_time(text), now=now, preferences=preferences)
    if reading.kind is Kind.CLARIFY:
        return reading
    if reading.kind is Kind.NONE and reading.conditions and not reading.title:
        return reading
    if reading.kind is Kind.NONE:
        return Reading(
            kind=Kind.CLARIFY,
            question=f"I do not understand “{text[:80]}” as a time; when do you mean?",
            choices=_WHEN_CHOICES,
        )
    rest = reading.title
    # An alarm is titled by the command that is part of its own phrase: "set an alarm for 6:30".
    if rest and reading.phrase != text and not _mere_filler(rest):
        return Reading(
            kind=Kind.CLARIFY,
            question=f"I do not understand “{rest[:80]}” as part of a time; when exactly do you mean?",
            choices=(reading.phrase,) if reading.phrase else (),
        )
    return replace(reading, title="")


def _as_time(text: str) -> str:
    """A bare figure given as a time is a clock time."""
    first, _, rest = text.partition(" ")
    bare = rest.strip() if first.lower() in ("to", "also") and rest else text
    return f"at {bare}" if bare.replace(":", "").isdigit() and len(bare) <= 5 else bare


def _mere_filler(rest: str) -> bool:
    fillers = {
        "please",
        "also",
        "to",
        "only",
        "just",
        "and",
        "ok",
        "instead",
        "make",
        "it",
        "the",
        "again",
        "too",
        "each",
    }
    return all(word in fillers for word in rest.lower().split())


def _read(w: Tokens, now: datetime, preferences: Preferences) -> Reading:
    said = request(w)
    if said.question:
        return Reading(kind=Kind.NONE, title=w.text.strip())
    clauses = conditions(w, said.start, said.end)
    pieces = scan(w, around=cron_text(w) or rule_text(w))
    clauses = [one for one in clauses if not _content(w, one, pieces)]
    pieces = _elsewhere(w, _unquoted(w, _outside(pieces, clauses)))
    pieces = standing(w, pieces)
    frame = gather(pieces)
    met = tuple(dict.fromkeys(clause for _, _, clause in clauses))
    base = Reading(
        kind=Kind.NONE,
        title=title(w, said, pieces, clauses),
        phrase=_phrase(w, said.command, pieces),
        conditions=met,
        recipient=said.recipient,
    )
    try:
        return _meant(w, frame, said, base, now, preferences)
    except Puzzling as puzzle:
        return replace(base, kind=Kind.CLARIFY, question=puzzle.question, choices=puzzle.choices)
    except (ValueError, OverflowError):  # figures that no calendar holds
        return replace(base, kind=Kind.CLARIFY, question="I cannot place that on the calendar; when do you mean?")


def _phrase(w: Tokens, command: str, pieces: list[Piece]) -> str:
    """The words that made the schedule, with what joins them."""
    parts = [command] if command else []
    end = -1
    for piece in pieces:
        if piece.end == piece.start:
            continue
        joined = (
            end > 0 and piece.start - end <= 2 and all(word in ("and", ",", "&") for word in w.low[end : piece.start])
        )
        if joined and piece.start > end:
            parts[-1] += w.text[w.ends[end - 1] : w.starts[piece.start]] + w.said(piece.start, piece.end)
        else:
            parts.append(w.said(piece.start, piece.end))
        end = piece.end
    return " ".join(parts)


def _content(w: Tokens, clause: tuple[int, int, Condition], pieces: list[Piece]) -> bool:
    """Whether an "if" belongs to what should be done: "check the weather at 7 and message me if it rains"."""
    start, end, met = clause
    outside = any(piece.end <= start or piece.start >= end for piece in pieces if not piece.weak)
    return met.kind is ConditionKind.EVENT and w.low[start] == "if" and outside


def _unquoted(w: Tokens, pieces: list[Piece]) -> list[Piece]:
    """Without what stands in quotation marks, if something outside says when."""
    marks = [k for k, word in enumerate(w.low[: w.count]) if word == '"']
    quoted = {k for start, end in zip(marks[::2], marks[1::2], strict=False) for k in range(start, end)}
    outside = [piece for piece in pieces if quoted.isdisjoint(range(piece.start, piece.end))]
    return outside or pieces


def _elsewhere(w: Tokens, pieces: list[Piece]) -> list[Piece]:
    """Without days that name a thing, "prepare the Friday meeting", if something else says when."""
    rest = [piece for piece in pieces if not _names_a_thing(w, piece, pieces)]
    return rest if any(not piece.weak for piece in rest) else pieces


def _names_a_thing(w: Tokens, piece: Piece, pieces: list[Piece]) -> bool:
    first, last = w.low[piece.start], w.low[piece.end - 1]
    owned = first == "the" if piece.end - piece.start == 2 else piece.start > 0 and w.low[piece.start - 1] in _OWNERS
    return owned and last in _DAYS and before_a_thing(w, piece, pieces)


def _outside(pieces: list[Piece], clauses: list[tuple[int, int, Condition]]) -> list[Piece]:
    return [piece for piece in pieces if not any(start <= piece.start < end for start, end, _ in clauses)]


def _meant(w: Tokens, frame: Frame, said: Request, base: Reading, now: datetime, preferences: Preferences) -> Reading:
    if frame.ask is not None:
        return replace(base, kind=Kind.CLARIFY, question=frame.ask.question, choices=frame.ask.choices)
    if _news(w, frame, said):
        return replace(base, phrase="", title=w.text.strip())
    _ask_unknown_zone(w, frame)
    if not frame.repeats and any(word in ("recurring", "repeating") for word in w.low[: w.count]):
        _repeat_anyway(frame)
    zone = frame.zone.name if frame.zone is not None else preferences.zone
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if frame.cron is not None:
        cron = of_cron(frame.cron.expression, frame, now, zone, preferences)
        return replace(base, kind=Kind.RECURRENCE, schedule=cron)
    if frame.rule is not None:
        written = of_rule_text(frame.rule, frame, now, zone, preferences)
        _happens(written, now)
        return replace(base, kind=Kind.RECURRENCE, schedule=written)
    spelled = _spelled_out(w, base, now, zone, preferences)
    if spelled is not None:
        return spelled
    divided = [gather(group) for group in groups(frame.pieces)]
    if len(divided) > 1:
        return _divided(divided, base, now, zone, preferences, waking=said.waking)
    if frame.repeats:
        _ask_which_of_month(frame)
        made = repetition(frame, now, zone, preferences, waking=said.waking)
        _happens(made.schedule, now)
        kind = Kind.INTERVAL if isinstance(made.schedule, Interval) else Kind.RECURRENCE
        return replace(base, kind=kind, schedule=made.schedule, notes=made.notes, tolerance=made.tolerance)
    if len(listed := apart(frame)) > 1:
        return _moments(listed, base, now, zone, preferences, waking=said.waking)
    found = moment(frame, local, zone, preferences, waking=said.waking)
    if found is None:
        return _without_moment(w, frame, said, base, now, zone)
    if found.elapsed is not None:
        at = now.astimezone(UTC) + timedelta(seconds=found.elapsed)
    else:
        at = resolve(found.at, zone)
    if at < now - timedelta(seconds=1):
        return _past(frame, said, base, at, zone)
    schedule: Schedule = Once(zone=zone, at=at)
    return replace(base, kind=Kind.INSTANT, schedule=schedule, notes=found.notes, tolerance=tolerance(frame))


def _spelled_out(w: Tokens, base: Reading, now: datetime, zone: str, preferences: Preferences) -> Reading | None:
    """A date spelled in a way that the grammar reads only in part: "Thu Apr 10 07:06:05 2031"."""
    if not base.title or not _FIGURES.fullmatch(base.title):
        return None
    at = exotic_date(w, now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0), preferences)
    if at is None:
        return None
    instant = at if at.tzinfo is not None else resolve(at, zone)
    if instant <= now:
        return None
    return replace(base, kind=Kind.INSTANT, schedule=Once(zone=zone, at=instant), phrase=w.text.strip(), title="")


def _divided(
    frames: list[Frame], base: Reading, now: datetime, zone: str, preferences: Preferences, *, waking: bool
) -> Reading:
    """Several days with a time each."""
    if not any(frame.repeats for frame in frames):
        single = [each for frame in frames for each in apart(frame)]
        return _moments(single, base, now, zone, preferences, waking=waking)
    share_pace(frames)
    made = [repetition(frame, now, zone, preferences, waking=waking, as_rule=True) for frame in frames]
    rules = [one.schedule for one in made if isinstance(one.schedule, Rule)]
    if len(rules) < len(made):
        raise Puzzling("Those are several paces; please ask for them one after the other. Which is the first?")
    notes = tuple(dict.fromkeys(note for one in made for note in one.notes))
    schedule = united(rules)
    _happens(schedule, now)
    return replace(base, kind=Kind.RECURRENCE, schedule=schedule, notes=notes)


def _moments(
    frames: list[Frame], base: Reading, now: datetime, zone: str, preferences: Preferences, *, waking: bool
) -> Reading:
    """Several single moments: a rule that names each of them."""
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    found = [moment(frame, local, zone, preferences, waking=waking) for frame in frames]
    walls = sorted({each.at for each in found if each is not None and each.elapsed is None})
    if len(walls) < len(frames):
        raise Puzzling("Those are several moments; please ask for them one after the other. Which is the first?")
    past = [each for each in walls if each <= local]
    if past:
        raise Puzzling(
            f"{past[0]:%A} {past[0].day} {past[0]:%B %Y}, {past[0]:%H:%M}, is already past; when do you mean?"
        )
    said_times = {times for frame in frames for times in frame.clocks}
    if len({each.time() for each in walls}) > max(1, len(said_times)):
        raise Puzzling("Do you mean the morning or the evening? Please say am or pm.")
    dates = ",".join(f"{each:%Y%m%dT%H%M%S}" for each in walls)
    notes = tuple(dict.fromkeys(note for each in found if each is not None for note in each.notes))
    rule = Rule(zone=zone, text=f"RDATE:{dates}", dtstart=walls[0])
    return replace(base, kind=Kind.RECURRENCE, schedule=rule, notes=notes)


def _happens(schedule: Schedule, now: datetime) -> None:
    """Ask about a repetition that is over before it begins, or whose day no month has."""
    try:
        if next_after(schedule, now) is not None:
            return
    except InvalidInput:
        pass
    raise Puzzling("That never happens, as I read it; on which days, and until when, do you mean?")


def _news(w: Tokens, frame: Frame, said: Request) -> bool:
    """ "Tell me the price of bananas this week" asks about the week; it schedules nothing."""
    if said.asked or w.low[said.start] not in ("tell", "show", "find", "search", "look", "list", "get"):
        return False
    items = [item for dates in frame.dates for item in dates.items]
    present = all(isinstance(item, Now) or (isinstance(item, Period) and item.offset == 0) for item in items)
    return bool(items) and present and not frame.repeats and not frame.clocks


def _ask_unknown_zone(w: Tokens, frame: Frame) -> None:
    """ "9am Mars/Base" names a zone, though none that there is."""
    found = _ZONE_LIKE.search(w.text) if frame.zone is None and frame.clocks else None
    if found is None:
        return
    try:
        zone(found[1])
    except InvalidInput as error:
        raise Puzzling(error.message) from error


def _repeat_anyway(frame: Frame) -> None:
    """A "recurring alarm": on the weekdays named; else the pace has to be asked."""
    days = [item for dates in frame.dates for item in dates.items]
    if days and all(isinstance(item, Weekday) for item in days):
        frame.dates = [replace(dates, plural=True) for dates in frame.dates]
        return
    raise Puzzling(
        "How often should it repeat?", ("every day at 9:00", "every weekday at 9:00", "every Monday at 9:00")
    )


def _ask_which_of_month(frame: Frame) -> None:
    """ "Monthly on Friday" does not say which Friday."""
    days = [item for dates in frame.dates for item in dates.items]
    monthly = frame.every is not None and frame.every.unit is Unit.MONTH
    if monthly and days and all(isinstance(item, Weekday) for item in days) and len(frame.dates) == 1:
        name = DAY_NAMES[days[0].day] if isinstance(days[0], Weekday) else ""
        raise Puzzling(
            f"Which {name} of the month do you mean?",
            (f"on the first {name} of each month", f"on the last {name} of each month", f"every {name}"),
        )


def _past(frame: Frame, said: Request, base: Reading, at: datetime, zone: str) -> Reading:
    local = at.astimezone(ZoneInfo(zone))
    if not said.asked and not frame.times and local.year < 2000:
        return replace(base, kind=Kind.NONE)
    clock = f"{local:%H:%M}"
    return replace(
        base,
        kind=Kind.CLARIFY,
        question=f"{local:%A} {local.day} {local:%B %Y}, {clock}, is already past; when do you mean?",
        choices=(f"tomorrow at {clock}", f"next {local:%A} at {clock}"),
    )


def _without_moment(w: Tokens, frame: Frame, said: Request, base: Reading, now: datetime, zone: str) -> Reading:
    if frame.lasting is not None:
        return _duration(frame.lasting, base, now, zone)
    if base.conditions:
        return base
    vague = next((word for word in w.low[: w.count] if word in _VAGUE), None)
    if vague is not None and (said.asked or w.count <= 3):
        return replace(
            base, kind=Kind.CLARIFY, question=f"When exactly do you mean by “{vague}”?", choices=_WHEN_CHOICES
        )
    if said.asked:
        what = f" “{base.title[:60]}”" if base.title else ""
        return replace(
            base,
            kind=Kind.CLARIFY,
            question=f"When should I remind you of{what}?" if what else "When, and of what, should I remind you?",
            choices=_WHEN_CHOICES,
        )
    return replace(base, kind=Kind.NONE, phrase="")


def _duration(lasting: Lasting, base: Reading, now: datetime, zone: str) -> Reading:
    amount: Amount = lasting.amount
    seconds = amount.seconds + (amount.days + amount.business_days + _month_days(amount.months)) * 86400
    if seconds > 3e10:
        shifted(now.replace(tzinfo=None), Amount(days=10**9))
    at = now.astimezone(UTC) + timedelta(seconds=seconds)
    return replace(base, kind=Kind.DURATION, schedule=Once(zone=zone, at=at))


def _month_days(months: float) -> float:
    years, rest = divmod(months, 12)
    return years * 365 + rest * 30
