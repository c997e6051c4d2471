"""Ranges of time in words: "this week", "the next 3 days", "on Friday", "last month"."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.reading import Preferences
from schedules.words.dayparts import daypart
from schedules.words.lists import dates
from schedules.words.moments import locate
from schedules.words.numbers import amount
from schedules.words.pieces import Amount, Dates, Daypart, Period, Shifted, Unit, Weekday, Which
from schedules.words.places import Place, Puzzling, Viewpoint
from schedules.words.tokens import Tokens, tokenize
from schedules.zones import resolve

_SKIP = frozenset({"on", "in", "for", "during", "over", "from", "between", "the", "within", "of"})
_PARTS = {"morning": (0, 12), "afternoon": (12, 18), "evening": (17, 24), "night": (18, 24), "lunch": (12, 14)}


def read_span(words: str, *, now: datetime, preferences: Preferences) -> tuple[datetime, datetime] | None:
    """The range that the words name, half open, as aware instants in the person's zone; None if they name none."""
    if len(words) > 200:
        return None
    w = tokenize(words)
    zone = preferences.zone
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    view = Viewpoint(now=local, day_first=preferences.day_first)
    for i in range(w.count):
        try:
            place = _span_at(w, i, view)
        except (Puzzling, ValueError, OverflowError):
            return None
        if place is not None:
            return resolve(place.start, zone), resolve(place.end, zone)
    return None


def _span_at(w: Tokens, i: int, view: Viewpoint) -> Place | None:
    low = w.low
    if low[i] in ("tonight", "tonite"):
        return _part_of(_today(view), "night")
    if low[i] == "this":
        part = daypart(w, i + 1)
        if part is not None:
            return _part_of(_today(view), part[1].name)
    if low[i] in ("next", "past", "last", "in", "within", "for", "the"):
        rolling = _rolling(w, i, view)
        if rolling is not None:
            return rolling
    found = dates(w, i)
    if found is None:
        return None
    end, meaning = found
    place = _whole(meaning, view)
    part = daypart(w, end)
    if part is not None and place.end - place.start <= timedelta(days=1):
        return _part_of(place, part[1].name)
    return place


def _rolling(w: Tokens, i: int, view: Viewpoint) -> Place | None:
    """the next 3 days, the past week's days, in the next two hours: counted from now."""
    low = w.low
    j = i
    while low[j] in _SKIP:
        j += 1
    if low[j] not in ("next", "past", "last", "coming"):
        return None
    back = low[j] in ("past", "last")
    if low[j + 1] in ("week", "month", "year", "day", "weekend") and not back:
        return None
    length = amount(w, j + 1)
    if length is None:
        return None
    return _from_now(length[1], view, back=back)


def _from_now(length: Amount, view: Viewpoint, *, back: bool) -> Place:
    shift = locate(Shifted(amount=length, sign=-1 if back else 1), view).start
    if length.seconds:
        return Place(start=min(shift, view.now), end=max(shift, view.now))
    midnight = datetime.combine(view.today, time())
    edge = datetime.combine(shift.date(), time())
    return Place(start=edge, end=midnight + timedelta(days=1)) if back else Place(start=midnight, end=edge)


def _whole(meaning: Dates, view: Viewpoint) -> Place:
    places = [locate(item, view) for item in meaning.items]
    end = max(place.end for place in places)
    if meaning.to is not None and not (isinstance(meaning.to, Weekday) and len(meaning.items) > 1):
        end = locate(meaning.to, Viewpoint(now=places[0].start, day_first=view.day_first)).end
    start = min(place.start for place in places)
    first = meaning.items[0]
    if isinstance(first, Weekday) and first.which is Which.LAST:
        return Place(start=start, end=end)
    if isinstance(first, Period) and first.unit is Unit.DAY:
        return Place(start=start, end=end)
    return Place(start=start, end=end) if end > start else places[0]


def _today(view: Viewpoint) -> Place:
    start = datetime.combine(view.today, time())
    return Place(start=start, end=start + timedelta(days=1))


def _part_of(day: Place, name: str) -> Place:
    first, last = _PARTS.get(Daypart(name=name).name, (0, 24))
    return Place(start=day.start + timedelta(hours=first), end=day.start + timedelta(hours=last))
