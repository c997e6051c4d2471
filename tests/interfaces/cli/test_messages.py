"""What a person is told, and what they prefer, from the command line."""

from pathlib import Path

import pytest

from croncierge.app import open_app
from tests.interfaces.cli.conftest import Command


@pytest.fixture
def told(croncierge: Command) -> None:
    assert croncierge("tasks", "add", "tea", "--when", "tomorrow at 9", "--payload", '{"message": "Tea!"}').code == 0
    assert croncierge("tasks", "run", "tea").code == 0
    with open_app() as app:
        app.runtime.tick()


@pytest.mark.usefixtures("told")
def test_messages_are_listed_and_noted_as_seen(croncierge: Command) -> None:
    assert "| terminal | pending | Tea!" in croncierge("messages", "list").out
    assert croncierge("messages", "ack", "1").out == "Message 1 is noted as seen.\n"
    assert "pending, seen" in croncierge("messages", "list").out
    assert croncierge("messages", "list", "--status", "failed", "--json").json == []
    assert croncierge("messages", "retry", "1").code != 0


@pytest.mark.usefixtures("told")
def test_messages_of_a_run_or_all_are_noted_as_seen(croncierge: Command) -> None:
    (message,) = croncierge("messages", "list", "--json").json
    assert (message["run_id"], message["status"], message["acknowledged_at"]) == (1, "pending", None)
    assert croncierge("messages", "ack", "--all").out == "0 messages are noted as seen.\n"
    assert croncierge("messages", "ack", "--run", "1", "--json").json == {"acknowledged": 1}
    assert croncierge("messages", "list", "--json").json[0]["acknowledged_at"]
    assert croncierge("messages", "ack", "--run", "2").code == 3
    assert croncierge("messages", "ack").code == croncierge("messages", "ack", "1", "--all").code == 2


def test_a_message_that_is_not_there_is_said_so(croncierge: Command) -> None:
    assert "There is no message 7" in croncierge("messages", "ack", "7").err


def test_preferences_are_shown_and_changed(croncierge: Command) -> None:
    changed = croncierge(
        "preferences", "--quiet-hours", "22:00-7:00", "--digest-at", "18:00", "--zone", "Europe/Berlin"
    )
    assert "Quiet hours: 22:00-07:00" in changed.out
    assert croncierge("preferences", "--json").json["digest_at"] == "18:00"
    assert "Quiet hours: none" in croncierge("preferences", "--quiet-hours", "none").out
    assert "no hours" in croncierge("preferences", "--quiet-hours", "soon").err


def test_messages_go_only_to_channels_that_the_operator_has_set_up(
    croncierge: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "connectors.toml").write_text('[channels.phone]\nurl = "json://127.0.0.1:1"\n')
    monkeypatch.setenv("CRONCIERGE_CONNECTORS", str(tmp_path / "connectors.toml"))
    assert "Messages go to: phone" in croncierge("preferences", "--channel", "phone").out
    assert "There is no channel “watch”" in croncierge("preferences", "--channel", "watch").err
    croncierge("tasks", "add", "tea", "--when", "tomorrow at 9")
    assert "channel phone" in croncierge("tasks", "set", "tea", "--channel", "phone").out
    assert "There is no channel “watch”" in croncierge("tasks", "set", "tea", "--channel", "watch").err
