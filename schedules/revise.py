"""Changing a schedule by a few words: "10" changes the time of day, "Friday" the day, "every 2 weeks" the rhythm."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.describe import describe
from schedules.occurrences import next_after
from schedules.reading import Kind, Preferences, Reading
from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from schedules.words import read_when
from schedules.zones import resolve

_REPEATING = (Kind.RECURRENCE, Kind.INTERVAL)
_PROBES = (time(3, 17), time(4, 18))
_LATER = re.compile(r"^(?:by |back )?(?P<amount>.+?) (?:later|back)$|^(?:by|back) (?P<by>.+)$", re.I)
_EARLIER = re.compile(r"^(?:by )?(?P<amount>.+?) (?:earlier|sooner|forward)$|^forward (?P<by>.+)$", re.I)
_BARE_HOUR = re.compile(r"(?:to |at )*(?:[1-9]|1[0-2])(?: o'?clock)?", re.I)
_TODAY = re.compile(r"\b(today|tonight|now)\b", re.I)
_BY_TIME = re.compile(r";(?:BYHOUR|BYMINUTE|BYSECOND)=[^;\n]*")
_CLOCK_OF_DATE = re.compile(r"(?<=\d{8}T)\d{6}")
_MONTHLY = re.compile(r" of every (?:other )?(?:\d+ )?months?\b")
_MONTH_DAY = re.compile(
    r"(?:to |on |the )*(\d{1,2}(?:st|nd|rd|th)|(?:second[- ]to[- ])?last day)(?: of the month)?", re.I
)
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA", "SU")


def revise(schedule: Schedule | None, words: str, *, now: datetime, preferences: Preferences) -> Reading:
    """The schedule with what `words` say put in place of what it said; what they do not say stays as it is.

    The reading is a question (CLARIFY) when the words cannot be applied to a schedule of this kind.
    """
    words = words.strip()
    if schedule is None:
        return read_when(words, now=now, preferences=preferences)
    preferences = replace(preferences, zone=schedule.zone)
    if (shift := _shift(words, now, preferences)) is not None:
        return _shifted(schedule, shift, words)
    usual = _usual_time(schedule, now)
    kept = (
        replace(preferences, default_time=usual) if usual and not _says_clock(words, now, preferences) else preferences
    )
    reading = read_when(words, now=now, preferences=kept)
    if kept is not preferences:
        reading = replace(reading, notes=())  # the note that a usual time was taken does not hold: the old one was kept
    if reading.schedule is None or reading.kind in _REPEATING:
        return reading
    clock = only_clock(words, now=now, preferences=preferences)
    if clock is not None:
        if usual is not None and _BARE_HOUR.fullmatch(words):
            clock = _nearest(clock, usual)
        changed = _with_time(schedule, clock, now)
        return _fits(schedule, changed, words, reading) if changed else _ask_rhythm(schedule, words)
    if isinstance(schedule, Once):
        return reading
    monthly = _MONTHLY.search(describe(schedule))
    if monthly is not None and _MONTH_DAY.fullmatch(words):
        day = _MONTH_DAY.sub(r"\1", words)
        return replace(read_when(f"on the {day}{monthly[0]}", now=now, preferences=kept), notes=())
    every = read_when(f"every {_bare(words)}", now=now, preferences=kept)
    weekly = describe(schedule).startswith(("every ", "on "))
    if every.schedule is not None and every.kind is Kind.RECURRENCE and weekly and _is_weekday(words):
        return replace(every, notes=() if kept is not preferences else every.notes)
    return _ask_rhythm(schedule, words)


def add(schedule: Schedule | None, words: str, *, now: datetime, preferences: Preferences) -> Reading:
    """The schedule together with what `words` say: further days at the same time, or further times on the same days.

    The reading is a question (CLARIFY) when the two cannot be one schedule.
    """
    words = words.strip()
    if schedule is None or isinstance(schedule, Once):
        return _question(
            f"It runs only once, so “{words}” cannot be added to it; make a second task, or give it a rhythm.",
            (f"every {_bare(words)}",),
        )
    preferences = replace(preferences, zone=schedule.zone)
    usual = _usual_time(schedule, now)
    clock = only_clock(words, now=now, preferences=preferences)
    if clock is not None:
        other = _with_time(schedule, clock, now)
    else:
        spoken = _says_clock(words, now, preferences)
        kept = preferences if spoken or usual is None else replace(preferences, default_time=usual)
        reading = read_when(words, now=now, preferences=kept)
        if reading.kind not in _REPEATING:
            reading = read_when(f"every {_bare(words)}", now=now, preferences=kept)
        if reading.schedule is None:
            return reading
        other = reading.schedule
    both = _union(schedule, other, now) if other else None
    if both is None:
        return _question(
            f"“{describe(schedule)}” and “{words}” do not fit into one schedule; make a second task for “{words}”.", ()
        )
    return Reading(kind=Kind.RECURRENCE, schedule=both, phrase=words)


def _question(question: str, choices: Iterable[str]) -> Reading:
    return Reading(kind=Kind.CLARIFY, question=question, choices=tuple(choices))


def _ask_rhythm(schedule: Schedule, words: str) -> Reading:
    return _question(
        f"It runs {describe(schedule)}; how shall it run instead? Say the whole rhythm, like “every Friday at 10”.",
        (f"every {_bare(words)}",),
    )


def _fits(old: Schedule, changed: Schedule, words: str, reading: Reading) -> Reading:
    kind = Kind.INSTANT if isinstance(old, Once) else Kind.INTERVAL if isinstance(old, Interval) else Kind.RECURRENCE
    return replace(
        reading, kind=kind, schedule=changed, phrase=words, notes=reading.notes if "?" in "".join(reading.notes) else ()
    )


def _bare(words: str) -> str:
    return re.sub(r"^(?:also |and |to |on |at |every )+", "", words, flags=re.I)


def _is_weekday(words: str) -> bool:
    return re.match(r"(?:next )?(?:mon|tue|wed|thu|fri|sat|sun)", _bare(words), re.I) is not None


def _local_first(words: str, now: datetime, preferences: Preferences) -> datetime | None:
    reading = read_when(words, now=now, preferences=preferences)
    first = next_after(reading.schedule, now - timedelta(seconds=1)) if reading.schedule else None
    return first.astimezone(ZoneInfo(preferences.zone)) if first else None


def _says_clock(words: str, now: datetime, preferences: Preferences) -> bool:
    """Whether the words fix a time of day: then the usual time makes no difference."""
    firsts = [_local_first(words, now, replace(preferences, default_time=probe)) for probe in _PROBES]
    return all(firsts) and len({first.time() for first in firsts if first}) == 1


def only_clock(words: str, *, now: datetime, preferences: Preferences) -> time | None:
    """The time of day, when the words say that and nothing else: asked early on any day they mean that very day."""
    if _TODAY.search(words) or not _says_clock(words, now, preferences):
        return None
    if read_when(words, now=now, preferences=preferences).kind in _REPEATING:
        return None
    midnight = now.astimezone(ZoneInfo(preferences.zone)).replace(hour=0, minute=0, second=30, microsecond=0)
    clocks = set()
    for moment in (midnight, midnight + timedelta(days=1, minutes=5)):
        first = _local_first(words, moment, preferences)
        if first is None or first.date() != moment.date():
            return None
        clocks.add(first.time())
    return clocks.pop() if len(clocks) == 1 else None


def _usual_time(schedule: Schedule, now: datetime) -> time | None:
    if isinstance(schedule, Once):
        return schedule.at.astimezone(ZoneInfo(schedule.zone)).time()
    if isinstance(schedule, Interval) and schedule.every < timedelta(days=1):
        return None
    first = next_after(schedule, now)
    return first.astimezone(ZoneInfo(schedule.zone)).time() if first else None


def _shift(words: str, now: datetime, preferences: Preferences) -> timedelta | None:
    for pattern, sign in ((_EARLIER, -1), (_LATER, 1)):
        if match := pattern.match(words):
            amount = read_when(match["amount"] or match["by"], now=now, preferences=preferences)
            if amount.kind is Kind.DURATION and isinstance(amount.schedule, Once):
                return sign * (amount.schedule.at - now)
    return None


def _shifted(schedule: Schedule, shift: timedelta, words: str) -> Reading:
    if isinstance(schedule, Once):
        return Reading(kind=Kind.INSTANT, schedule=replace(schedule, at=schedule.at + shift), phrase=words)
    if isinstance(schedule, Cron):
        minute, hour, *days = schedule.expression.split()
        if minute.isdigit() and hour.isdigit():
            moved = timedelta(hours=int(hour), minutes=int(minute)) + shift
            if timedelta() <= moved < timedelta(days=1) and moved.seconds % 60 == 0:
                clock = f"{moved.seconds // 60 % 60} {moved.seconds // 3600}"
                changed = replace(schedule, expression=" ".join([clock, *days]))
                return Reading(kind=Kind.RECURRENCE, schedule=changed, phrase=words)
    return _ask_rhythm(schedule, "Friday at 10")


def _nearest(clock: time, usual: time) -> time:
    """The hour of the morning or of the evening, whichever is nearer to the usual time: "make it 6", said of 17:00."""
    other = clock.replace(hour=(clock.hour + 12) % 24)
    return min((clock, other), key=lambda each: abs(_minutes(each) - _minutes(usual)))


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _with_time(schedule: Schedule, clock: time, now: datetime) -> Schedule | None:
    """The schedule at another time of day; None when it has no time of day."""
    zone = ZoneInfo(schedule.zone)
    match schedule:
        case Once():
            day = max(schedule.at, now).astimezone(zone).date()
            return replace(schedule, at=resolve(datetime.combine(day, clock), schedule.zone))
        case Cron():
            minute, hour, *days = schedule.expression.split()
            if "*" in hour or "*" in minute or clock.second:
                return None
            return replace(schedule, expression=" ".join([str(clock.minute), str(clock.hour), *days]))
        case Interval():
            if schedule.every < timedelta(days=1):
                return None
            day = schedule.anchor.astimezone(zone).date()
            return replace(schedule, anchor=resolve(datetime.combine(day, clock), schedule.zone))
        case Rule():
            text = _CLOCK_OF_DATE.sub(f"{clock:%H%M%S}", _BY_TIME.sub("", schedule.text))
            lines = list(dict.fromkeys(text.splitlines()))
            if any(re.search(r"FREQ=(HOURLY|MINUTELY|SECONDLY)", line) for line in lines):
                return None
            return replace(schedule, text="\n".join(lines), dtstart=datetime.combine(schedule.dtstart.date(), clock))


def _union(one: Schedule, other: Schedule, now: datetime) -> Schedule | None:
    """One schedule with the occurrences of both, when one of our kinds can say it."""
    if isinstance(one, Cron) and isinstance(other, Cron):
        a, b = one.expression.split(), other.expression.split()
        different = [index for index in range(5) if a[index] != b[index]]
        if len(different) == 1 and "*" not in (a[different[0]], b[different[0]]):
            index = different[0]
            values = dict.fromkeys([*a[index].split(","), *b[index].split(",")])
            ordered = sorted(values, key=lambda value: (not value.isdigit(), int(value) if value.isdigit() else 0))
            return replace(one, expression=" ".join([*a[:index], ",".join(ordered), *a[index + 1 :]]))
    lines = [line for schedule in (one, other) for line in _as_rules(schedule)]
    if not all(lines):
        return None
    start = now.astimezone(ZoneInfo(one.zone)).replace(tzinfo=None, microsecond=0)
    base = one.dtstart if isinstance(one, Rule) else other.dtstart if isinstance(other, Rule) else start
    return Rule(
        text="\n".join(dict.fromkeys(lines)), dtstart=base, zone=one.zone, start=one.start, until=one.until,
        max_runs=one.max_runs, except_dates=one.except_dates | other.except_dates,
    )  # fmt: skip


def _as_rules(schedule: Schedule) -> list[str]:
    """The schedule as RRULE lines that fix their own time of day; one empty line when it cannot be said so."""
    if isinstance(schedule, Rule):
        clock = f";BYHOUR={schedule.dtstart.hour};BYMINUTE={schedule.dtstart.minute};BYSECOND={schedule.dtstart.second}"
        return [line if "BYHOUR" in line or "DATE" in line else line + clock for line in schedule.text.splitlines()]
    if isinstance(schedule, Cron):
        minute, hour, day, month, weekday = schedule.expression.split()
        if month == "*" and re.fullmatch(r"[\d,]+", minute) and re.fullmatch(r"[\d,]+", hour):
            clock = f";BYHOUR={hour};BYMINUTE={minute};BYSECOND=0"
            if (day, weekday) == ("*", "*"):
                return [f"RRULE:FREQ=DAILY{clock}"]
            if day == "*" and re.fullmatch(r"[0-7](-[0-7])?(,[0-7](-[0-7])?)*", weekday):
                return [f"RRULE:FREQ=WEEKLY;BYDAY={','.join(_weekdays(weekday))}{clock}"]
            if weekday == "*" and re.fullmatch(r"[\d,]+", day):
                return [f"RRULE:FREQ=MONTHLY;BYMONTHDAY={day}{clock}"]
    return [""]


def _weekdays(field: str) -> list[str]:
    days: dict[str, None] = {}
    for part in field.split(","):
        first, _, last = part.partition("-")
        days |= dict.fromkeys(_WEEKDAYS[int(first) : int(last or first) + 1])
    return list(days)
