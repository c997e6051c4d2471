"""Recurrence rules written out in a sentence, as RFC 5545 writes them: "FREQ=WEEKLY;BYDAY=MO at 9"."""

import re

from schedules.words.pieces import Piece
from schedules.words.tokens import Tokens
from schedules.words.verbatim import RuleText

_LINE = r"(?:RRULE:)?FREQ=[A-Z]+(?:;[A-Z]+=[-+\w,]+)*|(?:RDATE|EXDATE):\d{8}T\d{6}(?:,\d{8}T\d{6})*"
_TEXT = re.compile(
    rf"(?:\b(?:by )?the rule )?(?:DTSTART:(?P<start>\d{{8}}T\d{{6}})\s+)?(?P<lines>(?:{_LINE})(?:\s+(?:{_LINE}))*)",
    re.I,
)


def rule_text(w: Tokens) -> Piece | None:
    """The rule in a text, as a piece over the tokens it takes."""
    found = _TEXT.search(w.text) if "=" in w.text or ":" in w.text else None
    if found is None or ("FREQ=" not in found["lines"].upper() and "DATE:" not in found["lines"].upper()):
        return None
    lines = [line if ":" in line else f"RRULE:{line}" for line in found["lines"].upper().split()]
    inside = [k for k in range(w.count) if w.starts[k] >= found.start() and w.ends[k] <= found.end()]
    return Piece(start=inside[0], end=inside[-1] + 1, meaning=RuleText(lines=tuple(lines), start=found["start"]))
