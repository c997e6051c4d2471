"""What a task shall do by itself, events that happened, and runs that shall be brought back."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.meaning import Request, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import as_time, plain, task_meant, time_at_end
from croncierge.errors import InvalidInput
from schedules.reading import Kind
from tools.happenings import trigger_of, values_of

_FETCH = phrase(
    r"""
    \b(?:fetch|get|call|ping|check|request|open|load|poll|query)\s+(?:the (?:page|url|address|site) )?
    (?P<url>https?://[^\s,]+)
    """
)
_SCRIPT = phrase(
    r"""
    \b(?:run|execute|start|launch)\s+(?:the |my )?(?:script\s+[\"“']?(?P<first>[\w.-]+)[\"”']?|
    [\"“']?(?P<last>[\w.-]+)[\"”']?\s+script)\b
    """
)
_TELL = phrase(
    r"""
    (?:,\s*|\s+)(?:and|then|and then)\s+(?:tell|send|show|give) me (?:the |its )?
    (?P<what>status(?: code)?|answer|response|result|output|body|text|content)$
    """
)
_REMINDER = re.compile(r"\b(?:remind(?:er)?|alarm|alert|notify|tell me to)\b", re.I)
_STATUS = re.compile(r"status", re.I)
_STARTED = phrase(
    r"""
    ^(?:please )?(?:(?:run|start|trigger|do) (?P<task>(?!.*\bscript\b).+?)(?: also|,? too,?)?|
    (?:and )?also(?: (?:run|start) it)?)\s+when(?:ever)?\s+(?P<event>.+)$
    """
)
_HAPPENED = phrase(
    r"""
    ^(?:the (?P<the>[\w.:-]+(?: [\w.:-]+){0,2}?) event (?:has |just |has just )?
    (?:happened|come|came|arrived|occurred|fired)|
    (?:emit|trigger|send|report|raise) (?:the )?(?:event [\"“']?(?P<named>[\w.:-]+)[\"”']?|
    [\"“']?(?P<called>[\w.:-]+)[\"”']? event))(?:,? with (?P<data>.+))?$
    """
)
_AGAIN = phrase(
    r"""
    ^(?:(?:re-?run|retry)\s+(?P<re>.+?)(?: again| once more)?|(?:try|repeat)\s+(?P<again>.+?)(?: again| once more))$
    """
)
_OVER = phrase(r"^(?:start|begin|run|do)\s+(?P<task>.+?) (?:over|from scratch|all over)(?: again)?$")
_ANYWAY = phrase(r"^(?:run|start|do|execute)\s+(?P<task>.+?) (?:anyway|anyhow|regardless|nevertheless)$")
_AT_FIRST = re.compile(r"^(?:for|of|from|in|during)\s+", re.I)
_PAST = phrase(r"^(?:back-?fill|make up for|catch up (?:on|with))\s+(?P<task>.+)$")


def acts(conversation: Conversation) -> Sequence[Request] | None:
    """ "run the script backup every night at 2", "every hour fetch https://example.org and tell me the status"."""
    text = plain(conversation.text).rstrip("?")
    told = _TELL.search(text)
    said = text[: told.start()] if told else text
    fetch, script = _FETCH.search(said), _SCRIPT.search(said)
    deed = fetch or script
    if deed is None or _REMINDER.search(said):
        return None
    when = re.sub(r"\s+", " ", f"{said[: deed.start()]} {said[deed.end() :]}").strip(" ,")
    reading = as_time(when, conversation)
    if not when or (reading.kind is Kind.NONE and not reading.conditions):
        return None
    if fetch:
        host = urlsplit(fetch["url"]).hostname
        name, do, what = f"fetch {host}", "http", {"url": fetch["url"]}
        tell = f"{host} answered with status {{{{ status }}}}" if told and _STATUS.match(told["what"]) else "{{ body }}"
    else:
        name = deed["first"] or deed["last"]
        do, what, tell = "script", {"script": name}, "{{ stdout }}"
    return call("create_task", title=name, when=when, do=do, what=what, tell=tell if told else "")


def started(conversation: Conversation) -> Sequence[Request] | None:
    """ "run the report also when the import event comes", "also when the deploy event comes"."""
    match = _STARTED.match(conversation.text.strip(" .!?"))  # not `plain`, to which "also" says nothing
    if match is None:
        return None
    try:
        trigger_of(match["event"])
    except InvalidInput:
        return None
    task = task_meant(match["task"] or "it", conversation)
    return call("edit_task", task=task, also=f"when {match['event']}")


def happened(conversation: Conversation) -> Sequence[Request] | None:
    """ "the import event happened", "emit the event push with branch main"."""
    match = _HAPPENED.match(plain(conversation.text))
    if match is None:
        return None
    name = re.sub(r"\s+", "-", (match["the"] or match["named"] or match["called"]).lower())
    try:
        data = values_of(match["data"]) if match["data"] else None
    except InvalidInput:
        return None
    return call("emit_event", event=name, data=data)


def brought_back(conversation: Conversation) -> Sequence[Request] | None:
    """ "retry the import", "start the import over", "run the report anyway", "backfill the import for last week"."""
    text = plain(conversation.text).rstrip("?")
    for pattern, how in ((_AGAIN, "again"), (_OVER, "start_over"), (_ANYWAY, "anyway"), (_PAST, "past")):
        if match := pattern.match(text):
            words = next(filter(None, match.groups()))
            rest, during = time_at_end(words, conversation)
            if how == "past" and not during:
                return None
            return call("run_task", task=task_meant(rest, conversation), how=how, during=_AT_FIRST.sub("", during))
    return None
