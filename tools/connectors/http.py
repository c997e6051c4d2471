"""Ask something on the web, or tell it something.

The address is checked when it is resolved and connected to as checked, again at each redirect, so that no spelling of a
host, no answer of a name server and no other server leads into the private network.
"""

import json
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Literal
from urllib.parse import urljoin

import httpcore
import httpx
import jsonpath
from pydantic import BaseModel, ConfigDict, Field, field_validator

from croncierge.errors import InvalidInput, NotAllowed, Unavailable
from store.operations.runs import Outcome
from tools.connectors.addresses import Reach
from tools.connectors.cancelling import ended_when_cancelled
from tools.connectors.connector import Call, Payload, idempotency_key
from tools.connectors.secrets import Secrets
from tools.connectors.verbatim import has_template

_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({408, 425, 429})
_EVERYWHERE = frozenset({"accept", "accept-language", "user-agent"})
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "idempotency-key"})
_SHOWN = 64 * 1024
_CHUNK = 64 * 1024


class HttpConfig(BaseModel):
    """`[http]`. allow: what may be reached beside public addresses: hosts, `host:port`, addresses, networks. only: if
    given, nothing but these hosts. max_bytes: of an answer. timeout_seconds: for each step of a request.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    allow: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    max_bytes: int = Field(5_000_000, ge=1, le=100_000_000)
    timeout_seconds: float = Field(30, gt=0, le=3_600)


class HttpPayload(Payload):
    """body: text, or anything else as JSON. expect: statuses that are right, by default 200 to 299. extract: names of
    the result, with a JSONPath (RFC 9535) each into the answer.
    """

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: str = Field(min_length=1, max_length=8_000)
    headers: Mapping[str, str] = Field(default_factory=dict, max_length=50)
    body: Any = None
    expect: tuple[int, ...] = Field((), max_length=50)
    extract: Mapping[str, str] = Field(default_factory=dict, max_length=50)

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        for name, value in headers.items():
            if not name or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
                raise ValueError(f"{name!r} is no name of a header")
            if name.lower() in _OURS:
                raise ValueError(f"{name} is set for you; leave it out")
            if any(each in value for each in "\r\n\0"):
                raise ValueError(f"the header {name} holds a line break")
        return headers

    @field_validator("extract")
    @classmethod
    def _are_paths(cls, extract: Mapping[str, str]) -> Mapping[str, str]:
        for name, path in extract.items():
            try:
                jsonpath.compile(path)
            except jsonpath.JSONPathError as error:
                raise ValueError(f"the path of {name} cannot be read: {str(error).splitlines()[0]}") from error
        return extract


class Http:
    name = "http"
    payload: type[Payload] = HttpPayload

    def __init__(self, config: HttpConfig, secrets: Secrets) -> None:
        self._config = config
        self._secrets = secrets
        self._reach = Reach(config.allow, config.only)

    def allow(self, payload: HttpPayload, owner: str) -> None:  # noqa: ARG002 (who may is the same for all)
        if not has_template(payload.url):  # else it is known, and checked, when it is asked
            url = _parsed(payload.url)
            self._reach.check(url.host, _port(url))

    def preview(self, payload: HttpPayload) -> Mapping[str, Any]:
        shown: dict[str, Any] = payload.model_dump(mode="json", exclude_defaults=True) | {"method": payload.method}
        if not has_template(payload.url):
            url = _parsed(payload.url)
            try:
                shown["addresses"] = self._reach.addresses(url.host, _port(url))
            except (NotAllowed, Unavailable) as error:
                shown["refused"] = error.message
        return shown

    def run(self, payload: HttpPayload, call: Call) -> Outcome:
        headers = {
            **_content_type(payload.body),
            "user-agent": "croncierge",
            "idempotency-key": idempotency_key(call.run),
            **payload.headers,
        }
        request = _Request(method=payload.method, url=payload.url, headers=headers, body=payload.body)
        shown = {"method": payload.method, "url": payload.url, "headers": headers, "body": payload.body}
        transport = _Transport(self._reach)
        timeout = min(self._config.timeout_seconds, call.run.timeout_seconds)
        with httpx.Client(transport=transport, timeout=timeout, trust_env=False) as client:
            try:
                with ended_when_cancelled(call.control, transport.cut):
                    answer = self._ask(client, request)
            except (httpx.HTTPError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
                call.record(shown, None)
                late = isinstance(error, httpx.TimeoutException | httpcore.TimeoutException)
                said = "did not answer in time" if late else f"could not be asked ({type(error).__name__})"
                return Outcome(error=f"{httpx.URL(request.url).host} {said}")
        call.record(shown, answer)
        return _outcome(payload, answer)

    def _ask(self, client: httpx.Client, request: "_Request") -> dict[str, Any]:
        """The answer in the end, after redirects. Raises NotAllowed for one that leads where it must not."""
        visited = []
        for _ in range(_MOST_REDIRECTS + 1):
            url = _parsed(request.url)
            visited.append(request.url)
            address, headers, body = self._secrets.revealed((request.url, request.headers, request.body), url.host)
            asked = client.build_request(request.method, address, headers=headers, content=_content(body))
            with _closing(client.send(asked, stream=True)) as response:
                target = response.headers.get("location")
                if response.status_code in _REDIRECTS and target:
                    request = _redirected(request, response.status_code, target)
                    continue
                return self._read(response, visited)
        raise Unavailable(f"{_parsed(request.url).host} sends on and on; it was asked {_MOST_REDIRECTS + 1} times.")

    def _read(self, response: httpx.Response, visited: list[str]) -> dict[str, Any]:
        body = bytearray()
        for chunk in response.iter_bytes(_CHUNK):
            body += chunk
            if len(body) > self._config.max_bytes:
                raise InvalidInput(
                    f"The answer has more than {self._config.max_bytes:,} bytes; the operator can raise max_bytes in "
                    "[http].",
                    field="url",
                )
        text = body.decode(response.encoding or "utf-8", errors="replace")
        answer: dict[str, Any] = {"status": response.status_code, "headers": dict(response.headers), "body": text}
        if len(visited) > 1:
            answer["visited"] = visited
        if "json" in response.headers.get("content-type", "") or text[:1] in ("{", "["):
            with suppress(ValueError):
                answer["json"] = json.loads(text)
        return answer


class _Request(BaseModel):
    method: str
    url: str
    headers: Mapping[str, str]
    body: Any


def _parsed(url: str) -> httpx.URL:
    """Raises InvalidInput for what is no address of the web."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InvalidInput(f"The url {url[:100]!r} is not one: {error}.", field="url") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise InvalidInput(f"The url {url[:100]!r} has to begin with http:// or https:// and a host.", field="url")
    if parsed.userinfo:
        raise InvalidInput("The url holds a password; put it into a header, as {{ secrets.NAME }}.", field="url")
    return parsed


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _content(body: Any) -> bytes | None:
    if body is None:
        return None
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _content_type(body: Any) -> dict[str, str]:
    if body is None:
        return {}
    return {"content-type": "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"}


def _redirected(request: _Request, status: int, target: str) -> _Request:
    """The request that a redirect asks for: to another origin it takes nothing along that could be secret."""
    url = urljoin(request.url, target)
    before, after = _parsed(request.url), _parsed(url)
    keeps = status in (307, 308) or request.method in ("GET", "HEAD")
    method, body = (request.method, request.body) if keeps else ("GET", None)
    headers = dict(request.headers)
    if body is None:
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    if (before.scheme, before.host, _port(before)) != (after.scheme, after.host, _port(after)):
        if body is not None or method not in ("GET", "HEAD"):
            raise NotAllowed(
                f"{before.host} sends the {request.method} on to {after.host}; ask there directly if you trust it.",
                field="url",
            )
        headers = {name: value for name, value in headers.items() if name.lower() in _EVERYWHERE}
    return _Request(method=method, url=url, headers=headers, body=body)


def _outcome(payload: HttpPayload, answer: Mapping[str, Any]) -> Outcome:
    status = answer["status"]
    result: dict[str, Any] = {"status": status, "body": answer["body"][:_SHOWN]}
    if "json" in answer and len(answer["body"]) <= _SHOWN:
        result["json"] = answer["json"]
    right = status in payload.expect if payload.expect else 200 <= status < 300
    if not right:
        wanted = f"; {' or '.join(map(str, payload.expect))} was expected" if payload.expect else ""
        return Outcome(
            error=f"{httpx.URL(payload.url).host} answered with status {status}{wanted}",
            retryable=status >= 500 or status in _LATER,
            result=result,
        )
    for name, path in payload.extract.items():
        if "json" not in answer:
            return Outcome(
                error="the answer is not JSON, so nothing can be taken from it", retryable=False, result=result
            )
        found = jsonpath.findall(path, answer["json"])
        if not found:
            return Outcome(error=f"the answer has nothing at {path} for {name}", retryable=False, result=result)
        result[name] = found[0] if len(found) == 1 else found
    return Outcome(result=result)


class _closing:
    """A response that is closed when its block is over."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __enter__(self) -> httpx.Response:
        return self._response

    def __exit__(self, *_: object) -> None:
        self._response.close()


class _Backend(httpcore.NetworkBackend):
    """Connects to addresses that were checked, under whatever name they were asked for."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._plain = httpcore.SyncBackend()
        self.sockets: list[socket.socket] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception | None = None
        for address in self._reach.addresses(host, port):
            try:
                stream = self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
                continue
            # Its own, since TLS takes the first one away from the stream.
            self.sockets.append(stream.get_extra_info("socket").dup())
            return stream
        raise failed or httpcore.ConnectError(host)


@cache
def _trusted() -> ssl.SSLContext:
    """Made once: to read the authorities takes longer than most requests."""
    return httpx.create_ssl_context()


class _Transport(httpx.BaseTransport):
    """httpx over connections that go where they may."""

    def __init__(self, reach: Reach) -> None:
        self._backend = _Backend(reach)
        self._pool = httpcore.ConnectionPool(ssl_context=_trusted(), network_backend=self._backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self._pool.handle_request(asked)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions, request=request
        )

    def cut(self) -> None:
        """Break off what is under way, from another thread."""
        for each in self._backend.sockets:
            with suppress(OSError):  # that one was over already
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._pool.close()
        for each in self._backend.sockets:
            each.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
