"""Cancelling, pausing, resuming, running now, undoing, and preferences."""

import re
from collections.abc import Sequence

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.lexicon import names_foreign, ours_or_known
from agent.models.builtin.meaning import Call, Request, Say, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import as_time, plain, task_words, tasks_meant, time_at_end
from agent.models.builtin.things import books_a_place, starts
from schedules.zones import find_zone

_TASK = r"(?P<task>.+?)"
_REASON = phrase(
    r",\s*(?:because|since|as|while|i'm|i am|we're|we are|i have|i've|i'll|it's|no need)\b.*$|\s+because\b.*$"
)
_UNDO = phrase(
    r"""
    ^(?:(?:oh )?no[,! ]*)?(?:undo(?: (?:that|it|this|the last (?:one|change|thing)|my last change|everything))?|
    revert(?: (?:that|it))?|(?:take|bring|put) (?:that|it|them|this)(?: one)? back|bring back .+|
    restore (?:it|that|.+)|(?:oops|whoops|no wait)[,! ]*(?:undo|that was wrong)?.*|undelete.*|
    that was (?:a mistake|wrong))$
    """
)
_VERBS: tuple[tuple[str, str], ...] = (
    (r"(?:un-?pause|resume|reactivate|re-?enable|enable|continue|restart|un-?mute) _(?: again)?", "resume_task"),
    (r"disable (?P<task>.*timers?)", "delete_task"),
    (r"(?:turn on|switch on|start) _(?: again)?", "resume_task"),
    (r"turn _ (?:back )?on(?: again)?", "resume_task"),
    (r"(?:pause|suspend|disable|mute|hold|halt|freeze|put) _(?: on hold| for now| for the moment)?", "pause_task"),
    (r"(?:stop|silence) _ (?:for now|for the moment|temporarily)", "pause_task"),
    (
        r"(?:(?:stop|quit) reminding me|(?:don't|do not) remind me(?: any ?more)?)(?: to| about| of)? _(?: any ?more)?",
        "delete_task",
    ),
    (
        r"(?:cancel|delete|remove|drop|erase|discard|scrap|clear|clean(?= my)|kill|get rid of|forget(?: about)?|stop|"
        r"turn off|switch off|shut off|take off|call off|unschedule|abort|end|dismiss|deactivate) _",
        "delete_task",
    ),
    (r"turn _ off", "delete_task"),
    (r"_ (?:needs? to|has to|must|should|can) be (?:deleted|removed|cancell?ed|erased)", "delete_task"),
    (r"i (?:don't|do not|no longer) (?:need|want)(?: to be reminded (?:to|of|about))? _(?: any ?more)?", "delete_task"),
    (r"(?:run|execute|trigger|fire|launch|kick off) _(?: right)?(?: now| immediately| once| again)*", "run_task"),
    (r"do _ (?:right )?now", "run_task"),
)
_CONTROL = [(phrase(rf"^{pattern.replace('_', _TASK)}$"), tool) for pattern, tool in _VERBS]
_WHOLE = phrase(
    r"^(?:my |the |our |all (?:of )?(?:my |the ))?(?:entire |whole )?(?:to[ -]?do list|list|calendar|agenda|schedule)$"
)
_WHICH = "Which of these shall I delete? Say “all of them” or “the second one”."
# Verbs that are said of anything in a house: what they are about has to be one of our things.
_SAID_OF_ANYTHING = phrase(
    r"^(?:turn|switch|shut|start|launch|enable|disable|continue|end|kill|put|hold|mute|unmute|take off|dismiss|abort)\b"
)
# To start a meeting is to join it.
_IN_COMPANY = phrase(r"^(?:start|run|launch|continue|resume|trigger) .*\b(?:meeting|call|conference|event)s?$")
_NOT_OURS = phrase(r"\b(?:playing|order|talking|it up|quiet hours)\b")
_AMOUNT = phrase(
    r"^(?:\d+|an?|one|two|three|five|ten|fifteen|twenty|thirty) (?:more )?"
    r"(?:minutes?|mins?|hours?|seconds?) (?:from|off|to|out)\b"
)

_ZONE = phrase(
    r"""
    ^(?:(?:set |change |switch )?(?:my )?time ?zone (?:is|to|:|=)|(?:set|change|switch) (?:me|my time ?zone|
    the time ?zone) to|i(?:'m| am) (?:now )?(?:in|on)|i (?:now )?live in|i moved to|
    use)\s+(?P<zone>.+?)(?: (?:time|time ?zone|now))*$
    """
)
_DEFAULT_TIME = phrase(
    r"""
    ^(?:(?:set |change )?(?:my )?(?:default|usual|normal|preferred) (?:reminder )?time(?: of day)? (?:is|to|
    :|=)|(?:set|change) my (?:default|usual) time to|by default remind me at|
    (?:when|if|whenever) i (?:give no|don't (?:give|say|name) a|say no) time,? (?:please )?(?:take|use))\s+(?P<time>.+)$
    """
)
_ASK_PREFERENCES = phrase(
    r"""
    ^(?:what(?:'s| is| are) (?:my|your) (?:time ?zone|default time|preferences|settings)|
    which time ?zone .*|(?:show )?(?:my )?(?:preferences|settings))$
    """
)


def undo(conversation: Conversation) -> Sequence[Request] | None:
    """ "undo", "bring it back"."""
    return call("undo") if _UNDO.match(plain(conversation.text) or conversation.text) else None


def preferences(conversation: Conversation) -> Sequence[Request] | None:
    """ "my time zone is Berlin", "my default time is 8:30"."""
    text = plain(conversation.text).strip("?")
    if _ASK_PREFERENCES.match(text):
        return call("get_preferences")
    if match := _DEFAULT_TIME.match(text):
        return call("set_preferences", default_time=match["time"])
    if (match := _ZONE.match(text)) is None:
        return None
    if find_zone(match["zone"]) or re.search(r"time ?zone", text, re.I):
        return call("set_preferences", zone=match["zone"])
    return None


def control(conversation: Conversation) -> Sequence[Request] | None:
    """ "cancel it", "pause the timesheet one", "run it now"."""
    text = _REASON.sub("", plain(conversation.text).strip("?"))
    if starts(text) or books_a_place(text):
        return None
    for pattern, tool in _CONTROL:
        if match := pattern.match(text):
            words = match["task"]
            if names_foreign(words) or _NOT_OURS.search(words) or _AMOUNT.match(words):
                return None
            if _IN_COMPANY.match(text) or (tool == "run_task" and as_time(words, conversation).schedule is not None):
                return None  # "run tue/thu 7am" is a note for a runner
            if _SAID_OF_ANYTHING.match(text) and not (_points(words) or ours_or_known(words, conversation)):
                return None
            if tool == "delete_task" and _WHOLE.match(words):
                return [*call("list_tasks"), Say(text=_WHICH)]
            if tool == "delete_task" and (asked := _span(words, conversation)) is not None:
                return asked
            return [Call(tool=tool, args={"task": task}) for task in tasks_meant(words, conversation)]
    if re.match(r"^(?:cancel|delete|remove|pause|resume|run|stop)$", text, re.I):
        return control_bare(text.lower(), conversation)
    return None


def _points(words: str) -> bool:
    return (
        not task_words(words)
        or re.match(r"(?:#\d+|(?:the )?(?:first|second|third|last) one|everything|all)\b", words) is not None
    )


def control_bare(verb: str, conversation: Conversation) -> Sequence[Request]:
    """ "cancel" alone means the task that was last spoken of."""
    tool = {"pause": "pause_task", "resume": "resume_task", "run": "run_task"}.get(verb, "delete_task")
    return [Call(tool=tool, args={"task": task}) for task in tasks_meant("it", conversation)]


def _span(words: str, conversation: Conversation) -> Sequence[Request] | None:
    """ "cancel everything tomorrow" is not "cancel everything": what is meant is shown first."""
    rest, during = time_at_end(words, conversation)
    if not during or not re.match(
        r"^(?:everything|all|all (?:of )?(?:my|the) .*|(?:my|the) (?:reminders|tasks|alarms))$", rest, re.I
    ):
        return None
    return [
        *call("list_tasks", during=during),
        Say(text=_WHICH),
    ]
