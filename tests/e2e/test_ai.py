"""Tasks that a model carries out, left alone with real processes: killed, stopped, started again."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.e2e.conftest import COMMAND, Run
from tests.fakes.openai import Message, OpenAIServer, calls, openai_server, says

_SECONDS = 60
_PARTS = ("collect", "compare", "write")
Script = Callable[[Message], Message]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """A server that speaks OpenAI's protocol and answers from the `script` that a test gives it."""
    with openai_server(lambda _request: says("")) as server:
        monkeypatch.setenv("CRONCIERGE_TASK_MODEL", "some-model")
        monkeypatch.setenv("CRONCIERGE_BASE_URL", server.url)
        yield server


@contextmanager
def serving() -> Iterator[subprocess.Popen[str]]:
    """`croncierge serve` in a process of its own, which is killed at the end as nothing can be caught."""
    process = subprocess.Popen([*COMMAND, "serve", "--json"], stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def told(process: subprocess.Popen[str], title: str) -> dict[str, Any]:
    """The end of a run of that task, once the process has told it."""
    assert process.stdout is not None
    for line in process.stdout:
        ended: dict[str, Any] = json.loads(line)
        if ended["title"] == title:
            return ended
    raise AssertionError("it ended before the run did")


def add(run: Run, title: str, action: str, **payload: Any) -> int:
    """A task of that action, started by hand; the number of its run."""
    made = run("tasks", "add", title, "--do", action, "--payload", json.dumps(payload), "--json")
    assert made.returncode == 0, made.stderr
    started = run("tasks", "run", title, "--json")
    assert started.returncode == 0, started.stderr
    return int(json.loads(started.stdout)["id"])


def shown(run: Run, run_id: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("runs", "show", str(run_id), "--json").stdout)
    return found


def last_said(request: Message) -> str:
    return str(request["messages"][-1]["content"])


def is_goal(request: Message) -> bool:
    return "spawn_subtask" in str(request["messages"][0]["content"])


def plans_three_parts(request: Message) -> Message:
    """What a good model says of a goal with three parts, each of which needs the one before."""
    if not is_goal(request):
        return says(f"did {last_said(request)}")
    if "All subtasks have ended" in last_said(request):
        done = [part for part in _PARTS if f"did {part}" in last_said(request)]
        return calls("conclude", result=f"From {', '.join(done)}.")
    made = sum(message["role"] == "tool" for message in request["messages"])
    if made == 0:
        return calls("plan", steps=list(_PARTS))
    if made > len(_PARTS):
        return says("Started.")
    part, before = _PARTS[made - 1], list(_PARTS[: made - 1][-1:])
    return calls("spawn_subtask", title=part, payload={"prompt": part}, after=before)


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_goal_of_three_dependent_subtasks_survives_kills_and_concludes(run: Run, model: OpenAIServer) -> None:
    moments = {"compare": threading.Event(), "conclude": threading.Event()}
    killed = {name: threading.Event() for name in moments}

    def script(request: Message) -> Message:
        moment = "conclude" if "All subtasks have ended" in last_said(request) else last_said(request)
        if moment in moments and not killed[moment].is_set():
            moments[moment].set()
            killed[moment].wait(_SECONDS)
        return plans_three_parts(request)

    model.script = script
    goal = add(run, "report", "ai_goal", goal="Write the report")
    for name, moment in moments.items():
        with serving() as process:
            assert moment.wait(_SECONDS), f"it never came to {name}"
            process.send_signal(signal.SIGKILL)
            process.wait()
        killed[name].set()
    with serving() as process:
        assert told(process, "report")["status"] == "completed"
    ended = shown(run, goal)
    assert ended["result"]["conclusion"] == "From collect, compare, write."
    assert [part["status"] for part in ended["result"]["subtasks"]] == ["completed"] * 3
    runs = json.loads(run("runs", "list", "--json").stdout)
    assert sorted(each["title"] for each in runs) == ["collect", "compare", "report", "write"], "one was made twice"
    assert "From collect, compare, write." in run("messages", "list").stdout + run("messages").stdout
