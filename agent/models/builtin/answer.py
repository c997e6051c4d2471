"""From a conversation to the next thing to say or do."""

from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, ToolCall

from agent.models.builtin.conversation import Conversation, read_conversation
from agent.models.builtin.requests import Call, Say, understand


def next_answer(messages: Sequence[BaseMessage], offered: Sequence[str]) -> AIMessage:
    """The next tool call of this turn, or, when all are answered, the reply.

    One call at a time: what a later request means may depend on what an earlier one did.
    """
    conversation = read_conversation(messages)
    answered = list(conversation.this_turn)
    said: list[str] = []
    for request in understand(conversation):
        if isinstance(request, Say) or request.tool not in offered:
            said.append(request.text if isinstance(request, Say) else "I cannot do that here.")
        elif answered:
            said.append(answered.pop(0).text)
        else:
            return AIMessage("", tool_calls=[_tool_call(request, conversation)])
    return AIMessage("\n\n".join(said))


def _tool_call(call: Call, conversation: Conversation) -> ToolCall:
    number = len(conversation.calls) + 1
    return ToolCall(name=call.tool, args=dict(call.args), id=f"call_{number}", type="tool_call")
