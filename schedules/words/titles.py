"""The title: the words that are left when time, conditions and commands are taken away."""

import re

from schedules.reading import Condition
from schedules.words.commands import SETTING_VERBS, THINGS, command_at
from schedules.words.lexicon import words
from schedules.words.pieces import Every, Piece
from schedules.words.sentence import Request
from schedules.words.tokens import Tokens

_LINKS = words(
    "at on in by from until till to for of or and but after before between every each during through i we you he she "
    "they it please too also instead only"
)
_TRAIL = words(
    "at by from to for the and a an of every each , - : ; until please pls thanks thx thank you around "
    "about starting before after but only then ( is or @ ."
)


def title(w: Tokens, said: Request, pieces: list[Piece], clauses: list[tuple[int, int, Condition]]) -> str:
    """The words that are left, without links that have lost what they linked."""
    used = [False] * w.count
    for piece in pieces:
        if isinstance(piece.meaning, Every) and piece.meaning.loose and _adjective(w, piece, pieces):
            continue
        for k in range(piece.start, min(piece.end, w.count)):
            used[k] = True
    for start, stop, _ in clauses:
        for k in range(start, min(stop, w.count)):
            used[k] = True
    runs: list[tuple[int, int]] = []
    k = said.start
    while k < said.end:
        if used[k]:
            k += 1
            continue
        start = k
        while k < said.end and not used[k]:
            k += 1
        runs.append((start, k))
    trimmed: list[tuple[int, int]] = []
    for run in runs:
        kept = _trimmed(w, *run, said, first=not trimmed)
        if kept is not None:
            trimmed.append(kept)
    runs = trimmed
    if not runs:
        return said.lead or ("alarm" if said.waking else "timer" if said.alarm else "")
    text = " ".join(w.said(*run) for run in runs)
    text = _without_frame(_bare(text))
    return f"{said.lead} {text}".strip() if said.lead else text


def _bare(text: str) -> str:
    """Without the signs around it; a quotation that only begins or ends there keeps both its marks."""
    text = text.strip(" ,;:-–—.!?()")
    bare = text.strip(" ,;:-–—\"'“”.!?()")
    for opening, closing in ('""', "“”"):
        if text.endswith(closing) and re.search(rf"(?:^|\s){opening}[^{opening}{closing}]*$", bare):
            return bare + closing
        if text.startswith(opening) and re.search(rf"^[^{opening}{closing}]*{closing}(?:\W|$)", bare):
            return opening + bare
    return bare


def _adjective(w: Tokens, piece: Piece, pieces: list[Piece]) -> bool:
    """Whether an adverb stands before what it names, as in "a daily briefing"."""
    return w.low[piece.start - 1] in ("a", "an") and w.low[piece.end] not in THINGS and before_a_thing(w, piece, pieces)


def before_a_thing(w: Tokens, piece: Piece, pieces: list[Piece]) -> bool:
    """Whether a word follows that may be named after a time, and neither a link nor another time."""
    following = w.low[piece.end]
    return following.isalpha() and following not in _LINKS and not any(other.start == piece.end for other in pieces)


_NAMING = (
    ["and", "label", "it"],
    ["label", "it"],
    ["with", "the", "label"],
    ["and", "call", "it"],
    ["call", "it"],
    ["with", "label"],
    ["called"],
    ["named"],
    ["labeled"],
    ["labelled"],
    ["titled"],
)


def _without_frame(text: str) -> str:
    """ "set a pasta timer" is about pasta, an alarm "named brunch" about brunch."""
    words = text.split()
    if len(words) == 1 and words[0].lower() in ("timer", "alarm", "reminder"):
        return words[0]
    for naming in _NAMING:
        if [word.lower() for word in words[: len(naming)]] == naming and len(words) > len(naming):
            return " ".join(words[len(naming) :]).strip("'\"“”")
    if (
        len(words) > 2
        and words[0].lower() in SETTING_VERBS
        and words[1].lower() in ("for", "called", "named", "labeled", "to")
    ):
        return " ".join(words[2:])
    if len(words) > 1 and words[0].lower() in SETTING_VERBS and words[-1].lower() in THINGS:
        inner = words[1:-1]
        while inner and inner[0].lower() in ("a", "an", "the", "my", "me", "up", "new", "another"):
            inner = inner[1:]
        return " ".join(inner)
    return text


def _trimmed(w: Tokens, start: int, end: int, said: Request, *, first: bool) -> tuple[int, int] | None:
    low = w.low
    whole_start = start
    while start < end:
        if low[start] in (",", ".", ";", ":", "-", ")", "!", "?", "to", "that", "then", "please", "&", "/"):
            start += 1
            continue
        if low[start] == "and" and (first or command_at(w, start + 1) is not None):
            start += 1
            continue
        if first and said.asked and low[start] in ("about", "of", "for", "an") and end - start > 1:
            start += 1
            continue
        if (
            whole_start > said.start
            and low[start] in ("at", "on", "for", "in", "by", "from", "about", "of", "is")
            and start + 1 >= end
        ):
            start += 1
            continue
        command = command_at(w, start) if start < end else None
        if (
            command is not None
            and start < command[0] <= end
            and not (command[0] == end and low[start] in ("tell", "text", "message"))
        ):
            start = command[0]
            continue
        if low[start] in ("about", "for") and start == said.start and end - start > 1:
            start += 1
            continue
        break
    while (
        end > start
        and low[end - 1] in _TRAIL
        and (end < said.end or not low[end - 1].isalpha() or low[end - 1] == "and")
        and (low[end - 1] != "you" or low[end - 2] == "thank")
    ):
        end -= 1
    return (start, end) if end > start else None
