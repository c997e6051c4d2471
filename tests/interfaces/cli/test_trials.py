"""An action that is really done, once, from the command line."""

from pathlib import Path
from typing import Any

import pytest

from croncierge.app import open_app
from tests.interfaces.cli.conftest import Command
from tests.tools.connectors.test_http import says, web


@pytest.fixture(autouse=True)
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "connectors.toml").write_text(
        '[http]\nallow = ["127.0.0.1"]\n[scripts.greet]\ncommand = ["/bin/echo", "hello"]\nsandbox = "off"\n'
        '[scripts.sleep]\ncommand = ["/bin/sleep", "60"]\nsandbox = "off"\n'
    )
    monkeypatch.setenv("CRONCIERGE_CONNECTORS", str(tmp_path / "connectors.toml"))


def tried(croncierge: Command, action: str, payload: str, *options: str) -> Any:
    return croncierge("actions", "try", action, "--payload", payload, "--run", *options)


def test_it_is_done_and_recorded_with_what_was_asked_and_answered(croncierge: Command) -> None:
    with web(says({"price": 12})) as server:
        done = tried(croncierge, "http", f'{{"url": "{server.url}", "extract": {{"price": "$.price"}}}}', "--json")
    assert (done.code, len(server.asked)) == (0, 1)
    assert (done.json["status"], done.json["result"]["price"]) == ("completed", 12)
    (exchange,) = done.json["exchanges"]
    assert (exchange["request"]["url"], exchange["response"]["status"]) == (server.url, 200)
    assert "completed" in croncierge("runs", "show", str(done.json["id"])).out
    assert croncierge("tasks", "list", "--json").json == []
    assert croncierge("messages", "list", "--json").json == []


def test_what_it_writes_is_shown(croncierge: Command) -> None:
    done = tried(croncierge, "script", '{"script": "greet"}')
    assert done.code == 0
    assert done.out.rstrip().endswith("hello")


def test_what_goes_wrong_is_said_and_is_not_tried_again(croncierge: Command) -> None:
    with web(says("no", status=500)) as server:
        failed = tried(croncierge, "http", f'{{"url": "{server.url}"}}')
    assert (failed.code, len(server.asked)) == (1, 1)
    assert "answered with status 500" in failed.out


def test_what_no_task_may_do_is_refused_before_it_is_done(croncierge: Command) -> None:
    refused = tried(croncierge, "http", '{"url": "http://10.0.0.1/"}')
    assert (refused.code, "is not public" in refused.err) == (4, True)
    assert croncierge("runs", "list", "--json").json == []


def test_it_ends_when_its_time_is_over(croncierge: Command) -> None:
    late = tried(croncierge, "script", '{"script": "sleep"}', "--seconds", "1")
    assert late.code == 1
    assert "was ended before it was done" in late.out


def test_others_that_run_tasks_leave_it_alone(croncierge: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process looks after what is abandoned, just while it is being done."""

    def meanwhile(*_: object) -> Any:
        with open_app() as other:
            other.runtime.tick()
        return 200, {"content-type": "text/plain"}, b"done"

    with web(meanwhile) as server:
        done = tried(croncierge, "http", f'{{"url": "{server.url}"}}', "--json")
    assert (done.json["status"], done.json["attempt"]) == ("completed", 1)
