"""Times of a day as cron fields and as parts of recurrence rules."""

from datetime import time


def spread(ends: tuple[time, time], step: int, *, open_end: bool = False) -> list[time]:
    """Each step minutes from the first time of day to the last (over midnight when it is earlier)."""
    first = ends[0].hour * 60 + ends[0].minute
    last = ends[1].hour * 60 + ends[1].minute
    if last < first:
        last += 24 * 60
    stop = last if open_end else last + 1
    found = [minute % (24 * 60) for minute in range(first, stop, max(step, 1))]
    return [time(minute // 60, minute % 60) for minute in sorted(set(found))]


def _field(values: list[int], size: int) -> str:
    ordered = sorted(set(values))
    if len(ordered) == size:
        return "*"
    if len(ordered) > 2:
        step = ordered[1] - ordered[0]
        if ordered[0] == 0 and size % step == 0 and ordered == list(range(0, size, step)):
            return f"*/{step}"
        if step == 1 and ordered == list(range(ordered[0], ordered[-1] + 1)):
            return f"{ordered[0]}-{ordered[-1]}"
    return ",".join(map(str, ordered))


def cron_fields(times: list[time]) -> tuple[str, str] | None:
    """Minute and hour field, where the times are all combinations of some minutes and some hours."""
    minutes = {t.minute for t in times}
    hours = {t.hour for t in times}
    if any(t.second for t in times) or len(minutes) * len(hours) != len(set(times)):
        return None
    return _field(list(minutes), 60), _field(list(hours), 24)


_BUSINESS = "BYDAY=MO,TU,WE,TH,FR"
_SIMPLER = (  # a position counts moments and not days, so several times of day need the days said otherwise
    (f"{_BUSINESS};BYSETPOS=1", (f"{_BUSINESS};BYMONTHDAY=1", "BYDAY=MO;BYMONTHDAY=2,3")),
    (f"{_BUSINESS};BYSETPOS=-1", (f"{_BUSINESS};BYMONTHDAY=-1", "BYDAY=FR;BYMONTHDAY=-2,-3")),
)


def rule_parts(days: str, times: list[time]) -> list[str]:
    """Rule lines for some days at some times; a rule combines all hours with all minutes, so there
    may be several lines."""
    if days.startswith("RDATE:"):
        dates = days.removeprefix("RDATE:").split(",")
        return ["RDATE:" + ",".join(f"{day}T{at:%H%M%S}" for day in dates for at in times)]
    for fully, simple in _SIMPLER:
        if fully in days and len(times) > 1:
            return [line for part in simple for line in rule_parts(days.replace(fully, part), times)]
    if "BYSETPOS" in days:
        return [f"RRULE:{days};BYHOUR={at.hour};BYMINUTE={at.minute};BYSECOND={at.second}" for at in times]
    hours_of: dict[tuple[int, int], list[int]] = {}
    for at in times:
        hours_of.setdefault((at.minute, at.second), []).append(at.hour)
    minutes_at: dict[tuple[tuple[int, ...], int], list[int]] = {}
    for (minute, second), hours in hours_of.items():
        minutes_at.setdefault((tuple(hours), second), []).append(minute)
    return [
        f"RRULE:{days};BYHOUR={','.join(map(str, hours))};BYMINUTE={','.join(map(str, minutes))};BYSECOND={second}"
        for (hours, second), minutes in minutes_at.items()
    ]
