"""Talking to a server of the Model Context Protocol for as long as one entry of a run lasts.

The protocol's library lives in an event loop, in a thread of its own. A command runs under the launcher, so that it and
all that it has started end with the block, with the thread, and with the program, even one that is killed.
"""

import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

import anyio
import httpx2
import mcp_types
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from croncierge.errors import Unavailable
from tools.connectors.cancelling import ended_when_cancelled
from tools.connectors.executor import Control
from tools.connectors.sandbox import launch
from tools.mcp.servers import PREFIX, McpConfig

logging.getLogger("mcp").setLevel(logging.CRITICAL)  # it logs what servers say, secrets and all

_UNFIT = re.compile(r"[^A-Za-z0-9_-]")
_MOST_PAGES = 20
_MOST_DESCRIBED = 2_000  # characters of a description
_LARGEST_SCHEMA = 20_000  # characters; the model pays for them each time
_LAST_WORDS = 4_096

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ServerTool:
    """A tool as its server describes it. name: as a task grants it; offered: as the server has it.

    reads, destroys: what the server says of itself, which is no more than that.
    """

    name: str
    offered: str
    description: str
    schema: Mapping[str, Any]
    reads: bool
    destroys: bool
    server: "Running"

    def call(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The answer; its status says whether the server calls it an error. Raises Unavailable for none in time."""
        return self.server.call(self.offered, arguments)


class Running:
    """A server that answers, until its block is over."""

    def __init__(self, name: str, config: McpConfig, portal: BlockingPortal, control: Control) -> None:
        self.name = name
        self.tools: dict[str, ServerTool] = {}
        self._config = config
        self._portal = portal
        self._control = control
        self._client: Future[Client] = Future()
        self._over = portal.call(anyio.Event)

    def start(self, transport: AbstractAsyncContextManager[Any]) -> Future[None]:
        """Connect, and learn what it offers; the future ends when all is over. Raises Unavailable."""
        life: Future[None] = self._portal.start_task_soon(self._live, transport)
        try:
            with ended_when_cancelled(self._control, life.cancel):
                self._client.result(self._config.timeout_seconds)
                for each in self._until_answered(self._listed):
                    self.tools.setdefault(each.name, each)
        except BaseException as error:
            life.cancel()
            if isinstance(error, TimeoutError | CancelledError):
                raise self._failed("did not answer in time") from None
            raise
        return life

    def stop(self) -> None:
        self._portal.call(self._over.set)

    def call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the server answers. Raises Unavailable."""
        answer = self._until_answered(self._called, tool, dict(arguments))
        if len(json.dumps(answer, default=str)) > self._config.max_bytes:
            raise self._failed(
                f"answered with more than {self._config.max_bytes:,} bytes; the operator can raise max_bytes in "
                f"[mcp.{self.name}]"
            )
        return answer

    async def _live(self, transport: AbstractAsyncContextManager[Any]) -> None:
        try:
            async with Client(transport, cache=None) as client:
                self._client.set_result(client)
                await self._over.wait()
        except Exception as error:
            if not self._client.done():
                self._client.set_exception(self._failed(f"cannot be reached ({_plain(error)})"))
        finally:
            self._client.cancel()  # for whoever still waits for it

    def _until_answered(self, ask: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        question: Future[T] = self._portal.start_task_soon(self._in_time, ask, *arguments)
        try:
            with ended_when_cancelled(self._control, question.cancel):
                return question.result()
        except TimeoutError:
            raise self._failed(f"did not answer within {self._config.timeout_seconds:g} seconds") from None
        except CancelledError:
            raise self._failed("was not waited for, since the run was called off") from None
        except Unavailable:
            raise
        except Exception as error:  # a server can break the protocol in any way
            raise self._failed(f"broke off ({_plain(error)})") from None

    async def _in_time(self, ask: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        with anyio.fail_after(self._config.timeout_seconds):
            return await ask(*arguments)

    async def _listed(self) -> list[ServerTool]:
        found: list[mcp_types.Tool] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._client.result().list_tools(cursor=cursor)
            found += page.tools
            cursor = page.next_cursor
            if cursor is None:
                break
        return [self._tool(each) for each in found if len(json.dumps(each.input_schema)) <= _LARGEST_SCHEMA]

    async def _called(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            result = await self._client.result().call_tool(tool, arguments)
        except MCPError as error:
            if error.code == mcp_types.CONNECTION_CLOSED:
                raise
            return {"status": "error", "text": error.message}  # in the server's words
        text = "\n".join(
            each.text if isinstance(each, mcp_types.TextContent) else f"[{each.type}, left out]"
            for each in result.content
        )
        if result.is_error:
            return {"status": "error", "text": text}
        return {"status": "done", "result": text if result.structured_content is None else result.structured_content}

    def _tool(self, tool: mcp_types.Tool) -> ServerTool:
        hints = tool.annotations or mcp_types.ToolAnnotations()
        return ServerTool(
            name=f"{PREFIX}{self.name}__{_UNFIT.sub('_', tool.name)}",
            offered=tool.name,
            description=(tool.description or tool.title or tool.name)[:_MOST_DESCRIBED],
            schema=tool.input_schema,
            reads=bool(hints.read_only_hint),
            destroys=bool(hints.destructive_hint) and not hints.read_only_hint,
            server=self,
        )

    def _failed(self, what: str) -> Unavailable:
        return Unavailable(f"The MCP server “{self.name}” {what}.")


@contextmanager
def running(name: str, config: McpConfig, control: Control) -> Iterator[Running]:
    """The server, started or connected to, until the block is over. Raises Unavailable."""
    if config.command is not None and shutil.which(config.command) is None:
        raise Unavailable(f"The MCP server “{name}” cannot be started: there is no command {config.command!r}.")
    with tempfile.TemporaryFile("w+", errors="replace") as said, start_blocking_portal() as portal:
        server = Running(name, config, portal, control)
        try:
            life = server.start(_started(config, said) if config.command is not None else _connected(config))
        except Unavailable as error:
            last = _last_line(said)
            raise Unavailable(f"{error.message} Its last words: {last}") if last else error from None
        try:
            yield server
        finally:
            server.stop()
            life.result()


@asynccontextmanager
async def _started(config: McpConfig, said: TextIO) -> AsyncIterator[Any]:
    """A command of its own session, in an empty folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="croncierge-"))
    command = launch(
        "supervise", [str(config.command), *config.args], lifeline=None, limits=None, folder=str(folder),
        parent=os.getpid(),
    )  # fmt: skip
    environment = {name: each.get_secret_value() for name, each in config.env.items()}
    parameters = StdioServerParameters(command=command[0], args=command[1:], env=environment, cwd=folder)
    try:
        async with stdio_client(parameters, errlog=said) as streams:
            yield streams
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _connected(config: McpConfig) -> AsyncIterator[Any]:
    assert config.url is not None
    headers = {name: each.get_secret_value() for name, each in config.headers.items()}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=config.timeout_seconds, trust_env=False) as client,
        streamable_http_client(
            config.url.get_secret_value(), http_client=client, max_sse_event_size=config.max_bytes
        ) as streams,
    ):
        yield streams


def _plain(error: BaseException) -> str:
    """What went wrong in the end, without what it went through."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = " ".join(str(error).split())[:200]
    return said or type(error).__name__


def _last_line(said: TextIO) -> str:
    size = os.fstat(said.fileno()).st_size
    tail = os.pread(said.fileno(), _LAST_WORDS, max(0, size - _LAST_WORDS)).decode(errors="replace")
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
