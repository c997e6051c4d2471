"""Moments as options and fields give them."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from croncierge.errors import InvalidInput

if TYPE_CHECKING:
    from tools.context import Context


def read_instant(text: object, zone: str, *, field: str) -> datetime:
    """The aware instant of an ISO date and time; one without offset is meant in `zone`. Raises InvalidInput."""
    try:
        moment = datetime.fromisoformat(str(text))
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise InvalidInput(
            f"{field} {text!r} is not a moment; write it in ISO form, like 2026-11-30T09:00:00+01:00.", field=field
        ) from error


def read_bound(context: "Context", text: str, *, field: str) -> datetime:
    """The aware instant at which a range begins or, for `--until`, ends: an ISO one, or words such as "yesterday".

    Raises InvalidInput.
    """
    from tools.timing import read_range

    try:
        return read_instant(text, context.preferences.zone, field=field)
    except InvalidInput as not_iso:
        try:
            begin, end = read_range(context, text)
        except InvalidInput:
            raise InvalidInput(
                f"{not_iso.message.removesuffix('.')}, or say it like “yesterday”.", field=field
            ) from None
    return end if field == "--until" else begin
