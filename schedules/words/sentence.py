"""The sentence around the time: commands, politeness, people addressed, conditions, and the title that is left."""

from dataclasses import dataclass

from schedules.words.commands import REMIND, THINGS, WHOM, command_at
from schedules.words.lexicon import ADVERBS
from schedules.words.tokens import Tokens

_POLITE_PHRASES = (
    "hey there | hey | hi there | hi | hello | ok | okay | please | pls | plz | yo | so | and | also | "
    "then | just | kindly | um | uh | oh | well | can you | could you | would you | will you | can u | "
    "could u | can we | i need you to | i want you to | i would like you to | i'd like you to | "
    "i would like to | i'd like to | i want to | i wanna | make sure to | make sure that i | make sure i | "
    "make sure you | be sure to | i need to | i have to | i've got to | i gotta | i must | i should | "
    "remember to | gotta | need to | have to | let's | note to self | go ahead and | hey croncierge | "
    "croncierge | alexa | siri | hey google | ok google | cortana | neon | assistant | is it possible to | "
    "thanks | do me a favor and | i need | i want | i'd like | i would like | let me | thank you | yes | "
    "yeah | sure | yep"
)
_POLITE: dict[str, list[list[str]]] = {}
for _phrase in _POLITE_PHRASES.split("|"):
    _words = _phrase.split()
    _POLITE.setdefault(_words[0], []).append(_words)
_QUESTIONS = frozenset(
    {"what", "what's", "whats", "when", "when's", "which", "who", "who's", "why", "how", "where", "whose"}
)
_MOVED = frozenset(
    {"moved", "rescheduled", "held", "born", "founded", "signed", "built", "released", "postponed", "delivered"}
)
_ASKED = frozenset({"do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "am"})


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the words around the time say.

    start: the first token that belongs to the matter itself; ends: the last. asked: it commands or asks for a
    reminder; question: it asks for information; waking: it is about waking up; alarm: an alarm or a timer.
    """

    start: int
    end: int
    asked: bool = False
    question: bool = False
    waking: bool = False
    alarm: bool = False
    recipient: str | None = None
    lead: str = ""
    command: str = ""


def request(w: Tokens) -> Request:
    """Read the command words at the start and the politeness at both ends."""
    low = w.low
    i, end = 0, w.count
    while end > 0 and low[end - 1] in (".", "!", "?", "please", "thanks", "thx", "ok", "pls", ",", "cheers"):
        end -= 1
    if end > 1 and low[end - 2 : end] == ["thank", "you"]:
        end -= 2
    i = _polite(w, i)
    if _is_question(w, i, end):
        return Request(start=i, end=end, question=True)
    opening = i
    recipient: str | None = None
    asked = waking = alarm = False
    lead = ""
    if low[i] == "/" and low[i + 1].isalpha() and i == 0:
        i, asked = (i + 1 if low[i + 1] in REMIND and low[i + 2] in WHOM else i + 2), True
    while True:
        before = i
        i = _polite(w, i) if not recipient else i
        if (
            low[i] in ("@", "#")
            and w.glued[i + 1]
            and low[i + 1].isalnum()
            and low[i + 1] not in ADVERBS
            and (asked or i == 0)
        ):
            stop = i + 2
            while w.glued[stop] and (low[stop] in ("-", "_", ".") or low[stop].isalnum()) and low[stop + 1] != "":
                stop += 1
            if low[stop - 1] in (".", "-"):
                stop -= 1
            recipient, i = w.said(i, stop), stop
        found = command_at(w, i)
        if found is not None:
            i, said_alarm, said_waking, whom = found
            asked = True
            alarm, waking = alarm or said_alarm, waking or said_waking
            recipient = recipient or whom
            lead = "wake up" if said_waking and "wake" in low[before:i] else lead
        if i == before:
            break
    command = w.said(opening, i) if waking else ""
    for k in range(i, end - 1):
        if low[k] == "wake" and low[k + 1] in ("me", "us") and not waking:
            asked = waking = True
            lead = "wake up"
            command = w.said(k, k + 3 if low[k + 2] == "up" else k + 2)
        asked = asked or (low[k] == "remind" and low[k + 1] in WHOM)
    return Request(
        start=i,
        end=end,
        asked=asked,
        waking=waking,
        alarm=alarm,
        recipient=recipient,
        lead=lead,
        command=command,
    )


def _polite(w: Tokens, i: int) -> int:
    """Past greetings, politeness and "I need to"."""
    while True:
        found = next((said for said in _POLITE.get(w.low[i], ()) if w.at(i, *said) and not _meant(w, i, said)), None)
        if found is None:
            return i
        i += len(found)
        if w.low[i] == ",":
            i += 1


def _meant(w: Tokens, i: int, said: list[str]) -> bool:
    """Whether the phrase belongs to the matter: "I need a taxi", "let me go"."""
    if " ".join(said) in ("i need", "i want", "i'd like", "i would like"):
        return not _thing_ahead(w, i + len(said))
    return said == ["let", "me"] and w.low[i + 2] != "know"


def _thing_ahead(w: Tokens, i: int) -> bool:
    return any(word in THINGS for word in w.low[i : i + 5])


def _is_question(w: Tokens, i: int, end: int) -> bool:
    """A question for information, not a request put as one."""
    low = w.low
    word = low[i]
    if word in ("when", "whenever", "where") and low[i + 1] not in (
        *_ASKED,
        "will",
        "should",
        "can",
        "would",
        "did",
        "'s",
    ):
        return False
    if word == "how" and low[i + 1] == "about":
        return False
    if word in _QUESTIONS:
        return True
    if word in ("show", "list", "display") and low[i + 1] in ("me", "my", "all", "the", "tasks", "reminders"):
        return low[i + 1] == "my" or any(
            each in THINGS or each in ("tasks", "schedule", "calendar") for each in low[i:end]
        )
    if low[i : i + 2] in (["see", "you"], ["see", "ya"], ["talk", "soon"]) or (
        word == "have" and low[i + 1] == "a" and low[i + 2] in ("good", "great", "nice", "lovely", "wonderful")
    ):
        return True
    if word in ("my", "our", "his", "her", "their") and any(
        each in ("is", "was", "are", "were") for each in low[i + 2 : i + 4]
    ):
        return True
    if any(low[k] in ("was", "were") and low[k + 1] in _MOVED for k in range(i, min(end, i + 6))):
        return True
    if word in _ASKED and low[i + 1] in (
        "i",
        "my",
        "there",
        "it",
        "that",
        "the",
        "we",
        "our",
        "this",
        "today",
        "tomorrow",
    ):
        return not (word == "do" and low[i + 1] in ("it", "that", "the", "this", "my", "our"))
    return False


# --- conditions --------------------------------------------------------------------------------------------------


# --- title -------------------------------------------------------------------------------------------------------
