"""Which things are ours to schedule, and which belong to somebody else's program. Words as data."""

import re
from collections.abc import Mapping
from typing import Any

from agent.models.builtin.conversation import Conversation

_OURS = """
agenda alarm alert anniversary appointment assignment backup birthday calendar chore countdown deadline event
interview job list meeting notification plan reminder run schedule task timer to-do todo
"""

_FOREIGN = """
account airline alexa app apartment application article audio audiobook balance bank band battery blind bluetooth
boat book brightness browser bulb bus cab camera car cart channel chat checking concert contact coffee credit cruise
currency curtain device display door earthquake email episode exchange facebook fan file flight folder
football-game game garage gmail google gps heater heating hoover hotel hue image information instagram joke
lamp lamps light lock loan mail memory messenger microwave mode movie music netflix news number outlet oven page
password payment phone photo picture plane playlist plug podcast population population post power printer radio
recipe reddit restaurant robot route screen series settings setting shutter socket song soundtrack speaker spotify
status stock store story subscription subtitle taxi team television temperature thermostat ticket traffic train
trip tune tv tweet twitter uber vacuum video volume warranty weather website whatsapp wifi youtube
"""

_PLACES = """
hall hotel lobby place places rm room rooms seat seats space suite suites table tables
"""


_SMALL_WORDS = """
a about all and at for from in it me my of on one or that the this to with
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OURS, FOREIGN, PLACES, _SMALL = _words(_OURS), _words(_FOREIGN), _words(_PLACES), _words(_SMALL_WORDS)

_TO_DO = re.compile(r"\bto[ -]dos?\b", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")


def names_ours(text: str) -> bool:
    """Whether a word of the text is one for what we keep: "cancel the alarm", "which tasks are due"."""
    return _TO_DO.search(text) is not None or not OURS.isdisjoint(_singulars(text))


def names_foreign(text: str) -> bool:
    """Whether the text is about something that another program or device has: "turn off the lights"."""
    return not FOREIGN.isdisjoint(_singulars(text)) and not names_ours(text)


def names_place(text: str) -> bool:
    """Whether a room, a table or the like is meant, which other people give."""
    return not PLACES.isdisjoint(_singulars(text))


def ours_or_known(text: str, conversation: Conversation) -> bool:
    """Whether words that could be about anything are about a task: one names our things, or a task spoken of."""
    return names_ours(text) or names_known(text, conversation)


def names_known(text: str, conversation: Conversation) -> bool:
    """Whether the text names a task that was spoken of, by a word of its title."""
    words = _singulars(text) - _SMALL
    return any(
        words & _singulars(str(task["title"])) for answered in conversation.calls for task in _titled(answered.tasks)
    )


def _titled(tasks: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [task for task in tasks if task.get("title")]


def _singulars(text: str) -> set[str]:
    """The words, and what each is the plural or the owner of."""
    words = {word.lower() for word in _WORD.findall(text.replace("’", "'").replace("'s", ""))}
    return words | {word.removesuffix("s") for word in words}
