import sys
from pathlib import Path

import pytest

from tests.interfaces.cli.conftest import Command

SERVER = Path(__file__).parents[2] / "fakes" / "mcp_server.py"


def test_what_mcp_servers_offer_is_listed_and_granted_by_name(
    croncierge: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "connectors.toml").write_text(f"""
        [mcp.weather]
        command = "{sys.executable}"
        args = ["{SERVER}"]
        env = {{DESCRIPTION = "Weather for ${{WEATHER_KEY}}."}}
        tools = ["forecast", "s*"]

        [mcp.gone]
        command = "no-such-command"
    """)
    monkeypatch.setenv("CRONCIERGE_CONNECTORS", str(tmp_path / "connectors.toml"))
    monkeypatch.setenv("WEATHER_KEY", "canary-1234")
    monkeypatch.setenv("CRONCIERGE_MODEL", "gpt-5")
    monkeypatch.setenv("CRONCIERGE_API_KEY", "none")

    found = croncierge("actions", "mcp", "--json").json
    assert found["problems"] == {
        "gone": "The MCP server “gone” cannot be started: there is no command 'no-such-command'."
    }
    tools = {each["tool"]: each for each in found["tools"]}
    assert tools["mcp__weather__forecast"] == {
        "tool": "mcp__weather__forecast", "can_be_granted": True, "reads_only": True, "about": "Weather for •••.",
    }  # fmt: skip
    assert not tools["mcp__weather__erase"]["can_be_granted"]
    assert "There is no MCP server “moon”" in croncierge("actions", "mcp", "moon").err

    def add(tool: str) -> str:
        payload = f'{{"prompt": "Rain?", "tools": ["{tool}"]}}'
        return croncierge("tasks", "add", "umbrella", "--when", "every day at 7", "--do", "ai_prompt",
                          "--payload", payload).err  # fmt: skip

    assert "cannot have the tool 'erase'" in add("mcp__weather__erase")
    assert "There is no MCP server “moon”" in add("mcp__moon__phase")
    assert add("mcp__weather__forecast") == ""
