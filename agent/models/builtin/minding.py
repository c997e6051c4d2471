"""Whether all is well, when not to disturb, where messages go, and which were seen."""

import re
from collections.abc import Sequence

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.meaning import Request, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import plain, task_meant, task_words, tasks_meant, time_at_end

SERVICES = (
    r"(?:e-?mail|mail|phone|ntfy|slack|discord|telegram|sms|pushover|gotify|matrix|teams|signal|whatsapp|webhook|"
    r"terminal|pager)"
)
"""What people call the ways that messages take."""

_HEALTH = phrase(
    r"""
    ^(?:(?:are|r) (?:you|u) (?:still )?(?:running|alive|up|awake|there|on|online|working|active|ok|okay|healthy|well)
    (?: and (?:running|well|kicking))?|(?:is|are) (?:everything|all|things|the scheduler|croncierge|it all)
    (?: still)? (?:running|ok|okay|all right|alright|fine|well|working|in order|good|up)|(?:is )?anything wrong|
    how is your health|health(?: check| status)?|do you (?:still )?(?:run|work))$
    """
)
_QUIET = phrase(
    r"""
    ^(?:(?:(?:do not|don't|dont|never) (?:disturb|bother|notify|message|ping|alert|wake|contact) me|
    no (?:messages|notifications|alerts|disturbance)(?: please)?|be quiet|stay quiet)
    (?: (?:between|from)|,? (?:at night )?(?:between|from))|
    (?:set |make |change )?(?:my )?quiet (?:hours|time)(?: (?:are|is|to|from|between|to be))?:?)\s+
    (?:between |from )?(?P<hours>\S+(?: ?[ap]\.?m\.?)?\s*(?:and|to|until|till|-|–)\s*\S+(?: ?[ap]\.?m\.?)?)$
    """
)
_LOUD = phrase(
    r"""
    ^(?:no (?:more )?quiet (?:hours|time)|(?:remove|cancel|clear|delete|drop|forget|turn off|switch off|disable|end)
    (?: my| the)? quiet (?:hours|time)|(?:you (?:may|can) )?disturb me (?:at )?any ?time)$
    """
)
_DIGEST = phrase(
    r"""
    ^(?:send me (?:my|the|a) (?:daily )?digest (?:every day |daily )?at|(?:my|the) (?:daily )?digest (?:time )?
    (?:is|comes|should come|to|at)(?: at)?|(?:set|change|move) (?:my|the) digest(?: time)? to)\s+(?P<time>.+)$
    """
)
_CHANNEL = phrase(
    r"""
    ^(?:send|deliver) (?:all )?(?:my|the) (?:messages|notifications) to (?:my |the )?(?P<to>[\w-]+)
    (?: from now on)?$|^my (?:message )?channel is (?P<is>[\w-]+)$
    """
)
_CHANNEL_SAID = rf"""
    (?:(?:to|by|via|on|over|through|with) (?:my |an? |the )?(?P<known>{SERVICES})(?: channel)?|
    (?:to|by|via|on|over|through) (?:the )?(?P<named>[\w-]+) channel)(?: (?:instead|from now on|rather|please))*$
    """
_ELSEWHERE = phrase(
    rf"""
    ^(?:(?:send|deliver|route|switch|bring)|(?:notify|message|alert|tell|inform) me (?:about|of))\s+
    (?:(?:the )?(?:messages?|notifications?|results?|output|answers?) (?:of|from|for|about) )?(?P<task>.+?)\s+
    {_CHANNEL_SAID}
    """
)
_SEEN = phrase(
    r"""
    ^(?:(?:acknowledge|ack)(?: (?P<ack>.+))?|mark (?P<mark>.+) as (?:seen|read|acknowledged)|
    i(?:'ve| have) (?:seen|read|noted) (?P<seen>(?:the|that|this|your) .*(?:message|reminder|notification)|it))$
    """
)

_DONE = phrase(
    r"""
    ^(?:(?:mark|set|tick|check)\s+(?P<mark>.+?)\s+as (?:completed?|finished|done)|(?:tick|check) off\s+(?P<off>.+)|
    (?:i(?:'m| am) |i(?:'ve| have) (?:just )?)?(?:done with|finished|completed)\s+(?:with )?(?:the |my )?
    (?:task|item|reminder|chore)\s+(?P<done>[^.?!]+)(?:[.?!].*)?|
    (?:i(?:'m| am) |i(?:'ve| have) (?:just )?)(?:done with|finished|completed)\s+(?P<deed>[\w' -]+)|
    done with\s+(?P<with>(?:the|my|our) [\w' -]+)|
    (?P<it>(?:the )?\w+ (?:task|item|reminder|chore|one)) (?:is |was )?(?:finished|done|completed))$
    """
)
_OF_A_LIST = phrase(r"\s+(?:in|on|from|off)\s+(?:my|our|the)\s+(?:[\w-]+ ){0,2}list$")

_WAITS_FOR_YES = phrase(
    r"""
    ^(?:(?:what|which (?:calls|tasks|things)|anything|is there anything)(?: is| are)?
    (?: that)? (?:waits?|waiting|needs?|pending) (?:for )?(?:my )?(?:approval|ok|yes)s?|
    (?:show|list)(?: me)? (?:the |my |all )?(?:open |pending )?approvals|what (?:shall|do|must) i approve|approvals)$
    """
)
_DECIDES = phrase(
    r"""
    ^(?P<what>approve|allow|refuse|reject|deny|decline)(?: (?:approval|request|call))?(?: number)? #?(?P<number>\d+)
    (?:,? (?:because|since|as|:)? ?(?P<note>.+))?$
    """
)


def approvals(conversation: Conversation) -> Sequence[Request] | None:
    """ "what waits for my approval?", "approve #3", "refuse 3, not before Friday"."""
    text = plain(conversation.text).strip(" ?")
    if _WAITS_FOR_YES.match(text):
        return call("list_approvals")
    match = _DECIDES.match(text)
    if match is None:
        return None
    decision = "approve" if match["what"].lower() in ("approve", "allow") else "refuse"
    return call("decide_approval", approval=int(match["number"]), decision=decision, note=match["note"] or "")


def health(conversation: Conversation) -> Sequence[Request] | None:
    """ "are you running?", "is everything ok?" """
    text = conversation.text.strip(" ?.!").replace("’", "'")  # not `plain`, to which "ok" is nothing but politeness
    return call("health") if _HEALTH.match(text) else None


def quiet(conversation: Conversation) -> Sequence[Request] | None:
    """ "don't disturb me between 22 and 7", "send my messages to phone", "my digest comes at 18:00"."""
    text = plain(conversation.text)
    if match := _QUIET.match(text):
        return call("set_preferences", quiet_hours=match["hours"])
    if _LOUD.match(text):
        return call("set_preferences", quiet_hours="none")
    if match := _DIGEST.match(text):
        return call("set_preferences", digest_at=match["time"])
    if match := _CHANNEL.match(text):
        return call("set_preferences", channel=match["to"] or match["is"])
    return None


def sent_elsewhere(conversation: Conversation) -> Sequence[Request] | None:
    """ "send that one to email instead", "deliver the report by ntfy": a channel for one task."""
    match = _ELSEWHERE.match(plain(conversation.text))
    if match is None or time_at_end(match["task"], conversation)[1]:
        return None
    if re.match(r"(?:an?|me|us|him|her|them all)\b", match["task"], re.I):
        return None
    channel = service(match["known"]) if match["known"] else match["named"]
    return call("edit_task", task=task_meant(match["task"], conversation), channel=channel)


def service(words: str) -> str:
    """A channel by its usual name: "e-mail" → "email"."""
    name = words.lower()
    return "email" if name in ("mail", "e-mail") else name


def seen(conversation: Conversation) -> Sequence[Request] | None:
    """ "acknowledge the tea reminder", "mark all as read"."""
    match = _SEEN.match(plain(conversation.text))
    if match is None:
        return None
    words = match["ack"] or match["mark"] or match["seen"] or ""
    every = words.lower() in ("all", "everything", "all messages", "them", "them all", "all of them")
    return call("acknowledge", task="all" if every else task_words(words.removesuffix(" message")))


def finished(conversation: Conversation) -> Sequence[Request] | None:
    """ "mark the first task as completed", "done with the task abc": what the person was told of it is dealt with."""
    match = _DONE.match(plain(conversation.text))
    if match is None:
        return None
    words = _OF_A_LIST.sub("", next(filter(None, match.groups())))
    if time_at_end(words, conversation)[1]:
        return None  # "I am done with work tomorrow at 5" is no word that something is done
    return [request for task in tasks_meant(words, conversation) for request in call("acknowledge", task=task)]
