"""The built-in model: a deterministic grammar behind LangChain's chat-model interface.

It sees what a language model sees, the messages and the tools, and answers with tool calls or words. The same messages
always get the same answer. It understands scheduling talk in English and says so when a request is something else.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.base import LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

from agent.models.builtin.answer import next_answer


class BuiltinModel(BaseChatModel):
    """Understands, calls, confirms; needs no key, no network and a few milliseconds."""

    model_name: str = "builtin"

    @property
    def _llm_type(self) -> str:
        return "builtin"

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        offered = [convert_to_openai_tool(tool)["function"]["name"] for tool in tools]
        return self.bind(offered=offered, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        *,
        offered: Sequence[str] = (),
        **kwargs: Any,
    ) -> ChatResult:
        answer = next_answer(messages, offered)
        answer.response_metadata = {"model_name": self.model_name}
        return ChatResult(generations=[ChatGeneration(message=answer)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        *,
        offered: Sequence[str] = (),
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        answer = next_answer(messages, offered)
        pieces = _pieces(answer)
        pieces[-1].response_metadata = {"model_name": self.model_name}
        for message in pieces:
            chunk = ChatGenerationChunk(message=message)
            if run_manager and message.text:
                run_manager.on_llm_new_token(str(message.text), chunk=chunk)
            yield chunk


def _pieces(answer: AIMessage) -> list[AIMessageChunk]:
    if answer.tool_calls:
        calls = [
            {
                "name": call["name"],
                "args": json.dumps(call["args"]),
                "id": call["id"],
                "index": index,
                "type": "tool_call_chunk",
            }
            for index, call in enumerate(answer.tool_calls)
        ]
        return [AIMessageChunk(content="", tool_call_chunks=calls, chunk_position="last")]
    words = re.findall(r"\S+\s*|\s+", str(answer.content)) or [""]
    chunks = [AIMessageChunk(content=word) for word in words]
    chunks[-1].chunk_position = "last"
    return chunks
