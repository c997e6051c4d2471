"""The assistant for everybody who talks to it: text in, a turn out."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, HumanMessage, RemoveMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from agent.failures import in_plain_words
from agent.graph import Conversation, Graph, build_graph, messages_of_turn
from agent.memory import REMEMBERED_LINES, digest, forgotten, keep_latest
from agent.models import BUILT_IN
from agent.models.front import answered_by_builtin
from croncierge.errors import InvalidInput
from store.session import Store
from store.values import Actor
from tools.context import Context
from tools.registry import all_tools

LONGEST_TEXT = 20_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """One call of a tool and what it answered."""

    name: str
    args: Mapping[str, Any]
    result: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Delta:
    """A piece of the reply, as it comes."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What came of one message.

    task_ids: the tasks it touched or showed. usage: tokens, where the model counts them.
    """

    reply: str
    tool_calls: tuple[ToolCall, ...]
    task_ids: tuple[int, ...]
    thread: str
    model: str
    usage: Mapping[str, int] = field(default_factory=dict)


class Assistant:
    """Conversations with one model over one store. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        *,
        model: BaseChatModel,
        checkpointer: BaseCheckpointSaver[Any],
        default_zone: str = "UTC",
        watch_folders: str = "~",
        max_steps: int = 12,
        front: bool = False,
    ) -> None:
        self._store = store
        self._default_zone = default_zone
        self._watch_folders = watch_folders
        self._max_steps = max_steps
        self._model_name = str(getattr(model, "model_name", None) or model.get_name())
        self._graph: Graph = build_graph(
            model, all_tools(), checkpointer, max_steps=max_steps, front=front and self._model_name != BUILT_IN
        )

    def invoke(self, text: str, user: UUID, thread: str, *, via: str = "api", zone: str | None = None) -> Turn:
        """One turn of a conversation. `thread` is the person's own name for it; `zone` overrides their time zone.

        Raises InvalidInput for a message that is empty or too long, Unavailable when the model cannot be reached.
        """
        context, config, state = self._begin(text, user, thread, via, zone)
        with in_plain_words(self._model_name):
            self._graph.invoke(state, config, context=context, durability="exit", version="v2")
        return self._end(config, thread)

    def stream(
        self, text: str, user: UUID, thread: str, *, via: str = "api", zone: str | None = None
    ) -> Iterator[Delta | ToolCall | Turn]:
        """Like `invoke`, piece by piece; the last piece is the turn."""
        context, config, state = self._begin(text, user, thread, via, zone)
        with in_plain_words(self._model_name):
            for part in self._graph.stream(
                state,
                config,
                context=context,
                stream_mode=["messages", "updates"],
                durability="exit",
                version="v2",
            ):
                if part["type"] == "messages":
                    yield from _deltas(part["data"][0])
                elif part["type"] == "updates":
                    yield from _tool_results(part["data"])
        yield self._end(config, thread)

    async def ainvoke(self, text: str, user: UUID, thread: str, *, via: str = "api", zone: str | None = None) -> Turn:
        """`invoke` for programs with an event loop, which it does not block."""
        return await asyncio.to_thread(self.invoke, text, user, thread, via=via, zone=zone)

    async def astream(
        self, text: str, user: UUID, thread: str, *, via: str = "api", zone: str | None = None
    ) -> AsyncIterator[Delta | ToolCall | Turn]:
        """`stream` for programs with an event loop, which it does not block."""
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[Delta | ToolCall | Turn | BaseException | None] = asyncio.Queue()

        def work() -> None:
            last: BaseException | None = None
            try:
                for piece in self.stream(text, user, thread, via=via, zone=zone):
                    loop.call_soon_threadsafe(pieces.put_nowait, piece)
            except BaseException as error:  # handed to the caller, in whose task it belongs
                last = error
            loop.call_soon_threadsafe(pieces.put_nowait, last)

        worker = asyncio.create_task(asyncio.to_thread(work))
        while (piece := await pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
        await worker

    def _begin(
        self, text: str, user: UUID, thread: str, via: str, zone: str | None
    ) -> tuple[Context, RunnableConfig, Conversation]:
        actor = Actor(user_id=user, via=via, change_set=uuid4().hex)
        context = Context(
            store=self._store,
            actor=actor,
            zone=zone,
            default_zone=self._default_zone,
            watch_folders=self._watch_folders,
        )
        said = {"said_at": context.now.isoformat(), "zone": context.preferences.zone}
        message = HumanMessage(_clean(text), additional_kwargs=said)
        config = _config(user, thread, self._max_steps)
        old = self._graph.get_state(config).values
        gone = forgotten(old.get("messages", []))
        earlier = [*old.get("earlier", []), *digest(gone)][-REMEMBERED_LINES:]
        # To the state's reducer a removal is a message, too, though its type does not say so.
        update = cast(list[AnyMessage], [RemoveMessage(id=str(each.id)) for each in gone])
        return context, config, Conversation(messages=[*update, message], earlier=earlier)

    def _end(self, config: RunnableConfig, thread: str) -> Turn:
        # Durability "exit": a turn is remembered when it has ended, so what was cut off leaves no half of one behind.
        keep_latest(self._graph.checkpointer, config)
        return self._turn(self._graph.get_state(config).values["messages"], thread)

    def _turn(self, messages: list[AnyMessage], thread: str) -> Turn:
        answers = messages_of_turn(messages)
        calls = _calls(answers)
        spoken = [message for message in answers if isinstance(message, AIMessage)]
        return Turn(
            reply=str(spoken[-1].text).strip() if spoken else "",
            tool_calls=tuple(calls),
            task_ids=tuple(dict.fromkeys(task["id"] for call in calls for task in call.result.get("tasks", []))),
            thread=thread,
            model=BUILT_IN if spoken and answered_by_builtin(spoken[-1]) else self._model_name,
            usage=_usage(spoken),
        )


def _clean(text: str) -> str:
    """The text without control characters. Raises InvalidInput when nothing is left, or too much."""
    cleaned = _CONTROL.sub(" ", text).strip()
    if not cleaned:
        raise InvalidInput(
            "The message is empty; say what to do and when, like “remind me at 5 to call mom”.", field="text"
        )
    if len(cleaned) > LONGEST_TEXT:
        raise InvalidInput(
            f"The message has {len(cleaned):,} characters; at most {LONGEST_TEXT:,} fit. Please shorten it.",
            field="text",
        )
    return cleaned


def _config(user: UUID, thread: str, max_steps: int) -> RunnableConfig:
    # The person's id in front keeps one person's threads out of another's reach. Each step is two nodes of the graph.
    return {"configurable": {"thread_id": f"{user}/{thread}"}, "recursion_limit": 2 * max_steps + 5}


def _deltas(message: AnyMessage) -> Iterator[Delta]:
    if isinstance(message, AIMessage | AIMessageChunk) and message.text:
        yield Delta(text=str(message.text))


def _tool_results(update: Mapping[str, Any]) -> Iterator[ToolCall]:
    for node, change in update.items():
        if node == "tools":
            yield from (_call(message, {}) for message in change["messages"] if isinstance(message, ToolMessage))


def _calls(messages: Sequence[AnyMessage]) -> list[ToolCall]:
    args = {
        call["id"]: call["args"]
        for message in messages
        if isinstance(message, AIMessage)
        for call in message.tool_calls
    }
    return [
        _call(message, args.get(message.tool_call_id, {})) for message in messages if isinstance(message, ToolMessage)
    ]


def _call(message: ToolMessage, args: Mapping[str, Any]) -> ToolCall:
    return ToolCall(name=str(message.name), args=args, result=json.loads(str(message.content)))


def _usage(messages: Sequence[AIMessage]) -> dict[str, int]:
    total: dict[str, int] = {}
    for message in messages:
        for key in ("input_tokens", "output_tokens", "total_tokens") if message.usage_metadata else ():
            total[key] = total.get(key, 0) + int(message.usage_metadata[key])  # type: ignore[index]
    return total
