"""A person's words about something that happens → the event that a task is started by."""

import json
import re
from typing import Any

from croncierge.errors import InvalidInput
from store.values import TriggerSpec

_COMES = (
    "comes|arrives|fires|happens|occurs|triggers|is received|is emitted|is sent|has come|has arrived|came in|comes in"
)
_APPEARS = "appears|lands|arrives|comes|shows up|is added|is created|is saved|is put|is dropped|changes|is changed"


def _one_of(phrases: str) -> str:
    """A pattern of these phrases for a verbose expression, in which a space counts for nothing."""
    return phrases.replace(" ", r"\s+")


_EVENT = re.compile(
    rf"""(?:the\s+|an?\s+|any\s+)?              # "the deploy event arrives"
    (?:event\s+)?["“]?(?P<name>[\w.:-]+(?:[ -][\w.:-]+){{0,3}}?)["”]?(?:\s+event)?
    \s+(?:{_one_of(_COMES)})
    (?:,?\s+(?:with|where|whose|for\s+which)\s+(?P<data>.+))?""",
    re.VERBOSE | re.IGNORECASE,
)
_PAIR = re.compile(r"(?:the\s+|its\s+)?(?P<key>[\w.-]+)(?:\s*(?:=|:)\s*|\s+(?:is|equals)\s+|\s+)(?P<value>.+)", re.I)
_FILE = re.compile(
    rf"""(?:the\s+|an?\s+|any\s+)?(?:new\s+)?   # "a new csv file lands in /data"
    (?:(?P<ending>\w+)\s+)?files?\s+(?:{_one_of(_APPEARS)})\s+(?:in|into|at|under|inside)\s+(?:the\s+folder\s+)?
    ["“]?(?P<path>(?:/|~|[A-Za-z]:\\)[^"”]*?)["”]?""",
    re.VERBOSE | re.IGNORECASE,
)
_ENDINGS = {"text": "txt", "excel": "xlsx", "word": "docx", "image": "png"}


def trigger_of(words: str) -> TriggerSpec:
    """What "the deploy event arrives", with "… with branch = main", or "a csv file lands in /data" means.

    Raises InvalidInput for what cannot be watched for, such as the weather.
    """
    said = words.strip().rstrip(".!")
    if (file := _FILE.fullmatch(said)) is not None:
        folder, ending = file["path"].rstrip("/"), (file["ending"] or "").lower()
        known = _ENDINGS.get(ending, ending)
        return TriggerSpec(event="file", path=f"{folder}/*.{known}" if known else folder)
    if (event := _EVENT.fullmatch(said)) is not None and event["name"].lower() != "it":
        name = re.sub(r"\s+", "-", event["name"].strip().lower())
        return TriggerSpec(event=name, filter=values_of(event["data"]) if event["data"] else None)
    raise InvalidInput(
        f"I cannot watch for “{words}”; give me a time, a task that has to run first, an event (“when the deploy event "
        "arrives”) or files (“when a file lands in /data”).",
        field="when",
    )


def values_of(words: str) -> dict[str, Any]:
    """The values that an event's data must have: "branch main", "status = 500 and env is prod or staging"."""
    found = {}
    for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", words):
        pair = _PAIR.fullmatch(part.strip())
        if pair is None:
            raise InvalidInput(
                f"I don't understand “{part}” as what the event must have; say it like “with branch = main”.",
                field="when",
            )
        values = [_value(each) for each in re.split(r"\s+or\s+", pair["value"])]
        found[pair["key"]] = values[0] if len(values) == 1 else values
    return found


def _value(word: str) -> Any:
    try:
        read = json.loads(word)
    except ValueError:
        return word.strip("\"'“”‘’")
    return read if isinstance(read, str | int | float | bool) else word
