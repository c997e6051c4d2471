"""What the result of an AI run says besides the answer, and what of it another model gets to see."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AnyMessage, ToolMessage

_RECORD = frozenset({"spent", "calls", "plan", "subtasks", "used_up"})


def shown(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result as another model gets to see it: without what only the record needs."""
    return {name: value for name, value in result.items() if value is not None and name not in _RECORD}


def made_calls(messages: Sequence[AnyMessage]) -> list[dict[str, str]]:
    """What was called and how that went, from the record."""
    return [{"tool": str(each.name), "status": each.status} for each in messages if isinstance(each, ToolMessage)]


def record_of(state: Mapping[str, Any]) -> dict[str, Any]:
    """What was called and how that went, and which budgets did not allow it, for the result of a run."""
    used_up = {"used_up": list(state["refused"])} if state.get("refused") else {}
    return {"calls": made_calls(state["messages"]), **used_up}


def not_done(state: Mapping[str, Any]) -> str:
    """What to add to an answer, whatever it claims: the tools that were called and never did what was asked."""
    calls = made_calls(state["messages"])
    succeeded = {each["tool"] for each in calls if each["status"] == "success"}
    failed = dict.fromkeys(each["tool"] for each in calls if each["tool"] not in succeeded)
    said = [f"Not carried out: {', '.join(failed)}."] if failed else []
    said += state.get("refused", [])
    return f"\n\n({' '.join(said)})" if said else ""
