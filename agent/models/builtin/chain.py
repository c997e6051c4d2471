"""Which task waits for which: "make the report wait for the import", "the report no longer depends on the import"."""

import re
from collections.abc import Sequence

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.meaning import Request, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import plain, task_meant
from schedules.reading import Kind
from schedules.words import read

_ENDED = (
    r"(?:has |have |is |are )?(?:runs?|ran|finish(?:es|ed)?|done|complete[sd]?|end(?:s|ed)?|"
    r"succeed(?:s|ed)?|fail(?:s|ed)?|fires?|fired)"
)
_WAIT = phrase(
    rf"""
    ^(?:(?:let|make|have)\s+)?(?P<task>.+?)\s+(?:should |must |has to |to )?(?:only )?(?:wait(?:s)? for|
    depend(?:s)? on|wait(?:s)? (?:until|till)|(?:be |is )?chained to|(?:runs?|starts?|fires?|happens?|
    come[s]?) (?:only )?(?:after|once|when))\s+(?P<after>.+?)(?:\s+{_ENDED})?$|^(?:run|start|chain|do|
    put)\s+(?P<run>.+?)\s+(?:only )?(?:after|once|behind|to)\s+(?P<first>.+?)(?:\s+{_ENDED})?$
    """
)
_FREE = phrase(
    r"""
    ^(?:(?:let|make)\s+)?(?P<task>.+?)\s+(?:should(?:n't| not)|must(?:n't| not)|(?:should |must |need )?no longer|
    doesn't|does not|
    need not|needn't|don't)\s+(?:have to |need to )?(?:waits?|depends?|runs?)(?: any ?more)?\s+(?:for|on|
    after)\s+(?P<after>.+?)(?: any ?more)?$|^(?:don't|do not|stop)\s+(?:let |making |
    make )?(?P<stop>.+?)\s+wait(?:ing)?\s+for\s+(?P<first>.+?)$|^(?:unchain|unlink|detach|
    decouple)\s+(?P<un>.+?)\s+(?:from|and)\s+(?P<from>.+?)$|^remove (?:the )?(?:dependency|prerequisite|
    link) (?:of|between|from) (?P<of>.+?) (?:on|and|to|with) (?P<on>.+?)$
    """
)


def chain(conversation: Conversation) -> Sequence[Request] | None:
    """Adding or removing a dependency between two tasks that exist."""
    text = plain(conversation.text).strip("?")
    if re.match(r"(?:why|what|when|how|did|remind|after|once|do|does|is|are|should|can|i|if)\b", text, re.I):
        return None
    if match := _FREE.match(text):
        task = match["task"] or match["stop"] or match["un"] or match["of"]
        after = match["after"] or match["first"] or match["from"] or match["on"]
        return call("remove_dependency", task=task_meant(task, conversation), after=task_meant(after, conversation))
    match = _WAIT.match(text)
    if match is None:
        return None
    task, after = match["task"] or match["run"], match["after"] or match["first"]
    if read(f"remind me to x {after}", now=conversation.now, preferences=conversation.preferences).kind not in (
        Kind.NONE,
        Kind.CLARIFY,
    ):
        return None  # "run the report after lunch" gives a time, not a task
    return call(
        "add_dependency",
        task=task_meant(task, conversation),
        after=task_meant(after, conversation),
        outcome=outcome_in(text),
    )


def outcome_in(text: str) -> str:
    """Which end of the first task counts: "after it fails", "whatever the outcome"; nothing for the usual."""
    if re.search(r"\bfail(?:s|ed)?\b", text, re.I):
        return "failure"
    if re.search(r"\b(?:whether|whatever|either way|even if|regardless|no matter)\b", text, re.I):
        return "completion"
    return ""
