"""Clauses that make the time depend on something else: "after the import finishes", "whenever …", "if I haven't …"."""

from schedules.reading import Condition, ConditionKind
from schedules.words.lexicon import words
from schedules.words.tokens import Tokens

_DONE = words(
    "finishes finished completes completed ends ended succeeds succeeded runs ran done complete concludes finish"
)


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
                latest = _at_the_latest(w, one, end)
                found += latest or [one]
                i = latest[0][1] if latest else one[1]
                continue
        i += 1
    return found


def _at_the_latest(w: Tokens, clause: tuple[int, int, Condition], end: int) -> list[tuple[int, int, Condition]] | None:
    """An event with a time that stands in for it: "when the webhook comes, or at noon at the latest"."""
    first, stop, met = clause
    if met.kind is not ConditionKind.EVENT:
        return None
    latest = next((k for k in range(first, end) if w.at(k, "at", "the", "latest")), None)
    otherwise = next((k for k in range(first, latest or first) if w.low[k] == "or"), None)
    if latest is None or otherwise is None:
        return None
    last = otherwise - 1 if w.low[otherwise - 1] == "," else otherwise
    begin = next(k for k in range(first, stop) if w.said(k, stop) == met.words)
    met = Condition(kind=ConditionKind.EVENT, words=w.said(begin, last), instead=True)
    return [(first, otherwise + 1, met), (latest, latest + 3, met)]


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
    if i and low[i - 1] in ("me", "us") and "to" in low[first + 1 : stop]:
        stop = max(k for k in range(first + 1, stop) if low[k] == "to")  # "remind me when I get home to feed the cat"
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
