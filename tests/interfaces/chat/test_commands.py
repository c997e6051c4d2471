"""The commands of a conversation."""

from collections.abc import Iterator

import pytest

from croncierge.app import App, open_app
from croncierge.errors import NotFound
from croncierge.settings import load_settings
from interfaces.chat.commands import Leave, answer
from interfaces.chat.thread import Thread
from store.operations import create_task, pause_task
from store.values import TaskSpec


@pytest.fixture
def app() -> Iterator[App]:
    with open_app(load_settings(db="sqlite://")) as app:
        yield app


@pytest.mark.parametrize("line", ["call mom at 5", "/remind #team standup at 9", "a/b", "/ what", "", "5/6 call Ann"])
def test_what_is_no_command_is_for_the_assistant(app: App, line: str) -> None:
    assert answer(line, app, Thread()) is None


def test_a_command_that_there_is_not_says_how_to_find_those_there_are(app: App) -> None:
    assert answer("/dance", app, Thread()) == "There is no command /dance; /help lists them."


def test_help_names_every_command(app: App) -> None:
    told = answer(" /HELP ", app, Thread())
    assert told is not None
    assert all(f"| /{name}" in told for name in ("tasks", "runs", "undo", "new", "thread", "quit"))


def test_tasks_are_those_that_are_not_done(app: App) -> None:
    assert answer("/tasks", app, Thread()) == "You have no tasks yet."
    made = create_task(app.store, app.actor("test"), TaskSpec(title="water the plants"))
    pause_task(app.store, app.actor("test"), made.id)
    told = answer("/tasks", app, Thread())
    assert told is not None
    assert "| 1 | water the plants |" in told
    assert answer("/tasks taxes", app, Thread()) == "You have no tasks like that."


def test_undo_takes_back_the_latest_change(app: App) -> None:
    create_task(app.store, app.actor("test"), TaskSpec(title="water the plants"))
    assert answer("/undo", app, Thread()) == "“water the plants” is deleted."
    with pytest.raises(NotFound, match="nothing to undo"):
        answer("/undo", app, Thread())


def test_runs_say_when_there_are_none(app: App) -> None:
    assert answer("/runs", app, Thread()) == "Nothing has run yet."


def test_a_thread_is_named_changed_and_begun_anew(app: App) -> None:
    thread = Thread()
    assert "“terminal”" in str(answer("/thread", app, thread))
    answer("/thread holidays", app, thread)
    assert thread.name == "holidays"
    answer("/new", app, thread)
    assert thread.name.startswith("terminal-")


def test_quitting_leaves(app: App) -> None:
    with pytest.raises(Leave):
        answer("/quit", app, Thread())
