"""From a message to requests: what to call, or what to say, in the order it was said."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agent.models.builtin import (
    acting,
    chain,
    change,
    chat,
    control,
    create,
    look,
    minding,
    templates,
    things,
    thinking,
    wonder,
)
from agent.models.builtin.conversation import Answered, Conversation
from agent.models.builtin.decision import Decision, Object, Verb, is_certain, object_in, verb_of
from agent.models.builtin.meaning import Call, Request, Say
from agent.models.builtin.question import answer
from agent.models.builtin.split import split

__all__ = ["Call", "Decision", "Request", "Say", "decide", "understand", "understand_certainly"]

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
    minding.finished,
    minding.approvals,
    minding.sent_elsewhere,
    templates.asked,
    templates.used,
    look.workflows,
    acting.happened,
    acting.acts,
    thinking.thinks,
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
    wonder.wondered,
    chain.chain,
    control.control,
    change.change,
    create.create,
    create.misspelt,
    chat.beyond,
)


def understand(conversation: Conversation) -> list[Request]:
    """Every request of the present message. A message that answers a question of ours completes that request."""
    if (completed := answer(conversation)) is not None:
        return list(completed)
    return [request for _, requests in _parts(conversation) for request in requests]


def understand_certainly(conversation: Conversation) -> list[Call] | None:
    """The calls that the message asks for, if they are beyond doubt and complete.

    None where the built-in model would ask back, decline, or say that it did not understand, and where it would only
    guess: somebody who knows more words should look at the message then.
    """
    if (completed := answer(conversation)) is not None:
        calls = [request for request in completed if isinstance(request, Call)]
        return calls if calls and len(calls) == len(completed) else None
    certain: list[Call] = []
    for part, requests in _parts(conversation):
        for request in requests:
            if not isinstance(request, Call) or not is_certain(part, request):
                return None
            certain.append(request)
    return certain or None


def decide(conversation: Conversation) -> Decision:
    """What the message asks for first, in a verb and an object."""
    calls = [request for request in understand(conversation) if isinstance(request, Call)]
    if not calls:
        return Decision(verb=Verb.NONE, object=Object.NONE, certain=False)
    certain = understand_certainly(conversation) is not None
    return Decision(verb=verb_of(calls[0]), object=object_in(conversation.text), certain=certain)


def _parts(conversation: Conversation) -> Iterator[tuple[Conversation, Sequence[Request]]]:
    """The single requests of a message, each with what was called for those before it."""
    calls = 0
    for segment in split(conversation):
        part = replace(conversation, text=segment, this_turn=conversation.this_turn[:calls])
        requests = _as_it_went(understand_one(part), conversation.this_turn[calls:])
        calls += sum(isinstance(request, Call) for request in requests)
        yield part, requests


def _as_it_went(requests: Sequence[Request], answered: Sequence[Answered]) -> list[Request]:
    """The requests, each followed by what is asked for instead if its call has been answered so."""
    left, found = list(answered), list[Request]()
    for request in requests:
        found.append(request)
        if isinstance(request, Call) and left and left.pop(0).was_refused(*request.refusal):
            found += request.instead
            del left[: sum(isinstance(each, Call) for each in request.instead)]
    return found


def understand_one(conversation: Conversation) -> Sequence[Request]:
    """The requests of a message that asks for one thing (which may concern several tasks)."""
    for rule in _RULES:
        if (requests := rule(conversation)) is not None:
            return requests
    raise AssertionError("the last rule takes everything")
