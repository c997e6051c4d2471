"""A conversation in a real terminal."""

import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from croncierge.app import open_app
from croncierge.clock import FixedClock
from croncierge.settings import load_settings
from schedules.schedule import Once
from store.operations import add_user, create_task, disable_user, set_admin
from store.values import TaskSpec
from tests.e2e.conftest import Terminal
from tests.fakes.openai import Message, openai_server, says

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")

Chat = Callable[..., Terminal]


def test_a_reminder_is_asked_for_and_arrives_while_the_person_types(chat: Chat) -> None:
    terminal = chat()
    terminal.sees("/help shows more")
    terminal.sees("you>")
    terminal.types("remind me every Monday at 9 to send the timesheet")
    terminal.sees("send the timesheet every Monday at 09:00")
    terminal.sees("Next: ")
    terminal.sees("you>")
    terminal.types("and in 2 seconds to stretch")
    terminal.sees("you to stretch")
    terminal.sees("you>")
    terminal.child.send("move the timesheet ")
    terminal.sees("⏰ stretch")
    terminal.sees("you>")
    terminal.sees("move the timesheet")  # what was typed is still there, under the reminder
    terminal.types("one to 10")
    terminal.sees("now every Monday at 10:00")
    terminal.sees("you>")
    terminal.presses("d")
    terminal.sees("Bye. Your reminder is kept")
    assert terminal.ends() == 0


def test_ctrl_c_clears_the_line_then_warns_then_leaves(chat: Chat) -> None:
    terminal = chat()
    terminal.sees("you>")
    terminal.child.send("delete everything")
    terminal.sees("everything")
    terminal.presses("c")
    terminal.types("/thread")
    told = terminal.sees("This is the conversation “terminal”")
    assert "not understand" not in told
    terminal.sees("you>")
    terminal.presses("c")
    terminal.sees("Ctrl-C again leaves")
    terminal.presses("c")
    terminal.sees("Bye.")
    assert terminal.ends() == 0


def test_what_was_due_while_nobody_was_there_is_shown_on_return(chat: Chat) -> None:
    past = datetime(2026, 1, 5, 9, tzinfo=UTC)
    with open_app(clock=FixedClock(past)) as app:
        once = Once(zone="UTC", at=past + timedelta(seconds=1))
        create_task(app.store, app.actor("test"), TaskSpec(title="stretch", schedule=once))
    terminal = chat()
    terminal.sees("While you were away:")
    terminal.sees("⏰ stretch")
    terminal.types("/runs")
    terminal.sees("completed")
    terminal.types("/quit")
    terminal.sees("Bye.")
    assert terminal.ends() == 0
    again = chat()
    again.sees("you>")
    again.types("/runs")
    assert "away" not in again.sees("completed")


def test_a_paste_of_several_lines_is_one_message(chat: Chat) -> None:
    terminal = chat()
    terminal.sees("you>")
    terminal.child.send("\x1b[200~remind me tomorrow at 9\nto call mom\x1b[201~\r")
    terminal.sees("call mom tomorrow at 09:00")


def test_a_model_without_its_key_ends_the_chat_with_one_sentence(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRONCIERGE_MODEL", "some-model")
    terminal = chat()
    terminal.sees("Error: The model 'some-model' needs an API key")
    assert terminal.ends() == 2


def test_a_reply_that_takes_long_is_stopped_with_ctrl_c(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    answering = threading.Event()

    def slowly(_request: object) -> Message:
        answering.set()
        time.sleep(1)
        return says("Much later.")

    with openai_server(slowly) as server:
        monkeypatch.setenv("CRONCIERGE_MODEL", "some-model")
        monkeypatch.setenv("CRONCIERGE_BASE_URL", server.url)
        terminal = chat()
        terminal.sees("you>")
        terminal.types("hello")
        assert answering.wait(30)
        terminal.presses("c")
        terminal.sees("Stopping…")
        assert "Much later" not in terminal.sees("Stopped.")
        terminal.sees("you>")
        terminal.presses("d")
        terminal.sees("Bye.")
        assert terminal.ends() == 0


def test_somebody_whose_account_is_off_is_told_so_and_nothing_else(chat: Chat) -> None:
    with open_app(load_settings(user="root")) as app:
        set_admin(app.store, app.actor("test"), "root", True)
        add_user(app.store, app.actor("test"), "bob")
        disable_user(app.store, app.actor("test"), "bob")
    terminal = chat("--user", "bob")
    terminal.sees("The account of bob is switched off; ask an administrator.")
    assert terminal.ends() == 4
