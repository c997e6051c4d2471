import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.mcp.servers import McpConfig

SERVER = Path(__file__).parents[2] / "fakes" / "mcp_server.py"


def config(**given: Any) -> McpConfig:
    return McpConfig.model_validate({"tools": ["*"], **given})


def by_command(**given: Any) -> McpConfig:
    return config(command=sys.executable, args=[str(SERVER)], **given)


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """Of a server that listens on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(SERVER), str(port)], stderr=subprocess.DEVNULL)
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/mcp"
    process.kill()
    process.wait()
