"""The person's answer to a question of ours."""

import re
from collections.abc import Sequence

from agent.models.builtin.conversation import Answered, Conversation
from agent.models.builtin.meaning import Call, Request, Say
from agent.models.builtin.pattern import phrase
from agent.models.builtin.templates import wanted
from agent.models.builtin.text import is_time, nth, plain, task_words
from schedules.words import read

_NEVER_MIND = phrase(
    r"""
    ^(?:no|nope|never ?mind|forget (?:it|about it)|cancel|stop|don't|none|neither|nothing|leave it)$
    """
)
_YES = phrase(r"^(?:yes|yeah|yep|yup|sure|ok|okay|right|correct|exactly|do it|the first)$")
_SMALL = {"the", "one", "with", "about", "to", "for", "a", "that", "says", "called", "i", "mean", "meant", "at", "on"}
_EACH_DAY = phrase(r"\b(?:a|per|each|every) day\b|\bdaily\b")
_HEDGE = phrase(r"^(?:i meant|i mean|at least|maybe|let's say|how about|say)\s+")
_COMMAND = phrase(
    r"""
    ^(?:remind|cancel|delete|remove|pause|resume|move|show|list|undo|what|why|when|how|who|where|set|wake|
    run|help|snooze|rename|change|make|create|add|schedule|did|do|is|are|tell)\b
    """
)


def answer(conversation: Conversation) -> Sequence[Request] | None:
    """The asked call completed by what the person said; None when they said something else or nothing was asked."""
    asked = conversation.pending
    if asked is None:
        return None
    text = plain(conversation.text) or conversation.text.strip(" .!?")
    if _NEVER_MIND.match(text):
        return [Say(text="All right, I left everything as it is.")]
    if variable := wanted(asked):
        return None if _COMMAND.match(text) else [_with_value(asked, variable, text)]
    choices = [str(choice) for choice in asked.result.get("choices", [])]
    if all(choice.startswith("#") for choice in choices) and choices:
        return _which(asked, text, choices)
    if asked.name == "create_task" and not str(asked.args.get("title", "")).strip():
        return None if _COMMAND.match(text) else [Call(tool=asked.name, args={**asked.args, "title": task_title(text)})]
    return _when(asked, text, choices, conversation)


def _with_value(asked: Answered, variable: str, text: str) -> Call:
    """The asked call with what its template lacked."""
    return Call(tool=asked.name, args={**asked.args, "what": {**(asked.args.get("what") or {}), variable: text}})


def task_title(text: str) -> str:
    return re.sub(r"^(?:to|about|that i should|of)\s+", "", text, flags=re.I)


def _which(asked: Answered, text: str, choices: list[str]) -> Sequence[Request] | None:
    options = [{"id": choice.split()[0].lstrip("#"), "title": choice.partition(" ")[2]} for choice in choices]
    chosen = nth(text, options)
    if chosen is None and text.lstrip("#").isdigit():
        number = text.lstrip("#")
        chosen = next((option for option in options if option["id"] == number), None) or nth(
            f"number {number}", options
        )
    if chosen is None:
        words = set(task_words(text).lower().split()) - _SMALL
        named = [option for option in options if words and words <= set(option["title"].lower().split())]
        chosen = named[0] if len(named) == 1 else None
    if re.match(r"^(?:all(?: of them)?|both(?: of them)?|all .*|them all)$", text, re.I):
        return [_with_task(asked, f"#{option['id']}", options) for option in options]
    return [_with_task(asked, f"#{chosen['id']}", options)] if chosen else None


def _with_task(asked: Answered, task: str, options: list[dict[str, str]]) -> Call:
    """The asked call with the ambiguous reference replaced: it is the argument that the options' titles match."""
    args = dict(asked.args)
    for name in ("after", "task"):
        value = args.get(name)
        words = value if isinstance(value, str) else " ".join(value) if isinstance(value, list) else None
        if words is None:
            continue
        if name == "task" and asked.name in ("add_dependency", "remove_dependency") and not _about(words, options):
            continue
        if name == "after" and asked.name in ("add_dependency", "remove_dependency") and not _about(words, options):
            continue
        args[name] = [task] if isinstance(value, list) else task
        return Call(tool=asked.name, args=args)
    return Call(tool=asked.name, args={**args, "task": task})


def _about(words: str, options: list[dict[str, str]]) -> bool:
    return all(set(words.lower().split()) & set(option["title"].lower().split()) for option in options)


def _when(asked: Answered, text: str, choices: list[str], conversation: Conversation) -> Sequence[Request] | None:
    text = _HEDGE.sub("", text)
    chosen = nth(text, [{"id": "", "title": choice} for choice in choices])
    if chosen is None and _YES.match(text) and len(choices) >= 1:
        chosen = {"title": choices[0]}
    said = str(chosen["title"]) if chosen else _matching(text, choices) or text
    if chosen is None and said is text and not _is_only_a_time(text, conversation):
        return None
    if chosen is None and _EACH_DAY.search(str(asked.args.get("when", ""))) and not _EACH_DAY.search(said):
        said = f"every day {said}"  # "twice a day" was the pace; the answer gives the times
    field = "also" if asked.args.get("also") else "when"
    return [Call(tool=asked.name, args={**asked.args, field: said})]


def _is_only_a_time(text: str, conversation: Conversation) -> bool:
    """Whether the answer is about time and nothing else; "every day at 8 remind me to study" is a new request."""
    if read(text, now=conversation.now, preferences=conversation.preferences).title:
        return False
    return is_time(text, conversation)


def _matching(text: str, choices: list[str]) -> str | None:
    """The one choice that contains all words of the answer: "5pm" of "today at 5pm"."""
    words = set(text.lower().split())
    fitting = [choice for choice in choices if words <= set(choice.lower().split())]
    return fitting[0] if len(fitting) == 1 else None
