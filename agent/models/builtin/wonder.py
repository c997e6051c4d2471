"""Questions about something that may be a task: "what time is Oshwin's interview?", "is Mary's party tonight?".

Whether it is one only the store knows, which says plainly when there is none.
"""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.lexicon import names_foreign, names_known, names_place
from agent.models.builtin.meaning import Request, Say, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import as_time, plain, time_at_end
from agent.models.builtin.things import others_know
from schedules.schedule import Once

_EVENT = phrase(
    r"""
    \b(?:interview|meeting|appointment|party|birthday|anniversary|event|lunch|dinner|breakfast|brunch|wedding|training|
    talk|lecture|ceremony|conference|holiday|vacation|exam|class|course|lesson|match|deadline|session|visit|trip|reunion|
    presentation|workshop|webinar|rehearsal|practice|dentist|checkup)s?\b|^(?:my|our)\b.+\bwith\b
    """
)
_WHEN = phrase(
    r"""
    ^(?:what time|when|where|(?:on |at )?(?:what|which) (?:day|date|time|place))(?:'s| is| are| was)\s+
    (?!there\b|it\b|the best\b)(?P<what>.+?)
    (?: (?:again|going to be|supposed to be|happening|taking place|scheduled|held))*$
    """
)
_TO_DO = phrase(
    r"""
    ^(?:what time|when|where|(?:on )?(?:what|which) (?:day|date)) (?:am i|are we|do i|do we)
    (?: (?:supposed|meant|due|going|need|have|got))* to (?P<what>.+?)(?: again)?$|
    ^(?:do i|do we|am i) (?:need|have|supposed|meant)(?: got)? to (?P<needed>.+)$
    """
)
_IS_THEN = phrase(r"^(?:is|are|was)(?:n't)? (?P<what>(?:(?:my|our|the)\s|[\w-]+'s?\s).+)$")
_ABOUT = phrase(
    r"""
    ^(?:(?:show|tell|give)(?: me)?\s+)?(?:the\s+)?
    (?:details?|durations?|place|location|time|date|length|information|info)\s+
    (?:about|of|for|on)\s+(?P<what>.+)$
    """
)
_WHO = phrase(r"\b(?:who(?: else)? (?:is|are|will be)|attendees|participants)\b")
_UNTIL = phrase(
    r"""
    ^how (?:long|much time|many (?:days|weeks|months|hours|nights|sleeps))(?: (?:is (?:it|there)|are (?:there|left|we)|
    do (?:i|we) have|left|more|to go|away|remain(?:s|ing)?|still))*
    (?: (?:until|till|'til|to|before|from|is|are))+\s+(?P<what>.+)$
    """
)
_LEFT = phrase(r"^(?:what(?:'s| is)|show(?: me)?|tell me)? ?(?:the )?(?:remaining time|time (?:left|remaining))$")
_DAY = phrase(
    r"\b(?P<day>today|tonight|tomorrow|this (?:week|month|weekend)|next (?:week|month|weekend))(?:\s?'s|s)?(?=\W|$)"
)
_CLOCK = phrase(r"\b(?:at )?\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.?m\.?|o'clock)")
_EMPTY = phrase(r"^(?:the |my |our |any |anything |an? )*(?:events?|meetings?|appointments?|things?|something)?$")
_FOREIGN_BUT_OURS = phrase(r"\bbank (?=holiday)")
_LONGEST = 9
_SOME_WEEKS = 14  # days


def wondered(conversation: Conversation) -> Sequence[Request] | None:
    """A question that the person's tasks may answer, and what is left of a time."""
    text = plain(conversation.text).rstrip("?").strip()
    if _LEFT.match(text):
        return call("list_tasks")
    if match := _UNTIL.match(text):
        return _until(match["what"], conversation)
    if others_know(text) or names_foreign(_FOREIGN_BUT_OURS.sub("", text)):
        return None
    if match := _TO_DO.match(text):
        what, during = _apart(match["what"] or match["needed"], conversation)
        if match["needed"]:
            return call("list_tasks", during=during) if during else None
        return call("list_tasks", words=what, during=during)
    for pattern in (_WHEN, _ABOUT, _IS_THEN):
        if match := pattern.match(text):
            what, during = _apart(match["what"], conversation)
            named = _EVENT.search(match["what"]) is not None and not names_place(match["what"])
            named = named or (pattern is _WHEN and names_known(match["what"], conversation))
            if named and len(what.split()) <= _LONGEST and (during or pattern is not _IS_THEN):
                return call("list_tasks", words=what, during=during)
    if _WHO.search(text) and (event := _EVENT.search(text)) and not names_place(text):
        day = _DAY.search(text)
        return call("list_tasks", during=day["day"]) if day else call("list_tasks", words=event[0])
    return None


def _apart(words: str, conversation: Conversation) -> tuple[str, str]:
    """What is asked about, without the time that is said of it, and that time."""
    what, during = time_at_end(words, conversation)
    if (day := _DAY.search(what)) and not during:
        during = day["day"]
        what = f"{what[: day.start()]} {what[day.end() :]}"
    what = " ".join(_CLOCK.sub(" ", what).split())
    return "" if _EMPTY.match(what) else what, during


def _until(what: str, conversation: Conversation) -> Sequence[Request] | None:
    """The days until a date; of anything else, the task of that name."""
    schedule = as_time(what, conversation).schedule
    if isinstance(schedule, Once):
        zone = ZoneInfo(conversation.preferences.zone)
        day, today = schedule.at.astimezone(zone).date(), conversation.now.astimezone(zone).date()
        days = (day - today).days
        if days > 0:
            weeks = f", which is {days / 7:.3g} weeks," if days >= _SOME_WEEKS else ""
            return [Say(text=f"It is {days} day{'s' if days > 1 else ''}{weeks} until {day:%A} {day.day} {day:%B %Y}.")]
    if _EVENT.search(what) or re.match(r"(?:my|our)\b", what):
        return call("list_tasks", words=what)
    return None
