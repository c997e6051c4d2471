"""Requests over real sockets on loopback, and that none goes where it must not."""

import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from croncierge.errors import CronciergeError, InvalidInput, NotAllowed
from tests.tools.connectors.calls import Heard
from tools.connectors.config import Config
from tools.connectors.http import Http, HttpConfig, HttpPayload
from tools.connectors.secrets import Secrets

Answer = Callable[[BaseHTTPRequestHandler], tuple[int, dict[str, str], bytes]]


class Web:
    """A server on loopback that remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                web.asked.append((self.command, self.path, headers, body))
                status, more, content = answer(self)
                self.send_response(status)
                for name, value in {"content-length": str(len(content)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def web(answer: Answer) -> Iterator[Web]:
    server = Web(answer)
    try:
        yield server
    finally:
        server.close()


def says(value: object, status: int = 200, **headers: str) -> Answer:
    content = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    kind = "text/plain" if isinstance(value, str) else "application/json"
    return lambda _request: (status, {"content-type": kind, **headers}, content)


def connector(allow: tuple[str, ...] = ("127.0.0.1",), tables: dict[str, Any] | None = None, **config: Any) -> Http:
    return Http(HttpConfig(allow=allow, **config), Secrets(Config(tables or {})))


def ask(http: Http, heard: Heard | None = None, **payload: Any) -> Any:
    return http.run(HttpPayload(**payload), (heard or Heard()).call)


def test_an_answer_becomes_the_result_with_what_was_asked_for_in_it() -> None:
    with web(says({"price": 12, "items": [{"id": 1}, {"id": 2}]})) as server:
        heard = Heard()
        outcome = ask(connector(), heard, url=f"{server.url}/x", extract={"price": "$.price", "ids": "$.items[*].id"})
    assert outcome.error is None
    assert outcome.result["status"] == 200
    assert (outcome.result["price"], outcome.result["ids"]) == (12, [1, 2])
    ((request, response),) = heard.records
    assert request["url"] == f"{server.url}/x"
    assert response is not None and response["json"]["price"] == 12


def test_what_is_sent_is_as_the_task_says_with_a_key_that_stays_the_same() -> None:
    with web(says("ok")) as server:
        for attempt in (1, 2):
            ask(connector(), Heard(attempt=attempt), method="POST", url=server.url, headers={"X-A": "b"}, body={"a": 1})
        ask(connector(), Heard(run_id=8), method="POST", url=server.url, body="text")
    (_, _, first, body), (_, _, second, _), (_, _, other, text) = server.asked
    assert (first["x-a"], first["content-type"], json.loads(body)) == ("b", "application/json", {"a": 1})
    assert first["idempotency-key"] == second["idempotency-key"] != other["idempotency-key"]
    assert text == b"text"


@pytest.mark.parametrize(
    ("status", "expect", "error", "retryable"),
    [
        (204, (), None, True),
        (404, (), "status 404", False),
        (404, (404, 410), None, True),
        (200, (404,), "404 was expected", False),
        (503, (), "status 503", True),
        (429, (), "status 429", True),
    ],
)
def test_a_status_is_right_wrong_or_wrong_for_now(
    status: int, expect: tuple[int, ...], error: str | None, retryable: bool
) -> None:
    with web(says("", status=status)) as server:
        outcome = ask(connector(), url=server.url, expect=expect)
    assert (error in outcome.error) if error else outcome.error is None
    assert outcome.retryable is retryable


def test_what_is_not_in_the_answer_is_a_failure() -> None:
    with web(says({"a": 1})) as server:
        assert "nothing at $.b" in ask(connector(), url=server.url, extract={"b": "$.b"}).error
    with web(says("plain")) as server:
        assert "not JSON" in ask(connector(), url=server.url, extract={"b": "$.b"}).error


def test_an_answer_without_an_end_is_cut_off() -> None:
    with web(says("x" * 2_000_000)) as server, pytest.raises(InvalidInput, match="more than 1,000 bytes"):
        ask(connector(max_bytes=1_000), url=server.url)


def test_a_slow_server_is_not_waited_for() -> None:
    release = threading.Event()

    def slow(_request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        release.wait(10)
        return 200, {}, b""

    with web(slow) as server:
        late = ask(connector(timeout_seconds=0.2), url=server.url)
        heard = Heard()
        heard.cancel_after(0.2)
        cancelled = ask(connector(), heard, url=server.url)
        release.set()
    assert "did not answer in time" in late.error
    assert "could not be asked" in cancelled.error


def test_a_redirect_is_followed_with_care() -> None:
    with web(says("there")) as other:
        to_other = says("", status=302, location=f"http://localhost:{other.port}/")
        with web(to_other) as server:
            outcome = ask(
                connector(allow=("127.0.0.0/8", "::1")),
                url=server.url,
                headers={"Authorization": "x", "Accept": "text/*"},
            )
            assert outcome.result["body"] == "there"
        _, _, headers, _ = other.asked[0]
        assert headers["accept"] == "text/*"
        assert "authorization" not in headers
        assert "idempotency-key" not in headers
        for status in (307, 308):
            http = connector(allow=("127.0.0.0/8", "::1"))
            sends_on = says("", status=status, location=f"http://localhost:{other.port}/")
            with web(sends_on) as server, pytest.raises(NotAllowed, match="sends the POST on to localhost"):
                ask(http, method="POST", url=server.url, body="secret")
    assert len(other.asked) == 1


def test_who_sends_on_and_on_is_left() -> None:
    again = says("", status=302, location="/again")
    with web(again) as server, pytest.raises(CronciergeError, match="sends on and on"):
        ask(connector(), url=server.url)
    assert len(server.asked) == 6


def test_a_secret_goes_where_it_may_and_is_shown_nowhere() -> None:
    with web(lambda request: (200, {}, f"you said {request.headers['Authorization']}".encode())) as server:
        tables = {"secrets": {"TOKEN": {"value": "t0ps3cret", "hosts": ["127.0.0.1"]}}}
        secrets = Secrets(Config(tables, ["t0ps3cret"]))
        mark = secrets.marks("ann")["TOKEN"]
        here = Http(HttpConfig(allow=("127.0.0.0/8", "::1")), secrets)
        heard = Heard()
        outcome = ask(here, heard, url=server.url, headers={"Authorization": f"Bearer {mark}"})
        assert server.asked[0][2]["authorization"] == "Bearer t0ps3cret"
        assert secrets.hidden(outcome.result)["body"] == "you said Bearer •••"
        assert "t0ps3cret" not in str([secrets.hidden(each) for each in heard.records])
        with pytest.raises(NotAllowed, match="may not go to localhost"):
            ask(here, url=f"http://localhost:{server.port}", headers={"Authorization": mark})
    assert len(server.asked) == 1


@pytest.mark.parametrize("value", ["t0ps3cret", 'quoted "t0ps3cret"'])
def test_a_secret_may_be_anywhere_in_a_body(value: str) -> None:
    secrets = Secrets(Config({"secrets": {"TOKEN": {"value": value, "hosts": ["127.0.0.1"]}}}, [value]))
    http = Http(HttpConfig(allow=("127.0.0.0/8",)), secrets)
    mark = secrets.marks("ann")["TOKEN"]
    with web(says("ok")) as server:
        ask(http, method="POST", url=server.url, body={"login": [{"token": mark}]})
        ask(http, method="POST", url=server.url, body=f"token={mark}")
    (_, _, _, structured), (_, _, _, text) = server.asked
    assert json.loads(structured) == {"login": [{"token": value}]}
    assert text.decode() == f"token={value}"


def test_a_request_over_tls_ends_when_it_is_called_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    monkeypatch.setattr("tools.connectors.http._trusted", lambda: ssl.create_default_context(cafile=str(certificate)))
    heard = Heard()

    def accept() -> None:
        connection, _ = listening.accept()
        with ours.wrap_socket(connection, server_side=True) as stream:
            stream.recv(1_000)
            heard.cancelled.set()
            stream.recv(1_000)  # never answers; ends when the other side does

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=accept)
        server.start()
        begun = time.monotonic()
        port = listening.getsockname()[1]
        outcome = ask(connector(timeout_seconds=10), heard, url=f"https://127.0.0.1:{port}/")
        took = time.monotonic() - begun
        server.join(5)
    assert "could not be asked" in outcome.error
    assert took < 5


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"url": "ftp://example.org"}, "http:// or https://"),
        ({"url": "http:///path"}, "http:// or https://"),
        ({"url": "https://me:secret@example.org"}, "password"),
        ({"url": "javascript:alert(1)"}, "http:// or https://"),
        ({"url": "http://exa mple.org:port"}, "not one"),
    ],
)
def test_what_is_no_address_is_refused_when_the_task_is_made(payload: dict[str, str], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        connector().allow(HttpPayload(**payload), "ann")


@pytest.mark.parametrize(
    "payload",
    [
        {"headers": {"X": "a\r\nY: b"}},
        {"headers": {"X Y": "a"}},
        {"headers": {"Host": "internal"}},
        {"headers": {"Idempotency-Key": "mine"}},
        {"extract": {"a": "$.["}},
        {"method": "CONNECT"},
        {"unknown": 1},
    ],
)
def test_a_payload_that_cannot_be_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HttpPayload(url="https://example.org", **payload)


# How the own machine, its network and its cloud can be spelled.
_HOSTS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "00000177.1",
    "017700000001",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0x0",
    "00.00.00.00",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "Localhost.",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127．0．0．1",
    "１２７.0.0.1",
    "⑯⑨.②⑤④.⑯⑨.②⑤④",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[0::1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::]",
    "[2002:c0a8:101::1]",
    "[64:ff9b::a9fe:a9fe]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[fe80::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001::1]",
    "[2001:db8::1]",
    "[100::1]",
    "[2001:0:7f00:1::]",
    "[::ffff:10.0.0.1]",
    "[::ffff:192.168.0.1]",
    "[5f00::1]",
    "10.0.0.1",
    "10.1",
    "167772161",
    "012.0.0.1",
    "0xa.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1",
    "3232235521",
    "0xc0a80001",
    "169.254.169.254",
    "169.254.43518",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "0xA9.0xFE.0xA9.0xFE",
    "169.254.170.2",
    "168.63.129.16",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "192.0.0.192",
    "0.1",
    "127.0.0.1.",
    "127.000.000.001",
]


@pytest.fixture(scope="module")
def witness() -> Iterator[tuple[int, list[object]]]:
    """A port on every loopback address, and who connected to it."""
    seen: list[object] = []
    four = socket.create_server(("0.0.0.0", 0))
    port = four.getsockname()[1]
    listening = [four]
    with suppress(OSError):  # a machine without IPv6
        listening.append(socket.create_server(("::", port), family=socket.AF_INET6))

    def accept(server: socket.socket) -> None:
        while True:
            try:
                connection, who = server.accept()
            except OSError:
                return
            seen.append(who)
            connection.close()

    for server in listening:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
    yield port, seen
    for server in listening:
        server.close()


def refused(http: Http, url: str) -> bool:
    """Whether the request came to nothing, in one sentence."""
    try:
        outcome = ask(http, url=url)
    except CronciergeError:
        return True
    return outcome.error is not None


def test_there_are_enough_spellings() -> None:
    assert len(set(_HOSTS)) >= 80


def test_no_spelling_of_a_private_host_is_connected_to(witness: tuple[int, list[object]]) -> None:
    port, seen = witness
    http = Http(HttpConfig(timeout_seconds=2), Secrets(Config({})))
    reached = [host for host in _HOSTS if not refused(http, f"http://{host}:{port}/")]
    assert reached == []
    assert seen == []


def test_an_address_that_is_private_is_refused_when_the_task_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def asks_nobody(*args: Any, flags: int = 0, **kwargs: Any) -> Any:
        assert flags & socket.AI_NUMERICHOST, f"a name server was asked for {args[0]}"
        return real(*args, flags=flags, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", asks_nobody)
    for host in _HOSTS:
        with pytest.raises((NotAllowed, InvalidInput)):
            connector(allow=()).allow(HttpPayload(url=f"http://{host}/"), "ann")
    for url in ("http://127.0.0.1/", "http://0x7f000001/", "https://example.org/", "http://93.184.215.14/"):
        connector(allow=("127.0.0.1",)).allow(HttpPayload(url=url), "ann")
    with pytest.raises(NotAllowed, match="add it to only"):
        connector(only=("*.example.org",)).allow(HttpPayload(url="https://example.com/"), "ann")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_leads_to_a_private_host(witness: tuple[int, list[object]], status: int) -> None:
    port, seen = witness
    targets = iter(_HOSTS)
    with web(lambda _request: (status, {"location": f"http://{quoted(next(targets))}:{port}/"}, b"")) as server:
        http = connector(allow=(f"127.0.0.1:{server.port}",), timeout_seconds=2)
        assert all(refused(http, server.url) for _ in _HOSTS)
    assert len(server.asked) == len(_HOSTS)
    assert seen == []


def quoted(host: str) -> str:
    """As it fits into a header."""
    return host.encode("utf-8").decode("latin-1")


def test_no_second_answer_of_a_name_server_leads_to_a_private_host(
    witness: tuple[int, list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, seen = witness
    real, asked = socket.getaddrinfo, 0

    def rebinding(host: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal asked
        if host != "rebinding.example":
            return real(host, *args, **kwargs)
        asked += 1
        # Public while it is checked; whoever asks again is led home.
        return real("192.0.2.1" if asked % 2 else "127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr("tools.connectors.addresses.is_public", lambda address: str(address) == "192.0.2.1")
    http = Http(HttpConfig(timeout_seconds=0.3), Secrets(Config({})))
    assert all(refused(http, f"http://rebinding.example:{port}/") for _ in range(6))
    assert asked >= 6
    assert seen == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("93.184.215.14", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: answers)
    with pytest.raises(NotAllowed, match="not public"):
        ask(connector(allow=()), url="http://mixed.example/")


def test_the_operator_can_limit_tasks_to_some_hosts() -> None:
    with web(says("ok")) as server:
        http = connector(only=("*.example.org", "localhost"))
        with pytest.raises(NotAllowed, match="add it to only"):
            ask(http, url=server.url)
    assert server.asked == []
