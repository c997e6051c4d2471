"""When a call needs a person's yes: decided here, in code, whatever the model says or was told.

Text from outside is data. Once a run has read some, whatever acts beyond reading asks first, unless every value that
it was given stands in the words of the task's owner, or the owner allowed the tool when the task was made.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from store.operations.trees import said

_PLAIN_NUMBER = re.compile(r"[\d\s.,:/+-]*")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a call of a tool means. acts: it changes something or tells somebody something.

    brings: its answer is text from outside. always: why it needs a yes whatever was read, or None. makes: another tool,
    which a task that it makes will use: to allow the one is not to allow the other.
    """

    acts: bool
    brings: bool = False
    always: str | None = None
    makes: str | None = None


def reason_to_ask(
    rule: Rule,
    name: str,
    arguments: Mapping[str, Any],
    *,
    tainted: bool,
    words: str,
    allowed: Collection[str],
    harmless: Mapping[str, Collection[Any]],
) -> str | None:
    """Why a person has to agree to this call, or None. harmless: values of arguments that say nothing by themselves."""
    if name in allowed and rule.makes in (None, *allowed):
        return None
    if rule.always is not None:
        return rule.always
    given = {key: value for key, value in arguments.items() if value not in list(harmless.get(key, ()))}
    own = says_something(given) and all(stands_in(value, words) for value in given.values())
    if rule.acts and tainted and not own:  # who says nothing repeats nothing that the person said
        return "it has read text from outside, and not all of this stands in your own words"
    return None


def says_something(value: Any) -> bool:
    """Whether a value has more to it than plain numbers: a 13 is no file because the person spoke of June 13."""
    return any(_PLAIN_NUMBER.fullmatch(line) is None for line in said(value).splitlines())


def stands_in(value: Any, words: str) -> bool:
    """Whether all that a value says, names of its fields included, stands in these words."""
    match value:
        case None | bool():
            return True
        case str() if not value.strip():
            return True
        case str() | int() | float():
            said, known = _plain(str(value)), _plain(words)
            return re.search(rf"(?<![\w.@/-]){re.escape(said)}(?![\w@/-]|\.\w)", known) is not None
        case Mapping():
            return all(stands_in(each, words) for each in (*value, *value.values()))
        case list() | tuple():
            return all(stands_in(each, words) for each in value)
    return False


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
