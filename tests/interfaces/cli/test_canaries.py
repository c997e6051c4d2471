"""Secrets in every setting and connector, servers that repeat what they are sent: nothing that is kept shows one."""

import base64
import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from croncierge.app import App, open_app
from store.operations import list_runs
from tests.fakes.openai import OpenAIServer, calls, openai_server, says
from tests.interfaces.cli.conftest import Command

# Apprise's own: it looks for a module that later Pythons do not have.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

SERVER = Path(__file__).parents[2] / "fakes" / "mcp_server.py"
PLACES = ("HTTP", "CHANNEL", "SQL", "EMAIL", "SCRIPT", "MCP_COMMAND", "MCP_URL", "MODEL")
SECRETS = {place: f"canary/{place.lower()}+{number}" for number, place in enumerate(PLACES)} | {"CHANNEL": "canary-1"}


@pytest.fixture
def echo() -> Iterator[str]:
    """A server that says back what it was sent, and then that it cannot do it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = str(self.headers) + self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            raw = sent.encode()
            body = json.dumps({"plain": sent, "coded": base64.b64encode(raw).decode(), "quoted": quote(sent, safe="")})
            self.send_response(200 if "ok" in self.path else 500, f"no {SECRETS['HTTP']}")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def configuration(echo: str) -> str:
    return f"""
        [http]
        allow = ["127.0.0.1"]
        [secrets.KEY]
        value = "${{HTTP}}"
        hosts = ["127.0.0.1"]
        [channels.phone]
        url = "json://user:${{CHANNEL}}@{echo}/no"
        [sql.crm]
        url = "postgresql://ann:${{SQL}}@127.0.0.1:9/crm?connect_timeout=1"
        [email]
        host = "127.0.0.1"
        port = 9
        from = "me@example.org"
        username = "me"
        password = "${{EMAIL}}"
        allow = ["*"]
        [scripts.tell]
        command = ["sh", "-c", "echo out $K; echo err $K >&2; exit 3"]
        environment = {{K = "${{SCRIPT}}"}}
        [mcp.weather]
        command = "{sys.executable}"
        args = ["{SERVER}"]
        env = {{KEY = "${{MCP_COMMAND}}", DESCRIPTION = "It has ${{MCP_COMMAND}}."}}
        tools = ["*"]
        [mcp.web]
        url = "http://{echo}/no"
        headers = {{X-Key = "${{MCP_URL}}"}}
        tools = ["*"]
    """


def looks_like(secret: str) -> list[str]:
    return [secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("="), json.dumps(secret)]


def test_no_secret_is_in_anything_that_is_kept_shown_or_told(
    croncierge: Command, echo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "connectors.toml").write_text(configuration(echo))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    for name, value in {
        "CONNECTORS": tmp_path / "connectors.toml", "DB": f"sqlite:///{tmp_path}/a.db", "RUN_LOGS": tmp_path / "runs",
        "API_KEY": SECRETS["MODEL"], "MODEL": "fake", "LOG_LEVEL": "debug",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CRONCIERGE_{name}", str(value))

    tools = ["http", "mcp__weather__secret"]
    key = "{{ secrets.KEY }}"
    asked = {"method": "POST", "url": f"http://{echo}/ok", "headers": {"X": key}, "body": key}
    tasks: dict[str, tuple[str, dict[str, Any]]] = {
        "ask": ("http", asked),
        "ask in vain": ("http", {**asked, "url": f"http://{echo}/no"}),
        "phone": ("notify", {"message": key, "channels": ["phone"]}),
        "query": ("sql", {"connection": "crm", "statement": "select 1"}),
        "mail": ("email", {"to": ["ben@example.org"], "subject": "s", "text": "t"}),
        "tell": ("script", {"script": "tell"}),
        "think": ("ai_prompt", {"prompt": f"Use {key} well", "tools": tools, "allowed": tools}),
        "think in vain": ("ai_prompt", {"prompt": "x", "tools": ["mcp__web__x"]}),
        "think for nothing": ("ai_prompt", {"prompt": "fail"}),
    }

    def script(request: dict[str, Any]) -> Any:
        messages = request["messages"]
        if "fail" in str(messages[-1]["content"]):
            return 401
        answers = sum(each["role"] == "tool" for each in messages)
        if answers == 0:
            return calls("http", method="POST", url=f"http://{echo}/ok", body=str(messages[-1]["content"]))
        return calls("mcp__weather__secret") if answers == 1 else says(str(messages[-1]["content"]))

    shown: list[str] = []

    def see(*words: str) -> str:
        outcome = croncierge(*words)
        shown.append(outcome.out + outcome.err)
        return shown[-1]

    with openai_server(script) as model:
        monkeypatch.setenv("CRONCIERGE_BASE_URL", model.url)
        for title, (action, payload) in tasks.items():
            added = see(
                "tasks", "add", title, "--when", "in 1 second", "--do", action, "--payload", json.dumps(payload)
            )
            assert title in added
        see("actions", "try", "http", "--payload", json.dumps(asked))
        with open_app() as app:
            app.run()
            _until_all_ended(app, len(tasks))
        for number in range(1, len(tasks) + 1):
            see("runs", "show", str(number), "--json")
        see("runs", "show", "2")
        see("tasks", "show", "8", "--json")
        see("actions", "mcp")
        see("doctor")
        see("messages", "list")
        told = json.dumps(model.requests)

    kept = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".toml"}
    _check_that_it_was_tried(shown, model)
    for secret in SECRETS.values():
        for form in looks_like(secret):
            assert form not in told, "a model was told"
            assert not [text for text in shown if form in text], "it was shown"
            assert not [name for name, content in kept.items() if form.encode() in content], "it was kept"


def _until_all_ended(app: App, count: int) -> None:
    end = time.monotonic() + 60
    while True:
        runs = list_runs(app.store, app.actor("test"))
        if len(runs) >= count and all(each.end_time is not None for each in runs):
            return
        assert time.monotonic() < end, runs
        time.sleep(0.05)


def _check_that_it_was_tried(shown: list[str], model: OpenAIServer) -> None:
    everything = "\n".join(shown)
    assert "•••" in everything
    for word in ("out •••", "The key is •••", "It has •••"):
        assert word in everything, word
    assert any("The key is" in str(each) for each in model.requests)
