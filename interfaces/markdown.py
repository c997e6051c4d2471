"""Replies are Markdown; this is how they look on a terminal."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.markdown import Markdown

_BLOCK_STARTS = ("|", "- ", "* ", "> ", "#", "```")


def rendered(text: str) -> "Markdown":
    """Markdown for rich, with the lines ending where the writer ended them."""
    from rich.markdown import Markdown

    return Markdown(_hard_breaks(text))


def _hard_breaks(text: str) -> str:
    lines = text.split("\n")
    kept = []
    fenced = False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("```"):
            fenced = not fenced
        plain = line.strip() and following.strip() and not line.startswith(("|", "```"))
        kept.append(f"{line}\\" if plain and not fenced and not following.startswith(_BLOCK_STARTS) else line)
    return "\n".join(kept)
