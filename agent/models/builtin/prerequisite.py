"""What has to have run before: "after the import and the cleanup, …", "if the backup fails, …"."""

import re
from dataclasses import dataclass

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import is_time

_ENDED = (
    r"(?:has |have |is |are )?(?:runs?|ran|finish(?:es|ed)?|done|complete[sd]?|end(?:s|ed)?|"
    r"succeed(?:s|ed)?|works?|worked|fires?|fired|fail(?:s|ed)?)"
)
_FIRST = phrase(
    rf"""
    ^(?P<time>.*,\s*)?
    (?:(?:after|once)\s+(?P<tasks>(?:the|my)\s+.+?|\#\d+)(?:\s+{_ENDED})?|
    (?:if|when|whenever|in case|should)\s+(?P<failing>(?:the|my)\s+.+?|\#\d+)\s+(?:has |have )?fail(?:s|ed)?)
    ,?\s+(?P<rest>remind me\b.*)$
    """
)
_ANY_OUTCOME = phrase(
    r"""
    ,?\s*\b(?:whether\s+(?:or\s+not\s+)?(?:it|they)\s+[^,]*|whatever\s+(?:happens|the\s+(?:outcome|result))|
    no\s+matter\s+(?:what|how\s+it\s+ends)|regardless(?:\s+of\s+[^,]*)?|either\s+way)(?=,|$)
    """
)
_AND = re.compile(r",?\s+and\s+(?:after\s+)?(?=(?:the|my)\s|#)", re.IGNORECASE)
# What comes after these is at some time of the day; no task of ours ends them.
_OF_THE_DAY = phrase(r"^(?:the|my) (?:lunch|breakfast|dinner|work|meeting|weekend|holidays?|call|class)s?$")


@dataclass(frozen=True, kw_only=True)
class Prerequisites:
    """The sentence without them, the words for each task, and the outcome that counts ("" for the usual one)."""

    text: str
    tasks: tuple[str, ...]
    outcome: str


def prerequisites(text: str, conversation: Conversation) -> Prerequisites:
    """What a sentence says first about other tasks; no tasks where it says nothing of the kind."""
    outcome = "completion" if _ANY_OUTCOME.search(text) else ""
    text = _ANY_OUTCOME.sub("", text)
    match = _FIRST.match(text)
    words = (match["tasks"] or match["failing"]) if match else ""
    if match is None or _OF_THE_DAY.match(words) or is_time(words, conversation):
        return Prerequisites(text=text, tasks=(), outcome=outcome)
    return Prerequisites(
        text=f"{match['time'] or ''}{match['rest']}",
        tasks=tuple(without_end(each) for each in _AND.split(words)),
        outcome=outcome or ("failure" if re.search(r"\bfail(?:s|ed)?\b", text, re.IGNORECASE) else ""),
    )


def without_end(words: str) -> str:
    """The task in "the timesheet reminder runs": the grammar hands on the person's words."""
    return re.sub(rf"\s+{_ENDED}$", "", words, flags=re.IGNORECASE)
