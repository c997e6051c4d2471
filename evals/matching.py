"""Whether a value is what was wanted, where people's wordings differ and the meaning does not."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evals.cases import Matcher, Wanted
from store.matching import score, significant

_FILLER = frozenset({"a", "an", "the", "my", "our", "your", "to"})


def plain(text: str) -> str:
    """The words that count, in lower case."""
    words = re.findall(r"[\w:@#.+-]*\w", text.lower().replace("’", "'").replace("'", ""))
    return " ".join(word for word in words if word not in _FILLER)


def matches(wanted: Wanted, value: Any, titles: Mapping[int, str]) -> bool:
    """titles: the tasks there are, for arguments that name one. A list matches when its only element does."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = value[0] if len(value) == 1 else (None if not value else str(list(value)))
    match wanted:
        case None:
            return value in (None, "", False)
        case bool() | int():
            return type(value) is type(wanted) and bool(value == wanted)
        case str():
            return isinstance(value, str | int) and plain(str(value)) == plain(wanted)
        case Matcher():
            return value is not None and _fits(wanted, str(value), titles)


def _fits(matcher: Matcher, value: str, titles: Mapping[int, str]) -> bool:
    words = f" {plain(value)} "
    if not all(f" {plain(word)} " in words for word in matcher.has):
        return False
    if matcher.one_of and plain(value) not in map(plain, matcher.one_of):
        return False
    return matcher.task is None or _names(matcher.task, value, titles)


def _names(title: str, value: str, titles: Mapping[int, str]) -> bool:
    """Whether the value is the number of the task, or words of its title that no other task has."""
    number = re.fullmatch(r"#?(\d+)", value.strip())
    if number:
        return titles.get(int(number[1])) == title
    wanted = significant(value)
    scores = {each: score(each, wanted) for each in titles.values()}
    return 0 < scores.get(title, 0) == max(scores.values())
