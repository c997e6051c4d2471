"""A server of the Model Context Protocol, to be run: over stdio, or over HTTP at the port that is its only argument.

What it does to the world stands in the file WITNESS; DESCRIPTION is what it says of its tool `forecast`.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from mcp.server import MCPServer
from mcp_types import ToolAnnotations

server = MCPServer("weather")


def note(line: str) -> None:
    if "WITNESS" in os.environ:
        with Path(os.environ["WITNESS"]).open("a") as witness:
            witness.write(f"{line}\n")


@server.tool(
    description=os.environ.get("DESCRIPTION", "The weather of a city."),
    annotations=ToolAnnotations(read_only_hint=True),
)
def forecast(city: str) -> str:
    note(f"forecast {city}")
    return os.environ.get("ANSWER", f"Rain in {city}.")


@server.tool()
def send(to: str, text: str) -> dict[str, str]:
    """Send a card with the weather."""
    note(f"send {to} {text}")
    return {"sent": to}


@server.tool(annotations=ToolAnnotations(destructive_hint=True, read_only_hint=False))
def erase(city: str) -> str:
    """Forget a city."""
    note(f"erase {city}")
    return "gone"


@server.tool()
def secret() -> str:
    """Say what should not be said."""
    return f"The key is {os.environ.get('KEY')}."


@server.tool()
def fail(word: str) -> str:
    """Fail."""
    raise ValueError(f"no weather for {word}")


@server.tool()
def slow(seconds: float) -> str:
    """Take long."""
    time.sleep(seconds)
    return "at last"


@server.tool()
def much(size: int) -> str:
    """Say much."""
    return "x" * size


@server.tool()
def die() -> str:
    """End at once."""
    os._exit(3)


@server.tool()
def begin() -> str:
    """Start something that would go on for long, out of reach."""
    process = subprocess.Popen(["sleep", "600"], start_new_session=True, stdin=subprocess.DEVNULL)
    note(f"pids {os.getpid()} {process.pid}")
    return "begun"


if __name__ == "__main__":
    note("started")
    if len(sys.argv) == 2:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
    else:
        server.run("stdio")
    note("ended")
