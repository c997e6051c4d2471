"""From a message to requests: what to call, or what to say, in the order it was said."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.models.builtin import acting, chain, change, chat, control, create, look, minding, things
from agent.models.builtin.conversation import Conversation
from agent.models.builtin.meaning import Call, Request, Say
from agent.models.builtin.question import answer
from agent.models.builtin.split import split

__all__ = ["Call", "Request", "Say", "understand", "understand_certainly"]

Rule = Callable[[Conversation], Sequence[Request] | None]

# The first rule that understands a message has it. Rules that look at the first word come before those that look
# for a time anywhere, so that "remind me to cancel …" is a reminder and "cancel …" is not.
_RULES: tuple[Rule, ...] = (
    minding.health,
    chat.small_talk,
    control.undo,
    control.preferences,
    minding.quiet,
    minding.seen,
    acting.happened,
    acting.acts,
    acting.started,
    acting.brought_back,
    create.snoozed,
    look.explain,
    look.statistics,
    look.history,
    things.kept,
    things.taken_off,
    look.show,
    look.agenda,
    things.asked,
    chain.chain,
    control.control,
    change.change,
    create.create,
    chat.beyond,
)


def understand(conversation: Conversation) -> list[Request]:
    """Every request of the present message. A message that answers a question of ours completes that request."""
    if (completed := answer(conversation)) is not None:
        return list(completed)
    requests: list[Request] = []
    for segment in split(conversation):
        calls = sum(isinstance(request, Call) for request in requests)
        so_far = replace(conversation, text=segment, this_turn=conversation.this_turn[:calls])
        requests += understand_one(so_far)
    return requests


def understand_certainly(conversation: Conversation) -> list[Call] | None:
    """The calls that a message asks for without a doubt; None where anything in it needs words, or is not understood.

    A task without a title would have to be asked about, so it is not certain either.
    """
    requests = understand(conversation)
    calls = [request for request in requests if isinstance(request, Call)]
    complete = [each for each in calls if each.tool != "create_task" or each.args.get("title")]
    return calls if calls and len(complete) == len(requests) else None


def understand_one(conversation: Conversation) -> Sequence[Request]:
    """The requests of a message that asks for one thing (which may concern several tasks)."""
    for rule in _RULES:
        if (requests := rule(conversation)) is not None:
            return requests
    raise AssertionError("the last rule takes everything")
