"""The conversation as a graph: the model speaks or calls tools, the tools answer, until the model has its reply."""

import json
from collections.abc import Sequence
from typing import Any, Literal, NotRequired
from zoneinfo import ZoneInfo

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    InvalidToolCall,
    SystemMessage,
    ToolCall,
    ToolMessage,
)
from langchain_core.tools import BaseTool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode
from langgraph.runtime import Runtime

from agent.breaker import REFUSED, goes_round, repetition
from agent.memory import completed, digest, fit
from agent.models.front import Front
from prompts import load
from store.operations import list_facts
from tools.context import Context
from tools.results import error, from_error


class Conversation(MessagesState):
    """What is remembered of a conversation. earlier: in short, what its messages do not hold any more."""

    earlier: NotRequired[list[str]]


Graph = CompiledStateGraph[Conversation, Context, Conversation, Conversation]


def build_graph(
    model: BaseChatModel,
    tools: Sequence[BaseTool],
    checkpointer: BaseCheckpointSaver[Any],
    *,
    max_steps: int,
    front: bool = False,
) -> Graph:
    """The graph of one conversation turn.

    max_steps: how often the model may be asked in one turn; then it ends with a sentence that says so. front: the
    built-in model answers what it is certain of.
    """
    speaker = Front(model, tools) if front else model.bind_tools(tools)
    runner = ToolNode(tools, handle_tool_errors=from_error)

    def ask_model(state: Conversation, runtime: Runtime[Context]) -> dict[str, list[AnyMessage]]:
        messages = state["messages"]
        if len(answers_of_turn(messages)) >= max_steps:
            return {
                "messages": [
                    AIMessage(
                        f"I stopped after {max_steps} steps without an end; what I had done until then stays done."
                    )
                ]
            }
        if goes_round(messages_of_turn(messages)):
            return {"messages": [AIMessage(_last_done(messages_of_turn(messages)))]}
        latest = fit(messages)
        earlier = [*state.get("earlier", []), *digest(messages[: len(messages) - len(latest)])]
        return {"messages": [speaker.invoke([_instructions(runtime.context, earlier), *completed(latest)])]}

    def run_tools(state: Conversation) -> dict[str, list[AnyMessage]]:
        # One after the other, in the order they were asked for: a later call may build on an earlier one.
        last = state["messages"][-1]
        assert isinstance(last, AIMessage)
        results: list[AnyMessage] = []
        before = messages_of_turn(state["messages"])[:-1]
        for call in last.tool_calls:
            repeated = repetition(before, call)
            if repeated is not None:
                results.append(_refused(call, repeated, artifact=REFUSED))
            elif call["name"] in runner.tools_by_name:
                results += runner.invoke({"messages": [AIMessage("", tool_calls=[call])]})["messages"]
            else:
                known = ", ".join(runner.tools_by_name)
                results.append(_refused(call, f"There is no tool {call['name']!r}; there are {known}."))
        for broken in last.invalid_tool_calls:
            results.append(_refused(broken, f"The arguments of {broken['name']} are not valid JSON; call it again."))
        return {"messages": results}

    def next_step(state: Conversation) -> Literal["tools", "__end__"]:
        last = state["messages"][-1]
        wants_tools = isinstance(last, AIMessage) and (last.tool_calls or last.invalid_tool_calls)
        return "tools" if wants_tools else "__end__"

    graph = StateGraph(Conversation, context_schema=Context)
    graph.add_node("model", ask_model)
    graph.add_node("tools", run_tools)
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", next_step)
    graph.add_edge("tools", "model")
    return graph.compile(checkpointer=checkpointer)


def messages_of_turn(messages: Sequence[AnyMessage]) -> Sequence[AnyMessage]:
    """What was said since the person last spoke."""
    for index in range(len(messages) - 1, -1, -1):
        if isinstance(messages[index], HumanMessage):
            return messages[index + 1 :]
    return messages


def answers_of_turn(messages: Sequence[AnyMessage]) -> list[AIMessage]:
    """The model's messages since the person last spoke."""
    return [message for message in messages_of_turn(messages) if isinstance(message, AIMessage)]


def _last_done(messages: Sequence[AnyMessage]) -> str:
    """What the latest tool that did something said of it: it is true whatever the model makes of it."""
    answers = [json.loads(str(message.content)) for message in messages if isinstance(message, ToolMessage)]
    done = [answer["text"] for answer in answers if answer["status"] == "done"]
    return str(done[-1]) if done else "I went round in circles and stopped; please say it in other words."


def _instructions(context: Context, earlier: Sequence[str]) -> SystemMessage:
    zone = context.preferences.zone
    now = context.now.astimezone(ZoneInfo(zone))
    facts = [fact.text for fact in list_facts(context.store, context.actor)]
    known = _listed("What the person told you about themselves:", facts)
    known += _listed("Earlier in this conversation, in short:", earlier)
    return SystemMessage(load("assistant").render(now=f"{now:%A %d %B %Y, %H:%M}", zone=zone, known=known))


def _listed(title: str, lines: Sequence[str]) -> str:
    return "".join([f"\n{title}", *(f"\n- {line}" for line in lines)]) if lines else ""


def _refused(call: ToolCall | InvalidToolCall, text: str, artifact: str | None = None) -> ToolMessage:
    return ToolMessage(error(text), tool_call_id=call["id"], name=call["name"], status="error", artifact=artifact)
