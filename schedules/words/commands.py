"""The words that ask for a reminder, an alarm or a timer: "remind me to", "set an alarm for", "wake me up"."""

from schedules.words.lexicon import words
from schedules.words.tokens import Tokens

WHOM = ("me", "us", "myself", "everyone", "everybody")


REMIND = frozenset(
    {"remind", "remindme", "reming", "notify", "alert", "ping", "nudge", "message", "tell", "text", "warn"}
)


SETTING_VERBS = frozenset(
    {"set", "create", "add", "make", "schedule", "put", "start", "arrange", "setup", "book", "give", "get"}
)


THINGS = words("reminder reminders alarm alarms timer timers notification alert task todo countdown")
_BETWEEN = words("a an the my new another recurring repeating one more me quick up reminder us")


def command_at(w: Tokens, i: int) -> tuple[int, bool, bool, str | None] | None:
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
    if word in REMIND:
        j = i + 1
        if low[j] in WHOM:
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
    if word in SETTING_VERBS or word in ("a", "an", "new", *THINGS, "my"):
        if word in SETTING_VERBS:
            j += 1
            if low[j] in ("up", "me", "on") and low[j] != "on":
                j += 1
            if low[j] == "me":
                j += 1
        for _ in range(4):
            if low[j] in _BETWEEN:
                if low[j] in THINGS:
                    break
                j += 1
        if low[j] in THINGS:
            if (
                word not in SETTING_VERBS
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
