"""Servers of the Model Context Protocol: which of their tools the operator lets AI tasks have, and under what name."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatchcase
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from croncierge.errors import InvalidInput, Unavailable
from tools.connectors.executor import Control
from tools.connectors.grants import Grant, granted, usable

if TYPE_CHECKING:
    from tools.mcp.sessions import Running, ServerTool

PREFIX = "mcp__"
"""How the names of such tools begin: `mcp__SERVER__TOOL`. Models take no other characters than these."""

_NAME = re.compile(r"[A-Za-z0-9]+([_-][A-Za-z0-9]+)*")  # without two underscores, which end it
_LONGEST = 64  # characters of a tool's name that every model takes


class McpConfig(Grant):
    """`[mcp.NAME]`: a command that is started for each run, or the URL of a server that is there already.

    env, headers: what it is given. tools: those that tasks may be granted, like `search_*`; none when left out.
    trusted: whether what the server says of its tools is as good as the operator's word. timeout_seconds: for the start
    and for each call. max_bytes: of an answer.
    """

    command: str | None = Field(None, min_length=1)
    args: tuple[str, ...] = ()
    env: Mapping[str, SecretStr] = Field(default_factory=dict)
    url: SecretStr | None = None
    headers: Mapping[str, SecretStr] = Field(default_factory=dict)
    tools: tuple[str, ...] = ()
    trusted: bool = False
    timeout_seconds: float = Field(30, gt=0, le=3_600)
    max_bytes: int = Field(1_000_000, ge=1, le=100_000_000)

    @field_validator("url")
    @classmethod
    def _is_of_the_web(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("has to begin with http:// or https://")
        return url

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.command is None) == (self.url is None):
            raise ValueError("it needs either a command or a url")
        if self.url is None and self.headers:
            raise ValueError("headers go with a url; a command gets env")
        if self.command is None and (self.args or self.env):
            raise ValueError("args and env go with a command; a url gets headers")
        return self


class Servers:
    """The operator's `[mcp]`. Nothing of the protocol is loaded before a server is opened."""

    def __init__(self, configs: Mapping[str, McpConfig]) -> None:
        """Raises InvalidInput for a name that cannot be part of a tool's."""
        for name in configs:
            if not _NAME.fullmatch(name):
                raise InvalidInput(
                    f"[mcp.{name}] cannot be called that; use letters, digits, single hyphens and underscores.",
                    field="mcp",
                )
        self._configs = configs

    def names(self, owner: str) -> list[str]:
        """The servers that this person may use."""
        return usable(self._configs, owner)

    def grantable(self, tool: str) -> bool:
        """Whether the operator lets tasks have the tool of this name."""
        server, plain = _parts(tool)
        named = server in self._configs and any(fnmatchcase(plain, each) for each in self._configs[server].tools)
        return named and len(plain) > 0 and len(tool) <= _LONGEST

    def check(self, tool: str, owner: str) -> None:
        """Pass if a task of this person may be granted the tool; no server is asked.

        Raises NotAllowed for a server that is not there for the person, InvalidInput for a tool that tasks cannot
        have, Unavailable when the package that speaks the protocol is not installed.
        """
        server, plain = _parts(tool)
        config = granted(self._configs, "MCP server", "mcp", server, owner)
        if not self.grantable(tool):
            raise InvalidInput(
                f"Tasks cannot have the tool {plain!r} of the MCP server “{server}”; the operator lets them have "
                f"{', '.join(config.tools) or 'none'} (`croncierge actions mcp {server}` shows what it offers).",
                field="tools",
            )
        need_package()

    def distrusted(self, tools: Collection[str]) -> bool:
        """Whether one of these tools is described in words that the operator does not vouch for."""
        configs = [self._configs.get(_parts(tool)[0]) for tool in tools]
        return any(config is None or not config.trusted for config in configs)

    @contextmanager
    def opened(self, tools: Sequence[str], owner: str, control: Control) -> Iterator[dict[str, "ServerTool"]]:
        """These tools by name, with their servers for as long as the block lasts; none is left behind.

        Raises NotAllowed and InvalidInput for tools that the person or their servers do not have, Unavailable for
        servers that cannot be reached.
        """
        for tool in tools:
            self.check(tool, owner)
        wanted = dict.fromkeys(_parts(tool)[0] for tool in tools)
        found: dict[str, ServerTool] = {}
        with ExitStack() as stack:
            for server in wanted:
                found |= stack.enter_context(self.running(server, owner, control)).tools
            for tool in tools:
                if tool not in found:
                    offered = ", ".join(each for each in found if self.grantable(each)) or "none that a task can have"
                    raise InvalidInput(f"There is no tool {tool!r}; the server offers {offered}.", field="tools")
            yield {tool: found[tool] for tool in tools}

    @contextmanager
    def running(self, server: str, owner: str, control: Control) -> Iterator["Running"]:
        """A server with all that it offers. Raises NotAllowed, Unavailable."""
        config = granted(self._configs, "MCP server", "mcp", server, owner)
        need_package()
        from tools.mcp.sessions import running

        with running(server, config, control) as found:
            yield found


def _parts(tool: str) -> tuple[str, str]:
    """The server of a tool, and what the tool is called there."""
    server, _, plain = tool.removeprefix(PREFIX).partition("__")
    return server, plain


def need_package() -> None:
    """Raises Unavailable when the package that speaks the protocol is not installed."""
    if find_spec("mcp") is None:
        raise Unavailable("Tools of MCP servers need a package more: pip install 'croncierge[mcp]'.")
