"""The built-in model in front of a language model: it takes what it is certain of and hands on the rest."""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from agent.models.builtin.conversation import read_conversation
from agent.models.builtin.model import BuiltinModel
from agent.models.builtin.requests import understand_certainly
from agent.models.choose import BUILT_IN

Speaker = Runnable[Any, AIMessage]


class Front:
    """Answers a conversation's messages with one of two models. Which of them it was stands in the answer."""

    def __init__(self, behind: BaseChatModel, tools: Sequence[BaseTool]) -> None:
        self._front: Speaker = BuiltinModel().bind_tools(tools)
        self._behind: Speaker = behind.bind_tools(tools)
        self._offered = frozenset(tool.name for tool in tools)

    def invoke(self, messages: Sequence[BaseMessage]) -> AIMessage:
        return (self._front if self._is_certain(messages) else self._behind).invoke(messages)

    def _is_certain(self, messages: Sequence[BaseMessage]) -> bool:
        turn = _turn(messages)
        if not turn:
            calls = understand_certainly(read_conversation(messages))
            return calls is not None and all(call.tool in self._offered for call in calls)
        # What it began it also ends, unless a tool did not do what it was asked for.
        begun = isinstance(turn[0], AIMessage) and answered_by_builtin(turn[0])
        results = [json.loads(str(each.content)) for each in turn if isinstance(each, ToolMessage)]
        return begun and all(result.get("status") == "done" for result in results)


def answered_by_builtin(answer: AIMessage) -> bool:
    """Whether the built-in model gave this answer."""
    return bool(answer.response_metadata.get("model_name") == BUILT_IN)


def _turn(messages: Sequence[BaseMessage]) -> Sequence[BaseMessage]:
    last = max(index for index, each in enumerate(messages) if isinstance(each, HumanMessage))
    return messages[last + 1 :]
