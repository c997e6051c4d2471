"""Small talk, and requests that need a language model."""

from collections.abc import Sequence

from agent.models.builtin.conversation import Conversation
from agent.models.builtin.meaning import Request, Say
from agent.models.builtin.pattern import phrase
from agent.models.builtin.text import plain

HELP = """I turn plain language into tasks that happen on time. For example:

- remind me every Monday at 9 to send the timesheet
- in 20 minutes remind me to stretch
- move the timesheet one to 10 · also on Fridays · rename it to hours
- after the timesheet reminder runs, remind me to archive it
- what do I have this week? · show the timesheet task · what ran yesterday?
- why didn't the timesheet reminder run yesterday?
- pause it · resume it · run it now · cancel it · undo
- what templates are there? · use the weekly report template every Friday at 4pm (these need a language model)
- what workflows do I have? · how is the workflow nightly doing? · send the report to my phone instead
- run the script backup every night at 2 · fetch https://example.org every hour and tell me the status
- when the push event comes with branch main, remind me to test · the push event happened
- retry the backup · run it anyway · backfill it for last week
- my time zone is Europe/Berlin · my default time is 8:30 · don't disturb me between 22 and 7
- are you running?"""

_GREETING = phrase(
    r"""
    ^(?:hi|hey|hello|yo|howdy|good (?:morning|afternoon|evening|day)|greetings)(?: there| croncierge)?$
    """
)
_THANKS = phrase(
    r"""
    ^(?:(?:many )?thanks?(?: you)?(?: (?:so|very) much| a lot)?|thx|cheers|great|perfect|cool|nice|awesome|
    good job|well done|ok|okay|got it)$
    """
)
_BYE = phrase(r"^(?:bye|goodbye|good night|see you(?: later)?|exit|quit)$")
_HELP = phrase(
    r"""
    ^(?:/?help(?: me)?|what can (?:you|i) (?:do|say|ask)(?: for me| here)?|how does this work|how do (?:i|
    you) (?:use this|work)|who are you|what are you)$
    """
)
_NO = phrase(r"^(?:no|nope|never ?mind|forget it|nothing)$")
_AI_VERBS = (
    r"summari[sz]e|analy[sz]e|research|write|draft|compose|translate|generate|prepare|monitor|watch|find out|"
    r"look up|search the|"
    r"tell me (?!to\b)|give me (?:a|an|the)|explain|classify|compare|suggest|recommend|read me|browse|calculate|plan"
)
_AI_WORK = phrase(rf"\b(?:{_AI_VERBS})\b")


def small_talk(conversation: Conversation) -> Sequence[Request] | None:
    """Greetings, thanks, goodbyes and cries for help."""
    text = conversation.text.strip(" .!?,").replace("’", "'")
    if _HELP.match(text):
        return [Say(text=HELP)]
    if _GREETING.match(text):
        return [Say(text="Hello! Tell me what to remind you of, and when. “help” shows what I understand.")]
    if _THANKS.match(text):
        return [Say(text="You're welcome.")]
    if _BYE.match(text):
        return [Say(text="Goodbye! Your tasks stay as they are.")]
    if _NO.match(text):
        return [Say(text="All right.")]
    return None


def beyond(conversation: Conversation) -> Sequence[Request]:
    """What is left: work that needs a language model, or something that was not understood. Nothing is done."""
    if _AI_WORK.search(plain(conversation.text)):
        return [
            Say(
                text="That needs a language model, and none is configured: set CRONCIERGE_MODEL and an API key "
                "(`croncierge doctor` shows how). I can remind you to do it yourself: “remind me …”."
            )
        ]
    return [
        Say(
            text="I did not understand that as something to schedule, and changed nothing. Say it like “remind me "
            "tomorrow at 9 to call mom”, or “help” to see what I understand. For free conversation, configure a "
            "language model (`croncierge doctor` shows how)."
        )
    ]
