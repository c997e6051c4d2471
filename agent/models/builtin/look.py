"""Looking at tasks, at what ran, and why something did or did not."""

import re
from collections.abc import Sequence

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.lexicon import names_foreign, names_ours, ours_or_known
from agent.models.builtin.meaning import Request, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import asks_for_later, plain, task_meant, task_words, time_at_end
from agent.models.builtin.things import gives, others_know

_THINGS = (
    r"(?:(?:my|the|all|all my|all the|all of my|any|your|active|current|upcoming|pending|scheduled|other|next|"
    r"paused|done|finished|completed)\s+)*"
    r"(?:tasks?|reminders?|alarms?|timers?|jobs?|events?|schedules?|agenda|calendar|plans?|list|to-?dos?|"
    r"to do list|appointments?)"
)
_AGENDA = phrase(
    rf"""
    ^(?:what(?:'s| is| are)? (?:do i have|have i got|i have|am i doing|is due|is next|are my|'s)?\s*(?:on|
    up|next|coming up|planned|scheduled|due|there|left|in|going on)*.*|(?:show|list|display|see|view|read|
    tell|give|check|get|pull up|open)(?: me| out| to me)?\s+(?:what(?:'s| is)? (?:on|coming|planned|
    scheduled|up|due).*|(?:my |the )?agenda|everything|{_THINGS}).*|(?:do|have) i (?:have|got) .*|(?:are|
    is) there .*|which {_THINGS}.*|how many {_THINGS}.*|(?:any|my|all|all my)? ?(?!alarm|timer){_THINGS}
    (?: (?:for|on|this|next|today|tomorrow).*)?|(?:anything|something) .*|did (?:i|you) set .*|is my .*|am i .*)$
    """
)
_ABOUT_TASKS = phrase(
    rf"""
    \b(?:{_THINGS}|do i have(?! to)|have i got(?! to)|i have(?! to)|planned|scheduled|due|
    on my (?:calendar|schedule|agenda|lists?|plate|mind|plan)|coming up|next|agenda|up for|
    going on|my day|(?:have|left|things|got) to do|anything)\b
    """
)
_STATUS = {
    "paused": "paused",
    "done": "done",
    "finished": "done",
    "completed": "done",
    "everything": "all",
    "all tasks": "all",
}
_SEARCH = phrase(
    r"""
    ^(?:(?:find|search(?: for)?|look for|list|show(?: me)?)\s+(?:(?:all|the|my|any)\s+)*
    (?:tasks?|reminders?|alarms?)|(?:(?:all|the|my|any)\s+)*(?:tasks|reminders|alarms))\s+
    (?:about|with|for|containing|matching|named|called|that mention|like)\s+(?P<words>.+)$|
    ^(?:find|search(?: for)?)\s+(?P<more>.+)$
    """
)
_LISTS_ALL = phrase(rf"^(?:show|list|open)(?: me)?\s+(?:{_THINGS}|everything|all)$")
_SHOW = phrase(
    r"""
    ^(?:show(?: me)? (?:the )?details (?:of|for|about)|
    show|open|describe|(?:the )?details (?:of|for|about)|tell me (?:more )?about|more about|info (?:on|
    about))(?: me)?\s+(?P<task>.+)$|^when (?:is|does|will|do|are|did you (?:schedule|
    set)) (?:i )?(?:(?:need|have|want) to )?
    (?P<when>.+?)(?: (?:run|fire|happen|go off|due|scheduled|again|next|ring|be))*$|
    ^what(?:'s| is) the (?:schedule|time) (?:of|for) (?P<of>.+)$
    """
)
_EXPLAIN = phrase(
    r"""
    ^(?:(?:why|how come)\s+(?:didn't|did not|hasn't|has not|haven't|wasn't|was not|isn't|doesn't|won't|did|
    was|has|is|does)\s+(?:i get (?:reminded (?:of|about)|)\s*)?(?P<task>.+?)(?:\s+(?:not\s+)?(?:run|ran|
    fire[d]?|happen(?:ed)?|go(?:ne)? off|work(?:ed)?|execute[d]?|trigger(?:ed)?|skipped|missed|late|
    fail(?:ed)?|ring|start(?:ed)?|come|arrive|remind me)(?:\s+any ?more)?)?|(?:what happened (?:to|with)|
    explain)\s+(?P<what>.+?)|(?:did|has)\s+(?P<did>.+?)\s+(?:run|ran|fire[d]?|happen(?:ed)?|go(?:ne)? off|
    work(?:ed)?|executed?|complete[d]?|fail(?:ed)?|ring|rung))$
    """
)
_HISTORY = phrase(
    r"""
    ^(?:what (?:ran|has run|happened|did you do|fired|was done|did i miss|have i missed|failed|went wrong|
    did (?:i|we) have)|(?:show |list )?(?:me )?(?:the |my )?(?:run )?(?:history|log|logs|runs|
    past runs)(?: (?:of|for) (?P<task>.+))?|(?:did|has) anything (?:fail|failed|run|go wrong)|
    which (?:tasks |runs |ones )?(?:ran|failed|were missed)|anything (?:fail|failed|missed))$
    """
)
_STATS = phrase(
    r"""
    ^(?:(?:show |give )?(?:me )?(?:the |my |some )?(?:stats|statistics|numbers|success rate|
    summary of runs)(?: (?:of|for|on) (?P<of>.+))?|how (?:often|many times) (?:did|has|have|
    does) (?P<task>.+?)(?: (?:run|ran|fired?|fail(?:ed)?|succeed(?:ed)?|work(?:ed)?|been run))?|
    how (?:is|are) (?P<how>.+?) doing)$
    """
)


_WORKFLOWS = phrase(
    r"""
    ^(?:(?:what|which) (?:\w+ )?workflows\b.*|(?:show|list|see)(?: me)?(?: all)?(?: the| my| of my)? workflows|
    (?:my |all |all my )?workflows|(?:do i have|are there|have i) (?:any )?workflows|
    how are (?:my|the|all) workflows(?: doing| going)?)$
    """
)
_WORKFLOW = phrase(
    r"""
    ^(?:how(?:'s| is| was| did)|show(?: me)?|open|describe|what(?:'s| is) (?:in|with)|(?:what(?:'s| is) )?(?:the )?
    (?:status|state) of|tell me about|is|did|what happened (?:to|with|in))\s+(?:the |my )?
    (?:workflow (?:called |named )?(?P<after>[\w\"'“” -]+?)|
    (?:[\w' ]+ (?:in|of|with) the )?(?P<before>[\"'“”\w-]+(?: [\"'“”\w-]+){0,2}?) workflow)
    (?:\s+(?:doing|going|go|getting on|run|running|ok|okay|fine|work|done|finish(?:ed)?|succeed|complete[d]?|well))*$
    """
)


def workflows(conversation: Conversation) -> Sequence[Request] | None:
    """ "what workflows do I have", "how is the workflow nightly doing"."""
    text = plain(conversation.text).rstrip("?").strip()
    if _WORKFLOWS.match(text):
        return call("list_tasks", workflow="all")
    match = _WORKFLOW.match(time_at_end(text, conversation)[0])
    return call("list_tasks", workflow=(match["after"] or match["before"]).strip(" \"'“”")) if match else None


def explain(conversation: Conversation) -> Sequence[Request] | None:
    """ "why didn't the timesheet reminder run yesterday?" """
    text, during = time_at_end(plain(conversation.text), conversation)
    match = _EXPLAIN.match(text)
    if match is None:
        return None
    words = match["task"] or match["what"] or match["did"]
    if re.match(r"^(?:i|you|we|the sky|he|she|they|anything|something)\b", words, re.I):
        return None
    return call("explain_task", task=task_meant(words, conversation), during=during)


def statistics(conversation: Conversation) -> Sequence[Request] | None:
    """ "how often did the backup run last month?" """
    text, during = time_at_end(plain(conversation.text), conversation)
    match = _STATS.match(text)
    if match is None:
        return None
    words = match["of"] or match["task"] or match["how"]
    return call("task_stats", task=task_meant(words, conversation) if words else "", during=during)


def history(conversation: Conversation) -> Sequence[Request] | None:
    """ "what ran yesterday?", "did anything fail last week?" """
    text, during = time_at_end(plain(conversation.text), conversation)
    match = _HISTORY.match(text)
    if match is None:
        return None
    status = "failed" if re.search(r"fail|wrong", text) else "missed" if "miss" in text else ""
    return call(
        "task_history",
        task=task_meant(match["task"], conversation) if match["task"] else "",
        during=during,
        status=status,
    )


# "what time does the shop close on Saturdays": what others do.
_OTHERS_DO = phrase(r"^(?:what|when|where|how|which)(?: \w+)? (?:does|did|do|will) (?!i\b|we\b|my\b|you\b|our\b)")
_FOR_A_TIME = phrase(r"^reminder (?:about|for|to) .*\b(?:from|at|on|tomorrow|in) ")
_POINTS = phrase(r"^(?:it|that|this|them|(?:the )?(?:first|second|third|last|next) one|#?\d+)\b")
_LONGEST_QUESTION = 4


def is_short_question(words: str | None) -> bool:
    """Whether what is asked about can be a title: "when is the dentist?", not "when will the government file …"."""
    return words is not None and len(words.split()) <= _LONGEST_QUESTION


def show(conversation: Conversation) -> Sequence[Request] | None:
    """ "show the timesheet task", "when is the dentist?" """
    text = plain(conversation.text).rstrip("?")
    if _LISTS_ALL.match(time_at_end(text, conversation)[0]):
        return None
    match = _SHOW.match(text)
    if match is None or _SEARCH.match(text):
        return None
    words = match["task"] or match["when"] or match["of"]
    if not task_words(words) and not conversation.focus:
        return None
    if not (
        is_short_question(match["when"] or match["of"]) or ours_or_known(text, conversation) or _POINTS.match(words)
    ):
        return None
    if names_foreign(text):
        return None
    if re.match(r"^(?:me\b|you|i\b|what|how|the (?:time|weather|date)\b|it going)", words, re.I):
        return None
    return call("show_task", task=task_meant(words, conversation))


def agenda(conversation: Conversation) -> Sequence[Request] | None:
    """ "what do I have this week?", "list my tasks", "find tasks about invoices" """
    text = plain(conversation.text).rstrip("?")
    if asks_for_later(text):
        return None
    if _OTHERS_DO.match(text) and not names_ours(text):
        return None
    if names_foreign(text) or gives(text) or _FOR_A_TIME.match(text) or others_know(text):
        return None
    if (match := _SEARCH.match(text)) and names_ours(text):
        words, during = time_at_end(match["words"] or match["more"], conversation)
        if words or during:
            return call("list_tasks", words=task_words(words), during=during)
    rest, during = time_at_end(text, conversation)
    if during and re.match(r"^what(?:'?s| is)$", rest, re.I):
        return call("list_tasks", during=during.removeprefix("on "))
    if not _AGENDA.match(text) or not (_ABOUT_TASKS.search(rest) or (during and _AGENDA.match(rest))):
        return None
    status = next((status for word, status in _STATUS.items() if re.search(rf"\b{word}\b", rest, re.I)), "")
    return call("list_tasks", during=during, status=status)
