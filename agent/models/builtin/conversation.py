"""What has been said so far, as far as the grammar needs it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from schedules.reading import Preferences


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One tool call with its answer."""

    name: str
    args: Mapping[str, Any]
    result: Mapping[str, Any]

    @property
    def text(self) -> str:
        return str(self.result.get("text", ""))

    def was_refused(self, code: str, field: str) -> bool:
        """Whether it could not be done, for this kind of error in this field."""
        return (self.result.get("status"), self.result.get("code"), self.result.get("field")) == ("error", code, field)

    @property
    def tasks(self) -> list[Mapping[str, Any]]:
        return list(self.result.get("tasks", []))


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """The present message, the calls already answered in this turn, and those of earlier turns, oldest first."""

    text: str
    now: datetime
    preferences: Preferences
    this_turn: tuple[Answered, ...]
    earlier: tuple[Answered, ...]
    last_turn: tuple[Answered, ...] = ()
    last_reply: str = ""

    @property
    def calls(self) -> tuple[Answered, ...]:
        return self.earlier + self.this_turn

    @property
    def pending(self) -> Answered | None:
        """The call that ended the last turn with a question to the person."""
        asked = [call for call in self.last_turn if call.result.get("status") == "ask"]
        return asked[-1] if asked else None

    @property
    def focus(self) -> Mapping[str, Any] | None:
        """The task that "it" means: the only one of the latest answer that showed any."""
        for call in reversed(self.calls):
            if call.tasks:
                return call.tasks[0] if len(call.tasks) == 1 else None
        return None

    @property
    def listed(self) -> list[Mapping[str, Any]]:
        """The tasks that "the second one" counts in: those of the latest answer that showed several."""
        for call in reversed(self.calls):
            if len(call.tasks) > 1:
                return call.tasks
            if call.result.get("status") == "ask" and call.result.get("choices"):
                ids = [re.match(r"#(\d+) (.*)", str(choice)) for choice in call.result["choices"]]
                if all(ids):
                    return [{"id": int(match[1]), "title": match[2]} for match in ids if match]
        return []


def read_conversation(messages: Sequence[BaseMessage]) -> Conversation:
    """The messages, sorted by turn."""
    turns = _turns(messages)
    said = turns[-1][0]
    zone = str(said.additional_kwargs.get("zone", "UTC"))
    now = datetime.fromisoformat(str(said.additional_kwargs["said_at"]))
    answered = [_answered(turn) for turn in turns]
    last = turns[-2] if len(turns) > 1 else []
    replies = [message for message in last if isinstance(message, AIMessage)]
    return Conversation(
        text=str(said.text),
        now=now,
        preferences=Preferences(zone=zone),
        this_turn=answered[-1],
        earlier=tuple(call for turn in answered[:-1] for call in turn),
        last_turn=answered[-2] if len(answered) > 1 else (),
        last_reply=str(replies[-1].text) if replies else "",
    )


def _turns(messages: Sequence[BaseMessage]) -> list[list[BaseMessage]]:
    turns: list[list[BaseMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage):
            turns.append([message])
        elif turns:
            turns[-1].append(message)
    return turns


def _answered(turn: Sequence[BaseMessage]) -> tuple[Answered, ...]:
    calls = {call["id"]: call for message in turn if isinstance(message, AIMessage) for call in message.tool_calls}
    return tuple(
        Answered(
            name=calls[message.tool_call_id]["name"],
            args=calls[message.tool_call_id]["args"],
            result=json.loads(str(message.content)),
        )
        for message in turn
        if isinstance(message, ToolMessage) and message.tool_call_id in calls
    )
