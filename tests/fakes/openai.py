"""A server on loopback that speaks OpenAI's chat protocol, streaming and not, and answers from a script."""

import itertools
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_numbers = itertools.count(1)

Message = dict[str, Any]
Reply = Message | int  # an assistant message, or an HTTP status to fail with


def says(text: str) -> Message:
    return {"role": "assistant", "content": text}


def calls(name: str, /, **arguments: Any) -> Message:
    return calls_raw(name, json.dumps(arguments))


def calls_raw(name: str, arguments: str) -> Message:
    function = {"name": name, "arguments": arguments}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": f"call_{next(_numbers)}_{name}", "type": "function", "function": function}],
    }


@dataclass
class OpenAIServer:
    """`script` is asked with the request for each reply; `requests` keeps what was sent."""

    script: Callable[[Message], Reply]
    requests: list[Message] = field(default_factory=list)
    url: str = ""


def in_order(*replies: Reply) -> Callable[[Message], Reply]:
    """A script that gives these replies one after the other, and fails when they run out."""
    left = iter(replies)
    return lambda _request: next(left)


@contextmanager
def openai_server(script: Callable[[Message], Reply], port: int = 0) -> Iterator[OpenAIServer]:
    fake = OpenAIServer(script)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.requests.append(request)
            reply = fake.script(request)
            if isinstance(reply, int):
                said = f"no, not with {self.headers['Authorization']}"  # some servers do say it
                self._send(reply, "application/json", json.dumps({"error": {"message": said, "type": "x"}}))
            elif request.get("stream"):
                lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in _chunks(reply, request)]
                self._send(200, "text/event-stream", "".join([*lines, "data: [DONE]\n\n"]))
            else:
                self._send(200, "application/json", json.dumps(_completion(reply, request)))

        def _send(self, status: int, kind: str, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


_USAGE = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}


def _frame(request: Message, kind: str) -> Message:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": request["model"]}


def _finish(reply: Message) -> str:
    return "tool_calls" if reply.get("tool_calls") else "stop"


def _completion(reply: Message, request: Message) -> Message:
    choice = {"index": 0, "message": reply, "finish_reason": _finish(reply)}
    return _frame(request, "chat.completion") | {"choices": [choice], "usage": _USAGE}


def _chunks(reply: Message, request: Message) -> Iterator[Message]:
    frame = _frame(request, "chat.completion.chunk")
    for delta in _deltas(reply):
        yield frame | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield frame | {"choices": [{"index": 0, "delta": {}, "finish_reason": _finish(reply)}]}
    yield frame | {"choices": [], "usage": _USAGE}


def _deltas(reply: Message) -> Sequence[Message]:
    if not reply.get("tool_calls"):
        return [{"role": "assistant", "content": word + " "} for word in reply["content"].split(" ")]
    deltas: list[Message] = [{"role": "assistant", "content": None}]
    for index, call in enumerate(reply["tool_calls"]):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        half = len(arguments) // 2  # arguments come in pieces
        deltas.append(
            {"tool_calls": [{**call, "index": index, "function": {"name": name, "arguments": arguments[:half]}}]}
        )
        deltas.append({"tool_calls": [{"index": index, "function": {"arguments": arguments[half:]}}]})
    return deltas
