"""The words of time in English: what each of them is, with the spellings that people use."""

from functools import lru_cache

from schedules.words.pieces import Unit


def words(text: str) -> frozenset[str]:
    """A set of words from one line of text."""
    return frozenset(text.split())


def _table(**rows: str) -> dict[str, str]:
    return {word: key for key, words in rows.items() for word in words.split()}


_CARDINALS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
ONES = {word: value for value, word in enumerate(_CARDINALS)}
TENS = {
    word: value * 10
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
} | {"fourty": 40}

_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
ORDINALS = {word: value for value, word in enumerate(_ORDINALS, start=1)} | {
    "twentieth": 20,
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
}

UNITS: dict[str, Unit] = {
    word: Unit(key)
    for word, key in _table(
        second="second seconds sec secs",
        minute="minute minutes min mins minuets minutos",
        hour="hour hours hr hrs",
        day="day days",
        week="week weeks wk wks",
        weekend="weekend weekends wkend wkends",
        month="month months mo mos mth mths",
        quarter="quarter quarters qtr qtrs",
        year="year years yr yrs",
    ).items()
}
SHORT_UNITS: dict[str, Unit] = {  # only right after digits
    "s": Unit.SECOND,
    '"': Unit.SECOND,
    "m": Unit.MINUTE,
    "'": Unit.MINUTE,
    "h": Unit.HOUR,
    "d": Unit.DAY,
    "w": Unit.WEEK,
    "y": Unit.YEAR,
}

WEEKDAYS: dict[str, int] = {}
WEEKDAY_PLURALS: dict[str, int] = {}
SHORT_WEEKDAYS: set[str] = set()
for _number, (_full, *_short) in enumerate(
    line.split()
    for line in (
        "monday mon",
        "tuesday tue tues tu",
        "wednesday wed weds wednes",
        "thursday thu thur thurs",
        "friday fri",
        "saturday sat",
        "sunday sun",
    )
):
    WEEKDAYS[_full] = _number
    WEEKDAY_PLURALS[_full + "s"] = _number
    WEEKDAY_PLURALS[_full + "'s"] = _number
    for _word in _short:
        WEEKDAYS[_word] = _number
        SHORT_WEEKDAYS.add(_word)
for _word in ("mons", "weds", "fris", "sats", "suns"):
    WEEKDAY_PLURALS.setdefault(_word, WEEKDAYS[_word[:3]])

MONTHS: dict[str, int] = {
    word: number
    for number, line in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for word in line.split()
}
SHAKY = frozenset({"may", "march", "sun", "sat", "mar", "jan", "second", "dec", "wed", "tu"})  # also other words

TODAY = frozenset({"today", "tod", "2day"})
TOMORROW = frozenset({"tomorrow", "tmr", "tmrw", "tmw", "tomo", "tomoro", "tomorro", "tommorow", "tomorow", "tom"})
TONIGHT = frozenset({"tonight", "tonite"})

DAYPARTS: dict[str, str] = _table(
    morning="morning mornin",
    afternoon="afternoon arvo",
    evening="evening eve",
    night="night nite",
    lunch="lunch lunchtime",
    breakfast="breakfast",
    dinner="dinner dinnertime supper suppertime",
    bedtime="bedtime",
    dawn="dawn sunrise daybreak",
    dusk="dusk sunset",
    noon="noon midday noontime",
    midnight="midnight",
)
DAYPART_PLURALS: dict[str, str] = {
    "mornings": "morning",
    "afternoons": "afternoon",
    "evenings": "evening",
    "nights": "night",
}

ADVERBS: dict[str, tuple[Unit, int]] = {
    "hourly": (Unit.HOUR, 1),
    "daily": (Unit.DAY, 1),
    "everyday": (Unit.DAY, 1),
    "nightly": (Unit.DAY, 1),
    "weekly": (Unit.WEEK, 1),
    "biweekly": (Unit.WEEK, 2),
    "fortnightly": (Unit.WEEK, 2),
    "monthly": (Unit.MONTH, 1),
    "bimonthly": (Unit.MONTH, 2),
    "quarterly": (Unit.QUARTER, 1),
    "yearly": (Unit.YEAR, 1),
    "annually": (Unit.YEAR, 1),
    "annual": (Unit.YEAR, 1),
    "biannually": (Unit.MONTH, 6),
    "semiannually": (Unit.MONTH, 6),
    "semiannual": (Unit.MONTH, 6),
    "biennially": (Unit.YEAR, 2),
}
_LONG_WORDS = (
    [word for word in (*WEEKDAYS, *WEEKDAY_PLURALS, *MONTHS) if len(word) >= 6 and "'" not in word]
    + [
        "tomorrow",
        "weekday",
        "weekdays",
        "weekend",
        "weekends",
        "fortnight",
        "morning",
        "afternoon",
        "evening",
        "tonight",
        "midnight",
    ]
    + ["yesterday", "quarterly", "annually", "fortnightly", "minutes"]
)
_KNOWN = frozenset(_LONG_WORDS)


def _without_one_letter(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(1, len(word))}


_NEAR: dict[str, str] = {}
for _word in _LONG_WORDS:
    for _variant in _without_one_letter(_word):
        if len(_variant) >= 6:
            _NEAR.setdefault(_variant, _word)
_ODD = {
    "tommorrow": "tomorrow",
    "tommorow": "tomorrow",
    "tomorow": "tomorrow",
    "2moro": "tomorrow",
    "wensday": "wednesday",
    "wendsday": "wednesday",
    "wednsday": "wednesday",
    "febuary": "february",
    "febuaray": "february",
    "evry": "every",
    "satarday": "saturday",
    "thrusday": "thursday",
    "tuseday": "tuesday",
    "remmind": "remind",
    "rmeind": "remind",
    "remnid": "remind",
    "mintues": "minutes",
    "minuts": "minutes",
    "horus": "hours",
    "mornign": "morning",
    "mornning": "morning",
}


@lru_cache(maxsize=4096)
def _near(word: str) -> str:
    known = _NEAR.get(word)
    if known is not None and word not in _KNOWN:
        return known
    for shorter in _without_one_letter(word):
        if shorter in _KNOWN and shorter + "s" != word:
            return shorter
    swapped = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1))
    return next((candidate for candidate in swapped if candidate in _KNOWN), word)


def corrected(word: str) -> str:
    """The word with a common slip of the keys put right (one letter missing, doubled or swapped in a long word)."""
    odd = _ODD.get(word)
    if odd is not None:
        return odd
    if len(word) < 7 or len(word) > 11 or word in _KNOWN or word[0] not in "aefjmnoqstwyd":
        return word
    return _near(word)
