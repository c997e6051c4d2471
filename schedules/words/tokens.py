"""Text to tokens: runs of digits, runs of letters, single signs; web and mail addresses stay whole."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TypeAlias, TypeVar, cast

from schedules.words.lexicon import corrected
from schedules.words.pieces import Date

_TOKEN = re.compile(
    r"(?P<opaque>(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.]+)"
    r"|(?P<number>\d+)"
    r"|(?P<word>[^\W\d_]+(?:['’`´][^\W\d_]+)*)"
    r"|(?P<sign>\S)"
)
_QUOTES = str.maketrans({"’": "'", "`": "'", "´": "'", "′": "'", "″": '"', "“": '"', "”": '"'})
_DASHES = frozenset("-–—−‒")
_FILLERS = frozenset({"um", "uh", "erm", "uhm", "umm", "hmm"})
_BEFORE_LIKE = frozenset({"at", "in", "around", "by", "you", "every"})
PADDING = 12  # empty tokens after the last one, so that rules may look ahead without asking for the end


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """A text as parallel lists, padded at the end.

    low: lower case with common misspellings put right; raw: as written; number: the value of a run of digits, else
    None; glued: no space before it; starts and ends: positions in the text.
    memory: what rules have found where, so that none looks twice; nesting: the rules at work now.
    """

    text: str
    low: list[str]
    raw: list[str]
    number: list[int | None]
    glued: list[bool]
    starts: list[int]
    ends: list[int]
    count: int
    memory: dict[tuple[str, int], object] = field(default_factory=dict)
    nesting: list[str] = field(default_factory=list)

    def said(self, start: int, end: int) -> str:
        """The text between two tokens, as written."""
        return self.text[self.starts[start] : self.ends[end - 1]] if end > start else ""

    def at(self, i: int, *words: str) -> bool:
        """Whether these very words stand at i."""
        return self.low[i : i + len(words)] == list(words)


def tokenize(text: str) -> Tokens:
    """Cut a text into tokens. Linear in its length."""
    low: list[str] = []
    raw: list[str] = []
    number: list[int | None] = []
    starts: list[int] = []
    ends: list[int] = []
    glued: list[bool] = []
    before = -1
    for match in _TOKEN.finditer(text):
        piece = match.group()
        kind = match.lastgroup
        value: int | None = None
        if kind == "number":
            value = int(piece) if piece.isascii() and len(piece) <= 9 else None
            word = piece
        elif kind == "word":
            word = corrected(piece.lower().translate(_QUOTES))
        elif kind == "opaque":
            word = "\0"
        else:
            word = "-" if piece in _DASHES else piece.translate(_QUOTES)
        if word in _FILLERS or (word == "like" and low and low[-1] in _BEFORE_LIKE):
            continue
        low.append(word)
        raw.append(piece)
        number.append(value)
        starts.append(match.start())
        ends.append(match.end())
        glued.append(match.start() == before)
        before = match.end()
    count = len(low)
    end = len(text)
    return Tokens(
        text=text,
        low=low + [""] * PADDING,
        raw=raw + [""] * PADDING,
        number=number + [None] * PADDING,
        glued=glued + [False] * PADDING,
        starts=starts + [end] * PADDING,
        ends=ends + [end] * PADDING,
        count=count,
    )


_DEEPEST = 12  # "the day before the day before …" ends somewhere
T = TypeVar("T")


def remembered(rule: Callable[[Tokens, int], T | None]) -> Callable[[Tokens, int], T | None]:
    """A rule that is tried once for each position, and not endlessly inside itself: reading stays linear."""
    name = f"{rule.__module__}.{rule.__name__}"

    @wraps(rule)
    def once(w: Tokens, i: int) -> T | None:
        key = (name, i)
        if key in w.memory:
            return cast("T | None", w.memory[key])
        if len(w.nesting) > _DEEPEST:
            return None
        w.nesting.append(name)
        found = w.memory[key] = rule(w, i)
        w.nesting.pop()
        return found

    return once


Found: TypeAlias = tuple[int, Date] | None
DateRule: TypeAlias = Callable[[Tokens, int], Found]
"""The rule for a day. The rules refer to each other; those in other modules are handed it."""
