"""Time zones: their names, the words people use for them, and wall-clock times that exist twice or not at all."""

import difflib
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from dateutil.tz import datetime_exists
from tzlocal import get_localzone_name

from croncierge.errors import InvalidInput

# Abbreviations as most English speakers mean them; the ambiguous ones (IST, CST, BST) take their commonest meaning.
_ABBREVIATIONS = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "zulu": "UTC",
    "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York", "eastern": "America/New_York",
    "ct": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago", "central": "America/Chicago",
    "mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver", "mountain": "America/Denver",
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "akst": "America/Anchorage", "akdt": "America/Anchorage",
    "hst": "Pacific/Honolulu", "ast": "America/Halifax", "adt": "America/Halifax", "nst": "America/St_Johns",
    "cet": "Europe/Berlin", "cest": "Europe/Berlin", "eet": "Europe/Athens", "eest": "Europe/Athens",
    "wet": "Europe/Lisbon", "west": "Europe/Lisbon", "bst": "Europe/London", "msk": "Europe/Moscow",
    "ist": "Asia/Kolkata", "jst": "Asia/Tokyo", "kst": "Asia/Seoul", "sgt": "Asia/Singapore",
    "hkt": "Asia/Hong_Kong", "wib": "Asia/Jakarta", "aest": "Australia/Sydney", "aedt": "Australia/Sydney",
    "acst": "Australia/Adelaide", "awst": "Australia/Perth", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland",
    "brt": "America/Sao_Paulo", "art": "America/Argentina/Buenos_Aires", "sast": "Africa/Johannesburg",
}  # fmt: skip
_PLACES = {
    "east coast": "America/New_York", "west coast": "America/Los_Angeles", "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles", "la": "America/Los_Angeles",
    "california": "America/Los_Angeles", "nyc": "America/New_York", "boston": "America/New_York",
    "washington": "America/New_York", "miami": "America/New_York", "atlanta": "America/New_York",
    "texas": "America/Chicago", "dallas": "America/Chicago", "houston": "America/Chicago", "austin": "America/Chicago",
    "munich": "Europe/Berlin", "hamburg": "Europe/Berlin", "cologne": "Europe/Berlin", "frankfurt": "Europe/Berlin",
    "germany": "Europe/Berlin", "france": "Europe/Paris", "spain": "Europe/Madrid", "barcelona": "Europe/Madrid",
    "italy": "Europe/Rome", "milan": "Europe/Rome", "uk": "Europe/London", "england": "Europe/London",
    "manchester": "Europe/London", "edinburgh": "Europe/London", "geneva": "Europe/Zurich",
    "netherlands": "Europe/Amsterdam", "india": "Asia/Kolkata", "mumbai": "Asia/Kolkata", "delhi": "Asia/Kolkata",
    "bangalore": "Asia/Kolkata", "china": "Asia/Shanghai", "beijing": "Asia/Shanghai", "japan": "Asia/Tokyo",
    "osaka": "Asia/Tokyo", "rio": "America/Sao_Paulo", "rio de janeiro": "America/Sao_Paulo",
    "montreal": "America/Toronto", "cape town": "Africa/Johannesburg", "tel aviv": "Asia/Jerusalem",
}  # fmt: skip
_CONTINENTS = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
_OFFSET = re.compile(r"(?:utc|gmt)\s*([+-])\s*0?(\d{1,2})(?::?([0-5]\d))?")
_PARTS_OF_HOURS = {  # offsets that only such a place has; Etc/ knows whole hours alone
    "+3:30": "Asia/Tehran", "+4:30": "Asia/Kabul", "+5:30": "Asia/Kolkata", "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon", "+9:30": "Australia/Darwin", "-9:30": "Pacific/Marquesas",
}  # fmt: skip


@cache
def zone(name: str) -> ZoneInfo:
    """The zone with this IANA name. Raises InvalidInput with the nearest names for one that is unknown."""
    if name in _official():
        return ZoneInfo(name)
    shown = name if len(name) <= 60 else f"{name[:60]}…"
    near = find_zone(name)
    close = [near] if near else difflib.get_close_matches(name[:60], _official(), n=2, cutoff=0.6)
    instead = " or ".join(repr(each) for each in close) or "one like 'Europe/Berlin' or 'UTC'"
    raise InvalidInput(f"The time zone {shown!r} is unknown; try {instead}.", field="timezone")


def find_zone(words: str) -> str | None:
    """The IANA name for an IANA name in any case, an abbreviation, an offset such as UTC+2, or a city; else None."""
    key = " ".join(words.lower().replace("_", " ").split())
    key = re.sub(r"(?: standard| daylight)?(?: time)?(?: zone)?$", "", key) or key
    if key in _ABBREVIATIONS:
        return _ABBREVIATIONS[key]
    if match := _OFFSET.fullmatch(key):
        return _by_offset(match[1], int(match[2]), match[3] or "00")
    return _PLACES.get(key) or _names().get(key)


def resolve(naive_local: datetime, zone_name: str) -> datetime:
    """The instant (aware, in the zone) of a wall-clock time.

    One that does not exist gives the first instant after the gap, one that exists twice the first of the two.
    Raises InvalidInput for an unknown zone.
    """
    here = zone(zone_name)
    local = naive_local.replace(tzinfo=here, fold=0)
    if datetime_exists(local):
        return local
    return _end_of_gap(local, here)


def local_zone() -> str:
    """The IANA name of this machine's zone, UTC where it has none."""
    try:
        name = get_localzone_name()
    except Exception:  # whatever a broken /etc/localtime makes of itself
        return "UTC"
    return name if name in _official() and not name.startswith("Etc/U") else "UTC"  # Etc/UTC is UTC, said shorter


def _by_offset(sign: str, hours: int, minutes: str) -> str | None:
    if minutes != "00":
        return _PARTS_OF_HOURS.get(f"{sign}{hours}:{minutes}")
    name = f"Etc/GMT{'-' if sign == '+' else '+'}{hours}" if hours else "UTC"  # Etc's names count westwards
    return name if name in _official() else None


@cache
def _official() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _names() -> dict[str, str]:
    """Every official name in small letters, and the cities of the continents by themselves."""
    names: dict[str, str] = {}
    for name in sorted(_official(), key=lambda each: (each.startswith("Etc/"), "/" not in each, each)):
        spoken = name.lower().replace("_", " ")
        names.setdefault(spoken, name)
        if name.partition("/")[0] in _CONTINENTS:
            names.setdefault(spoken.rpartition("/")[2], name)
    return names


def _end_of_gap(local: datetime, here: ZoneInfo) -> datetime:
    """The first instant after the gap that the imaginary `local` lies in: where the zone's offset changes."""
    low = (local.replace(tzinfo=UTC) - timedelta(days=1)).astimezone(UTC)
    high = low + timedelta(days=2)
    before = low.astimezone(here).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(here).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0).astimezone(here)
