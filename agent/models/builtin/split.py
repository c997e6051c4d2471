"""Several requests in one message."""

import re

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.pattern import phrase
from schedules.reading import Kind
from schedules.words import read
from tools.verbs import starts_with_verb

_COMMAND = (
    r"(?:please |can you |could you )?(?:also )?(?:(?:after (?:that|this|it),? )?remind me|cancel|delete|remove|"
    r"pause|resume|move|reschedule|rename|show|list|undo|set (?:an?|the|my) (?:alarm|timer|reminder)|wake me|"
    r"what(?:'s| is| do| did| are)|why|when (?:is|does|do|will)|run (?:the|my|#)|make (?:it|that)|snooze|"
    r"postpone|stop|create an?|add an?|tell me (?:what|when|why)|notify me|alert me|ping me|schedule an?|"
    r"change (?:the|my)|push (?:the|my)|don't let me forget)\b"
)
_HARD = phrase(
    rf"""
    (?:\n+|;\s*|(?<=[.!?])\s+)(?=\S)|,?\s+(?:and(?: then)?|then|plus)\s+(?={_COMMAND})|,\s+(?={_COMMAND})
    """
)
_SOFT = phrase(r",?\s+and(?: also)?\s+|,\s+")


def split(conversation: Conversation) -> list[str]:
    """The message cut into single requests; one that cannot be cut safely stays whole."""
    parts: list[str] = []
    for sentence in _HARD.split(conversation.text):
        if sentence and sentence.strip(" .,!?"):
            parts += _reminders(sentence.strip(), conversation)
    return _rejoined(parts) or [conversation.text]


def _reminders(sentence: str, conversation: Conversation) -> list[str]:
    """ "remind me to buy milk at 5 and call mom at 6" is two reminders: both halves have a title and a time."""
    if not re.match(r"(?:.{0,40}\b)?remind me\b", sentence, re.I):
        return [sentence]
    for match in _SOFT.finditer(sentence):
        left, right = sentence[: match.start()], sentence[match.end() :]
        if starts_with_verb(right) and _is_whole(left, conversation) and _is_whole(right, conversation):
            return [left, *_reminders(f"remind me to {right}", conversation)]
    return [sentence]


def _is_whole(text: str, conversation: Conversation) -> bool:
    reading = read(text, now=conversation.now, preferences=conversation.preferences)
    return reading.kind not in (Kind.NONE, Kind.CLARIFY) and len(reading.title) > 2


def _rejoined(parts: list[str]) -> list[str]:
    """Greetings and thanks belong to what they stand beside."""
    small = phrase(
        r"""
    ^(?:hi|hey|hello|good (?:morning|evening|afternoon)|thanks|thank you|thx|please|ok|okay|cheers)[!,. ]*$
    """
    )
    kept = [part for part in parts if not small.match(part)]
    return kept or parts[:1]
