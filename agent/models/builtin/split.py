"""Several requests in one message."""

import re
from collections.abc import Iterator

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.pattern import phrase
from schedules.reading import Kind
from schedules.revise import only_clock
from schedules.words import read
from tools.verbs import starts_with_verb

_COMMAND = phrase(
    r"""
    (?:please |can you |could you )?(?:also )?(?:(?:after (?:that|this|it),? )?remind me|cancel|delete|remove|
    pause|resume|move|reschedule|rename|show|list|undo|set (?:an?|the|my) (?:alarm|timer|reminder)|wake me|
    what(?:'s| is| do| did| are)|why|when (?:is|does|do|will)|run (?:the|my|#)|make (?:it|that)|snooze|
    postpone|stop|create an?|add an?|tell me (?:what|when|why)(?! .*\b(?:changes?|has changed)\b)|
    notify me|alert me|ping me|schedule an?|
    change (?:the|my)|push (?:the|my)|don't let me forget)\b
    """
)
_BREAK = phrase(r"\n+|;\s*|(?<=[.!?])\s+|,?\s+(?:and(?: then)?|then|plus)\s+|,\s+")
_AND = phrase(r",?\s+and(?: also)?\s+|,\s+")
# "…, then to write the report": the next link of a chain.
_THEN = phrase(r",?\s+(?:and\s+)?(?:then|after that|afterwards)\s+(?:remind me\s+)?to\s+")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»")
_CLOCK = phrase(r"\s*(?:\bat\b\s*)?\d.*$")
_CLAUSE = phrase(
    r"""
    ^(?:after|once|when|whenever|if|as soon as|before|until|every|each|on|at|in|from|by|tomorrow|today|tonight|
    next|this|please|ok|okay|hey|hi|hello|and|then|also|so|oh|no|yes|sorry|thanks)\b
    """
)
_OPENING = phrase(r"^(?:hi|hey|hello|good (?:morning|evening|afternoon))(?: there)?[!.]+\s+(?=\S)")
_CLOSING = phrase(
    r"(?<=[.?!])\s+(?:many thanks|thanks|thank you|thx|cheers)(?: a lot| so much| very much| again)?[.! ]*$"
)
_GREETING = phrase(r"^(?:hi|hey|hello|good (?:morning|evening|afternoon)|thanks|thank you|thx|please|ok|okay)[!,. ]*$")


def split(conversation: Conversation) -> list[str]:
    """The message cut into single requests; one that cannot be cut safely stays whole."""
    text = _CLOSING.sub("", _OPENING.sub("", conversation.text))
    parts = [reminder for part in _commands(text) for reminder in _reminders(part, conversation)]
    # Greetings and thanks belong to what they stand beside.
    return [part for part in parts if not _GREETING.match(part)] or [conversation.text]


def _commands(text: str) -> Iterator[str]:
    """Cut before each command, unless what stands before it is only its opening: "after lunch, remind me …"."""
    start = 0
    for match in _outside_quotes(_BREAK, text):
        part = text[start : match.start()].strip(" .,!?;")
        complete = part and (not _CLAUSE.match(part) or _COMMAND.search(part))
        if complete and _COMMAND.match(text, match.end()):
            yield text[start : match.start()].strip()
            start = match.end()
    if text[start:].strip(" .,!?;"):
        yield text[start:].strip()


def _outside_quotes(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    for match in pattern.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in quoted):
            yield match


def _reminders(sentence: str, conversation: Conversation) -> Iterator[str]:
    """ "remind me to buy milk at 5 and call mom at 6" is two reminders: both halves have a title and a time."""
    if re.search(r"\bremind me\b", sentence, re.I) and (then := _THEN.search(sentence)):
        yield sentence[: then.start()]
        yield from _reminders(f"after that remind me to {sentence[then.end() :]}", conversation)
        return
    for match in _outside_quotes(_AND, sentence) if re.search(r"\bremind me\b", sentence, re.I) else ():
        left, right = sentence[: match.start()], sentence[match.end() :]
        if _is_whole(left, conversation) and _is_whole(right, conversation):
            yield left
            right = _on_the_day_of(left, right, conversation)
            yield from _reminders(f"remind me {right if _CLAUSE.match(right) else f'to {right}'}", conversation)
            return
    yield sentence


def _on_the_day_of(left: str, right: str, conversation: Conversation) -> str:
    """ "tomorrow at 9 to … and at 11 to …": the second clock time is of the same day, or days."""
    first, second = (
        read(each, now=conversation.now, preferences=conversation.preferences).phrase for each in (left, right)
    )
    day = _CLOCK.sub("", first)
    clock_only = only_clock(second, now=conversation.now, preferences=conversation.preferences) is not None
    return f"{day} {right}" if day and day != first and clock_only else right


def _is_whole(text: str, conversation: Conversation) -> bool:
    """Whether a part has something to do and a time of its own."""
    reading = read(text, now=conversation.now, preferences=conversation.preferences)
    title = re.sub(r"^to ", "", reading.title)
    return reading.kind not in (Kind.NONE, Kind.CLARIFY) and starts_with_verb(title)
