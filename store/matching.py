"""Which titles a person's words mean: every word that matters has to be in the title, in one form or another. Pure."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ID = re.compile(
    r"\s*(?:(?:task|reminder|number|no\.?)\s+)?(?:#(\d{1,18})\b.*|(\d{1,18})\s*)", re.IGNORECASE | re.DOTALL
)
_BESIDE_THE_POINT = frozenset(
    _WORD.findall(
        "a about all an and any at for from in is it its job jobs me mine my of on one ones our please remind reminder "
        "reminders run runs task tasks that the their them thing this those to with your"
    )
)
_ENDINGS = ("ings", "ing", "ies", "ied", "es", "ed", "s", "e", "y")
_SHORTEST_STEM = 3
_SHORTEST_MISSPELT = 5
_ALIKE = 0.85


def task_id(words: str) -> tuple[int, bool] | None:
    """The id in "#12", "12" or "task 12", and whether it can be nothing else ("#12"); None when there is none."""
    match = _ID.fullmatch(words)
    if match is None:
        return None
    return (int(match[1]), True) if match[1] else (int(match[2]), False)


def significant(words: str) -> tuple[str, ...]:
    """The stems of the words that matter; of all words when none does."""
    found = _words(words)
    return tuple(_stem(word) for word in found if word not in _BESIDE_THE_POINT) or tuple(map(_stem, found))


def score(title: str, wanted: Sequence[str], *, misspelt: bool = False) -> float:
    """How well a title fits the wanted stems: 0 when one is missing, 1 when the title says nothing else.

    misspelt: take words that are nearly the same, too.
    """
    stems = [_stem(word) for word in _words(title)]
    if not wanted or not stems:
        return 0
    if not all(any(_fits(want, stem, misspelt) for stem in stems) for want in wanted):
        return _score_written_as_one(stems, wanted)
    matter = [stem for stem in stems if stem not in _BESIDE_THE_POINT] or stems
    named = [stem for stem in matter if any(_fits(want, stem, misspelt) for want in wanted)]
    return max(len(named) / len(matter), 0.01)


def _score_written_as_one(stems: Sequence[str], wanted: Sequence[str]) -> float:
    """How well a title fits when two of its words, or of the wanted ones, are written as one: "backup", "back up"."""
    for parts, whole in ((stems, wanted), (wanted, stems)):
        joined = {first + second for first, second in pairwise(parts)}
        if shared := joined.intersection(whole):
            rest = [each for each in wanted if each not in shared and not any(each in word for word in shared)]
            if all(any(_fits(want, stem, False) for stem in stems) for want in rest):
                return max((len(shared) + len(rest)) / len(stems), 0.01)
    return 0


def _fits(want: str, stem: str, misspelt: bool) -> bool:
    if want == stem or (len(want) >= _SHORTEST_STEM and stem.startswith(want)):
        return True
    return (
        misspelt
        and min(len(want), len(stem)) >= _SHORTEST_MISSPELT
        and SequenceMatcher(None, want, stem).ratio() >= _ALIKE
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _stem(word: str) -> str:
    word = re.sub(r"['’]s?$|['’](?=s$)", "", word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word
