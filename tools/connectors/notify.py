"""Tell somebody: the owner where the owner lives, or the channels that the task names."""

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field

from croncierge.errors import CronciergeError
from store.operations.runs import Outcome
from tools.connectors.channels import Channels
from tools.connectors.connector import Call, Payload


class NotifyPayload(Payload):
    """message: what to say, by default the task's title. channels: where to say it instead of to the owner."""

    model_config = ConfigDict(coerce_numbers_to_str=True)  # the value of a template may be a number

    message: str | None = Field(None, max_length=20_000)
    channels: tuple[str, ...] = Field((), max_length=20)


class Notify:
    name = "notify"
    payload: type[Payload] = NotifyPayload

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    def allow(self, payload: NotifyPayload, owner: str) -> None:
        for channel in payload.channels:
            self._channels.allow(channel, owner)

    def preview(self, payload: NotifyPayload) -> Mapping[str, Any]:
        return {"message": payload.message, "channels": list(payload.channels) or ["the owner's own"]}

    def run(self, payload: NotifyPayload, call: Call) -> Outcome:
        message = payload.message or call.run.title
        if not payload.channels:
            return Outcome(message=message, result={"message": message})
        sent, failed = self._send(payload.channels, call, message)
        result = {"message": message, "channels": sent}
        if not failed:
            return Outcome(result=result)
        told = f" ({', '.join(sent)} was told)" if sent else ""
        # Once somebody has been told, another attempt would tell them again.
        return Outcome(error=" ".join(failed) + told, retryable=not sent, result=result)

    def _send(self, channels: tuple[str, ...], call: Call, message: str) -> tuple[list[str], list[str]]:
        """Where it was delivered, and what went wrong elsewhere."""
        sent, failed = [], []
        for channel in dict.fromkeys(channels):
            if call.control.cancelled.is_set():
                failed.append("It was called off.")
                break
            try:
                self._channels.send(channel, call.run.title, message)
                sent.append(channel)
            except CronciergeError as error:
                failed.append(error.message)
        return sent, failed
