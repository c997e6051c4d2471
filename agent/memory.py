"""What the assistant remembers of a conversation: checkpoints in the task database, and what of it fits the model."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage, trim_messages
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from sqlalchemy.engine import make_url

from agent.tokens import count_tokens
from tools.results import error

REMEMBERED_TURNS = 30
REMEMBERED_LINES = 60
_LONGEST_SAID = 100
_MOST_TASKS = 5
_TOKENS_FOR_HISTORY = 16_000
_INTERRUPTED = "It was interrupted; look whether it was done before you try again."


def open_checkpointer(url: str) -> BaseCheckpointSaver[Any]:
    """Conversation memory in the database at `url`; in memory only for an in-memory database."""
    path = make_url(url).database
    if path in (None, "", ":memory:"):
        return InMemorySaver()
    connection = sqlite3.connect(str(path), check_same_thread=False, timeout=5)
    saver = SqliteSaver(connection)
    saver.setup()
    return saver


def close_checkpointer(saver: BaseCheckpointSaver[Any]) -> None:
    if isinstance(saver, SqliteSaver):
        with saver.lock:  # a run that was called off may be using it just now
            saver.conn.close()


def fit(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """The latest whole turns that fit into the model's share for history."""
    # No text has more tokens than bytes, so that short conversations need no counting.
    if sum(len(str(message.content).encode()) for message in messages) <= _TOKENS_FOR_HISTORY:
        return list(messages)
    return trim_messages(
        list(messages),
        max_tokens=_TOKENS_FOR_HISTORY,
        token_counter=count_tokens,
        strategy="last",
        start_on="human",
        allow_partial=False,
    )


def completed(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """The messages with an answer to each tool call: a turn that was interrupted may have left some without.

    A model's server refuses a conversation in which a call has none.
    """
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    whole: list[BaseMessage] = []
    for message in messages:
        open_calls = (
            [call for call in message.tool_calls if call["id"] not in answered]
            if isinstance(message, AIMessage)
            else []
        )
        cut_off = [ToolMessage(error(_INTERRUPTED), tool_call_id=call["id"], name=call["name"]) for call in open_calls]
        whole += [message, *cut_off]
    return whole


def forgotten(messages: Sequence[AnyMessage]) -> Sequence[AnyMessage]:
    """The messages of turns that are too long ago to be remembered."""
    turns = [index for index, message in enumerate(messages) if isinstance(message, HumanMessage)]
    return messages[: turns[-REMEMBERED_TURNS]] if len(turns) > REMEMBERED_TURNS else []


def digest(messages: Sequence[BaseMessage]) -> list[str]:
    """A line for each turn: what was said, and which tasks it was about; that is known when the turn is forgotten."""
    lines: list[str] = []
    said, tasks = "", dict[int, str]()
    for message in [*messages, HumanMessage("")]:
        if isinstance(message, HumanMessage):
            if said:
                about = ", ".join(f"#{number} “{title}”" for number, title in tasks.items())
                lines.append(f"“{said}”" + (f": {about}" if about else ""))
            words = " ".join(str(message.text).split())
            said, tasks = words if len(words) <= _LONGEST_SAID else f"{words[:_LONGEST_SAID]}…", {}
        elif isinstance(message, ToolMessage):
            found = json.loads(str(message.content)).get("tasks", [])[:_MOST_TASKS]
            tasks.update({task["id"]: task["title"] for task in found})
    return lines[-REMEMBERED_LINES:]


def keep_latest(saver: object, config: RunnableConfig) -> None:
    """Drop all but the newest checkpoint of a thread; the newest holds the whole conversation."""
    if not isinstance(saver, SqliteSaver):
        return
    thread = config["configurable"]["thread_id"]
    with saver.cursor() as cursor:
        for table in ("writes", "checkpoints"):
            cursor.execute(
                f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < "
                "(SELECT MAX(checkpoint_id) FROM checkpoints WHERE thread_id = ?)",
                (thread, thread),
            )
