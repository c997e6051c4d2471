"""What a message asks for in two words, a verb and an object, and whether that is certain.

Two readings that know nothing of each other have to agree: the grammar, which found the call, and the words that people
use for each verb (see lexicon). Where they differ, a person, or a language model, had better look at the message.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from agent.models.builtin import lexicon
from agent.models.builtin.conversation import Conversation
from agent.models.builtin.meaning import Call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.templates import known
from agent.models.builtin.text import as_time, plain
from schedules.reading import Kind

# "2 pm meeting tomorrow – who is going?"
_ASKS_IN_PASSING = phrase(r"[-–—,.?!;]\s*(?:and |so )?(?:who|what|where|how|which|why|is|are|do|does|check)\b|\?\s*\S")


class Verb(StrEnum):
    """What is to be done."""

    CREATE = "create"  # a new task
    LIST = "list"  # look, search, ask what happened and why
    UPDATE = "update"  # another time, title, chain or preference
    DELETE = "delete"  # gone, until it is undone
    CONTROL = "control"  # pause, resume, run now, undo
    NONE = "none"  # nothing that a tool could do


class Object(StrEnum):
    """What it is done to. All but NONE are tasks in the store."""

    ALARM = "alarm"
    TIMER = "timer"
    REMINDER = "reminder"
    EVENT = "event"  # a meeting, an appointment, a calendar
    LIST = "list"  # a to-do list or a shopping list
    TASK = "task"  # no other word was used
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """certain: the call may be made without asking anybody else."""

    verb: Verb
    object: Object
    certain: bool


_CREATES, _UPDATES, _DELETES = {"create_task"}, {"edit_task", "set_preferences"}, {"delete_task", "forget"}
_CONTROLS = {"pause_task", "resume_task", "run_task", "undo", "emit_event", "acknowledge"}
_CHAINS = {"add_dependency", "remove_dependency"}
# Only whole sentences lead to these.
_NEEDS_NO_WORD = _CHAINS | {
    "undo",
    "set_preferences",
    "get_preferences",
    "health",
    "emit_event",
    "acknowledge",
    "list_templates",
}
# For now, or for ever? One who says this to a ringing alarm wants it quiet.
_SILENCES = phrase(r"^(?:stop|kill|end|disable|silence|turn|switch|shut)\b.*\b(?:alarm|timer)s?\b")
_DEALT_WITH = phrase(r"\b(?:completed?|finished|done|off)\b")
_AMOUNT_LATER = phrase(r"\b(?:minutes?|mins?|hours?|seconds?|days?|weeks?) (?:later|earlier|sooner)$")
_POINTS = phrase(
    r"^\S+(?: \S+)? (?:it|that|this|them|both|all|everything|#\d+|(?:the )?(?:first|second|third|last) one)\b"
)


def verb_of(call: Call) -> Verb:
    """What a tool does, as people see it."""
    for verb, tools in (
        (Verb.CREATE, _CREATES),
        (Verb.UPDATE, _UPDATES | _CHAINS),
        (Verb.DELETE, _DELETES),
        (Verb.CONTROL, _CONTROLS),
    ):
        if call.tool in tools:
            return verb
    return Verb.LIST


def object_in(text: str) -> Object:
    """The most telling word for a thing of ours."""
    named = (Object(name) for name, words in lexicon.OBJECTS.items() if lexicon.has(text, words))
    return next(named, Object.TASK)


def is_certain(conversation: Conversation, call: Call) -> bool:
    """Whether the call is complete, and the words alone say the same."""
    text = plain(conversation.text)
    if _will_ask(conversation, call) or (call.tool in _DELETES | {"pause_task"} and _SILENCES.match(text)):
        return False
    if call.tool == "create_task" and (call.args.get("template") or call.args.get("do") == "ai_prompt"):
        return re.search(r"\btemplate\b", text, re.I) is not None and known(str(call.args.get("template"))) is not None
    if call.tool == "acknowledge" and _DEALT_WITH.search(text):
        return False  # what is done may need more than a note that its message was seen
    if call.tool in _NEEDS_NO_WORD or _AMOUNT_LATER.search(str(call.args.get("when", ""))):
        return True
    said = lexicon.verbs_said(text)
    ours = lexicon.ours_or_known(text, conversation) or lexicon.calls_on_us(text) or _POINTS.match(text) is not None
    if call.tool == "create_task":
        # Without a word for it, a mention of a thing and a time may be a question or a remark as well.
        ours = bool(said) and not _ASKS_IN_PASSING.search(text)
    return ours and not lexicon.names_foreign(text) and (not said or verb_of(call) in said)


def _will_ask(conversation: Conversation, call: Call) -> bool:
    """Whether the tool could only ask back: for a title, a time, or the task."""
    if call.args.get("task") == "it":
        return True
    if call.tool == "edit_task":
        return not call.args.keys() - {"task"}
    if call.tool != "create_task":
        return False
    when = str(call.args.get("when", ""))
    if not call.args.get("title") or not (when or call.args.get("after")):
        return True
    return bool(when) and not re.match(r"when\b", when) and as_time(when, conversation).kind is Kind.CLARIFY
