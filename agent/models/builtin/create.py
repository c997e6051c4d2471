"""Making tasks: a title, a time, and what has to happen before."""

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.models.builtin.chain import outcome_in
from agent.models.builtin.conversation import Conversation
from agent.models.builtin.lexicon import names_foreign, names_ours
from agent.models.builtin.meaning import Call, Request, Say, call
from agent.models.builtin.pattern import phrase
from agent.models.builtin.prerequisite import prerequisites, without_end
from agent.models.builtin.spelling import corrected
from agent.models.builtin.text import plain, task_meant, task_words
from agent.models.builtin.things import books_a_place, for_later, gives
from croncierge.errors import InvalidInput
from schedules.reading import Condition, ConditionKind, Kind, Reading
from schedules.words import read
from tools.happenings import trigger_of
from tools.verbs import starts_with_verb

_CUE = phrase(
    r"""
    \b(?:remind(?:er|ers)?|alarms?|timer|wake me|wake up call|get me up|alert me|notify me|ping me|nudge me|
    warn me|let me know (?:when|if|once|as soon as|at|in|on|every|tomorrow|before)|
    tell me to|don't let me forget|do not let me forget|don't forget|make sure i|
    note to self|remember to|/remind|buzz me|message me|text me|call me)\b|^(?:schedule|add|append|create|
    set(?: up)?|put|plan|book|note|new|start|make)\b
    """
)
_WEAK_CUE = phrase(r"^(?:start|make|put|set|plan|book|new)\b")
_ALARM = phrase(r"\b(?:alarm|wake[- ]?up call)\b")
_TIMER = phrase(r"\btimer\b")
_QUESTION = phrase(
    r"""
    ^(?:i (?:wanna|want to|need to|would like to|'d like to|really want to) know|i was wondering|
    remind me (?:what|who|where|of the (?:date|time|name|place) of)|any|missed|
    what|when|where|who|why|how|which|is|are|do|does|did|was|were|have i|has|should|am i|will it|
    whose)\b|\?$
    """
)
_AI = phrase(
    r"""
    ^(?:summari[sz]e|analy[sz]e|research|write|draft|compose|translate|generate|prepare|monitor|find out|
    look up|search|tell me (?!to\b)|give me|send me|email me|classify|compare|suggest|recommend|read me|
    brief me|play|order|turn)\b
    """
)
_FOLLOW_UP = phrase(r"^(?:and|also|then|plus)\b")
_GENERIC = phrase(
    r"""
    ^(?:(?:an?|the|my|another|new)\s+)*(?:alarm|timer|reminder|task|event|appointment|notification|to-?do|
    one|me|it|this|that)?s?$
    """
)
_NAMED_SO = phrase(r"(?<=\w)\s+reminders?$")  # "gym reminder on Mondays"
_SNOOZE = phrase(
    r"""
    ^(?:snooze|remind me (?:again|later)|not now)(?:\s+(?:it|that|this|me|the .+?))?(?:\s+(?:for|in|until|
    till|by))?(?:\s+(?P<when>.+))?$
    """
)
_TOO = phrase(r",?\s+(?:too|as well)$")
_REMINDED = phrase(r"^(?:be|get) reminded (?:to|of|about|that) ")
# A program is no request, whatever it says.
_CODE = re.compile(r"```|^\s*(?:def|class|function|import|SELECT|public|const|let|var)\s.*[(){};=]|\w\(\)\s*[:{;]")
_LONGEST_BARE = 20
# "Could you set an alarm for 7?" is no question.
_REQUEST = phrase(r"^(?:hey |hi |please )*(?:can|could|would|will) (?:you|u) (?:please )?(?:help me |help to )?")
_SAID_ME = phrase(r"\bremind me (?!what|who|where|of the (?:date|time|name|place) of)\b")
_MAKES = phrase(r"^(?:create|make|start|compose)\b")
_EVENT = phrase(
    r"""
    ^(?:(?:i have|i've got|there is|there's|block out time for|block time for) (?:an?|my|the|another) |an? |my |the )?
    (?!i\b|we\b|he\b|she\b|they\b|had\b|what|who|when|where)(?:[\w'-]+ ){0,3}?
    (?:appointment|meeting|lunch|dinner|breakfast|brunch|interview|party|event|class|lesson|call|game)\b
    """
)
# Not an event to come, but a question or a remark about it.
_REMARKS = phrase(r"\b(?:who|whose|what|where|which|how|was|were|had|did|went|took)\b|\?\s*$")
# What would have to be done at once, by or to somebody else.
_DECLINED = phrase(
    r"""
    ^(?:accept|decline|attend|join|confirm|inform|notify (?!me)|message (?!me)|tell (?!me)|not|try|invite|
    connect|add me|alert (?!me)|make a (?:chart|list of (?:what|all|the))|
    (?:start|end) quiet|(?:start|begin) (?:the|my|a) (?:meeting|call))\b|
    \bas (?:finished|completed?|done)$
    """
)
# What a note would not say, but a remark, a question or an order does.
_SENTENCE = phrase(
    r"""
    \b(?:i|we|you|he|she|it|they|us|them|this|that|there|is|are|was|were|am|be|been|will|would|shall|should|can|could|
    may|might|must|had|has|have|did|do|does|done|not|no|never|let|what|who|when|where|why|how|which|if|because|
    than|then|but|or|go|went|took|tell|say|said|show|open|close|turn|next|previous|last|room|available|between|
    reserve|book|find|weather|forecast|news|traffic|scores?|prices?|stocks?|temperature)\b|
    n't\b|'(?:s|re|ve|ll|m|d)\s
    """
)
_EXACT = phrase(r"\d|\bnoon\b|\bmidnight\b")
_MOST_NOTED = 5
_AFTER_THAT = phrase(r"^(?:and |then )*(?:after|once) (?:that|this|it)(?: is done| runs| has run| ran| happens)?,?\s+")


def create(conversation: Conversation) -> Sequence[Request] | None:
    """A new task, if the message asks for one."""
    text = conversation.text.strip()
    if _CODE.search(text):
        return None
    before = _AFTER_THAT.match(text)
    text = text[before.end() :] if before and conversation.focus else text
    needed = prerequisites(text, conversation)
    text = needed.text
    reading = read(text, now=conversation.now, preferences=conversation.preferences)
    asked = plain(text)
    cue = _CUE.search(text.replace("’", "'")) or _CUE.match(asked)
    if _MAKES.match(asked) and not names_ours(asked):
        return None
    untimed = reading.schedule is None
    if _DECLINED.search(asked) or (books_a_place(asked) or (untimed and names_foreign(asked) and not for_later(asked))):
        return None
    if _WEAK_CUE.match(asked) and not (reading.schedule or names_ours(text)):
        return None  # "start up the game", "make some coffee"
    if _QUESTION.search(_as_order(text)) and not _SAID_ME.search(text):
        return None
    if not (
        cue
        or _follows(text, reading, conversation)
        or _bare(text, reading)
        or _announced(text, reading)
        or _noted(text, reading)
    ):
        return None
    if reading.recipient and reading.recipient.lower() != "me":
        return [
            Say(
                text=f"So far I can remind only you, not {reading.recipient}, so I made no task. Say “remind me …”, "
                "and I'll remind you of it."
            )
        ]
    title = _TOO.sub("", _REMINDED.sub("", reading.title.strip()))
    if re.match(r"(?:it|this|that)\b$", title, re.I) and conversation.focus:
        title = str(conversation.focus["title"])
    if not starts_with_verb(title):
        title = _NAMED_SO.sub("", title)
    if _GENERIC.match(title):
        title = "alarm" if _ALARM.search(text) else "timer" if _TIMER.search(text) else ""
    if not re.search(r"\bremind", text, re.I) and _needs_thought(title, text):
        return None
    stated = [without_end(c.words) for c in reading.conditions if c.kind is ConditionKind.AFTER_TASK]
    after = [task_meant(words, conversation) for words in (*needed.tasks, *stated)]
    if before and conversation.focus:
        after.append(f"#{conversation.focus['id']}")
    unknown = [c.words for c in reading.conditions if not _can_happen(c)]
    if unknown:
        return [
            Say(
                text=f"I cannot watch for “{unknown[0]}”, so I made no task. Give me a time, a task that has to run "
                "first, an event (“when the deploy event arrives”) or files (“when a file lands in /data”)."
            )
        ]
    events = [c for c in reading.conditions if c.kind is ConditionKind.EVENT]
    if reading.kind is Kind.NONE and not after and not events and not cue:
        return None
    when = _with_events(reading.phrase, events)
    if reading.kind is Kind.CLARIFY and not when and not after and title:
        # The time cannot be told from the rest; the tool asks for it.
        return call("create_task", title=title)
    return [
        Call(
            tool="create_task",
            args={
                "title": title,
                **({"when": when} if when else {}),
                **({"after": after} if after else {}),
                **({"after_outcome": outcome} if after and (outcome := needed.outcome or outcome_in(text)) else {}),
            },
        )
    ]


def misspelt(conversation: Conversation) -> Sequence[Request] | None:
    """What `create` makes of the message once words such as "tomorow" are put right."""
    text = corrected(conversation.text)
    return create(replace(conversation, text=text)) if text != conversation.text else None


def snoozed(conversation: Conversation) -> Sequence[Request] | None:
    """ "snooze 10 minutes": the task last spoken of, once more."""
    match = _SNOOZE.match(plain(conversation.text))
    if match is None or conversation.focus is None:
        return None
    when = match["when"] or "10 minutes"
    return call("create_task", title=str(conversation.focus["title"]), when=f"in {when}" if when[0].isdigit() else when)


def _needs_thought(title: str, text: str) -> bool:
    return _AI.match(plain(title or text)) is not None and not starts_with_verb(title) and not gives(plain(text))


def _as_order(text: str) -> str:
    polite = _REQUEST.match(text)
    return text[polite.end() :].rstrip("? ") if polite else text


def _follows(text: str, reading: Reading, conversation: Conversation) -> bool:
    """ "and in 20 seconds to stretch", said right after a task was made."""
    made = conversation.this_turn or conversation.last_turn
    recent = bool(made) and made[-1].name in ("create_task", "edit_task")
    return (
        recent
        and _FOLLOW_UP.match(text) is not None
        and reading.schedule is not None
        and bool(task_words(reading.title))
    )


def _bare(text: str, reading: Reading) -> bool:
    """ "call mom tomorrow at 5": something to do and a time, and no question."""
    return (
        reading.kind not in (Kind.NONE, Kind.CLARIFY, Kind.DURATION)
        and not _QUESTION.search(text)
        and not _AI.match(plain(text))
        and len(text.split()) <= _LONGEST_BARE
        and starts_with_verb(reading.title)
    )


def _announced(text: str, reading: Reading) -> bool:
    """ "lunch with Deb at noon", "I have an appointment tomorrow at 9": an event with its time, and no question."""
    return reading.schedule is not None and _EVENT.match(text) is not None and not _REMARKS.search(text)


def _noted(text: str, reading: Reading) -> bool:
    """ "dentist tomorrow at 3pm", "gym mon wed fri 6pm": a few words that are no sentence, and a time to the end."""
    title = reading.title.strip(" .,!")
    return (
        (
            reading.kind is Kind.RECURRENCE
            or (reading.kind is Kind.INSTANT and _EXACT.search(reading.phrase) is not None)
        )
        and 0 < len(title.split()) <= _MOST_NOTED
        and title[0].isalpha()
        and (text.startswith(title) or text.rstrip(" .!").endswith(title))
        and not _SENTENCE.search(title)
        and not _REMARKS.search(text)
        and not _AI.match(plain(text))
    )


def _can_happen(condition: Condition) -> bool:
    if condition.kind is not ConditionKind.EVENT:
        return condition.kind is ConditionKind.AFTER_TASK
    try:
        trigger_of(condition.words)
    except InvalidInput:
        return False
    return True


def _with_events(phrase: str, events: Sequence[Condition]) -> str:
    """The words of time together with those of events, as they were said."""
    happens = " or ".join(f"when {each.words}" for each in events)
    if not events or not phrase:
        return happens or phrase
    return f"{happens}, or {phrase} at the latest" if events[0].instead else f"{phrase}, {happens}"
