"""Templates for AI tasks: "what templates are there?", "use the weekly report template every Friday at 4pm"."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from agent.models.builtin.conversation import Answered, Conversation
from agent.models.builtin.meaning import Request, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import plain
from croncierge.errors import NotFound
from prompts.tasks import TaskTemplate
from schedules.words import read
from tools.task_templates import template_meant

_NO_NAME = r"(?!(?:the|a|my|for|with|about|of|on|to|in|at|and|from|every|each|today|tomorrow|next)\b)"
_NAME = (
    rf"(?:template (?:called |named )?{_NO_NAME}[\"“']?(?P<{{0}}>[\w-]+)[\"”']?|"
    rf"[\"“']?{_NO_NAME}(?P<{{1}}>[\w-]+(?: [\w-]+){{{{0,2}}}}?)[\"”']? template)"
)
_LISTS = phrase(
    r"""
    ^(?:(?:what|which)(?: kind of| ai| task)* templates\b.*|
    (?:show|list|see|give)(?: me)?(?: all)?(?: the| my| your| of the)*
    (?: available)?(?: ai| task)* templates(?: for .+)?|
    (?:are there|do you have|is there)(?: any| some)?(?: ai| task)* templates?|
    (?:ai |task )*templates)$
    """
)
_SHOWS = phrase(
    rf"""
    ^(?:(?:show|open|describe|explain|display|read|see)(?: me)?|what(?:'s| is| does)(?: in)?|tell me (?:more )?about)
    \s+(?:the |a )?{_NAME.format("after", "before")}
    (?: (?:do|does|say|need|take|for))?$
    """
)
_USES = phrase(
    rf"""
    \b(?:please )?(?:use|apply|run|start|take|set up|(?:make|create|add)(?: me)?(?: a| an)?(?: new)?(?: ai)?
    (?: task| job| one)?(?: from| with| by| using| after)?)\s+(?:the |a |my )?{_NAME.format("after", "before")}
    """
)
_VALUE = re.compile(
    r"(?:(?:\band|\bwith|,)\s+)?\b(?P<name>[a-z_]+)\s?=\s?(?:[\"“](?P<quoted>[^\"”]+)[\"”]|(?P<bare>[^\s,]+)),?"
)
_URL = re.compile(r"(?:\b(?:for|on|with|of|at|to)\s+)?(?P<url>https?://[^\s,]+)", re.I)
_SAID_AS = re.compile(r"^(?:with|for|of|on|about)\s+", re.I)


def asked(conversation: Conversation) -> Sequence[Request] | None:
    """ "what templates are there?", "show me the weekly report template"."""
    text = plain(conversation.text).rstrip("?")
    if _LISTS.match(text):
        return call("list_templates")
    match = _SHOWS.match(text)
    return call("list_templates", template=match["after"] or match["before"]) if match else None


def used(conversation: Conversation) -> Sequence[Request] | None:
    """ "use the watch-page template for https://example.org with matters=price every hour"."""
    text = plain(conversation.text)
    match = _USES.search(text)
    if match is None or re.search(r"\bremind", text[: match.start()], re.I):
        return None
    name = match["after"] or match["before"]
    template = known(name)
    values, rest = taken(f"{text[: match.start()]} {text[match.end() :]}", template)
    reading = read(f"x {rest}", now=conversation.now, preferences=conversation.preferences)
    about = _SAID_AS.sub("", reading.title.strip().removeprefix("x").strip(" ,"))
    if about and template is not None and (open_ := [each for each in template.variables if each not in values]):
        values[open_[0]] = about
    title = name.lower().replace("-", " ")
    if "url" in values:
        title += f" {urlsplit(values['url']).hostname or values['url']}"
    elif "about" in values:
        title += f" about {values['about']}"
    return call("create_task", title=title, when=reading.phrase, template=name, what=values or None)


def known(words: str) -> TaskTemplate | None:
    """The template of this name, if there is one: the tool says so if there is none."""
    try:
        return template_meant(words)
    except NotFound:
        return None


def taken(text: str, template: TaskTemplate | None) -> tuple[dict[str, str], str]:
    """What a template is given in a text, as "name=value" or as an address, and the text without that."""
    values = {match["name"]: match["quoted"] or match["bare"] for match in _VALUE.finditer(text)}
    text = _VALUE.sub(" ", text)
    if template is not None and "url" in template.variables and "url" not in values and (url := _URL.search(text)):
        values["url"] = url["url"]
        text = f"{text[: url.start()]} {text[url.end() :]}"
    return values, " ".join(text.split())


def wanted(asked: Answered) -> str | None:
    """The variable that the tool asked for when it was to use a template."""
    template = known(str(asked.args.get("template") or ""))
    given = asked.args.get("what")
    missing = template.missing(given if isinstance(given, Mapping) else {}) if template else []
    return missing[0] if missing else None
