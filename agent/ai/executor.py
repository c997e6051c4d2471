"""`ai_prompt`: one prompted execution, and whether its answer is a success."""

import re
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage

from agent.ai.payloads import AiPromptPayload, previewed
from agent.ai.results import not_done, record_of
from agent.ai.session import Session, World, allow
from agent.ai.structured import accepted_schema, parsed
from agent.ai.toolbox import shortened
from prompts import load
from store.operations.inputs import inputs_of
from store.operations.runs import Outcome
from tools.connectors.connector import Call, Payload

_NOTHING = "nothing to report"
_REFUSAL = re.compile(
    r"(i'm|i am) (sorry|afraid)[,. ].{0,40}(can't|cannot|can not|unable)|i (can't|cannot) (help|assist)", re.I
)


class AiPrompt:
    """One prompted execution."""

    name = "ai_prompt"
    payload: type[Payload] = AiPromptPayload

    def __init__(self, world: World) -> None:
        self._world = world

    def allow(self, payload: AiPromptPayload, owner: str) -> None:
        allow(payload, self._world, owner)
        if payload.output_schema is not None:
            accepted_schema(payload.output_schema)

    def preview(self, payload: AiPromptPayload) -> Mapping[str, Any]:
        return previewed(payload, payload.prompt)

    def run(self, payload: AiPromptPayload, call: Call) -> Outcome:
        shape = ""
        if payload.output_schema is not None:
            shape = f"Answer with nothing but JSON that fits this schema: {shortened(dict(payload.output_schema))}"
        elif payload.silent_when is not None:
            shape = f"If this is the case, answer with exactly “{_NOTHING}”: {payload.silent_when}"
        session = Session(self._world, payload, call)
        return session.carried_out(
            "ai_task",
            lambda place: load("ai_task").render(**session.where(place), answer=shape),
            _task(payload),
            lambda state: _verdict(payload, state, session),
        )


def _task(payload: AiPromptPayload) -> str:
    """What the model is asked. Small ones make an answer up unless they are pointed to their tools where they begin."""
    tools = f"\nBefore you answer, call the tools that it needs ({', '.join(payload.tools)})." if payload.tools else ""
    return f"The task: “{payload.prompt}”{tools}"


def _verdict(payload: AiPromptPayload, state: Mapping[str, Any], session: Session) -> Outcome:
    """Whether the last answer is a success, and what the owner hears."""
    last = state["messages"][-1]
    text = str(last.text).strip() if isinstance(last, AIMessage) else ""
    result = {"text": text, **session.progress(), **record_of(state)}
    stopped = state.get("stopped")
    if stopped:
        return Outcome(error=stopped, retryable=False, result=result)
    if payload.silent_when is not None and text.strip(" .!“”\"'").casefold() == _NOTHING:
        earlier = inputs_of(session.store, session.run.run_id)["last"].get("result", {})
        return Outcome(result={**result, "text": earlier.get("text", ""), "nothing_to_report": True})
    wrong = _what_is_wrong(last, text)
    if wrong is None and payload.output_schema is not None:
        try:
            result["output"] = parsed(text, payload.output_schema)
        except ValueError as error:
            wrong = f"The model's answer does not fit the schema: {error}."
    if wrong is not None:
        return Outcome(error=wrong, result=result)
    return Outcome(message=text + not_done(state), result=result)


def _what_is_wrong(message: AnyMessage, text: str) -> str | None:
    if message.additional_kwargs.get("refusal") or _REFUSAL.search(text[:300]):
        return "The model refused to do this."
    return None if text else "The model gave an empty answer."
