"""Real servers of the protocol: as commands that end with whoever asked them, and over HTTP on loopback."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from croncierge.errors import InvalidInput, NotAllowed, Unavailable
from tests.tools.mcp.conftest import by_command, config
from tools.connectors.executor import Control
from tools.mcp.servers import McpConfig, Servers


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pids_of(witness: Path) -> list[int]:
    lines = [line.split() for line in witness.read_text().splitlines()]
    return [int(pid) for word, *pids in lines if word == "pids" for pid in pids]


def until(done: Callable[[], bool], what: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.02)


def test_a_command_answers_and_ends_with_the_block_and_so_does_what_it_began(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    servers = Servers({"weather": by_command(env={"WITNESS": str(witness), "KEY": "k-123"})})
    tools = ["mcp__weather__forecast", "mcp__weather__secret", "mcp__weather__begin"]
    with servers.opened(tools, "ann", Control()) as opened:
        assert list(opened) == tools
        forecast = opened["mcp__weather__forecast"]
        assert (forecast.description, forecast.reads, forecast.destroys) == ("The weather of a city.", True, False)
        assert forecast.schema["required"] == ["city"]
        assert forecast.call({"city": "Bonn"}) == {"status": "done", "result": {"result": "Rain in Bonn."}}
        wrong = forecast.call({})
        assert wrong["status"] == "error"
        assert "Field required" in wrong["text"]
        assert opened["mcp__weather__secret"].call({})["result"] == {"result": "The key is k-123."}
        opened["mcp__weather__begin"].call({})
    pids = [
        int(each) for line in witness.read_text().splitlines() if line.startswith("pids") for each in line.split()[1:]
    ]
    assert len(pids) == 2
    until(lambda: not any(map(alive, pids)), "the end of all that it began")


@pytest.mark.skipif(sys.platform != "linux", reason="only there the kernel tells when a thread is gone")
def test_a_command_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    program = f"""
        import time
        from tests.tools.mcp.conftest import by_command
        from tools.connectors.executor import Control
        from tools.mcp.servers import Servers

        servers = Servers({{"weather": by_command(env={{"WITNESS": {str(witness)!r}}})}})
        with servers.opened(["mcp__weather__begin"], "ann", Control()) as opened:
            opened["mcp__weather__begin"].call({{}})
            time.sleep(600)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=Path(__file__).parents[3])
    until(lambda: witness.exists() and "pids" in witness.read_text(), "its start", 60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    pids = pids_of(witness)
    until(lambda: not any(map(alive, pids)), "the end of all that it began")


def test_what_takes_too_long_or_is_called_off_or_is_too_much_or_breaks_off_is_told(url: str) -> None:
    servers = Servers({"weather": config(url=url, max_bytes=1_000)})
    control = Control()
    with servers.opened(["mcp__weather__slow", "mcp__weather__much"], "ann", control) as opened:
        slow, much = opened["mcp__weather__slow"], opened["mcp__weather__much"]
        patient = slow.server._config
        slow.server._config = patient.model_copy(update={"timeout_seconds": 0.2})  # it started in its own time
        with pytest.raises(Unavailable, match=r"“weather” did not answer within 0\.2 seconds"):
            slow.call({"seconds": 2})
        slow.server._config = patient
        assert much.call({"size": 100})["status"] == "done"
        with pytest.raises(Unavailable, match=r"“weather” answered with more than 1,000 bytes.*max_bytes"):
            much.call({"size": 2_000})
    with servers.opened(["mcp__weather__slow"], "ann", control) as opened:
        threading.Timer(0.3, control.cancelled.set).start()
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="called off"):
            opened["mcp__weather__slow"].call({"seconds": 30})
        assert time.monotonic() - begun < 15


def test_a_server_that_ends_is_told_and_does_not_come_back_by_itself() -> None:
    servers = Servers({"weather": by_command()})
    with servers.opened(["mcp__weather__die"], "ann", Control()) as opened:
        for _ in range(2):
            with pytest.raises(Unavailable, match="“weather” broke off"):
                opened["mcp__weather__die"].call({})


def test_a_server_that_cannot_be_started_or_reached_is_told_with_its_last_words() -> None:
    servers = Servers(
        {
            "missing": config(command="no-such-command"),
            "broken": config(command="sh", args=["-c", "echo it needs a key >&2; exit 4"]),
            "silent": config(command="sleep", args=["600"], timeout_seconds=0.5),
            "gone": config(url="http://127.0.0.1:9/mcp"),
        }
    )
    for name, said in (
        ("missing", "there is no command 'no-such-command'"),
        ("broken", "it needs a key"),
        ("silent", "did not answer in time"),
        ("gone", "cannot be reached"),
    ):
        with pytest.raises(Unavailable, match=said), servers.opened([f"mcp__{name}__x"], "ann", Control()):
            pass


def test_a_server_of_the_web_gets_its_headers_and_nobody_reads_them_in_an_error() -> None:
    heard: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.headers["Authorization"])
            self.send_response(401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/mcp"
        servers = Servers({"weather": config(url=url, headers={"Authorization": "Bearer canary"})})
        with (
            pytest.raises(Unavailable, match="cannot be reached") as told,
            servers.opened(["mcp__weather__forecast"], "ann", Control()),
        ):
            pass
        server.shutdown()
    assert heard[0] == "Bearer canary"
    assert "canary" not in told.value.message


def test_a_tool_that_the_server_does_not_offer_is_named_with_those_it_does(url: str) -> None:
    servers = Servers({"weather": config(url=url, tools=["forecast", "snow"])})
    with (
        pytest.raises(InvalidInput, match="no tool 'mcp__weather__snow'; the server offers mcp__weather__forecast"),
        servers.opened(["mcp__weather__snow"], "ann", Control()),
    ):
        pass


@pytest.mark.parametrize(
    ("tool", "error", "said"),
    [
        ("mcp__nope__x", NotAllowed, "no MCP server “nope”.* you may use weather"),
        ("mcp__bens__x", NotAllowed, "no MCP server “bens”.* you may use weather"),
        ("mcp__weather__erase", InvalidInput, r"cannot have the tool 'erase' .*forecast, s\*"),
        ("mcp__weather", InvalidInput, "cannot have the tool ''"),
        (f"mcp__weather__s{'x' * 60}", InvalidInput, "cannot have the tool"),
    ],
)
def test_what_the_operator_has_not_named_cannot_be_granted(tool: str, error: type[Exception], said: str) -> None:
    servers = Servers(
        {
            "weather": config(command="true", tools=["forecast", "s*"]),
            "bens": config(command="true", tools=["*"], owners=["ben"]),
            "nothing": config(command="true", tools=[], owners=["ben"]),
        }
    )
    servers.check("mcp__weather__forecast", "ann")
    servers.check("mcp__weather__send", "ann")
    servers.check("mcp__bens__x", "ben")
    with pytest.raises(error, match=said):
        servers.check(tool, "ann")
    with pytest.raises(InvalidInput):
        servers.check("mcp__nothing__x", "ben")


def test_without_the_package_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.mcp.servers.find_spec", lambda _name: None)
    servers = Servers({"weather": config(command="true")})
    with pytest.raises(Unavailable, match=r"pip install 'croncierge\[mcp\]'"):
        servers.check("mcp__weather__forecast", "ann")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "either a command or a url"),
        ({"command": "x", "url": "https://x.example"}, "either a command or a url"),
        ({"url": "ftp://x.example"}, "http:// or https://"),
        ({"url": "https://x.example", "env": {"A": "b"}}, "args and env go with a command"),
        ({"command": "x", "headers": {"A": "b"}}, "headers go with a url"),
    ],
)
def test_a_server_is_set_up_in_one_way(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        McpConfig.model_validate(given)


def test_a_name_that_could_be_taken_for_another_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"\[mcp.a__b\]"):
        Servers({"a__b": config(command="true")})
