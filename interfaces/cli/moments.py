"""Moments as options and fields give them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from croncierge.errors import InvalidInput


def read_instant(text: object, zone: str, *, field: str) -> datetime:
    """The aware instant of an ISO date and time; one without offset is meant in `zone`. Raises InvalidInput."""
    try:
        moment = datetime.fromisoformat(str(text))
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise InvalidInput(
            f"{field} {text!r} is not a moment; write it in ISO form, like 2026-11-30T09:00:00+01:00.", field=field
        ) from error
