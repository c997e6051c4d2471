"""A model that follows the script of a case."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from agent.ai.graph import LAST
from evals.tasks.cases import Line

_GOAL = "conclude"  # only goals are offered this tool


class ScriptedModel(BaseChatModel):
    """Answers by what it sees, and keeps nothing but the number that it counts: any process can go on with it.

    model_name: whose prices count. tokens: of each answer, in and out.
    """

    script: tuple[Line, ...]
    model_name: str
    tokens: tuple[int, int]
    numbers: Iterator[int] = Field(default_factory=itertools.count)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        return self.bind(tools=list(tools), **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: Any = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        offered = [each["function"]["name"] for each in kwargs.get("tools", ())]
        line = next((each for each in self.script if _holds(each, messages, offered)), Line(say="That is all."))
        calls = [
            {"name": each.tool, "args": self._numbered(each.args), "id": f"call_{number}"}
            for number, each in enumerate(line.calls)
        ]
        given, said = self.tokens
        usage = {"input_tokens": given, "output_tokens": said, "total_tokens": given + said}
        answer = AIMessage(self._numbered(line.say), tool_calls=calls, usage_metadata=usage)
        return ChatResult(generations=[ChatGeneration(message=answer)])

    def _numbered(self, value: Any) -> Any:
        match value:
            case str():
                return value.replace("{n}", str(next(self.numbers))) if "{n}" in value else value
            case dict():
                return {name: self._numbered(each) for name, each in value.items()}
            case list():
                return [self._numbered(each) for each in value]
        return value


def _holds(line: Line, messages: Sequence[BaseMessage], offered: Sequence[str]) -> bool:
    last_words = LAST in str(messages[0].content)
    if line.last != last_words:
        return False
    if line.to is not None and not last_words and (line.to == "goal") != (_GOAL in offered):
        return False
    told = max((index for index, each in enumerate(messages) if isinstance(each, HumanMessage)), default=0)
    answered = sum(isinstance(each, ToolMessage) for each in messages[told:])
    if line.after is not None and line.after != answered:
        return False
    return line.sees in str(messages[-1].content)
