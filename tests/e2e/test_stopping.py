"""How the program that runs tasks is stopped: it ends its work, or at once when it is told twice; nothing is lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from croncierge.app import App, open_app
from store.operations import create_task, get_run, health, run_now
from store.status import RunStatus
from store.values import TaskSpec
from tests.e2e.conftest import COMMAND

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

Serve = Callable[[], subprocess.Popen[bytes]]
_PATIENCE = 60  # seconds; other tests run at the same time


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to which the script `work` writes when it begins and when it is done."""
    file = tmp_path / "witness"
    file.touch()
    command = ["/bin/sh", "-c", f'echo begun $$ >> {file}; sleep "$0"; echo done >> {file}']
    script = f'[scripts.work]\ncommand = {command}\narguments = true\nsandbox = "off"\n'
    (tmp_path / "connectors.toml").write_text(script)
    monkeypatch.setenv("CRONCIERGE_CONNECTORS", str(tmp_path / "connectors.toml"))
    return file


@pytest.fixture
def serve() -> Iterator[Serve]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([*COMMAND, "serve"], stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def app(witness: Path) -> Iterator[App]:
    with open_app() as app:
        yield app


def begin(app: App, witness: Path, seconds: int) -> int:
    """Have the script run for so long, and wait until it does; the number of its run."""
    payload = {"script": "work", "arguments": [str(seconds)]}
    task = create_task(
        app.store, app.actor("test"), TaskSpec(title="work", action_type="script", action_payload=payload)
    )
    run = run_now(app.store, app.actor("test"), task.id)
    until(lambda: "begun" in witness.read_text())
    return run.id


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def status(app: App, run: int) -> RunStatus:
    return get_run(app.store, app.actor("test"), run).status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_lets_what_runs_end_and_starts_nothing_more(
    app: App, witness: Path, serve: Serve, number: signal.Signals
) -> None:
    process = serve()
    run = begin(app, witness, 2)
    process.send_signal(number)
    time.sleep(0.3)
    later = run_now(app.store, app.actor("test"), create_task(app.store, app.actor("test"), TaskSpec(title="x")).id)
    assert process.wait(_PATIENCE) == 0
    assert (status(app, run), status(app, later.id)) == (RunStatus.COMPLETED, RunStatus.PENDING)
    app.runtime.tick()
    assert status(app, later.id) is RunStatus.COMPLETED
    assert witness.read_text().count("begun") == witness.read_text().count("done") == 1


@pytest.mark.crash
def test_what_takes_too_long_is_waited_for_25_seconds_and_then_taken_up_again(
    app: App, witness: Path, serve: Serve
) -> None:
    process = serve()
    run = begin(app, witness, 60)
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert process.wait(_PATIENCE) == 0
    assert 20 < time.monotonic() - began < 30
    until(lambda: not lives(witness))
    taken_up_again(app, witness, serve, run)


def test_a_second_signal_ends_at_once_and_loses_nothing(app: App, witness: Path, serve: Serve) -> None:
    process = serve()
    run = begin(app, witness, 60)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert process.wait(_PATIENCE) == 128 + signal.SIGTERM
    assert time.monotonic() - began < 10
    until(lambda: not lives(witness))
    taken_up_again(app, witness, serve, run)


def lives(witness: Path) -> bool:
    """Whether the script that began last is still there."""
    pid = int(witness.read_text().split()[-1])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def taken_up_again(app: App, witness: Path, serve: Serve, run: int) -> None:
    """The run that was cut off is tried again by the next process, once, and the doctor finds nothing amiss then."""
    before = witness.read_text().count("begun")
    serve()
    until(lambda: witness.read_text().count("begun") > before)
    found = health(app.store)
    assert (found.overdue.count, found.stuck.count, found.without_next.count) == (0, 0, 0)
    again = get_run(app.store, app.actor("test"), run)
    assert (again.status, again.attempt) == (RunStatus.RUNNING, 2)
    assert witness.read_text().count("begun") == before + 1
