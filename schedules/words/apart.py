"""Lists of single moments: "on 24 November and 3 December at 10", "today at 8, 12 and 18"."""

from dataclasses import replace

from schedules.words.frame import Frame
from schedules.words.pieces import CalendarDay, Clock, Dates, Day, Times


def apart(frame: Frame) -> list[Frame]:
    """The frame once for each moment that it lists; the frame alone where it lists none."""
    frames = [frame]
    for place, dates in enumerate(frame.dates):
        if len(dates.items) > 1 and dates.to is None and all(map(_is_single, dates.items)):
            frames = [_with_date(each, place, dates, item) for each in frames for item in dates.items]
    for place, times in enumerate(frame.times):
        clocks = _by_one_clock([item for item in times.items if isinstance(item, Clock)])
        if len(times.items) == len(clocks) > 1:
            frames = [_with_time(each, place, times, item) for each in frames for item in clocks]
    return frames


def _by_one_clock(clocks: list[Clock]) -> list[Clock]:
    """ "At 7, 14 and 16": the 7 is in the morning, as the others count 24 hours."""
    if any(item.hour > 12 and not item.half for item in clocks):
        return [replace(item, sure=True) for item in clocks]
    return clocks


def _is_single(item: object) -> bool:
    return isinstance(item, Day) or (isinstance(item, CalendarDay) and item.day is not None and item.month is not None)


def _with_date(frame: Frame, place: int, dates: Dates, item: object) -> Frame:
    return replace(frame, dates=[*frame.dates[:place], replace(dates, items=(item,)), *frame.dates[place + 1 :]])  # type: ignore[arg-type]


def _with_time(frame: Frame, place: int, times: Times, item: object) -> Frame:
    return replace(frame, times=[*frame.times[:place], replace(times, items=(item,)), *frame.times[place + 1 :]])  # type: ignore[arg-type]
