"""Replies are Markdown; this is how they look on a terminal."""

from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, TableElement
from rich.table import Table

_BLOCK_STARTS = ("|", "- ", "* ", "> ", "#", "```")


class _TightTable(TableElement):
    """A table without empty lines around it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for part in super().__rich_console__(console, options):
            if isinstance(part, Table):
                part.show_edge = False
            yield part


class _Reply(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "table_open": _TightTable}


def rendered(text: str) -> Markdown:
    """Markdown for rich, with the lines ending where the writer ended them."""
    return _Reply(_hard_breaks(text))


def _hard_breaks(text: str) -> str:
    lines = text.split("\n")
    kept = []
    fenced = False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("```"):
            fenced = not fenced
        plain = line.strip() and following.strip() and not line.startswith(("|", "```"))
        kept.append(f"{line}\\" if plain and not fenced and not following.lstrip().startswith(_BLOCK_STARTS) else line)
    return "\n".join(kept)
