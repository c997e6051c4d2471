"""`templates`: common AI tasks, ready to be used."""

from typing import TYPE_CHECKING, Annotated

import typer

from croncierge.errors import InvalidInput, NotFound
from interfaces.cli.options import Common
from interfaces.output import put, put_json

if TYPE_CHECKING:
    from prompts.tasks import TaskTemplate

_VIA = "cli"

Name = Annotated[str, typer.Argument(metavar="TEMPLATE", help="The name of the template.")]


def list_templates(common: Common) -> None:
    """List the templates for AI tasks.

    \b
    croncierge templates list
    """
    from prompts.tasks import task_templates

    found = task_templates().values()
    if common.as_json:
        put_json([{"name": each.name, "purpose": each.purpose, "variables": dict(each.variables)} for each in found])
        return
    for each in found:
        variables = " ".join(f"{name}=…" for name in each.variables)
        put(f"{each.name:20} {each.purpose}{'  ' + variables if variables else ''}")


def show_template(common: Common, name: Name) -> None:
    """Show what a template tells the model, and what it takes.

    \b
    croncierge templates show watch-page
    """
    template = _template(name)
    if common.as_json:
        shown = {"name": template.name, "purpose": template.purpose, "variables": dict(template.variables)}
        put_json({**shown, "payload": dict(template.payload), "text": template.text})
        return
    lines = [template.purpose, *(f"  {each}: {about}" for each, about in template.variables.items())]
    lines += [f"  tools: {', '.join(template.payload.get('tools', ())) or 'none'}", "", template.text]
    put("\n".join(lines))


def use_template(
    common: Common,
    name: Name,
    values: Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE", help="What the template takes.")] = None,
    when: Annotated[str, typer.Option("--when", metavar="WORDS", help="When to do it.")] = "",
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="What to call the task.")] = "",
) -> None:
    """Make a task from a template.

    \b
    croncierge templates use watch-page url=https://example.org matters="the price" --when "every day at 9"
    """
    from prompts import PromptError
    from store.kinds import TaskType
    from store.operations import create_task
    from store.operations.budgets import SAFE
    from store.values import TaskSpec
    from tools.timing import read_time
    from tools.views import task_view
    from tools.wording import upcoming
    from tools.wording import when as said_when

    template = _template(name)
    try:
        payload = template.filled_in(_values(values or []))
    except PromptError as error:
        raise InvalidInput(f"{str(error)[:1].upper()}{str(error)[1:]}.", field="values") from error
    with common.app() as app:
        context = app.context(_VIA)
        reading = read_time(context, when) if when.strip() else None
        spec = TaskSpec(
            title=title or template.name,
            type=TaskType.AI_EXECUTION,
            schedule=reading.schedule if reading else None,
            schedule_words=when or None,
            zone=context.preferences.zone,
            action_type="ai_prompt",
            action_payload=payload,
        )
        task = create_task(app.store, context.actor, spec)
        if common.as_json:
            put_json(task_view(task))
            return
        most = f"at most {SAFE.tokens:,} tokens and ${SAFE.cost / 1_000_000:.2f} a run"
        timing = said_when(task, context) if task.schedule else f"when you say `croncierge tasks run {task.id}`"
        put(f"“{task.title}” runs {timing}.{upcoming(task, context)}\nIt may use {most}.")


def _template(name: str) -> "TaskTemplate":
    from prompts.tasks import task_templates

    found = task_templates()
    if name not in found:
        raise NotFound(f"There is no template {name!r}; there are {', '.join(found)}.", field="template")
    return found[name]


def _values(given: list[str]) -> dict[str, str]:
    values = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise InvalidInput(f"{each!r} is no value; write it like url=https://example.org.", field="values")
        values[name] = value
    return values
