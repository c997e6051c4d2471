"""A model that says what it is told to, cases in a line, and reports made by hand."""

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from evals.cases import Case
from evals.datasets import Suite
from evals.results import CaseResult, Dataset, Report, Trial


class Scripted(BaseChatModel):
    """Makes these calls at each message of the person, then says these words."""

    calls: list[dict[str, Any]] = Field(default_factory=list)
    words: str = "Done, I'll remind you!"

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        answered = isinstance(messages[-1], ToolMessage) or not self.calls
        message = (
            AIMessage(self.words, usage_metadata={"input_tokens": 100, "output_tokens": 10, "total_tokens": 110})
            if answered
            else AIMessage("", tool_calls=[{**call, "id": f"c{i}"} for i, call in enumerate(self.calls)])
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


def case(**fields: Any) -> Case:
    defaults: dict[str, Any] = {"id": "x", "now": "2026-11-24T10:30:00+01:00", "zone": "Europe/Berlin"}
    return Case.model_validate(defaults | fields)


def suite(*cases: Case, name: str = "s") -> Suite:
    return Suite(name=name, version=1, about="", digest="d", cases=cases)


def report(rates: dict[str, tuple[int, int]], *, repeatable: bool = True, digest: str = "d", **fields: Any) -> Report:
    """From the case's id to how many passed of how many; none of none stands for a trial that was spoilt."""
    cases = tuple(
        CaseResult(
            id=name,
            suite="s",
            digest="same",
            trials=tuple(Trial(wrong=() if i < passed else ("off",)) for i in range(trials)) or (Trial(error="away"),),
        )
        for name, (passed, trials) in rates.items()
    )
    given: dict[str, Any] = {"model": "m", "version": "0", "prompts": {}, "tools": "", **fields}
    datasets = {"s": Dataset(version=1, digest=digest, cases=len(cases))}
    return Report(repeatable=repeatable, datasets=datasets, cases=cases, **given)
