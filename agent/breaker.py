"""Stops a model that makes the same call again and again instead of using its answer."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage

REFUSED = "repeated"
"""The artifact of an answer with which a call was refused for being a repetition."""

_MOST = 3  # a look at the tasks before and after a change is no repetition, a third one is
_MOST_REFUSED = 2


def repetition(messages: Sequence[AnyMessage], call: Mapping[str, Any]) -> str | None:
    """Why a call is not made, if it only repeats what stands in these messages: one turn, or one entry of a run.

    What failed may be tried once more.
    """
    made = [each for message in messages if isinstance(message, AIMessage) for each in message.tool_calls]
    same = [each for each in made if _key(each) == _key(call)]
    if not same:
        return None
    failed = any(
        isinstance(each, ToolMessage) and each.tool_call_id == same[-1]["id"] and each.status == "error"
        for each in messages
    )
    in_a_row = 0
    for each in reversed(made):
        if _key(each) != _key(call):
            break
        in_a_row += 1
    if len(same) >= _MOST or in_a_row > failed:
        return (
            f"You have made this very call of {call['name']} before and have its answer; "
            "use that, or say what you cannot do."
        )
    return None


def goes_round(messages: Sequence[AnyMessage]) -> bool:
    """Whether a model repeats itself although it was told."""
    refused = [each for each in messages if isinstance(each, ToolMessage) and each.artifact == REFUSED]
    return len(refused) >= _MOST_REFUSED


def _key(call: Mapping[str, Any]) -> str:
    return f"{call['name']} {json.dumps(call['args'], sort_keys=True, default=str)}"
