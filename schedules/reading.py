"""What a person's words turned out to mean: plain values that everyone above this room reads."""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from schedules.schedule import Schedule


class Kind(StrEnum):
    """What the words ask for."""

    INSTANT = "instant"  # once, at a moment
    RECURRENCE = "recurrence"  # again and again, on the calendar
    INTERVAL = "interval"  # again and again, by elapsed time
    DURATION = "duration"  # a bare length of time; its schedule is the instant that much after now
    NONE = "none"  # nothing to schedule
    CLARIFY = "clarify"  # something to schedule, but the person has to be asked first


class ConditionKind(StrEnum):
    """What has to be true besides the clock."""

    AFTER_TASK = "after_task"  # "after the import finishes": words = "the import"
    EVENT = "event"  # "whenever a file lands in /inbox": words = "a file lands in /inbox"
    UNLESS = "unless"  # "if I haven't replied by noon": words = "I haven't replied"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition around time, handed on in the person's own words.

    instead: the event starts it, and the time only if the event has not come by then ("… or at noon at the latest").
    """

    kind: ConditionKind
    words: str
    instead: bool = False


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How a person means what they leave out.

    zone: IANA name; clock times without a zone are meant in it.
    default_time: the time of day taken when a day is given without one.
    day_first: how 3/4 is read: True is 3 April, False is 4 March, None is month first with a note.
    morning, afternoon, evening, night: the time of day each daypart stands for.
    """

    zone: str = "UTC"
    default_time: time = time(9)
    day_first: bool | None = None
    morning: time = time(9)
    afternoon: time = time(15)
    evening: time = time(19)
    night: time = time(21)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One reading of one sentence.

    schedule: present for instant, recurrence, interval and duration.
    title: what is left of the sentence without its time, polite and command words.
    phrase: the person's own words that made the schedule; reading them again gives the same schedule.
    question: one sentence to ask, when the kind is clarify; choices: phrases that would answer it.
    notes: sentences to say with the confirmation (what was assumed, which other reading is on offer).
    recipient: "#team", "@ann" or "me", where the sentence names one.
    tolerance: how far from the given moment is still fine ("sometime in the morning").
    """

    kind: Kind
    schedule: Schedule | None = None
    title: str = ""
    phrase: str = ""
    question: str | None = None
    choices: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    recipient: str | None = None
    tolerance: timedelta | None = None
