"""What a person wishes a task to be, as columns, once it is within its limits. Pure."""

from collections.abc import Mapping
from typing import Any

from croncierge.errors import InvalidInput
from store import limits
from store.quiet import accepted_hours
from store.session import AcceptAction, PrepareAction
from store.values import UNSET, TaskChange, TaskSpec

_COLUMNS: Mapping[str, str] = {
    "title": "name",
    "description": "description",
    "type": "type",
    "schedule_words": "schedule_words",
    "action_type": "action_type",
    "action_payload": "action_payload",
    "timeout_seconds": "timeout_seconds",
    "max_retries": "max_retries",
    "retry_delay_seconds": "retry_delay_seconds",
    "retry_backoff": "retry_backoff",
    "retry_jitter": "retry_jitter",
    "catch_up": "catch_up",
    "catch_up_window_seconds": "catch_up_window_seconds",
    "overlap": "overlap",
    "max_parallel": "max_parallel",
    "on_crash": "on_crash",
    "jitter_seconds": "jitter_seconds",
    "quiet_hours": "quiet_hours",
    "condition": "condition",
    "join": "join",
    "event_mode": "event_mode",
    "pause_after_failures": "pause_after_failures",
    "notify_on": "notify_on",
    "channel": "channel",
}

_NUMBERS: Mapping[str, tuple[float, float]] = {
    "timeout_seconds": (0.001, limits.LONGEST_SECONDS),
    "max_retries": (0, limits.RETRIES),
    "retry_delay_seconds": (0, limits.LONGEST_SECONDS),
    "retry_backoff": (1, 100),
    "retry_jitter": (0, 1),
    "max_parallel": (1, 1_000),
    "jitter_seconds": (0, 86_400),
    "pause_after_failures": (1, 1_000),
    "catch_up_window_seconds": (1, 366 * 86_400),
}

_TEXTS: Mapping[str, int] = {"description": limits.DESCRIPTION, "schedule_words": limits.WORDS}
_ACTION_TYPE = 50
_PAYLOAD = "action_payload"
ACTIONS = frozenset({"action_type", _PAYLOAD, "condition"})
"""The columns that say what a task does and what it checks before."""
_CONDITION = {"action_type", _PAYLOAD, "expression"}


def columns_of(wish: TaskSpec | TaskChange) -> dict[str, Any]:
    """The columns that a wish sets, besides the schedule's. Raises InvalidInput for what is out of its limits."""
    given = {column: getattr(wish, name) for name, column in _COLUMNS.items() if getattr(wish, name) is not UNSET}
    for name, (least, most) in _NUMBERS.items():
        if given.get(name) is not None:
            limits.number(name, given[name], least, most)
    for name, most in _TEXTS.items():
        if given.get(name) is not None:
            limits.several_lines(name, given[name], most)
    if "action_type" in given and not 0 < len(given["action_type"]) <= _ACTION_TYPE:
        raise InvalidInput("The action_type is empty or too long; name one, such as notify.", field="action_type")
    if "name" in given:
        given["name"] = limits.one_line("title", given["name"], limits.TITLE)
    if "action_payload" in given:
        given["action_payload"] = limits.payload(given["action_payload"])
    if given.get("quiet_hours") is not None:
        given["quiet_hours"] = accepted_hours("quiet_hours", given["quiet_hours"])
    if given.get("condition") is not None:
        given["condition"] = limits.payload(given["condition"], "condition")
    return given


def prepare_actions(actions: Mapping[str, Any], prepare: PrepareAction) -> None:
    """Have what a task shall do, and what it checks before, made ready to be accepted. Raises InvalidInput.

    actions: its action_type, action_payload and condition.
    """
    prepare(actions["action_type"], actions[_PAYLOAD])
    condition = actions["condition"]
    if condition is not None and isinstance(condition.get("action_type"), str):
        prepare(condition["action_type"], condition)


def given_actions(wish: TaskSpec | TaskChange) -> dict[str, Any]:
    """What a wish says of the columns that `prepare_actions` and `check_actions` look at."""
    return {name: getattr(wish, name) for name in ACTIONS if getattr(wish, name) is not UNSET}


def check_actions(columns: dict[str, Any], accept: AcceptAction, owner: str) -> None:
    """Have what a task shall do, and what it checks before, accepted for its owner. Raises InvalidInput, NotAllowed."""
    columns["action_payload"] = accept(columns["action_type"], columns["action_payload"], owner)
    condition = columns["condition"]
    if condition is None:
        return
    if set(condition) != _CONDITION or not all(isinstance(condition[each], str) for each in _CONDITION - {_PAYLOAD}):
        raise InvalidInput(
            "The condition needs exactly an action_type, an action_payload and an expression, such as "
            '{"action_type": "http", "action_payload": {"url": "https://…"}, "expression": "status == 200"}.',
            field="condition",
        )
    checked = accept(condition["action_type"], condition[_PAYLOAD], owner, condition["expression"])
    columns["condition"] = {**condition, _PAYLOAD: checked}
