"""What became of a message to a person, in words. Pure."""

from collections.abc import Sequence
from datetime import datetime

from store.kinds import DeliveryStatus
from store.operations.deliveries import TERMINAL, DeliveryInfo
from store.phrases import moment

_SUBJECTS = {
    "failure": "The notice of its failure",
    "recovery": "The notice that it works again",
    "workflow": "The notice of its workflow",
    "result": "Its message",
    "digest": "The digest",
}
_SHORT = {
    DeliveryStatus.PENDING: "waits",
    DeliveryStatus.SENDING: "being sent",
    DeliveryStatus.SENT: "sent",
    DeliveryStatus.FAILED: "not delivered",
    DeliveryStatus.COLLECTED: "for the digest",
    DeliveryStatus.FOLDED: "only recorded",
}


def told(message: DeliveryInfo, zone: str, now: datetime) -> str:
    """ "Its message went to phone today at 10:00, and nobody has acknowledged it."."""
    subject = _SUBJECTS.get(message.kind, "Its question")
    if message.acknowledged_at is not None:
        seen = f", and was acknowledged {moment(message.acknowledged_at, zone, now)}"
    else:
        seen = ", and nobody has acknowledged it" if message.status is DeliveryStatus.SENT else ""
    return f"{subject} {_became(message, zone, now)}{seen}."


def in_short(messages: Sequence[DeliveryInfo]) -> str:
    """What became of the messages of a run, in a table: "sent, seen"."""
    words = [f"{_SHORT[each.status]}{', seen' if each.acknowledged_at is not None else ''}" for each in messages]
    return "; ".join(dict.fromkeys(words))


def _became(message: DeliveryInfo, zone: str, now: datetime) -> str:
    channel = "the terminal" if message.channel == TERMINAL else message.channel
    match message.status:
        case DeliveryStatus.PENDING if message.attempts:
            again = moment(message.available_at, zone, now)
            return f"did not reach {channel} ({message.error}), and is tried again {again}"
        case DeliveryStatus.PENDING if message.available_at > now:
            return f"waits for the end of quiet hours, {moment(message.available_at, zone, now)}"
        case DeliveryStatus.PENDING:
            return f"waits to be shown at {channel}" if message.channel == TERMINAL else f"is about to go to {channel}"
        case DeliveryStatus.SENDING:
            return f"is being sent to {channel}"
        case DeliveryStatus.SENT:
            return f"went to {channel} {moment(message.sent_at or message.created_at, zone, now)}"
        case DeliveryStatus.FAILED:
            return f"could not be delivered to {channel}: {message.error}"
        case DeliveryStatus.COLLECTED:
            return f"waits for the digest, {moment(message.available_at, zone, now)}"
        case DeliveryStatus.FOLDED if message.sent_at is not None:
            return f"went into the digest {moment(message.sent_at, zone, now)}"
        case DeliveryStatus.FOLDED:
            return "is only recorded, since another notice tells of it"
