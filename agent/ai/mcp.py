"""Tools of MCP servers for AI runs: whatever a server says, the rule of a call is decided here."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.ai.toolbox import Answer, Tool, enums
from agent.ai.trust import Rule
from tools.connectors.connector import Call

if TYPE_CHECKING:
    from tools.mcp.sessions import ServerTool

_DESTROYS = "it may destroy something, as its server says"


def tool_of_server(offered: "ServerTool", call: Call, hidden: Callable[[Any], Any], *, trusted: bool) -> Tool:
    """A server's tool as a run has it.

    trusted: whether the operator vouches for what the server says of it. If not, it acts outside whatever it says, and
    no value is harmless because its schema says so. hidden: takes secrets out of what the model is told.
    """
    rule = Rule(
        acts=not (trusted and offered.reads), brings=True, always=_DESTROYS if offered.destroys else None
    )  # to call itself destructive can only make it stricter

    def work(given: Mapping[str, Any], _call_id: str) -> Answer:
        asked = {"tool": offered.name, "arguments": dict(given)}
        try:
            answer = offered.call(given)
        except BaseException:
            call.record(asked, None)
            raise
        call.record(asked, answer)
        return answer

    about = {"name": offered.name, "description": hidden(offered.description), "parameters": hidden(offered.schema)}
    schema = {"type": "function", "function": about}
    return Tool(
        name=offered.name, schema=schema, rule=lambda _given: rule, call=work, harmless=enums(schema) if trusted else {}
    )
