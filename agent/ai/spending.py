"""Asking a model within a budget: paid before, settled after, and written down."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, messages_to_dict

from agent.ai.prices import price
from agent.failures import in_plain_words
from agent.tokens import count_tokens
from store.operations.budgets import reserve, settle
from store.session import Store
from tools.connectors.connector import Call

ANSWER = 1_024
"""The most tokens of one answer."""

_MARGIN = 1.25  # models do not agree on how many tokens a text has
_PER_CALL = 64


@dataclass(kw_only=True)
class Meter:
    """Asks one model for one run. prompts: the versions of the texts that it is given, for the record.

    recorded: how many messages of the conversation the record has already.
    """

    store: Store
    model: BaseChatModel
    root_run_id: int
    call: Call
    prompts: Mapping[str, str]
    recorded: int = 0

    @property
    def name(self) -> str:
        return str(getattr(self.model, "model_name", None) or self.model.get_name())

    def ask(self, messages: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]], *, last: bool) -> AIMessage:
        """The model's answer. last: it may use up what was kept for it, and come when the time is over.

        Raises Exhausted, Unavailable.
        """
        tokens_in = int(_MARGIN * (count_tokens(messages) + len(str(tools)) // 3)) + _PER_CALL
        # The last question holds this one, its answer and what comes of that.
        after = tokens_in + ANSWER
        keep = (0, 0) if last else (after + ANSWER, price(self.name, after, ANSWER))
        reservation = reserve(
            self.store,
            self.root_run_id,
            tokens=tokens_in + ANSWER,
            cost=price(self.name, tokens_in, ANSWER),
            keep=keep,
            late=last,
        )
        begun = time.monotonic()
        bound: Any = self.model.bind_tools([dict(tool) for tool in tools]) if tools else self.model
        if "max_tokens" in type(self.model).model_fields:
            bound = bound.bind(max_tokens=ANSWER)
        with in_plain_words(self.name):
            answer: AIMessage = bound.invoke(list(messages))
        used = answer.usage_metadata
        tokens_in = used["input_tokens"] if used else count_tokens(messages)
        tokens_out = used["output_tokens"] if used else count_tokens([answer])
        cost = price(self.name, tokens_in, tokens_out)
        settle(self.store, reservation, tokens=tokens_in + tokens_out, cost=cost)
        self._record(messages, answer, tokens_in, tokens_out, cost, time.monotonic() - begun)
        return answer

    def _record(
        self,
        messages: Sequence[BaseMessage],
        answer: AIMessage,
        tokens_in: int,
        tokens_out: int,
        cost: int,
        seconds: float,
    ) -> None:
        """What is new to the model since the last time, and what it said."""
        new = messages[self.recorded :]
        self.recorded = len(messages)
        said = [{"role": each["type"], "text": each["data"]["content"]} for each in messages_to_dict(new)]
        self.call.record(
            {"model": self.name, "prompts": dict(self.prompts), "messages": said},
            {
                "text": str(answer.text),
                "tool_calls": [{"name": each["name"], "arguments": each["args"]} for each in answer.tool_calls],
                "tokens_in": tokens_in,
                "tokens_out": tokens_out,
                "cost": cost,
                "seconds": round(seconds, 3),
            },
        )
