"""Holidays by name: which words mean which, and the day each falls on in a year (after the `holidays` library)."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

from schedules.words.tokens import Tokens

_FIXED = {  # key: (month, day)
    "new year": (1, 1),
    "groundhog": (2, 2),
    "valentine": (2, 14),
    "saint patrick": (3, 17),
    "ides of march": (3, 15),
    "pi day": (3, 14),
    "april fool": (4, 1),
    "earth day": (4, 22),
    "workers day": (5, 1),
    "cinco de mayo": (5, 5),
    "juneteenth": (6, 19),
    "independence day": (7, 4),
    "bastille day": (7, 14),
    "halloween": (10, 31),
    "all saints": (11, 1),
    "guy fawkes": (11, 5),
    "veterans day": (11, 11),
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year eve": (12, 31),
}
_FROM_EASTER = {
    "mardi gras": -47,
    "ash wednesday": -46,
    "palm sunday": -7,
    "maundy thursday": -3,
    "good friday": -2,
    "easter": 0,
    "easter monday": 1,
    "ascension": 39,
    "pentecost": 49,
    "whit monday": 50,
    "corpus christi": 60,
}
_NTH = {  # key: (month, weekday, n); the usual ones of the United States and those days that are kept by custom
    "martin luther king": (1, 0, 3),
    "presidents day": (2, 0, 3),
    "mother day": (5, 6, 2),
    "memorial day": (5, 0, -1),
    "father day": (6, 6, 3),
    "labor day": (9, 0, 1),
    "columbus day": (10, 0, 2),
    "thanksgiving": (11, 3, 4),
}
_LISTED = {  # key: (country whose calendar lists it, start of its name there)
    "chinese new year": ("SG", "Chinese New Year"),
    "diwali": ("SG", "Diwali"),
    "eid al-fitr": ("SG", "Eid al-Fitr"),
    "eid al-adha": ("SG", "Eid al-Adha"),
    "vesak": ("SG", "Vesak Day"),
    "passover": ("IL", "Pesach"),
    "rosh hashanah": ("IL", "Rosh Hashanah"),
    "yom kippur": ("IL", "Yom Kippur"),
    "sukkot": ("IL", "Sukkot"),
    "canada day": ("CA", "Canada Day"),
    "australia day": ("AU", "Australia Day"),
    "anzac day": ("AU", "ANZAC Day"),
}

_NAMES = {  # further names
    "new years day": "new year",
    "new year day": "new year",
    "new years": "new year",
    "new years eve": "new year eve",
    "nye": "new year eve",
    "groundhog day": "groundhog",
    "groundhogs day": "groundhog",
    "valentines day": "valentine",
    "valentines": "valentine",
    "vday": "valentine",
    "saint patricks day": "saint patrick",
    "st patricks day": "saint patrick",
    "saint paddys day": "saint patrick",
    "st paddys day": "saint patrick",
    "saint pattys day": "saint patrick",
    "st pattys day": "saint patrick",
    "st patrick": "saint patrick",
    "the ides of march": "ides of march",
    "april fools day": "april fool",
    "april fools": "april fool",
    "international workers day": "workers day",
    "international worker day": "workers day",
    "worker day": "workers day",
    "may day": "workers day",
    "us independence day": "independence day",
    "all saints day": "all saints",
    "bonfire night": "guy fawkes",
    "guy fawkes night": "guy fawkes",
    "remembrance day": "veterans day",
    "armistice day": "veterans day",
    "xmas eve": "christmas eve",
    "xmas": "christmas",
    "x-mas": "christmas",
    "christmas day": "christmas",
    "xmas day": "christmas",
    "noel": "christmas",
    "shrove tuesday": "mardi gras",
    "fat tuesday": "mardi gras",
    "pancake day": "mardi gras",
    "easter sunday": "easter",
    "whit sunday": "pentecost",
    "ascension day": "ascension",
    "mlk day": "martin luther king",
    "martin luther king day": "martin luther king",
    "martin luther king jr day": "martin luther king",
    "president day": "presidents day",
    "mothers day": "mother day",
    "fathers day": "father day",
    "labour day": "labor day",
    "indigenous peoples day": "columbus day",
    "thanksgiving day": "thanksgiving",
    "turkey day": "thanksgiving",
    "black friday": "black friday",
    "cyber monday": "cyber monday",
    "lunar new year": "chinese new year",
    "deepavali": "diwali",
    "eid": "eid al-fitr",
    "eid al fitr": "eid al-fitr",
    "eid al adha": "eid al-adha",
    "pesach": "passover",
    "anzac": "anzac day",
}


def _plain(word: str) -> str:
    return word.replace("'s", "").replace("s'", "").rstrip("s") or word


def _index() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    names = {key: key for table in (_FIXED, _FROM_EASTER, _NTH, _LISTED) for key in table} | _NAMES
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, key in names.items():
        words = tuple(_plain(word) for word in name.replace("-", " ").split())
        found.setdefault(words[0], []).append((words, key))
    for entries in found.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return found


_BY_FIRST_WORD = _index()


def festival(w: Tokens, i: int) -> tuple[int, str] | None:
    """The holiday whose name stands at i, longest name first."""
    entries = _BY_FIRST_WORD.get(_plain(w.low[i]))
    if entries is None:
        return None
    for words, key in entries:
        j = i
        for word in words:
            if w.low[j] == "-" or (w.low[j] in (".", "'") and j > i):
                j += 1
            if _plain(w.low[j]) != word:
                break
            j += 1
        else:
            return (j + 1 if w.low[j] == "'" and w.glued[j] else j), key
    return None


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date | None:
    """The n-th weekday of a month, counted from its end when negative; None if there is none."""
    if n > 0:
        first = date(year, month, 1)
        day = 1 + (weekday - first.weekday()) % 7 + 7 * (n - 1)
    else:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        day = last.day - (last.weekday() - weekday) % 7 + 7 * (n + 1)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def yearly_rule(key: str) -> str | None:
    """The holiday as parts of a recurrence rule, where its day follows from month and weekday alone."""
    if key in _FIXED:
        month, day = _FIXED[key]
        return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"
    if key in _NTH:
        month, weekday, n = _NTH[key]
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY={n}{['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'][weekday]}"
    return None


@lru_cache(maxsize=512)
def falls_on(key: str, year: int) -> date | None:
    """The day a holiday falls on in a year, or None where the calendar does not list that year."""
    if key in _FIXED:
        return date(year, *_FIXED[key])
    if key in _FROM_EASTER:
        return easter(year) + timedelta(days=_FROM_EASTER[key])
    if key in _NTH:
        return nth_weekday(year, *_NTH[key])
    if key in ("black friday", "cyber monday"):
        thanksgiving = nth_weekday(year, 11, 3, 4)
        return thanksgiving + timedelta(days=1 if key == "black friday" else 4) if thanksgiving else None
    return _from_calendar(*_LISTED[key], year)


def _from_calendar(country: str, name: str, year: int) -> date | None:
    import holidays

    calendar: Callable[..., dict[date, str]] = holidays.country_holidays
    listed = calendar(country, years=year, language="en_US")
    days = sorted(day for day, title in listed.items() if name in title and "bserved" not in title)
    return days[0] if days else None
