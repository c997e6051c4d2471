"""A person's words about time → a reading or a range, or the question to ask back."""

from datetime import datetime

from croncierge.errors import InvalidInput, Unclear
from schedules.reading import ConditionKind, Kind, Reading
from schedules.words import read_span, read_when
from tools.context import Context


def read_time(context: Context, words: str) -> Reading:
    """What `words` mean as a schedule, or as "after another task".

    Raises Unclear with the question when the person has to be asked, InvalidInput when no time is in the words.
    """
    return checked(read_when(words, now=context.now, preferences=context.preferences), words)


def checked(reading: Reading, words: str) -> Reading:
    """The reading, if something can be stored from it."""
    if reading.kind is Kind.CLARIFY:
        raise Unclear(reading.question or f"When is “{words}”?", choices=reading.choices, field="when")
    for condition in reading.conditions:
        if condition.kind is ConditionKind.UNLESS:
            raise InvalidInput(
                f"I cannot watch for “{condition.words}”; give me a time, a task that has to run first, or an event.",
                field="when",
            )
    if reading.schedule is None and not reading.conditions:
        raise InvalidInput(
            f"I don't understand “{words}” as a time; say it like “tomorrow at 9”, “every Monday” or “in 20 minutes”.",
            field="when",
        )
    return reading


def read_range(context: Context, words: str) -> tuple[datetime, datetime]:
    """The half-open range of time that `words` mean ("this week", "yesterday").

    Raises InvalidInput when they mean none.
    """
    span = read_span(words, now=context.now, preferences=context.preferences)
    if span is None:
        raise InvalidInput(
            f"I don't understand “{words}” as a range of time; say it like “today”, “this week” or “last month”.",
            field="during",
        )
    return span
