"""Tasks that a model carries out, left alone with real processes: killed, stopped, started again."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import COMMAND, Run
from tests.fakes.openai import Message, OpenAIServer, calls, openai_server, says
from tests.fakes.smtp import SmtpServer
from tests.fakes.smtp import serving as smtp_server

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


def asked_for(request: Message) -> str:
    """What the task says, without the data that it is given and the words around it."""
    found = re.search(r"The (?:goal|task): “(.*)”", last_said(request), re.DOTALL)
    return found[1] if found else ""


def is_goal(request: Message) -> bool:
    return "spawn_subtask" in str(request["messages"][0]["content"])


def plans_three_parts(request: Message) -> Message:
    """What a good model says of a goal with three parts, each of which needs the one before."""
    if not is_goal(request):
        return says(f"did {asked_for(request)}")
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
        moment = "conclude" if "All subtasks have ended" in last_said(request) else asked_for(request)
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
    assert "From collect, compare, write." in run("messages", "list").stdout
    story = run("runs", "show", str(goal)).stdout
    for line in ("plan 3. write", "    run 3 “compare” (ai_prompt): completed", "  result: From", "spent: 3 of"):
        assert line in story


MAIL = {"to": ["ben@example.org"], "subject": "Report", "text": "All is well."}


def mails_once(request: Message) -> Message:
    if request["messages"][-1]["role"] != "tool":
        return calls("email", **MAIL)
    return says("It was sent." if '"done"' in last_said(request) else "Nobody agreed.")


@pytest.fixture
def postbox(a_home_of_its_own: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """A mail server that the operator's file names."""
    with smtp_server(SmtpServer()) as mail:
        config = f"""[email]
host = "127.0.0.1"
port = {mail.port}
from = "croncierge@example.org"
security = "none"
allow = ["*@example.org"]
"""
        allowed(a_home_of_its_own, monkeypatch, config)
        yield mail


def allowed(home: Path, monkeypatch: pytest.MonkeyPatch, config: str) -> None:
    (home / "connectors.toml").write_text(config, encoding="utf-8")
    monkeypatch.setenv("CRONCIERGE_CONNECTORS", str(home / "connectors.toml"))


def asks_to_mail(run: Run) -> int:
    """A run that a first process has brought to the point where it waits for a yes, and which then ended."""
    number = add(run, "mail", "ai_prompt", prompt="Mail the report to Ben", tools=["email"])
    with serving():
        until(lambda: shown(run, number)["status"] == "waiting", "the question")
    return number


def until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _SECONDS
    while not done():
        assert time.monotonic() < end, f"never came: {what}"


def test_an_approval_is_granted_while_nothing_runs_and_the_run_goes_on(
    run: Run, model: OpenAIServer, postbox: SmtpServer
) -> None:
    model.script = mails_once
    number = asks_to_mail(run)
    assert "mail" in run("approvals", "list").stdout
    assert "approved" in run("approvals", "approve", "1").stdout
    assert postbox.envelopes == []
    with serving() as process:
        assert told(process, "mail")["status"] == "completed"
    assert shown(run, number)["result"]["text"] == "It was sent."
    assert [message["Subject"] for _, _, message in postbox.envelopes] == ["Report"]
    again = run("approvals", "approve", "1")
    assert (again.returncode, again.stderr) == (5, "Error: Approval 1 is not open any more: it was approved.\n")


def test_an_approval_that_nobody_gives_in_time_is_refused_and_that_is_said(
    run: Run, model: OpenAIServer, postbox: SmtpServer, database: Path
) -> None:
    model.script = mails_once
    number = asks_to_mail(run)
    a_day_passes(database)
    late = run("approvals", "approve", "1")
    assert "Approval 1 is not open any more: its time is over" in late.stderr
    with serving() as process:
        assert told(process, "mail")["status"] == "completed"
    assert shown(run, number)["result"]["text"] == "Nobody agreed."
    assert postbox.envelopes == []
    assert run("approvals", "list").stdout == "Nothing waits for your approval.\n"
    assert "expired" in run("approvals", "list", "--all").stdout
    said = run("messages", "list").stdout
    assert "Nobody answered in time whether “mail” may call email, so it was refused." in said
    assert "Not carried out: email." in said


def a_day_passes(database: Path) -> None:
    """What waits since now, waits since yesterday."""
    with closing(sqlite3.connect(database)) as connection, connection:
        moved = "strftime('%Y-%m-%d %H:%M:%f000', {0}, '-25 hours')"
        for table, columns in (
            ("approvals", ("created_at", "expires_at")),
            ("budgets", ("deadline",)),
            ("task_runs", ("lease_expires_at",)),
        ):
            changes = ", ".join(f"{name} = {moved.format(name)}" for name in columns)
            connection.execute(f"UPDATE {table} SET {changes}")


def test_a_watched_page_is_told_when_it_changes_and_else_nobody_hears_of_it(
    run: Run, model: OpenAIServer, a_home_of_its_own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = iter([9, 9, 12])
    looked = 0

    def page() -> str:
        nonlocal looked
        looked += 1
        return f"<p>The price is {next(prices, 12)} €.</p>"

    def script(request: Message) -> Message:
        if request["messages"][-1]["role"] != "tool":
            return calls("http", url=address)
        price = re.search(r"\d+ €", last_said(request))
        asked = str(request["messages"][1]["content"])
        assert price is not None
        return says("Nothing to report" if price[0] in asked else f"The price is now {price[0]}.")

    model.script = script
    with pages(page) as address:
        allowed(a_home_of_its_own, monkeypatch, f'[http]\nallow = ["{address.split("/")[2]}"]\n')
        used = run("templates", "use", "watch-page", f"url={address}", "matters=the price", "--when", "every second")
        assert used.returncode == 0, used.stderr
        with serving():
            until(lambda: looked >= 5, "the fifth look")
    runs = json.loads(run("runs", "list", "--json").stdout)
    assert [each["status"] for each in runs].count("completed") >= 4
    messages = [each["text"] for each in json.loads(run("messages", "list", "--json").stdout)]
    assert messages == ["The price is now 12 €.", "The price is now 9 €."]


@contextmanager
def pages(text: Callable[[], str]) -> Iterator[str]:
    """The address of a page on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            body = text().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/prices"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
