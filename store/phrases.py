"""Moments, ranges, lengths of time and lists as people say them. Pure."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from schedules.describe import describe_moment
from schedules.zones import zone as zone_info


def moment(instant: datetime, zone: str, now: datetime) -> str:
    """A moment in `zone`: "today at 10:15", "yesterday at 09:00", "on Mon 30 Nov at 09:00"."""
    local = instant.astimezone(zone_info(zone))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    day = _near_day(local, now)
    if day:
        return f"{day} at {clock}"
    return f"on {describe_moment(instant, zone, now).removesuffix(clock).rstrip()} at {clock}"


def span(start: datetime, end: datetime, zone: str, now: datetime) -> str:
    """A half-open range: "yesterday", "on Mon 30 Nov", "between Mon 23 Nov 00:00 and Mon 30 Nov 00:00"."""
    first, last = start.astimezone(zone_info(zone)), end.astimezone(zone_info(zone))
    midnight = first.time() == last.time() == time(0)
    if midnight and last.date() - first.date() == timedelta(days=1):
        return _near_day(first, now) or f"on {describe_moment(start, zone, now).removesuffix('00:00').rstrip()}"
    return f"between {describe_moment(start, zone, now)} and {describe_moment(end, zone, now)}"


def length(duration: timedelta) -> str:
    """A length of time in the unit that fits: "80 ms", "2.5 s", "4 min", "3 h"."""
    seconds = duration.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 90:
        return f"{seconds:.3g} s"
    if seconds < 5_400:
        return f"{seconds / 60:.3g} min"
    return f"{seconds / 3_600:.3g} h"


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def times(count: int) -> str:
    """ "once", "twice", "5 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _near_day(local: datetime, now: datetime) -> str | None:
    days = (local.date() - now.astimezone(local.tzinfo).date()).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
