"""Work that a language model does when it is due: "every Friday at 4 prepare a weekly report".

Only what nobody would do by hand, or what shall be brought to the person: "prepare dinner at 6" is a reminder.
"""

import re
from collections.abc import Sequence
from typing import Any

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.create import create
from agent.models.builtin.lexicon import names_foreign
from agent.models.builtin.meaning import Call, Request
from agent.models.builtin.minding import SERVICES, service
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import plain
from croncierge.errors import InvalidInput
from schedules.reading import Kind
from schedules.words import read

_URL = re.compile(r"(?P<url>https?://[^\s,]+)", re.I)
_IT = r"(?:it|that|them|the (?:result|report|summary|answer))"
_SENT = phrase(
    rf"""
    [,\s]+(?:and |then |and then )?(?:(?P<by>e-?mail|mail)|send|deliver|bring|message|tell|show|give)\s+
    (?:{_IT}\s+to me|me(?: {_IT})?)
    (?:\s+(?:by|via|to|on|over|through)\s+(?:my\s+)?(?P<to>{SERVICES}))?(?=[\s,.!]*(?:$|every|each|on|at|daily|weekly))
    """
)
_REMINDS = re.compile(r"\b(?:remind(?:er)?|alarm|notify|alert|tell me to|don't forget)\b", re.I)
_SUM_UP = phrase(r"\b(?:summari[sz]e|sum up|give me a summary of|send me a summary of)\b")
_WATCH = phrase(r"\b(?:watch|monitor|keep an eye on|look after)\b")
_CHANGED = phrase(
    r"""
    [,\s]+(?:and |then )?(?:tell|let|notify|inform|alert) me(?: know)? (?:when(?:ever)?|if|once|what)\s+
    (?:(?P<what>.+?)\s+(?:changes?|has changed|is (?:new|different|lower|higher)|drops?|falls?|rises?)|
    anything.*|something.*|there .*|it .*)$
    """
)
_READ = phrase(r"\b(?:analy[sz]e|read|translate|explain|compare|review|extract)\b")
_PERIOD = r"(?:daily|weekly|monthly|nightly|hourly|short|brief|quick|little|new|random|good|funny|evening|\w+ing)"
_MADE = phrase(
    rf"""
    ^(?:(?P<me>(?:send|give|tell|bring|write|prepare|make|read|draft|compose|generate|create|get) me)\s+
    (?:an?|the|my|some)|
    (?:prepare|write|draft|compose|generate|compile|put together|produce|send)\s+an?)\s+(?:{_PERIOD}\s+)*
    (?:(?P<looks>report|summary|digest|briefing|overview|recap|review)|
    (?P<writes>jokes?|quotes?|quotation|poem|haiku|limerick|riddle|story|fun fact|fact|tip|trivia|affirmation|
    compliment|word of the day|vocabulary))\b
    """
)
_ABOUT = phrase(r"\b(?:about|on|of)\s+(?P<what>.+)$")
_TALK = phrase(r"\b(?:conversations?|what (?:was|has been|we) (?:said|talked about|discussed)|chats?)\b")
_OWN = phrase(
    r"^(?:(?:my|the|our|all|this|last|today's|yesterday's)\s+)*(?:tasks?|week|day|runs?|reminders?|jobs?|schedule)\b"
)
_WEEKLY = phrase(r"\bweekly\b|\bof the week\b|\bevery (?:week|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b")
_NO_MODEL = (InvalidInput.code, "model")
_LOOKS = ("list_tasks", "task_history", "task_stats")


def thinks(conversation: Conversation) -> Sequence[Request] | None:
    """A task for a language model. Where there is none to do it, the person is reminded, if it can be meant so."""
    text = plain(conversation.text).rstrip("?")
    if _REMINDS.search(text):
        return None
    sent = _SENT.search(text)
    said = f"{text[: sent.start()]} {text[sent.end() :]}".strip() if sent else text
    changed = _CHANGED.search(said)
    said = said[: changed.start()] if changed else said
    reading = read(said, now=conversation.now, preferences=conversation.preferences)
    if reading.kind is Kind.NONE or not reading.phrase:
        return None
    title = " ".join(reading.title.split()).strip(" ,:.")
    work = _of_page(title, changed["what"] if changed else None) or _of_own(
        title, reading.phrase, asked=bool(sent) or reading.kind in (Kind.RECURRENCE, Kind.INTERVAL)
    )
    if work is None:
        return None
    reminder = tuple(each for each in create(conversation) or () if isinstance(each, Call))
    channel = service(sent["to"] or sent["by"] or "") if sent else ""
    args = {"title": title, "when": reading.phrase, **work, **({"channel": channel} if channel else {})}
    return [Call(tool="create_task", args=args, refusal=_NO_MODEL, instead=reminder)]


def _of_page(title: str, matters: str | None) -> dict[str, Any] | None:
    """ "summarise https://example.org", "watch https://example.org"."""
    address = _URL.search(title)
    if address is None:
        return None
    url = address["url"]
    if _SUM_UP.search(title):
        return {"template": "summarise-page", "what": {"url": url}}
    if _WATCH.search(title):
        return {"template": "watch-page", "what": {"url": url, "matters": matters or "what it says"}}
    if _READ.search(title):
        return {"do": "ai_prompt", "what": {"prompt": title, "tools": ["http"]}}
    return None


def _of_own(title: str, when: str, *, asked: bool) -> dict[str, Any] | None:
    """ "prepare a weekly report", "summarise my week", "tell me a joke"; nothing that others would have to tell.

    asked: whether it is ours to do though nobody says for whom: "write a report tomorrow" is a reminder.
    """
    if _TALK.search(title) and _SUM_UP.match(title):
        return {"template": "summarise-day"}
    made = _MADE.match(title)
    summed = _SUM_UP.match(title)
    if summed and _OWN.match(title[summed.end() :].strip()) and not names_foreign(title):
        return {"do": "ai_prompt", "what": {"prompt": title, "tools": list(_LOOKS)}}
    if made is None or not (made["me"] or asked) or names_foreign(title[made.end() :]):
        return None
    about = _ABOUT.search(title, made.end())
    if made["writes"]:
        return {"do": "ai_prompt", "what": {"prompt": title}} if made["me"] else None
    if made["looks"] == "digest" and about is None:
        return {"template": "digest-runs"}
    if made["looks"] == "report" and _WEEKLY.search(f"{title} {when}"):
        return {"template": "weekly-report", **({"what": {"about": about["what"]}} if about else {})}
    if about is not None and not _OWN.match(about["what"]):
        return None  # it would have to be found out somewhere
    return {"do": "ai_prompt", "what": {"prompt": title, "tools": list(_LOOKS)}}
