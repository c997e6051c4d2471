"""Calendars, lists, alarms and timers: what people keep tasks in, and how they speak of what is in there."""

from collections.abc import Sequence

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.lexicon import names_foreign, names_place
from agent.models.builtin.meaning import Request, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import asks_for_later, plain, task_words, tasks_meant, time_at_end
from schedules.words import read

_KEPT = r"(?:calendars?|agenda|schedule|lists?|to-?dos?(?: lists?)?|to dos?(?: lists?)?|diary|planner)"
_PLACE = rf"(?:(?:my|the|our|a|an|this|that)\s+)?(?:[\w'-]+\s+){{0,2}}?{_KEPT}"
_KEEPS = phrase(
    rf"""
    ^(?:i want to |can i |could i )?
    (?:add|put|include|insert|place|append|enter|write|note|save|stick|throw)(?: down)?\s+
    (?P<what>.+?)\s+
    (?:on|onto|to|in|into)\s+{_PLACE}
    (?P<rest>(?:[\s,].*)?)$
    """
)
_TAKES_OFF = phrase(
    rf"""
    ^(?:remove|delete|take|cancel|erase|drop|clear|scratch|cross|get rid of|strike|omit|nix)\s+
    (?P<what>.+?)\s+
    (?:from|off|off of|out of|on|in)\s+{_PLACE}
    (?:[\s,].*)?$
    """
)
_NOTHING_NAMED = phrase(r"^(?:an?|the|my|some|a new|new|few|a few|more|it|this|that|things?|items?|something|\s)+$")
_MANY = phrase(r"^(?:everything|all|both|them|every|\d+ (?:minutes?|hours?|seconds?))\b")
_STARTS = phrase(
    r"""
    ^(?:start|begin)\s+(?:(?:(?:an?|another|new|my|the)\s+)*(?:.*\s)?(?:timer|countdown|alarm)|
    (?:an?|another)\s+(?:.*\s)?list|counting)\b
    """
)
_TAKES_A_PLACE = phrase(
    r"""
    \b(?:book|boor|reserve|reservation|hold|confirm|schedule|available|availability|open|free|need|want|stay|sleep|take|try)\b
    """
)
_FOR_LATER = phrase(
    r"\b(?:remind(?:er|ers)?|alarms?|timers?|wake|forget|notify|alert|ping|nudge|note|every|daily|weekly)\b"
)
_ASKS = phrase(
    r"""
    ^(?:i (?:wanna|want to|need to|would like to|really want to) know|inform me|provide me|
    remind me (?:of|what|when|who) the (?:date|time|place|name)|lists?|whats|details?|location|duration|missed|miss|
    what|when|where|who|whose|which|how|is|are|am|do|does|did|have|has|will|any|
    show|check|tell me|let me know|read|view|display|see|hear|know|give me|open|access|pull up|bring up|
    got|may i see|retrieve|repeat|
    find|look|locate|status of|detailed|pull up|display|take me to|go to|next|go over|review
    )\b
    """
)
_GIVES = phrase(
    r"^(?:give me|get me|i need(?: to have)?|i want|start|set) an? (?:.*\s)?(?:timer|alarm|reminder|countdown)\b"
)
# What only others know, and how to do things.
_OTHERS = phrase(r"\b(?:available|availability)\b|\b(?:best way|how do i|how can i|how to)\b")
_STATUS = phrase(
    r"^(?:check |confirm )?(?:the |my )?(?:timers?|alarms?|reminders?) (?:status|times?)$|^(?:the )?lists i have$"
)
_OWN = phrase(
    r"""
    \b(?:alarms?|alerts?|timers?|reminders?|to-?dos?|to-?do list|to do list)\b|
    \b(?:on|in) (?:my|the|our) (?:[\w'-]+ )?(?:calendars?|schedule|agenda|lists?)\b|
    \b(?:meeting|appointment|event) (?:with|called|on|i have)\b|\btasks? i have\b|
    \b(?:my|any|the next|next|our|upcoming|the|that|current|previous)\s+(?:[\w':-]+\s+){0,3}?
    (?:calendars?|schedule|agenda|lists?|events?|meetings?|appointments?|tasks?|plans)\b|
    \bdo i have\b(?! to (?!do\b|buy\b))|\blists? i (?:\w+ )?have\b|
    \b(?:i|are) (?:want(?:ed)?|need(?:ed)?|have|had) to (?:remember|do)\b|^lists? to do$
    """
)
# "give me a 10 minute timer", "have a reminder set": an article that is not "the" makes something new.
_WANTS = phrase(r"^(?:give me|get me|have|know) (?:an?|another) (?:[\w'-]+ ){0,3}?(?:timer|alarm|reminder|countdown)\b")
_NOT_OWN = phrase(r"\b(?:movies?|songs?|music|playlist|contacts?|game|emails?|news|weather|facebook|tv)\b")


_LIST_FIRST = phrase(
    rf"^(?:on |in |to |from )?{_PLACE}[,:]? (?P<order>(?:add|put|delete|remove|erase|drop|cancel)\b.+)$"
)


def _list_last(text: str) -> str:
    """ "todo list delete vacation" in the usual order."""
    match = _LIST_FIRST.match(text)
    return (
        f"{match['order']} {'to' if match['order'].startswith(('add', 'put')) else 'from'} my list" if match else text
    )


def kept(conversation: Conversation) -> Sequence[Request] | None:
    """ "put the dentist on my calendar on Friday at 3", "add milk to my shopping list": a new task."""
    match = _KEEPS.match(_list_last(plain(conversation.text).rstrip("?")))
    if match is None:
        return None
    if _NOTHING_NAMED.match(match["what"]):
        return call("create_task", title="")
    words = f"{match['what']} {match['rest'].strip(' ,')}".strip()
    reading = read(words, now=conversation.now, preferences=conversation.preferences)
    title = reading.title.strip() or match["what"]
    return call("create_task", title=title, when=reading.phrase if reading.schedule else "")


def taken_off(conversation: Conversation) -> Sequence[Request] | None:
    """ "take milk off the grocery list", "remove the dentist from my calendar": the task with that name goes.

    "delete everything on my calendar tomorrow" is not taken here: the range must not get lost.
    """
    match = _TAKES_OFF.match(_list_last(plain(conversation.text).rstrip("?")))
    if match is None or _MANY.match(match["what"]) or not task_words(match["what"]):
        return None
    return [request for task in tasks_meant(match["what"], conversation) for request in call("delete_task", task=task)]


def asked(conversation: Conversation) -> Sequence[Request] | None:
    """ "let me know about upcoming events", "how long is my next meeting?", "check my grocery list"."""
    text = plain(conversation.text).rstrip("?")
    if _STATUS.match(text):
        return call("list_tasks")
    if _GIVES.match(text) or _WANTS.match(text) or others_know(text):
        return None
    if not _ASKS.match(text) or not _OWN.search(text) or _foreign(text) or asks_for_later(text):
        return None
    return call("list_tasks", during=time_at_end(text, conversation)[1])


def others_know(text: str) -> bool:
    """Whether only others could answer: "is John available on Monday?"."""
    return _OTHERS.search(text) is not None


def gives(text: str) -> bool:
    """Whether it makes something: "give me a 10 minute timer"."""
    return _GIVES.match(text) is not None


def _foreign(text: str) -> bool:
    return _NOT_OWN.search(text) is not None or names_foreign(text)


def starts(text: str) -> bool:
    """Whether "start" makes something: "start a timer for 5 minutes"."""
    return _STARTS.match(text) is not None


def for_later(text: str) -> bool:
    """Whether it shall be said or happen later, whatever it is: "remind me to book a room"."""
    return _FOR_LATER.search(text) is not None


def books_a_place(text: str) -> bool:
    """Whether someone else would have to act: "book a room in the city hotel" is nothing that we can do."""
    return names_place(text) and _TAKES_A_PLACE.search(text) is not None and not for_later(text)
