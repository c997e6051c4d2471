"""What reads words as time: this project, and its peers where they are installed."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import islice
from zoneinfo import ZoneInfo

from benchmarks.verdicts import Answer

Parser = Callable[[str, datetime, str], Answer]
"""Text, the aware moment it is said at, and the IANA name of the zone it is said in."""

_NOTHING = Answer(kind="none")
_LONGEST_WALK = 1000  # recurrent writes rules that stand still, for "every 0 minutes"


def parsers() -> dict[str, Parser | None]:
    """The parsers by name; None for one that is not installed."""
    peers = {"dateparser": _dateparser, "recurrent": _recurrent, "parsedatetime": _parsedatetime}
    return {"croncierge": _croncierge()} | {name: make() if find_spec(name) else None for name, make in peers.items()}


def _croncierge() -> Parser:
    from schedules.occurrences import occurrences
    from schedules.reading import Preferences
    from schedules.schedule import Once
    from schedules.words import read

    def parse(text: str, now: datetime, zone: str) -> Answer:
        reading = read(text, now=now, preferences=Preferences(zone=zone))
        schedule = reading.schedule
        if schedule is None:
            return Answer(kind=reading.kind.value)
        first = [schedule.at] if isinstance(schedule, Once) else occurrences(schedule, now, 5)
        return Answer(kind=reading.kind.value, first=tuple(first))

    return parse


def _dateparser() -> Parser:
    import dateparser
    from dateparser.search import search_dates

    def parse(text: str, now: datetime, zone: str) -> Answer:
        settings = {
            "RELATIVE_BASE": now.astimezone(ZoneInfo(zone)).replace(tzinfo=None),
            "TIMEZONE": zone,
            "RETURN_AS_TIMEZONE_AWARE": True,
            "PREFER_DATES_FROM": "future",
        }
        moment = dateparser.parse(text, languages=["en"], settings=settings)
        if moment is None and (found := search_dates(text, languages=["en"], settings=settings)):
            moment = found[0][1]
        return Answer(kind="instant", first=(moment.astimezone(UTC),)) if moment else _NOTHING

    return parse


def _recurrent() -> Parser:
    from dateutil.rrule import rrulestr
    from recurrent.event_parser import RecurringEvent

    def parse(text: str, now: datetime, zone: str) -> Answer:
        here = ZoneInfo(zone)
        local = now.astimezone(here).replace(tzinfo=None)
        found = RecurringEvent(now_date=local).parse(text)
        if isinstance(found, datetime):
            return Answer(kind="instant", first=(found.replace(tzinfo=here),))
        if not isinstance(found, str):
            return _NOTHING
        rule = rrulestr(found, dtstart=local.replace(microsecond=0))
        walls = (wall for wall in islice(rule, _LONGEST_WALK) if wall > local)
        return Answer(kind="recurrence", first=tuple(wall.replace(tzinfo=here) for wall in islice(walls, 5)))

    return parse


def _parsedatetime() -> Parser:
    import parsedatetime

    calendar = parsedatetime.Calendar()

    def parse(text: str, now: datetime, zone: str) -> Answer:
        here = ZoneInfo(zone)
        moment, understood = calendar.parseDT(text, sourceTime=now.astimezone(here).replace(tzinfo=None))
        return Answer(kind="instant", first=(moment.replace(tzinfo=here),)) if understood else _NOTHING

    return parse
