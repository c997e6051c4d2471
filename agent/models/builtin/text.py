"""Words that carry no meaning of their own, ranges of time in a sentence, and the tasks that words point to."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.pattern import phrase
from schedules.reading import Kind, Reading
from schedules.words import read, read_span, read_when

_POLITE = phrase(
    r"""
    ^(?:(?:hey|hi|hello|ok|okay|so|well|um|uh|and|then|now|also|please|pls|plz|kindly|just|croncierge|
    assistant|actually|oh|can you|could you|would you|will you|can u|could u|i want you to|i need you to|
    i'd like you to|i would like you to|i want to|i'd like to|i would like to|i need to|let's|lets|
    go ahead and|you can|help me|help to|make sure to|be sure to|try to|do me a favor and|i would love to|
    i desire to)\b[,:! ]*)+
    """
)
_POLITE_END = phrase(
    r"""
    (?:[,\s]*\b(?:please|pls|plz|thanks|thank you|thx|for me|ok|okay|will you|would you)\b)+[\s.!?]*$
    """
)
_ARTICLE = phrase(r"^(?:the|my|that|this|our|a|an|any|those|these|all (?:the|my|of)|for|about|to)\s+")
_KIND = r"(?:ones?|tasks?|reminders?|alarms?|timers?|jobs?|events?|notifications?|entry|items?)"
_KIND_FIRST = phrase(rf"^{_KIND}\s+(?:to|for|about|called|named|titled|that says|of|on)\s+")
_KIND_LAST = phrase(rf"\s+{_KIND}$")
_PRONOUN = phrase(
    rf"""
    ^(?:it|that|this|him|her|{_KIND}|(?:that|this|the same|the last|the latest|the previous) one)$
    """
)
_THEM = phrase(
    r"""
    ^(?:them|those|these|them all|all of (?:them|those|these)|all (?:those|these)|both|both of them)$
    """
)
_ALL = phrase(
    rf"""
    ^(?:all|everything|every {_KIND}|all (?:of )?(?:the |my )?(?:active |paused )?{_KIND}|all of it)$
    """
)
_ORDINALS = {
    word: index
    for index, words in enumerate(
        (
            "first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th",
            "sixth 6th", "seventh 7th", "eighth 8th", "ninth 9th", "tenth 10th",
        )
    )
    for word in words.split()
}  # fmt: skip
_NTH = phrase(rf"^(?:the )?(?:(?P<word>\w+)(?: {_KIND})?|(?:number|no\.?|nr\.?) ?(?P<number>\d+))$")
_TITLED_BY_KIND = phrase(r"\b(?:alarm|timer)(?=s?$)")
_ID = phrase(r"^(?:task |reminder |number )?#(\d+)$")


def plain(text: str) -> str:
    """The message without politeness around it and with plain quotes."""
    text = re.sub(r"[‘’]", "'", text).strip()
    text = _POLITE_END.sub("", text).strip(" .!;,")
    return _POLITE.sub("", text).strip()


def task_words(words: str) -> str:
    """The words that name a task: "the timesheet one" → "timesheet"; nothing for "it" and "the reminder"."""
    words = words.strip(" .,!?;:\"'“”")
    for _ in range(3):
        words = _KIND_FIRST.sub("", _ARTICLE.sub("", words)).strip()
    words = _KIND_LAST.sub("", words).strip(" \"'“”")
    return "" if _PRONOUN.match(words) else words


def tasks_meant(words: str, conversation: Conversation) -> list[str]:
    """The arguments `task` for a tool: ids where the conversation says which, else the words, or "all"."""
    words = words.strip(" .,!?")
    listed = conversation.listed
    if _THEM.match(words) and listed:
        return [_id(task) for task in listed]
    if _ALL.match(words) or _THEM.match(words):
        return ["all"]
    if (chosen := nth(words, listed)) is not None:
        return [_id(chosen)]
    if match := _ID.match(words):
        return [f"#{match[1]}"]
    named = task_words(words)
    if not named:
        kind = _TITLED_BY_KIND.search(words)
        return [_id(conversation.focus)] if conversation.focus else [kind[0].lower() if kind else "it"]
    return [named]


def task_meant(words: str, conversation: Conversation) -> str:
    """The one argument `task` for a tool."""
    return tasks_meant(words, conversation)[0]


def nth(words: str, among: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Which of some is meant by "the second one", "the last one", "number 2"."""
    match = _NTH.match(words.strip(" .,!?"))
    if match is None or not among:
        return None
    word = (match["word"] or "").lower()
    index = int(match["number"]) - 1 if match["number"] else -1 if word == "last" else _ORDINALS.get(word)
    return among[index] if index is not None and -1 <= index < len(among) else None


def time_at_end(text: str, conversation: Conversation) -> tuple[str, str]:
    """The text without the range of time at its end, and the range: "did it run yesterday" has "yesterday"."""
    words = text.rstrip(" ?.!").split()
    for start in range(len(words)):
        span = " ".join(words[start:])
        if _is_range(span, conversation):
            return re.sub(r"\s+(?:for|on|in|during|from|of)$", "", " ".join(words[:start])), span
    return " ".join(words), ""


def _is_range(words: str, conversation: Conversation) -> bool:
    """Whether the words are a range of time and nothing else."""
    reading = read(words, now=conversation.now, preferences=conversation.preferences)
    if reading.kind is Kind.NONE or reading.title:
        return False
    return read_span(words, now=conversation.now, preferences=conversation.preferences) is not None


def as_time(words: str, conversation: Conversation) -> Reading:
    """What words mean where only a time is expected."""
    return read_when(words, now=conversation.now, preferences=conversation.preferences)


def is_time(words: str, conversation: Conversation) -> bool:
    """Whether the words are about time, be it a time that has to be asked back."""
    if as_time(words, conversation).schedule is not None:
        return True
    said = read(words, now=conversation.now, preferences=conversation.preferences)
    return said.kind is Kind.CLARIFY and said.title in ("", words)


def _id(task: Mapping[str, Any]) -> str:
    return f"#{task['id']}"


_WHEN_THEN = re.compile(r"(?:when(?:ever)?|once|if)\b[^?]*,\s*(?:please )?remind me\b", re.I)


def asks_for_later(text: str) -> bool:
    """Whether it only begins like a question: "when the deploy event arrives, remind me …"."""
    return _WHEN_THEN.match(text) is not None
