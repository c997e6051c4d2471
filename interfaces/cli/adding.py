"""`tasks add`: a task with any action, said exactly."""

from typing import Annotated, Any

import typer

from croncierge.errors import InvalidInput
from interfaces.cli.options import Common
from interfaces.cli.payloads import json_object
from interfaces.output import put_json, put_markdown

_VIA = "cli"


def add_task(
    common: Common,
    title: Annotated[list[str], typer.Argument(help="What to call it.")],
    when: Annotated[str | None, typer.Option(help="When, in words: “every Monday at 9”, “tomorrow at noon”.")] = None,
    do: Annotated[str, typer.Option(help="Its action; see `croncierge actions list`.")] = "notify",
    payload: Annotated[str | None, typer.Option(metavar="JSON|@FILE", help="What the action needs.")] = None,
    after: Annotated[list[str] | None, typer.Option(metavar="TASK", help="Only once this task has run.")] = None,
    any_of: Annotated[bool, typer.Option("--any", help="With several --after: the first of them is enough.")] = False,
    on: Annotated[list[str] | None, typer.Option(metavar="EVENT", help="When this event comes.")] = None,
    check: Annotated[
        str | None,
        typer.Option(metavar="ACTION", help="Look with this action first; do nothing unless --if holds."),
    ] = None,
    check_payload: Annotated[str | None, typer.Option(metavar="JSON|@FILE", help="What --check needs.")] = None,
    expression: Annotated[
        str | None, typer.Option("--if", metavar="CONDITION", help="Of what --check gave, like 'status == 200'.")
    ] = None,
    workflow: Annotated[str | None, typer.Option(metavar="NAME", help="The workflow that it belongs to.")] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Add a task. `croncierge actions try` shows what an action would do.

    \b
    croncierge tasks add water the plants --when "every morning at 8"
    croncierge tasks add fetch prices --when "every hour" --do http --payload '{"url": "https://example.org/prices"}'
    croncierge tasks add tell me --after "fetch prices" --payload '{"message": "{{ results.fetch_prices.body }}"}'
    croncierge tasks add site is down --when "every 5 minutes" --check http \\
        --check-payload '{"url": "https://example.org"}' --if 'status != 200'
    """
    from store.kinds import Join
    from store.operations import create_task
    from store.values import Prerequisite, TaskSpec, TriggerSpec
    from tools.deeds import costs, type_of
    from tools.reference import one_task
    from tools.scheduling.create import notes
    from tools.timing import read_time
    from tools.views import task_view
    from tools.wording import name, upcoming
    from tools.wording import when as in_words

    with common.app() as app:
        context = app.context(_VIA)
        reading = read_time(context, when) if when else None
        if reading is not None and reading.conditions:
            raise InvalidInput(
                f"“{reading.conditions[0].words}” is no time; name a task with --after, or an event with --on.",
                field="when",
            )
        task = create_task(
            app.store,
            context.actor,
            TaskSpec(
                title=" ".join(title),
                description=description,
                schedule=reading.schedule if reading else None,
                schedule_words=when,
                zone=context.preferences.zone,
                type=type_of(do),
                action_type=do,
                action_payload=json_object(payload, "payload"),
                depends_on=tuple(Prerequisite(task_id=one_task(context, each).id) for each in after or ()),
                join=Join.ANY if any_of else Join.ALL,
                triggers=tuple(TriggerSpec(event=each) for each in on or ()),
                condition=_condition(check, check_payload, expression),
                workflow=workflow,
            ),
        )
        if common.as_json:
            put_json(task_view(task))
            return
        zone = f" ({task.zone})" if task.schedule else ""
        assumed = notes(reading)
        put_markdown(
            f"#{task.id} {name(task)}: {in_words(task, context)}{zone}.{costs(task)}{upcoming(task, context)}{assumed}"
        )


def _condition(action: str | None, payload: str | None, expression: str | None) -> dict[str, Any] | None:
    if action is None and expression is None:
        return None
    if action is None or expression is None:
        raise InvalidInput("--check and --if go together: what to look at, and what has to be true of it.", field="if")
    return {
        "action_type": action,
        "action_payload": json_object(payload, "check-payload"),
        "expression": expression,
    }
