"""How large things may be, and the sentences for what is not. Pure."""

import json
import math
import unicodedata
from collections.abc import Mapping
from typing import Any

from croncierge.errors import InvalidInput

TITLE = 200
DESCRIPTION = 10_000
WORDS = 1_000
NOTE = 500
PAYLOAD = 100_000
KEY = 200
PREREQUISITES = 100
RETRIES = 100
LONGEST_SECONDS = 7 * 86_400.0

_LINES = "\n\r\t"


def one_line(field: str, text: str, most: int) -> str:
    """The text on one line, without space around it. Raises InvalidInput when nothing is left or it is too long."""
    line = " ".join(_printable(field, text).split())
    if not line:
        raise InvalidInput(f"The {field} is empty; give it at least one word.", field=field)
    return _not_longer(field, line, most)


def several_lines(field: str, text: str, most: int) -> str:
    """The text as it is, if it can be stored and shown. Raises InvalidInput."""
    return _not_longer(field, _printable(field, text), most)


def number(field: str, value: float, least: float, most: float) -> None:
    """Raises InvalidInput unless `value` is a number from `least` to `most`."""
    if not math.isfinite(value) or not least <= value <= most:
        raise InvalidInput(f"The {field} is {value:g}; give a number from {least:g} to {most:g}.", field=field)


def payload(value: Mapping[str, Any], field: str = "action_payload") -> dict[str, Any]:
    """The payload as plain JSON. Raises InvalidInput when it cannot be written as such or is too large."""
    try:
        text = json.dumps(dict(value), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"The {field} cannot be written as JSON ({error}); use plain values.", field=field
        ) from error
    if len(text) > PAYLOAD:
        raise InvalidInput(
            f"The {field} has {len(text):,} characters of JSON; at most {PAYLOAD:,} are possible.", field=field
        )
    plain: dict[str, Any] = json.loads(text)
    return plain


def _printable(field: str, text: str) -> str:
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in _LINES:
            raise InvalidInput(
                f"The {field} contains the control character U+{ord(character):04X}; write it without.", field=field
            )
    return text


def _not_longer(field: str, text: str, most: int) -> str:
    if len(text) > most:
        raise InvalidInput(
            f"The {field} has {len(text):,} characters; at most {most:,} are possible, so please shorten it.",
            field=field,
        )
    return text
