"""Telling the owner, or the channels that a task names."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from croncierge.errors import NotAllowed, Unavailable
from store.operations.runs import Outcome
from tests.tools.connectors.calls import Heard
from tools.connectors.channels import ChannelConfig, Channels
from tools.connectors.notify import Notify, NotifyPayload


class Told(Channels):
    """Channels that keep what they were given; those called `broken` fail."""

    def __init__(self) -> None:
        super().__init__({name: ChannelConfig.model_validate({"url": "json://x"}) for name in ("team", "broken")})
        self.messages: list[tuple[str, str, str]] = []

    def send(self, channel: str, title: str, text: str) -> None:
        if channel == "broken":
            raise Unavailable("The service behind “broken” did not take it.")
        self.messages.append((channel, title, text))


def test_the_owner_is_told_the_message() -> None:
    outcome = Notify(Told()).run(NotifyPayload(message="Now!"), Heard().call)

    assert outcome == Outcome(message="Now!", result={"message": "Now!"})


def test_the_title_serves_when_there_is_no_message() -> None:
    assert Notify(Told()).run(NotifyPayload(), Heard(title="Tea").call).message == "Tea"


def test_named_channels_are_told_instead_of_the_owner_and_each_once() -> None:
    told = Told()
    outcome = Notify(told).run(NotifyPayload(message="Now!", channels=("team", "team")), Heard(title="Tea").call)

    assert told.messages == [("team", "Tea", "Now!")]
    assert outcome == Outcome(result={"message": "Now!", "channels": ["team"]})


def test_what_was_told_to_some_is_not_repeated_for_the_others() -> None:
    both = Notify(Told()).run(NotifyPayload(channels=("broken", "team")), Heard().call)
    none = Notify(Told()).run(NotifyPayload(channels=("broken",)), Heard().call)

    assert both.error is not None and "broken" in both.error and "team was told" in both.error
    assert not both.retryable
    assert none.error is not None
    assert none.retryable


def test_a_channel_that_the_owner_may_not_use_is_refused() -> None:
    notify = Notify(Told())
    notify.allow(NotifyPayload(channels=("team",)), "ann")
    with pytest.raises(NotAllowed, match="“elsewhere”"):
        notify.allow(NotifyPayload(channels=("elsewhere",)), "ann")


def test_nothing_more_is_told_once_it_is_called_off() -> None:
    told, heard = Told(), Heard()
    heard.cancelled.set()
    outcome = Notify(told).run(NotifyPayload(channels=("team",)), heard.call)

    assert told.messages == []
    assert outcome.error == "It was called off."


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError):
        NotifyPayload.model_validate({"mesage": "x"})


def test_telling_the_owner_needs_nothing_heavy() -> None:
    code = "import sys, tools.connectors.notify; print(*(set(sys.modules) & {'apprise', 'httpx', 'liquid', 'smtplib'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
