"""The sentence around the time: commands, politeness, people addressed, conditions, and the title that is left."""

from dataclasses import dataclass

from schedules.reading import Condition, ConditionKind
from schedules.words.pieces import Every, Piece
from schedules.words.tokens import Tokens

_POLITE = [
    ("hey", "there"), ("hey",), ("hi", "there"), ("hi",), ("hello",), ("ok",), ("okay",), ("please",), ("pls",), ("plz",),
    ("yo",), ("so",), ("and",), ("also",), ("then",), ("just",), ("kindly",), ("um",), ("uh",), ("oh",), ("well",),
    ("can", "you"), ("could", "you"), ("would", "you"), ("will", "you"), ("can", "u"), ("could", "u"), ("can", "we"),
    ("i", "need", "you", "to"), ("i", "want", "you", "to"), ("i", "would", "like", "you", "to"),
    ("i'd", "like", "you", "to"), ("i", "would", "like", "to"), ("i'd", "like", "to"), ("i", "want", "to"),
    ("i", "wanna"), ("make", "sure", "to"), ("make", "sure", "that", "i"), ("make", "sure", "i"), ("make", "sure", "you"),
    ("be", "sure", "to"), ("i", "need", "to"), ("i", "have", "to"), ("i've", "got", "to"), ("i", "gotta"),
    ("i", "must"), ("i", "should"), ("remember", "to"), ("gotta",), ("need", "to"), ("have", "to"),  ("let's",), ("note", "to", "self"),
    ("go", "ahead", "and"), ("hey", "croncierge"), ("croncierge",), ("alexa",), ("siri",), ("hey", "google"),
    ("ok", "google"), ("cortana",), ("neon",), ("assistant",), ("is", "it", "possible", "to"), ("thanks",),
    ("do", "me", "a", "favor", "and"), ("i", "need"), ("i", "want"), ("i'd", "like"), ("i", "would", "like"),
    ("let", "me"), ("thank", "you"), ("yes",), ("yeah",), ("sure",), ("yep",),
]  # fmt: skip
_WHOM = ("me", "us", "myself", "everyone", "everybody")
_REMIND = frozenset(
    {"remind", "remindme", "reming", "notify", "alert", "ping", "nudge", "message", "tell", "text", "warn"}
)
_SET = frozenset(
    {"set", "create", "add", "make", "schedule", "put", "start", "arrange", "setup", "book", "give", "get"}
)
_THINGS = frozenset({"reminder", "reminders", "alarm", "alarms", "timer", "timers", "notification", "alert", "task", "todo",
                     "countdown"})  # fmt: skip
_LINKS = frozenset({"to", "that", "about", "for", "of", "called", "named", "labeled", "labelled", "titled", "saying", "at",
                    "on", "in", "by", "with", "and", "is", "it's", "its", "i", "reading", "which", "says", "from", "starting",
                    "the", "a", "an", "this"})  # fmt: skip
_TRAIL = frozenset({"at", "on", "in", "by", "from", "to", "for", "the", "and", "a", "an", "of", "every", "each", ",", "-", ":", ";", "until",
                    "please", "pls", "thanks", "thx", "thank", "you", "around", "about", "starting", "before", "after",
                    "but", "only", "then", "(", "is", "or", "@", "."})  # fmt: skip
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
        i, asked = (i + 1 if low[i + 1] in _REMIND and low[i + 2] in _WHOM else i + 2), True
    while True:
        before = i
        i = _polite(w, i) if not recipient else i
        if low[i] in ("@", "#") and w.glued[i + 1] and low[i + 1].isalnum() and (asked or i == 0):
            stop = i + 2
            while w.glued[stop] and (low[stop] in ("-", "_", ".") or low[stop].isalnum()) and low[stop + 1] != "":
                stop += 1
            if low[stop - 1] in (".", "-"):
                stop -= 1
            recipient, i = w.said(i, stop), stop
        found = _command(w, i)
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
        asked = asked or (low[k] == "remind" and low[k + 1] in _WHOM)
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
    moved = True
    while moved and i < w.count:
        moved = False
        for words in _POLITE:
            if w.low[i] == words[0] and w.low[i : i + len(words)] == list(words):
                if words in (
                    ("i", "need"),
                    ("i", "want"),
                    ("i'd", "like"),
                    ("i", "would", "like"),
                ) and not _thing_ahead(w, i + len(words)):
                    continue
                if words == ("let", "me") and w.low[i + 2] != "know":
                    continue
                i += len(words)
                if w.low[i] == ",":
                    i += 1
                moved = True
                break
    return i


def _thing_ahead(w: Tokens, i: int) -> bool:
    return any(word in _THINGS for word in w.low[i : i + 5])


def _command(w: Tokens, i: int) -> tuple[int, bool, bool, str | None] | None:
    """(end, alarm, waking, whom) of "remind me to", "set an alarm for", "wake me up", "don't let me forget to"."""
    low = w.low
    word = low[i]
    if word in ("don't", "dont") and low[i + 1] == "let" and low[i + 3] == "forget":
        return _link(w, i + 4), False, False, "me" if low[i + 2] in ("me", "us") else None
    if word == "don't" and low[i + 1] == "forget":
        return _link(w, i + 2), False, False, None
    if word == "let" and low[i + 1] in ("me", "us") and low[i + 2] == "know":
        return _link(w, i + 3), False, False, "me"
    if word == "know" and low[i - 1] == "me":
        return _link(w, i + 1), False, False, "me"
    if word == "wake" and low[i + 1] in ("me", "us"):
        return (i + 3 if low[i + 2] == "up" else i + 2), True, True, "me"
    if word in ("make", "get") and w.at(i + 1, "me", "wake", "up"):
        return i + 4, True, True, "me"
    if word in _REMIND:
        j = i + 1
        if low[j] in _WHOM:
            if word in ("tell", "text", "message") and low[j + 1] not in ("to", "about", "that"):
                return None
            return _link(w, j + 1), False, False, "me" if low[j] in ("me", "myself") else low[j]
        if low[j] in ("@", "#"):
            stop = j + 2
            while w.glued[stop] and (low[stop] in ("-", "_") or low[stop].isalnum()):
                stop += 1
            return _link(w, stop), False, False, w.said(j, stop)
        return (_link(w, j), False, False, None) if word in ("remind", "remindme") and j < w.count else None
    if word in ("set", "setup") and w.number[i + 1] is not None:
        return None
    j = i
    if word in _SET or word in ("a", "an", "new", *_THINGS, "my"):
        if word in _SET:
            j += 1
            if low[j] in ("up", "me", "on") and low[j] != "on":
                j += 1
            if low[j] == "me":
                j += 1
        for _ in range(4):
            if low[j] in ("a", "an", "the", "my", "new", "another", "recurring", "repeating", "one", "more", "me", "quick",
                          "up", "reminder", "us"):  # fmt: skip
                if low[j] in _THINGS:
                    break
                j += 1
        if low[j] in _THINGS:
            if (
                word not in _SET
                and w.number[j + 1] is None
                and low[j + 1]
                not in (
                    "to",
                    "for",
                    "at",
                    "in",
                    "on",
                    "called",
                    "named",
                    ":",
                    "me",
                    "set",
                )
            ):
                return None
            alarm = low[j] in ("alarm", "alarms", "timer", "timers", "countdown")
            if low[j + 1] == "alarm":
                j, alarm = j + 1, True
            j += 1
            if low[j] == "for" and low[j + 1] in ("me", "us"):
                j += 2
            if low[j] == "me":
                j += 1
            return _link(w, j), alarm, alarm and low[j - 1] == "alarm", None
    return None


def _link(w: Tokens, i: int) -> int:
    low = w.low
    if low[i] == ":" or (low[i] == "," and low[i + 1] in ("to", "that")):
        i += 1
    if low[i] in ("to", "that", "about", "of") or (
        low[i] in ("called", "named", "labeled", "titled", "labelled", "saying")
    ):
        return i + 1
    return i


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
            each in _THINGS or each in ("tasks", "schedule", "calendar") for each in low[i:end]
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

_DONE = frozenset({"finishes", "finished", "completes", "completed", "ends", "ended", "succeeds", "succeeded", "runs", "ran",
                   "done", "complete", "concludes", "finish"})  # fmt: skip
_TO_BE = frozenset({"is", "has", "was", "have", "are", "been", "gets", "it's", "successfully"})


def conditions(w: Tokens, start: int, end: int) -> list[tuple[int, int, Condition]]:
    """The clauses that make the time depend on something else, with the tokens they take."""
    found: list[tuple[int, int, Condition]] = []
    i = start
    low = w.low
    while i < end:
        word = low[i]
        j = i
        if word == "but" and low[i + 1] in ("only", "not"):
            j = i + 2 if low[i + 1] == "only" else i + 1
        elif word == "only":
            j = i + 1
        if (
            low[j] in ("after", "once", "when", "whenever", "if", "unless")
            or w.at(j, "as", "soon", "as")
            or w.at(j, "every", "time")
        ):
            one = _clause(w, i, j, end)
            if one is not None:
                found.append(one)
                i = one[1]
                continue
        i += 1
    return found


def _clause(w: Tokens, i: int, j: int, end: int) -> tuple[int, int, Condition] | None:
    low = w.low
    first = j + 3 if low[j] == "as" else j + 2 if low[j] == "every" else j + 1
    word = low[j]
    stop = first
    while stop < end and low[stop] not in (
        ",",
        ";",
        "then",
        "remind",
        "notify",
        "tell",
        "alert",
        "ping",
        "message",
        "please",
    ):
        stop += 1
    stop = _clause_end(w, first, stop)
    if stop <= first:
        return None
    if word == "once" and low[first] in (
        "a",
        "an",
        "per",
        "every",
        "each",
        "in",
        "more",
        "again",
        "daily",
        "weekly",
        "monthly",
    ):
        return None
    done = _task_done(w, first, stop)
    if done is not None and word in ("after", "once", "when", "as", "if"):
        name_end, clause_end = done
        return i, clause_end, Condition(kind=ConditionKind.AFTER_TASK, words=w.said(first, name_end))
    negated = any(
        each in ("haven't", "hasn't", "not", "didn't", "don't", "isn't", "havent", "hasnt", "no")
        for each in low[first:stop]
    )
    if word in ("if", "unless"):
        if word == "if" and not negated:
            return i, stop, Condition(kind=ConditionKind.EVENT, words=w.said(first, stop))
        return i, stop, Condition(kind=ConditionKind.UNLESS, words=w.said(first, stop))
    if word in ("when", "whenever", "as", "every", "once") and low[first] not in ("i'm", "free") and stop - first >= 2:
        return i, stop, Condition(kind=ConditionKind.EVENT, words=w.said(first, stop))
    return None


def _clause_end(w: Tokens, first: int, stop: int) -> int:
    """A clause of time inside ("by noon", "at 9") is not part of the condition's words."""
    low = w.low
    for k in range(first + 1, stop):
        if low[k] in ("by", "before", "until") and (
            w.number[k + 1] is not None
            or low[k + 1] in ("noon", "tomorrow", "midnight", "end", "eod", "tonight", "monday", "friday", "the")
        ):
            return k
        if low[k] == "at" and w.number[k + 1] is not None:
            return k
    return stop


def _task_done(w: Tokens, first: int, stop: int) -> tuple[int, int] | None:
    """Where the task's name and the clause end, in "the import is done" or "the import finishes"."""
    low = w.low
    for k in range(first + 1, stop):
        if low[k] in _DONE:
            name_end = k
            while name_end > first + 1 and low[name_end - 1] in _TO_BE:
                name_end -= 1
            return name_end, (k + 2 if low[k + 1] in ("running", "successfully") else k + 1)
    return None


# --- title -------------------------------------------------------------------------------------------------------


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
    text = _without_frame(text.strip(" ,;:-–—\"'“”.!?()"))
    return f"{said.lead} {text}".strip() if said.lead else text


def _adjective(w: Tokens, piece: Piece, pieces: list[Piece]) -> bool:
    """Whether an adverb stands before what it names, as in "a daily briefing"."""
    following = w.low[piece.end]
    return (
        following.isalpha()
        and w.low[piece.start - 1] in ("a", "an")
        and following not in _THINGS
        and not any(other.start == piece.end for other in pieces)
        and following not in ("at", "on", "in", "from", "for")
    )


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
    if len(words) > 2 and words[0].lower() in _SET and words[1].lower() in ("for", "called", "named", "labeled", "to"):
        return " ".join(words[2:])
    if len(words) > 1 and words[0].lower() in _SET and words[-1].lower() in _THINGS:
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
        if low[start] == "and" and (first or _command(w, start + 1) is not None):
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
        command = _command(w, start) if start < end else None
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
    ):
        if low[end - 1] in ("you", "thank") and not (low[end - 1] == "you" and low[end - 2] == "thank"):
            if low[end - 1] == "you":
                break
        end -= 1
    return (start, end) if end > start else None
