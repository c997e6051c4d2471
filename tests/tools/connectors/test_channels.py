"""Messages reach the services that the operator has named, and nothing else."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from croncierge.errors import NotAllowed, NotFound, Unavailable
from tools.connectors.channels import ChannelConfig, Channels

# Apprise's own: it looks for a module that later Pythons do not have.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


class Witness:
    """A web hook on loopback that keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.status = 200
        witness = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                witness.heard.append(json.loads(body))
                self.send_response(witness.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://user:hunter2@127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def witness() -> Iterator[Witness]:
    witness = Witness()
    yield witness
    witness.server.shutdown()
    witness.server.server_close()


def channel(url: str, owners: tuple[str, ...] | None = None) -> ChannelConfig:
    return ChannelConfig(url=SecretStr(url), owners=owners)


def test_a_message_reaches_the_service(witness: Witness) -> None:
    Channels({"team": channel(witness.url)}).send("team", "Water", "The plants & <all> of it\nplease")

    assert [(each["title"], each["message"]) for each in witness.heard] == [
        ("Water", "The plants & <all> of it\nplease")
    ]


def test_a_refusal_is_told_without_the_url(witness: Witness) -> None:
    witness.status = 500
    with pytest.raises(Unavailable) as refused:
        Channels({"team": channel(witness.url)}).send("team", "t", "x")

    assert "“team”" in refused.value.message
    assert "hunter2" not in refused.value.message
    assert "127.0.0.1" not in refused.value.message


def test_a_service_that_cannot_be_reached_is_told_without_the_url() -> None:
    with pytest.raises(Unavailable) as refused:
        Channels({"team": channel("json://user:hunter2@127.0.0.1:9/x")}).send("team", "t", "x")

    assert "hunter2" not in str(refused.value)


def test_a_url_that_nothing_understands_is_told_when_it_is_used() -> None:
    with pytest.raises(Unavailable, match="“team”"):
        Channels({"team": channel("nosuchthing://secret")}).send("team", "t", "x")


def test_only_the_named_people_see_and_use_a_channel() -> None:
    channels = Channels({"ops": channel("json://127.0.0.1:9", ("ann",)), "all": channel("json://127.0.0.1:9")})

    assert channels.names("ann") == ["all", "ops"]
    assert channels.names("bob") == ["all"]
    channels.allow("ops", "ann")
    with pytest.raises(NotAllowed, match=r"“ops”.*you may use all"):
        channels.allow("ops", "bob")
    with pytest.raises(NotAllowed, match=r"you may use all"):
        channels.allow("json://127.0.0.1:9", "bob")


def test_without_configuration_nothing_can_be_reached() -> None:
    channels = Channels({})

    assert channels.names("ann") == []
    with pytest.raises(NotAllowed, match=r"\[channels\.NAME\]"):
        channels.allow("ops", "ann")
    with pytest.raises(NotFound, match="“ops”"):
        channels.send("ops", "t", "x")


@pytest.mark.parametrize("url", ["syslog://local0", "dbus://", "DBus://x", "gnome://x", "windows://x", "macosx://x"])
def test_what_acts_on_this_machine_is_no_channel(url: str) -> None:
    with pytest.raises(ValidationError):
        channel(url)


@pytest.mark.parametrize("url", ["", "nothing", "json://", "a,syslog://b", "json://a, dbus://b", "json://a syslog://b"])
def test_a_channel_is_one_url(url: str) -> None:
    with pytest.raises(ValidationError):
        channel(url)


def test_the_url_is_not_in_what_is_shown_of_a_channel() -> None:
    assert "hunter2" not in repr(channel("json://user:hunter2@host"))
