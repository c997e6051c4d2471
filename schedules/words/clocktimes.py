"""What time of day is usually meant by a time in words."""

from dataclasses import replace
from datetime import time

from schedules.reading import Preferences
from schedules.words.clocks import day_half, with_half
from schedules.words.pieces import Clock, Daypart, TimeOfDay


def part_time(part: Daypart, preferences: Preferences) -> time:
    """The time that a part of the day stands for, by the person's preferences."""
    usual = {
        "morning": preferences.morning,
        "afternoon": preferences.afternoon,
        "evening": preferences.evening,
        "night": preferences.night,
        "lunch": time(12, 30),
        "breakfast": time(8),
        "dinner": time(18, 30),
        "bedtime": time(22),
        "dawn": time(6),
        "dusk": time(19),
        "noon": time(12),
        "midnight": time(0),
        "workend": time(17),
        "dayend": time(23, 59),
    }[part.name]
    shades = {
        ("morning", "first"): preferences.morning,
        ("morning", "early"): time(7),
        ("morning", "mid"): time(10),
        ("morning", "late"): time(11),
        ("afternoon", "early"): time(13),
        ("afternoon", "mid"): time(14),
        ("afternoon", "late"): time(17),
        ("evening", "early"): time(18),
        ("evening", "late"): time(21),
        ("night", "late"): time(23),
    }
    return shades.get((part.name, part.shade), usual)


def fixed(clock: Clock) -> time:
    """The clock time as it stands."""
    return time(clock.hour, clock.minute, clock.second)


def usual(clock: Clock, *, waking: bool = False) -> time:
    """The reading of a time without am or pm that people mostly mean: 1 to 6 in the afternoon, 7 to 12 by day."""
    if clock.sure or clock.hour == 0:
        return fixed(clock)
    hour = clock.hour if clock.named is None else clock.named
    if 1 <= hour < 7 and not (waking and hour >= 3):
        return time((clock.hour + 12) % 24, clock.minute, clock.second)
    return fixed(clock)


def beside(clocks: list[TimeOfDay]) -> list[TimeOfDay]:
    """Clock times settled by the part of the day beside them: "in the evening at 7", "this morning at 10am"."""
    parts = [item for item in clocks if isinstance(item, Daypart)]
    times = [item for item in clocks if isinstance(item, Clock)]
    if not parts or not times:
        return clocks
    part = parts[0]
    settled = [with_half(item, "night" if part.name == "night" else day_half(part)) for item in times]
    if part.name == "evening":
        settled = [
            replace(item, hour=0, half="midnight") if item.hour == 12 and not times[0].sure else item
            for item in settled
        ]
    if part.name == "afternoon":
        settled = [item if item.hour != 0 else replace(item, hour=12) for item in settled]
    return list(settled)
