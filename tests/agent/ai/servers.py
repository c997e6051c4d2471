"""An MCP server in this process, for runs that must not wait for another one to start."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from mcp.client._memory import InMemoryTransport
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from tools.mcp.servers import McpConfig, Servers

FORECAST, SEND, ERASE, FAIL = (f"mcp__weather__{name}" for name in ("forecast", "send", "erase", "fail"))


class Weather:
    """A server in this process. done: what it was asked to do."""

    def __init__(self, *, about: str = "The weather of a city.", answer: str = "Rain.", error: str = "broken") -> None:
        self.done: list[Any] = []
        self.server = server = MCPServer("weather")

        @server.tool(description=about, annotations=ToolAnnotations(read_only_hint=True))
        def forecast(city: str) -> str:
            self.done.append(city)
            return answer

        @server.tool()
        def send(to: str, text: str) -> str:
            self.done.append((to, text))
            return "sent"

        @server.tool(annotations=ToolAnnotations(destructive_hint=True, read_only_hint=False))
        def erase(city: str) -> str:
            self.done.append(("erase", city))
            return "gone"

        @server.tool()
        def fail() -> str:
            raise ToolError(error)

    def connected(self, _config: McpConfig) -> AbstractAsyncContextManager[Any]:
        return InMemoryTransport(self.server)


def set_up(**given: Any) -> Servers:
    return Servers({"weather": McpConfig.model_validate({"url": "http://here", "tools": ["*"], **given})})
