"""Hours in which nothing should happen: "22:00-07:00", on the wall clock of a zone. Pure."""

import re
from datetime import UTC, datetime, time, timedelta

from croncierge.errors import InvalidInput
from schedules.zones import resolve, zone

_HOURS = re.compile(r"\s*(\d{1,2}:\d{2})\s*(?:-|–|to)\s*(\d{1,2}:\d{2})\s*")


def accepted_hours(field: str, text: str) -> str:
    """The hours as they are stored, "HH:MM-HH:MM". Raises InvalidInput."""
    try:
        start, end = _read(text)
    except ValueError as error:
        raise InvalidInput(
            f"The {field} {text!r} are no hours; write them like 22:00-07:00, or leave them away.", field=field
        ) from error
    if start == end:
        raise InvalidInput(f"The {field} {text!r} would never end; give two different times.", field=field)
    return f"{start:%H:%M}-{end:%H:%M}"


def loud_again(hours: str | None, moment: datetime, zone_name: str) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into (both aware; the end in UTC).

    The end counts as loud. Hours that begin later than they end go over midnight.
    """
    if hours is None:
        return moment
    start, end = _read(hours)
    local = moment.astimezone(zone(zone_name))
    at = local.time()
    if start < end:
        quiet, day = start <= at < end, local.date()
    else:
        quiet, day = at >= start or at < end, local.date() + timedelta(days=at >= start)
    # The wall clock may show the end twice, or have shown it before; it is never before the moment itself.
    return max(moment, resolve(datetime.combine(day, end), zone_name).astimezone(UTC)) if quiet else moment


def _read(text: str) -> tuple[time, time]:
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    start, end = (time.fromisoformat(each.zfill(5)) for each in found.groups())
    return start, end
