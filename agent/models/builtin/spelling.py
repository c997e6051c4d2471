"""What was meant by a word that is misspelt or cut short: only words of time and of asking for a reminder."""

import re
from difflib import get_close_matches

_WORD = re.compile(r"[A-Za-z0-9]+")
_KNOWN = _WORD.findall(
    "remind reminder tomorrow today tonight yesterday morning afternoon evening midnight every weekday weekdays "
    "weekend monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays "
    "saturdays sundays january february august september october november december minutes hours seconds weeks months"
)
_SHORT = {
    "rmd": "remind", "rmnd": "remind", "remnd": "remind", "2moro": "tomorrow", "2morrow": "tomorrow",
    "2mrw": "tomorrow", "tmrw": "tomorrow", "tmr": "tomorrow", "tomo": "tomorrow", "2day": "today",
    "2nite": "tonight", "tonite": "tonight",
}  # fmt: skip
_SHORTEST = 5
_ALIKE = 0.85


def corrected(text: str) -> str:
    """The text with such words written out; all others stay as they are."""
    return _WORD.sub(lambda match: _meant(match[0]), text)


def _meant(word: str) -> str:
    low = word.lower()
    if low in _SHORT:
        return _SHORT[low]
    if len(low) < _SHORTEST or low in _KNOWN:
        return word
    return next(iter(get_close_matches(low, _KNOWN, 1, _ALIKE)), word)
