"""Changing tasks: "move the timesheet one to 10", "make it 10:30", "also on Fridays", "rename it to …"."""

import re
from collections.abc import Iterator, Sequence

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.lexicon import names_foreign, ours_or_known
from agent.models.builtin.meaning import Call, Request, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import as_time, is_time, plain, task_meant, task_words, tasks_meant
from croncierge.errors import NotFound
from schedules.reading import Kind
from tools.verbs import starts_with_verb

_RENAME = phrase(
    r"""
    ^(?:rename|retitle|call)\s+(?P<task>.+?)\s+(?:to|as|into)\s+(?P<title>.+)$|^(?:change|set|update|
    edit)\s+(?:the )?(?:title|name|text|message)\s+(?:of|for)\s+(?P<of>.+?)\s+to\s+(?P<new>.+)$|
    ^rename (?P<it>it|that) (?P<name>.+)$
    """
)
_MOVE = phrase(
    r"""
    ^(?P<verb>move|reschedule|shift|push|change|postpone|delay|set|update|edit|switch|bring|put|adjust|
    snooze|make)\s+(?P<rest>.+)$
    """
)
_TIME_OF = phrase(r"^(?:the )?(?:time|date|day|schedule|hour)\s+(?:of|for|on)\s+")
_JOIN = phrase(
    r"""
    \s+(?:(?:back |forward |over |out )?(?:to|until|till|for|at|by|from now on)|into|instead to)\s+|
    \s+(?=(?:every|daily|weekly|monthly|on|tomorrow|today|back|forward)\b)
    """
)
_MAKE_IT = phrase(
    r"""
    ^(?:make|set|change|move|switch|push|put|shift|reschedule|postpone|delay)\s+(?P<it>it|that|this|
    that one|this one|them|both|the (?:first|second|third|last) one)\s+(?:(?:to|for|at|be|by|happen|run|
    go off)\s+)*(?P<when>.+?)(?:\s+instead)?$
    """
)
_INSTEAD = phrase(
    r"""
    ^(?:no,?\s+|not?\s+|rather\s+|i meant?\s+|better\s+|sorry,?\s+)*(?:(?:to|at|on|
    for)\s+)?(?P<when>.+?)(?P<instead>\s+(?:instead|rather|please))?$
    """
)
_ALSO = phrase(
    r"""
    ^(?:and\s+|(?:make|run|do|have|let)\s+(?P<it>it|that)\s+)?(?:also|too|as well|
    additionally)\s+(?P<when>(?:on|at|every|in)\s+.+?)(?:\s+(?:too|as well))?$|^(?:and\s+)(?P<and>(?:on|
    at)\s+.+?)(?:\s+(?:too|as well|also))?$|^(?P<plain>(?:on|at|every)\s+.+?)\s+(?:too|as well|also)$|
    ^add\s+(?P<add>.+?)\s+to\s+(?P<task>it|that|the .+|my .+)$
    """
)


_AMOUNT = (
    r"(?P<{0}>(?:\d+(?:\.\d+)?|an?|one|two|three|five|ten|fifteen|twenty|thirty|half an) (?:more )?"
    r"(?:minutes?|mins?|hours?|seconds?|days?|weeks?))"
)
_LONGER = phrase(
    rf"""
    ^add {_AMOUNT.format("more")} to (?P<to>.+)$|
    ^(?:extend|lengthen|prolong|increase|delay|postpone|push back) (?P<task>.+?) (?:by|for|with) {_AMOUNT.format("by")}$
    """
)
_SHORTER = phrase(
    rf"""
    ^(?:remove|take|subtract|cut|shave|knock|deduct) {_AMOUNT.format("more")} (?:from|off|off of|out of) (?P<to>.+)$|
    ^(?:decrease|shorten|reduce|cut) (?P<task>.+?) (?:by|with) {_AMOUNT.format("by")}$
    """
)
_STARTS_OTHERWISE = phrase(
    rf"""
    ^(?:make|have|let|change|move|reschedule)\s+(?P<task>.+?)\s+
    (?:(?:to )?(?:start|begin|happen|be)\s+)?{_AMOUNT.format("by")}\s+(?P<way>earlier|later|sooner)$
    """
)
_WORK = phrase(r"^(?:update|change|edit)\b")
_NO_TASK = (NotFound.code, "task")
_UNSAID_HOW = phrase(r"^(?:change|reschedule|move|update|edit|modify|adjust|alter|postpone|shift)\s+(?P<task>.+)$")


def change(conversation: Conversation) -> Sequence[Request] | None:
    """Any change of a task that exists."""
    raw = conversation.text.strip(" .!?")
    text = plain(raw).strip("?") or raw
    if names_foreign(text):
        return None
    for rule in (_renamed, _shifted, _extended, _made, _moved, _corrected, _asked_how):
        if (found := rule(raw if rule in (_extended, _corrected) else text, conversation)) is not None:
            return found
    return None


def _renamed(text: str, conversation: Conversation) -> Sequence[Request] | None:
    match = _RENAME.match(text)
    if match is None or (text.lower().startswith("call") and not conversation.focus):
        return None
    if text.lower().startswith("call") and match["task"].lower() not in ("it", "that", "this"):
        return None
    task, title = match["task"] or match["of"] or match["it"], match["title"] or match["new"] or match["name"]
    return call("edit_task", task=task_meant(task, conversation), title=title.strip(" \"'“”"))


def _extended(text: str, conversation: Conversation) -> Sequence[Request] | None:
    match = _ALSO.match(text.rstrip("?"))
    if match is None:
        return None
    words = match["when"] or match["and"] or match["plain"] or match["add"]
    task = match["task"] or "it"
    if not is_time(words, conversation) or (task == "it" and not conversation.focus):
        return None
    return call("edit_task", task=task_meant(task, conversation), also=words)


def _made(text: str, conversation: Conversation) -> Sequence[Request] | None:
    match = _MAKE_IT.match(text)
    if match is None or not _applies(match["when"], conversation):
        return None
    when = match["when"]
    if re.search(r"\bby$", text[: match.start("when")].rstrip(), re.I):
        when = f"{when} later"
    return [
        Call(tool="edit_task", args={"task": task, "when": when}) for task in tasks_meant(match["it"], conversation)
    ]


def _moved(text: str, conversation: Conversation) -> Sequence[Request] | None:
    match = _MOVE.match(text)
    if match is None:
        return None
    rest = _TIME_OF.sub("", match["rest"])
    creates = re.match(r"(?:an?|another|new)\s", rest, re.I) is not None
    for task, when in _cuts(rest):
        if creates or not _applies(when, conversation):
            continue
        if match["verb"].lower() in ("set", "put", "make") and not _is_reference(task, conversation):
            return None
        if match["verb"].lower() in ("postpone", "delay", "push", "snooze", "shift", "move", "bring") and re.search(
            r"\bby\s+$|\bby$", rest[: len(rest) - len(when)]
        ):
            when = f"{when} earlier" if re.search(r"\b(?:forward|bring)\b", text, re.I) else f"{when} later"
        if match["verb"].lower() == "snooze" and as_time(when, conversation).kind is Kind.DURATION:
            when = f"{when} later"
        return [
            Call(tool="edit_task", args={"task": each, "when": when}, refusal=_NO_TASK, instead=_work(text, task, when))
            for each in tasks_meant(_old_time_off(_direction_off(task), conversation), conversation)
        ]
    return None


def _work(text: str, task: str, when: str) -> tuple[Request, ...]:
    """ "update the roadmap every day": without a task of that name, it is something to do and not a change."""
    match = _WORK.match(text)
    if match is None or not text.endswith(f" {task} {when}"):
        return ()
    return (Call(tool="create_task", args={"title": f"{match[0]} {task}", "when": when}),)


def _shifted(text: str, conversation: Conversation) -> Sequence[Request] | None:
    """ "add 5 minutes to the pizza timer", "make the meeting start an hour later"."""
    if match := _LONGER.match(text):
        way = "later"
    elif match := _SHORTER.match(text):
        way = "earlier"
    elif match := _STARTS_OTHERWISE.match(text):
        way = match["way"]
        return call("edit_task", task=task_meant(match["task"], conversation), when=f"{match['by']} {way}")
    else:
        return None
    amount = re.sub(r"\bmore ", "", match["more"] or match["by"])
    return call("edit_task", task=task_meant(match["to"] or match["task"], conversation), when=f"{amount} {way}")


def _asked_how(text: str, conversation: Conversation) -> Sequence[Request] | None:
    """ "reschedule the meeting": to when, the tool asks."""
    match = _UNSAID_HOW.match(text)
    # What begins with a verb is called like a task: "move call mom".
    if match is None or not (ours_or_known(match["task"], conversation) or starts_with_verb(match["task"])):
        return None
    return call("edit_task", task=task_meant(match["task"], conversation))


def _corrected(text: str, conversation: Conversation) -> Sequence[Request] | None:
    """ "no, at 10", "10 instead": a bare time right after a task was made or changed."""
    if conversation.focus is None or not conversation.last_turn:
        return None
    if conversation.last_turn[-1].name not in ("create_task", "edit_task", "resume_task"):
        return None
    bare = re.sub(r"^(?:actually|wait|hmm|oh|sorry)[,\s]+", "", text, flags=re.I)
    match = _INSTEAD.match(bare)
    corrects = (
        bare != text
        or (match and match["instead"])
        or re.match(r"(?:no|not|rather|i mean|better|make|to)\b", bare, re.I)
    )
    if match is None or not corrects or not is_time(match["when"], conversation):
        return None
    return call("edit_task", task=f"#{conversation.focus['id']}", when=match["when"])


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    """Every way to cut "the call to mom to 10" into a task and a time, the longest time first."""
    for join in _JOIN.finditer(text):
        yield text[: join.start()].strip(), text[join.end() :].strip()


def _applies(when: str, conversation: Conversation) -> bool:
    return is_time(
        re.sub(r"\s+(?:later|earlier|sooner|back|forward)$|^(?:back|forward)\s+", "", when, flags=re.I), conversation
    )


def _direction_off(task: str) -> str:
    return re.sub(r"\s+(?:back|forward|out|over)$", "", task, flags=re.I)


def _old_time_off(task: str, conversation: Conversation) -> str:
    """ "my trip from the 3rd" (to the 4th): what the time was so far names no task."""
    words, joined, old = task.rpartition(" from ")
    return words if joined and is_time(old, conversation) else task


def _is_reference(task: str, conversation: Conversation) -> bool:
    """Whether the words point to a task that was spoken of: "set the timesheet one to 10", not "set alarm to 10"."""
    words = set(task_words(task).lower().split())
    if not words:
        return (
            conversation.focus is not None
            and re.match(r"(?:an?|another)\b", task, re.I) is None
            and task.lower() not in ("alarm", "reminder", "timer", "alarms", "reminders")
        )
    return any(
        words <= set(str(known["title"]).lower().split()) for answered in conversation.calls for known in answered.tasks
    )
