"""Commands as real processes, each in a home of its own."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import pytest

from croncierge.app import open_app
from schedules.schedule import Once
from store.operations import create_task
from store.values import TaskSpec
from tests.e2e.conftest import COMMAND, Run

REFERENCE = {"reference_time": "2026-11-23T10:00:00+01:00", "timezone": "Europe/Berlin"}


def test_help_is_there_at_once(run: Run) -> None:
    before = os.times()
    assert "Usage: croncierge" in run("--help").stdout
    after = os.times()
    # The processor's time, which other tests on the same machine do not stretch.
    assert after.children_user + after.children_system - before.children_user - before.children_system < 0.5


def test_a_reminder_that_was_asked_for_fires_in_a_process_that_serves(run: Run, serving: subprocess.Popen[str]) -> None:
    with open_app() as app:  # a third process, as it were
        actor = app.actor("test")
        at = app.clock.now() + timedelta(seconds=1)
        create_task(app.store, actor, TaskSpec(title="stretch", schedule=Once(zone="UTC", at=at)))
    assert serving.stdout is not None
    told = json.loads(serving.stdout.readline())
    assert (told["title"], told["status"]) == ("stretch", "completed")
    assert run("runs", "list").stdout.count("stretch") == 1
    assert "running" in run("doctor").stdout
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(30) == 0
    assert serving.stdout.read() == ""


@pytest.fixture
def serving() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([*COMMAND, "serve", "--json"], stdout=subprocess.PIPE, text=True, encoding="utf-8")
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_the_filter_answers_each_line_before_the_next_is_written() -> None:
    with subprocess.Popen(
        [*COMMAND, "when", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": f"in {number + 1} hours ⏰", **REFERENCE}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_conversation_through_a_pipe_prints_replies_only(run: Run) -> None:
    seen = run("chat", stdin="remind me tomorrow at 9 to call mom\nwhat do I have tomorrow?\n")
    assert seen.returncode == 0
    assert seen.stdout.startswith("I'll remind you to call mom tomorrow at 09:00")
    assert "\x1b" not in seen.stdout
    assert seen.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="pipes close otherwise there")
def test_a_reader_that_goes_away_is_no_error() -> None:
    with subprocess.Popen(
        [*COMMAND, "when", "every minute", "--count", "1000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_ctrl_c_ends_a_command_quietly() -> None:
    with subprocess.Popen(
        [*COMMAND, "when", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write('{"id": 1, "text": "tomorrow"}\n')
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == ""
