"""A person's words become the right schedule, or a good question, and never a confident mistake.

The way of a sentence: `tokens` → phrase rules (`phrases`, `repeats`, `bounds`, `lists`, `dates`, `clocks`) → slots
(`frame`) → one moment (`single`) or a repetition (`recurring`); `sentence` reads the words around the time.
"""

from schedules.words.reader import read, read_when
from schedules.words.spans import read_span

__all__ = ["read", "read_span", "read_when"]
