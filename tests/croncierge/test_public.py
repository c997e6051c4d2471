"""What other programs import."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

import croncierge
from croncierge.clock import FixedClock
from croncierge.settings import load_settings
from store.operations import list_tasks


def test_a_program_can_talk_to_the_assistant() -> None:
    with croncierge.open_app(load_settings(db="sqlite://")) as app:
        assert isinstance(app.assistant, croncierge.Assistant)
        turn = app.assistant.invoke("remind me tomorrow at 9 to call mom", app.user_id, "main")
        assert "call mom" in turn.reply
        assert [task.id for task in list_tasks(app.store, app.actor("test"))] == list(turn.task_ids)


def test_what_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = croncierge.Nothing


def test_the_errors_cost_no_imports() -> None:
    heavy = "import sys, croncierge.errors; print({'pydantic', 'sqlalchemy', 'langchain_core'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", heavy], text=True).strip() == "set()"


def test_the_runtime_goes_by_the_clock_it_was_handed() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 9, tzinfo=UTC))
    with croncierge.open_app(load_settings(db="sqlite://"), clock=clock) as app:
        app.assistant.invoke("remind me in 20 seconds to stretch", app.user_id, "main")
        assert app.runtime.tick() == 0
        clock.set(datetime(2026, 11, 23, 9, 0, 21, tzinfo=UTC))
        assert app.runtime.tick() == 1
