"""`templates`: common AI tasks, ready to be used."""

from typing import Annotated

import typer

from croncierge.errors import InvalidInput
from interfaces.cli.options import Common
from interfaces.output import put, put_json

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
        put_json(
            [
                {
                    "name": each.name,
                    "purpose": each.purpose,
                    "variables": dict(each.variables),
                    "defaults": dict(each.defaults),
                }
                for each in found
            ]
        )
        return
    for each in found:
        variables = " ".join(f"{name}={each.defaults.get(name, '…')}" for name in each.variables)
        put(f"{each.name:20} {each.purpose}{'  ' + variables if variables else ''}")


def show_template(common: Common, name: Name) -> None:
    """Show what a template tells the model, and what it takes.

    \b
    croncierge templates show watch-page
    """
    from dataclasses import asdict

    from tools.task_templates import template_lines, template_meant

    template = template_meant(name)
    if common.as_json:
        put_json(asdict(template))
    else:
        put("\n".join(template_lines(template)))


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
    from store.kinds import TaskType
    from store.operations import create_task
    from store.operations.budgets import SAFE
    from store.values import TaskSpec
    from tools.task_templates import AI_PROMPT, payload_from, template_meant
    from tools.timing import read_time
    from tools.views import task_view
    from tools.wording import upcoming
    from tools.wording import when as said_when

    template = template_meant(name)
    payload = payload_from(template, _values(values or []))
    with common.app() as app:
        context = app.context(_VIA)
        reading = read_time(context, when) if when.strip() else None
        spec = TaskSpec(
            title=title or template.name,
            type=TaskType.AI_EXECUTION,
            schedule=reading.schedule if reading else None,
            schedule_words=when or None,
            zone=context.preferences.zone,
            action_type=AI_PROMPT,
            action_payload=payload,
        )
        task = create_task(app.store, context.actor, spec)
        if common.as_json:
            put_json(task_view(task))
            return
        most = f"at most {SAFE.tokens:,} tokens and ${SAFE.cost / 1_000_000:.2f} a run"
        timing = said_when(task, context) if task.schedule else f"when you say `croncierge tasks run {task.id}`"
        put(f"“{task.title}” runs {timing}.{upcoming(task, context)}\nIt may use {most}.")


def _values(given: list[str]) -> dict[str, str]:
    values = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise InvalidInput(f"{each!r} is no value; write it like url=https://example.org.", field="values")
        values[name] = value
    return values
