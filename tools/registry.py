"""Every tool, listed once: for the model, and for whoever else offers them."""

from functools import cache

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel

from prompts import tool_descriptions
from tools.scheduling import (
    approvals,
    chain,
    control,
    create,
    edit,
    events,
    facts,
    health,
    inspect,
    messages,
    preferences,
    templates,
)

_FUNCTIONS = (
    create.create_task,
    edit.edit_task,
    inspect.list_tasks,
    inspect.show_task,
    control.pause_task,
    control.resume_task,
    control.delete_task,
    control.run_task,
    chain.add_dependency,
    chain.remove_dependency,
    inspect.task_history,
    inspect.explain_task,
    inspect.task_stats,
    events.emit_event,
    messages.acknowledge,
    health.health,
    templates.list_templates,
    approvals.list_approvals,
    approvals.decide_approval,
    control.undo,
    preferences.get_preferences,
    preferences.set_preferences,
    facts.remember,
    facts.forget,
)


@cache
def all_tools() -> tuple[BaseTool, ...]:
    """The tools with the descriptions that `prompts/tools.yaml` gives them."""
    described = tool_descriptions()
    tools = []
    for function in _FUNCTIONS:
        texts = described[function.__name__]
        tool = StructuredTool.from_function(function, description=texts["description"])
        arguments = tool.args_schema
        assert isinstance(arguments, type) and issubclass(arguments, BaseModel)
        for name, text in texts["arguments"].items():
            arguments.model_fields[name].description = text
        arguments.model_rebuild(force=True)
        tools.append(tool)
    return tuple(tools)
