"""What a person and the assistant have said to each other, for AI tasks of that person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from pydantic import BaseModel, ConfigDict, Field

from agent.ai.texts import described
from agent.ai.toolbox import Answer, Tool, checked, function
from agent.ai.trust import Rule

NAME = "read_conversations"


class _Since(BaseModel):
    model_config = ConfigDict(extra="forbid")

    hours: int = Field(24, ge=1, le=24 * 31)


def conversations_tool(checkpointer: BaseCheckpointSaver[Any], owner: UUID, now: datetime) -> Tool:
    """The tool that reads the owner's own conversations; they may repeat text from outside."""

    def read(given: Mapping[str, Any], _call_id: str) -> Answer:
        since = now - timedelta(hours=checked(_Since, given).hours)
        return {"status": "done", "conversations": _conversations(checkpointer, owner, since)}

    schema = function(NAME, described(NAME), _Since)
    return Tool(name=NAME, schema=schema, rule=lambda _given: Rule(acts=False, brings=True), call=read)


def _conversations(checkpointer: BaseCheckpointSaver[Any], owner: UUID, since: datetime) -> dict[str, list[str]]:
    """What was said since then, by the names of the threads."""
    found: dict[str, list[str]] = {}
    mine = f"{owner}/"
    for kept in checkpointer.list(None):
        thread = str(kept.config["configurable"]["thread_id"])
        name = thread.removeprefix(mine)
        if name == thread or name in found:  # newest first, and the newest holds the whole conversation
            continue
        lines = found[name] = []
        recent = False
        for message in kept.checkpoint["channel_values"].get("messages", []):
            if isinstance(message, HumanMessage):
                said_at = message.additional_kwargs.get("said_at")
                recent = said_at is not None and datetime.fromisoformat(said_at) >= since
                speaker = "person"
            elif isinstance(message, AIMessage):
                speaker = "assistant"
            else:
                continue
            if recent and message.text:
                lines.append(f"{speaker}: {message.text}")
    return {name: lines for name, lines in found.items() if lines}
