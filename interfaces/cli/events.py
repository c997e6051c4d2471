"""`emit` and `events`: what happens outside, and the tasks that it starts."""

from typing import Annotated, Any

import typer

from interfaces.cli.options import Common
from interfaces.cli.payloads import json_object
from interfaces.output import put, put_json

_VIA = "cli"

Event = Annotated[str, typer.Argument(metavar="EVENT", help="The name of the event.")]
TaskRef = Annotated[str, typer.Argument(metavar="TASK", help="Its number, or words of its title.")]


def emit(
    common: Common,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What happened.")],
    data: Annotated[str | None, typer.Option(metavar="JSON", help="An object with what is to be known of it.")] = None,
    key: Annotated[str | None, typer.Option(help="With the same key it is the same event, and happens once.")] = None,
) -> None:
    """Say that something happened; the tasks that wait for it start.

    \b
    croncierge emit import --data '{"rows": 3}' --key import-2026-11-23
    """
    from store import operations
    from tools.views import run_view

    carried = json_object(data, "data")
    with common.app() as app:
        context = app.context(_VIA)
        emitted = operations.emit_event(app.store, context.actor, name, carried, key)
        if common.as_json:
            runs = [run_view(run, context.preferences.zone) for run in emitted.runs]
            put_json(
                {"event": emitted.event_id, "is_new": emitted.is_new, "runs": runs,
                 "not_started": list(emitted.not_started)}
            )  # fmt: skip
            return
        lines = [f"Run {run.id} of “{run.title}” is {run.status.value}." for run in emitted.runs]
        lines += [f"{each}." for each in emitted.not_started]
        if not emitted.is_new:
            lines = ["That event was reported before; nothing was done again.", *lines]
        put("\n".join(lines or ["No task waits for that event."]))


def list_events(
    common: Common,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Only events of this name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """List events, the latest first.

    \b
    croncierge events list
    croncierge events list import --limit 5
    """
    from schedules.describe import describe_moment
    from store import operations

    with common.app() as app:
        context = app.context(_VIA)
        found = operations.list_events(app.store, context.actor, name=name, limit=limit)
        if common.as_json:
            put_json(
                [{"id": each.id, "name": each.name, "key": each.key, "data": dict(each.data),
                  "at": each.at.isoformat(), "runs": each.runs} for each in found]
            )  # fmt: skip
            return
        zone = context.preferences.zone
        lines = [
            f"{each.id}  {describe_moment(each.at, zone, context.now)}  {each.name}  started {each.runs}"
            for each in found
        ]
        put("\n".join(lines or ["There are no events yet."]))


def on(
    common: Common,
    task: TaskRef,
    event: Event,
    wanted: Annotated[
        str | None, typer.Option("--filter", metavar="JSON", help="Values that the event's data must have.")
    ] = None,
    path: Annotated[
        str | None, typer.Option(metavar="PATTERN", help="For the event “file”: a folder, or files like /data/*.csv.")
    ] = None,
    instead: Annotated[
        bool, typer.Option("--instead", help="Such a run stands in for the next one of the schedule.")
    ] = False,
) -> None:
    """Start a task whenever an event happens.

    \b
    croncierge events on report import
    croncierge events on report file --path '~/inbox/*.csv'
    croncierge events on deploy push --filter '{"branch": ["main", "release"]}'
    """
    from store import operations
    from store.kinds import EventMode
    from store.values import TaskChange, TriggerSpec
    from tools.folders import watchable
    from tools.reference import one_task

    watched = watchable(path, common.settings().watch_folders) if path is not None else None
    trigger = TriggerSpec(event=event, filter=json_object(wanted, "filter") or None, path=watched)
    with common.app() as app:
        context = app.context(_VIA)
        found = one_task(context, task)
        changed = operations.add_trigger(app.store, context.actor, found.id, trigger)
        if instead:
            change = TaskChange(event_mode=EventMode.INSTEAD)
            changed = operations.edit_task(app.store, context.actor, found.id, change)
        _say(common, changed)


def off(common: Common, task: TaskRef, event: Event) -> None:
    """No longer start a task when an event happens.

    \b
    croncierge events off report import
    """
    from store import operations
    from tools.reference import one_task

    with common.app() as app:
        context = app.context(_VIA)
        changed = operations.remove_trigger(app.store, context.actor, one_task(context, task).id, event)
        _say(common, changed)


def _say(common: Common, task: Any) -> None:
    from store.operations.triggers import as_json, said

    if common.as_json:
        put_json({"id": task.id, "title": task.title, "triggers": as_json(task.triggers)})
    elif task.triggers:
        put(f"“{task.title}” is started by {' or '.join(map(said, task.triggers))}.")
    else:
        put(f"No event starts “{task.title}”.")
