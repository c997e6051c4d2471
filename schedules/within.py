"""The times of day of a schedule, and how they are said together with its days."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from schedules.english import clock, every, listed
from schedules.which import Which

_DAY = 86_400
_HOUR = 3_600
_MANY = 8  # more times than this are not worth a list
_RHYTHM = 4  # so many times at the same distance are said as a rhythm


def said(which: Which, seconds: Collection[int]) -> str | None:
    """The days together with their times (seconds of the day), in words; None when there are too many to list."""
    times = sorted(set(seconds))
    steps = {later - earlier for earlier, later in pairwise(times)}
    if len(times) >= _RHYTHM and len(steps) == 1:
        return _rhythm(which.within(), times, steps.pop())
    return f"{which.phrase()} at {listed([_clock(each) for each in times])}" if len(times) <= _MANY else None


def _rhythm(days: str, times: Sequence[int], step: int) -> str:
    first, last = times[0], times[-1]
    rhythm = every(timedelta(seconds=step))
    all_day = first < step and last + step >= _DAY
    if all_day and days and first == 0:
        return f"{rhythm} {days}"
    if all_day and not days and step == _HOUR and first % 60 == 0:
        return f"{rhythm} at {first // 60} minutes past" if first else f"{rhythm} on the hour"
    if all_day and not days and step == 60 and first == 0:
        return rhythm
    return f"{rhythm} from {_clock(first)} to {_clock(last)}" + (f" {days}" if days else "")


def _clock(second: int) -> str:
    return clock(datetime(2000, 1, 1) + timedelta(seconds=second))  # noqa: DTZ001
