"""What an AI run may call: the tools that its task grants, each with the rule that its calls are judged by."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel, ValidationError

from agent.ai.texts import described
from agent.ai.trust import Rule
from croncierge.errors import InvalidInput
from tools.connectors.connector import Call, Connector
from tools.registry import all_tools
from tools.task_templates import AI_PROMPT

Answer = dict[str, Any]
_MOST_CHARACTERS = 20_000

LOOKS = frozenset(
    {
        "list_tasks",
        "show_task",
        "task_history",
        "explain_task",
        "task_stats",
        "health",
        "get_preferences",
        "list_templates",
    }
)
"""Tools of conversations that only look at what is the owner's own."""

PERSONAL = frozenset({"list_approvals", "decide_approval"})
"""Tools of conversations that no task can grant: only a person decides."""

# The rest shows titles and results, which others may have written.
_OWN = frozenset({"get_preferences", "list_templates"})
_SCRIPT = "it runs a script"
_ALL = {"all", "everything"}


@dataclass(frozen=True, kw_only=True)
class Tool:
    """schema: as OpenAI's protocol has it. harmless: values of its arguments that say nothing by themselves.

    call: carries it out, given checked arguments and the id of the call; None for a tool of conversations.
    free: whether it is none of the calls that a budget limits.
    """

    name: str
    schema: Mapping[str, Any]
    rule: Callable[[Mapping[str, Any]], Rule]
    call: Callable[[Mapping[str, Any], str], Answer] | None = None
    harmless: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    free: bool = False


def granted_tools(names: Sequence[str], connectors: Mapping[str, Connector], call: Call, owner: str) -> dict[str, Tool]:
    """The tools of these names. Raises InvalidInput for one that there is not."""
    return {name: _granted(name, connectors, call, owner) for name in names}


def known_tools(connectors: Mapping[str, Connector]) -> list[str]:
    """All that a task can grant."""
    return [*(tool.name for tool in all_tools() if tool.name not in PERSONAL), *connectors]


@cache
def function(name: str, description: str, arguments: type[BaseModel]) -> dict[str, Any]:
    """A tool as OpenAI's protocol has it."""
    schema = arguments.model_json_schema()
    schema.pop("title", None)
    return {"type": "function", "function": {"name": name, "description": description, "parameters": schema}}


def checked(arguments: type[BaseModel], given: Mapping[str, Any]) -> Any:
    """The arguments as the model class has them. Raises InvalidInput that says what is wrong with each."""
    try:
        return arguments.model_validate(given)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_url=False)]
        raise InvalidInput(f"The arguments do not fit the tool: {'; '.join(wrong)}.", field="arguments") from error


def rule_of_action(action_type: str, payload: Mapping[str, Any]) -> Rule:
    """What it means to execute an action; one that nobody knows here is the worst that it could be."""
    match action_type:
        case "http":
            return Rule(acts=True, brings=True)
        case "sql" if not payload.get("write"):
            return Rule(acts=False, brings=True)
        case "sql":
            return Rule(acts=True, brings=True, always="it may change a database")
        case "email":
            return Rule(acts=True, always="it sends mail")
        case "notify":
            return Rule(acts=bool(payload.get("channels")))
        case "ai_prompt" | "ai_goal":
            return Rule(acts=False, brings=False)  # it is held to the same rules itself
        case "script":
            return Rule(acts=True, brings=True, always=_SCRIPT)
    return Rule(acts=True, brings=True, always=f"{action_type} acts outside")


def shortened(answer: Answer) -> str:
    """An answer as JSON that a conversation has room for."""
    text = json.dumps(answer, ensure_ascii=False, default=str)
    if len(text) <= _MOST_CHARACTERS:
        return text
    return json.dumps({"status": "done", "shortened": text[:_MOST_CHARACTERS]}, ensure_ascii=False)


def _granted(name: str, connectors: Mapping[str, Connector], call: Call, owner: str) -> Tool:
    for tool in all_tools():
        if tool.name == name and name not in PERSONAL:
            schema = _as_openai_has_it(tool.name)
            return Tool(name=name, schema=schema, rule=lambda given: _rule_of_tool(name, given), harmless=enums(schema))
    if name not in connectors:
        known = ", ".join(known_tools(connectors))
        raise InvalidInput(f"There is no tool {name!r} that a task could grant; there are {known}.", field="tools")
    connector = connectors[name]
    schema = function(name, described(name), connector.payload)
    harmless = {**enums(schema), **({"method": ("GET", "HEAD", "get", "head")} if name == "http" else {})}
    return Tool(
        name=name,
        schema=schema,
        rule=lambda given: rule_of_action(name, given),
        call=lambda given, _call_id: _act(connector, given, call, owner),
        harmless=harmless,
    )


@cache
def _as_openai_has_it(name: str) -> dict[str, Any]:
    return convert_to_openai_tool(next(tool for tool in all_tools() if tool.name == name))


def _act(connector: Connector, given: Mapping[str, Any], call: Call, owner: str) -> Answer:
    """Carry an action out as a task of this owner would. Raises CronciergeError."""
    payload = checked(connector.payload, given)
    connector.allow(payload, owner)
    outcome = connector.run(payload, call)
    if outcome.error is not None:
        return {"status": "error", "text": outcome.error}
    return {"status": "done", "result": dict(outcome.result) if outcome.result is not None else None}


def _rule_of_tool(name: str, given: Mapping[str, Any]) -> Rule:
    if name in LOOKS:
        return Rule(acts=False, brings=name not in _OWN)
    if given.get("what") or given.get("template") or given.get("do", "notify") != "notify":
        return _rule_of_deed(name, given)
    many = any(isinstance(value, str) and value.strip().casefold() in _ALL for value in given.values())
    return Rule(acts=True, always="it concerns all of them" if many else None)


def _rule_of_deed(name: str, given: Mapping[str, Any]) -> Rule:
    """What it means to make or change a task that will act: no less than to act."""
    if name != "create_task":
        return Rule(acts=True, always="it changes what a task does")
    action, payload = AI_PROMPT if given.get("template") else str(given.get("do", "notify")), given.get("what")
    rule = rule_of_action(action, payload if isinstance(payload, Mapping) else {})
    always = f"a task that it makes: {rule.always}" if rule.always else None
    return Rule(acts=True, always=always, makes=action)


def enums(schema: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """The arguments that can only have one of a few values, and the values that are taken when nothing is said."""
    properties: Mapping[str, Any] = schema["function"]["parameters"].get("properties", {})
    harmless: dict[str, Sequence[Any]] = {}
    for name, each in properties.items():
        values = list(each.get("enum", ()))
        if "default" in each:
            values.append(each["default"])
        if values:
            harmless[name] = values
    return harmless
