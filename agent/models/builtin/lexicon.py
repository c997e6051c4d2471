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


# Words for each kind of thing, the most telling kind first.
_OBJECTS = {
    "timer": "timer countdown",
    "alarm": "alarm wake wake-up",
    "list": "list to-do todo chore grocery shopping",
    "event": "event meeting appointment calendar agenda schedule interview birthday party",
    "reminder": "reminder remind alert notification notify",
}

# What people say first, by what they want. A longer beginning wins over a shorter one.
_VERBS = {
    "create": """remind|set|create|make|add|schedule|put|start|begin|book|wake|alarm|timer|reminder|note|plan|new|ping|
        nudge|notify me|alert me|tell me to|let me know when|let me know at|let me know in|don't let me forget|
        don't forget|write down|give me a|give me an|get a|insert|include|append|remember to|i need to have|save|
        enter|every|in|at|after|when|once|i have|i've got""",
    "list": """what|what's|whats|when is|when's|when does|when do|when will|when am|when are|where|who|whose|which|how|
        is|are|am|do i|do we|do you|does|did|have i|has|any|show|list|lists|check|tell me|read|view|display|see|find|
        search|look|locate|open|pull up|bring up|details|detail|go over|review|take me to|let me see|let me know about|
        remind me what|remind me when|remind me where|remind me who|i want to know|i wanna know|i want to see|
        i want to hear|i need to know|i need to check|know|hear|give me the|give me my|why|anything|duration|location|
        confirm the|next|missed|miss|describe|explain|my|the|all|tasks|reminders|alarms""",
    "update": """change|move|reschedule|shift|push|postpone|delay|update|edit|rename|retitle|extend|lengthen|shorten|
        increase|decrease|reduce|modify|adjust|bring forward|alter|prolong|make it|make that|make the|make my|set it|
        switch|call it|also|and|instead|no|actually|rather|not|to""",
    "delete": """delete|remove|cancel|erase|clear|drop|discard|get rid of|stop|end|kill|take|nix|omit|turn off|
        switch off|shut off|dismiss|forget|call off|scratch|cross|strike|scrap|unschedule|abort|deactivate|
        disable timer|don't remind|do not remind|i don't need|i no longer|quit""",
    "control": """pause|resume|run|suspend|unpause|un-pause|reactivate|enable|restart|silence|mute|unmute|disable|
        halt|freeze|hold|continue|trigger|execute|launch|fire|kick off|undo|do|put|stop|turn on|start""",
}
# They ask us to speak up later, whatever it is about.
_CALLS_ON_US = """
remind|wake me|wake us|get me up|alert me|notify me|ping me|nudge me|buzz me|let me know when|let me know at|
let me know in|don't let me forget|don't forget|do i have|have i got|to my calendar|on my calendar|snooze
"""

_SMALL_WORDS = """
a about all and at for from in it me my of on one or that the this to with
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _beginnings(text: str) -> frozenset[str]:
    return frozenset(" ".join(each.split()) for each in text.split("|"))


OBJECTS = {name: _words(words) for name, words in _OBJECTS.items()}
_BEGINNINGS = {verb: _beginnings(words) for verb, words in _VERBS.items()}
_LONGEST_BEGINNING = 4
_CALLS = re.compile(rf"\b(?:{'|'.join(sorted(_beginnings(_CALLS_ON_US)))})\b", re.IGNORECASE)
OURS, FOREIGN, PLACES, _SMALL = _words(_OURS), _words(_FOREIGN), _words(_PLACES), _words(_SMALL_WORDS)

_TO_DO = re.compile(r"\bto[ -]dos?\b", re.IGNORECASE)
# "a list of cheap hotels" is no list of ours.
_ENUMERATION = re.compile(r"\b(?:an?|the) (?:list|listing) of\b(?! (?:things|stuff|items))", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")


def has(text: str, words: frozenset[str]) -> bool:
    """Whether one of the words is in the text, be it in the plural."""
    return not words.isdisjoint(_singulars(text))


def calls_on_us(text: str) -> bool:
    """Whether the words can only be said to somebody who keeps reminders: "wake me", "do I have"."""
    return _CALLS.search(text) is not None


def verbs_said(text: str) -> frozenset[str]:
    """What the first words ask for; several where they leave it open ("put … on hold"), none where they say nothing."""
    words = text.lower().replace("’", "'").replace(",", " ").split()
    for length in range(_LONGEST_BEGINNING, 0, -1):
        first = " ".join(words[:length])
        if verbs := frozenset(verb for verb, beginnings in _BEGINNINGS.items() if first in beginnings):
            return verbs
    return frozenset()


def names_ours(text: str) -> bool:
    """Whether a word of the text is one for what we keep: "cancel the alarm", "which tasks are due"."""
    return _TO_DO.search(text) is not None or not OURS.isdisjoint(_singulars(_ENUMERATION.sub("", text)))


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
