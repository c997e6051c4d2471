"""How the patterns of the grammar are written down."""

import re


def phrase(text: str) -> re.Pattern[str]:
    """A pattern over several lines: line breaks and the indentation after them do not count, case neither."""
    return re.compile("".join(line.lstrip() for line in text.splitlines()), re.IGNORECASE)
