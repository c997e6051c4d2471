"""`runs`: what became of tasks."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from croncierge.errors import InvalidInput
from interfaces.cli.options import Common
from interfaces.output import put, put_json, put_markdown

if TYPE_CHECKING:
    from interfaces.wiring import App
    from store.operations.transcripts import TranscriptInfo
    from store.session import Store
    from store.status import RunStatus
    from store.values import Actor, RunInfo

_VIA = "cli"
_LONGEST_LINE = 500


def list_runs(
    common: Common,
    task: Annotated[list[str] | None, typer.Argument(help="Only runs of this task: its number or words.")] = None,
    named: Annotated[str | None, typer.Option("--task", metavar="TASK", help="The same as an option.")] = None,
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="Only runs that ended or stand so.")] = None,
    text: Annotated[
        str | None,
        typer.Option(metavar="WORDS", help="Only with all these words, in title, error, log, result or message."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only those due from then on: in ISO form, or like “yesterday”.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only those due before then, or up to its end.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """List runs, the latest first.

    \b
    croncierge runs list
    croncierge runs list timesheet --status failed
    croncierge runs list --text "connection refused" --since 2026-11-01
    """
    from interfaces.cli.moments import read_bound
    from store import operations
    from tools.reference import one_task
    from tools.views import run_view
    from tools.wording import runs_table

    wanted = _status(status) if status else None
    with common.app() as app:
        context = app.context(_VIA)
        zone, words = context.preferences.zone, " ".join(task or ()) or named
        found = operations.list_runs(
            app.store,
            context.actor,
            task_id=one_task(context, words).id if words else None,
            status=wanted,
            text=text,
            since=read_bound(context, since, field="--since") if since else None,
            until=read_bound(context, until, field="--until") if until else None,
            limit=limit,
        )
        if common.as_json:
            put_json([run_view(run, zone) for run in found])
        elif found:
            put_markdown(runs_table(found, context))
        elif text or since or until:
            put("There are no runs like that.")
        else:
            put(f"There are no {status + ' ' if status else ''}runs{' of that task' if words else ''} yet.")


Run = Annotated[str, typer.Argument(metavar="NUMBER", help="The number of the run.")]


def show_run(common: Common, run: Run) -> None:
    """Show one run: how it went, step by step.

    \b
    croncierge runs show 12
    """
    number = _number(run)
    with common.app() as app:
        tell_run(common, app, number)


def tell_run(common: Common, app: "App", number: int) -> None:
    """Say how a run went. Raises NotFound."""
    from dataclasses import asdict

    from interfaces.cli import story as tree_story
    from schedules.describe import describe_moment
    from store import operations
    from store.operations.deliveries import messages_of_runs
    from store.operations.story import story_of
    from store.operations.transcripts import list_transcripts
    from store.told import told
    from tools.views import message_view, run_view

    context = app.context(_VIA)
    zone = context.preferences.zone
    found = operations.get_run(app.store, context.actor, number)
    story = operations.run_story(app.store, context.actor, number)
    exchanges = list_transcripts(app.store, context.actor, number)
    workflow = operations.get_task(app.store, context.actor, found.task_id, include_deleted=True).workflow
    tree = story_of(app.store, context.actor, number)
    messages = messages_of_runs(app.store, context.actor, [number]).get(number, [])
    if common.as_json:
        steps = [{"status": step.to_status.value, "at": step.at.isoformat(), "reason": step.reason} for step in story]
        more = {
            "log": found.log,
            "log_ref": found.log_ref,
            "result": dict(found.result) if found.result else None,
            "steps": steps,
            "workflow": workflow,
            "messages": [message_view(each, zone) for each in messages],
            "tree": tree_story.as_json(tree) if tree else None,
            "exchanges": [{**asdict(each), "at": each.at.isoformat()} for each in exchanges],
        }
        put_json(run_view(found, zone) | more)
        return
    lines = [
        f"Run {found.id} of “{found.title}”, due {describe_moment(found.scheduled_time, zone, context.now)} "
        f"({found.triggered_by.value}): {found.status.value}."
    ]
    lines += [
        f"  {describe_moment(step.at, zone, context.now)}  {step.to_status.value}"
        f"{': ' + step.reason if step.reason else ''}"
        for step in story
    ]
    if workflow is not None:
        lines.append(f"It belongs to the workflow “{workflow}”.")
    lines += [f"{told(each, zone, context.now).removesuffix('.')} (message {each.id})." for each in messages]
    lines += tree_story.told(tree, context) if tree else [_exchange(each) for each in exchanges]
    lines += [text for text in (None if tree else found.error_message, found.log) if text]
    put("\n".join(lines))


def show_stats(
    common: Common,
    task: Annotated[str | None, typer.Option(metavar="TASK", help="Only of this task: its number or words.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3_660, help="Of so many days up to now.")] = 30,
) -> None:
    """Show runs in numbers: how many succeeded, how long they took, why they failed, per task and per day.

    \b
    croncierge runs stats
    croncierge runs stats --task backup --days 90
    """
    from datetime import timedelta

    from store.operations.stats import analyse
    from tools.numbers import numbers_text, numbers_view
    from tools.reference import one_task

    with common.app() as app:
        context = app.context(_VIA)
        task_id = one_task(context, task).id if task else None
        since = context.now - timedelta(days=days)
        found = analyse(app.store, context.actor, since, context.preferences.zone, task_id)
        if common.as_json:
            put_json(numbers_view(found))
        else:
            put_markdown(numbers_text(found, context))


def read_log(
    common: Common,
    run: Run,
    tail: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the last lines.")] = None,
    grep: Annotated[str | None, typer.Option(metavar="WORDS", help="Only lines with all these words.")] = None,
) -> None:
    """Print what a run wrote, the whole of it, wherever it is kept.

    \b
    croncierge runs log 12 --tail 20
    croncierge runs log 12 --grep "connection refused"
    """
    from collections import deque
    from contextlib import nullcontext
    from io import StringIO

    from croncierge.errors import NotFound
    from runtime.runlogs import open_log
    from store import operations

    words = (grep or "").casefold().split()
    with common.app() as app:
        found = operations.get_run(app.store, app.actor(_VIA), _number(run))
        opened = open_log(found.log_ref) if found.log_ref else nullcontext(StringIO(found.log))
        try:
            with opened as file:
                lines = (line.rstrip("\n") for line in file)
                kept = (line for line in lines if all(word in line.casefold() for word in words))
                if common.as_json:
                    put_json({"run": found.id, "log_ref": found.log_ref, "lines": list(deque(kept, tail))})
                else:
                    for line in deque(kept, tail) if tail else kept:
                        put(line)
        except NotFound as error:
            raise NotFound(f"{error.message} `croncierge runs show {found.id}` has its ends.", field="run") from error


def _exchange(exchange: "TranscriptInfo") -> str:
    """A request and its answer, a line each, as far as that goes."""
    import json

    def line(value: object) -> str:
        said = json.dumps(value, ensure_ascii=False)
        return said if len(said) <= _LONGEST_LINE else f"{said[:_LONGEST_LINE]}…"

    answer = "no answer" if exchange.response is None else line(exchange.response)
    return f"  {exchange.kind} → {line(exchange.request)}\n  {exchange.kind} ← {answer}"


def _status(word: str) -> "RunStatus":
    from store.status import RunStatus

    try:
        return RunStatus(word)
    except ValueError as error:
        known = ", ".join(status.value for status in RunStatus)
        raise InvalidInput(f"There is no run status {word!r}; it is one of {known}.", field="status") from error


def cancel_run(common: Common, run: Run) -> None:
    """Call off a run that has not ended; one that is being executed is ended."""
    from store import operations

    _change(common, run, operations.cancel_run, "is cancelled")


def rerun(
    common: Common,
    run: Run,
    force: Annotated[bool, typer.Option("--force", help="Also one that must not be repeated.")] = False,
) -> None:
    """Try a run again that has ended, and what was skipped because of it.

    \b
    croncierge runs rerun 12
    """
    from store import operations

    _change(common, run, partial(operations.rerun, force=force), "is to run again")


def clear_run(
    common: Common,
    run: Run,
    only: Annotated[bool, typer.Option("--only", help="Not also what came after it.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also what must not be repeated.")] = False,
) -> None:
    """Forget how a run went, and what came after it; they wait for their prerequisites and run again.

    \b
    croncierge runs clear 12
    """
    from store import operations

    _change(common, run, partial(operations.clear_run, downstream=not only, force=force), "starts anew")


def run_anyway(
    common: Common,
    run: Run,
    force: Annotated[bool, typer.Option("--force", help="Also one that must not be repeated.")] = False,
) -> None:
    """Start a run that waits, was skipped, blocked or missed, whatever its prerequisites say.

    \b
    croncierge runs anyway 12
    """
    from store import operations

    _change(common, run, partial(operations.run_anyway, force=force), "is to run now")


def _change(common: Common, run: str, change: "Callable[[Store, Actor, int], RunInfo]", said: str) -> None:
    from tools.views import run_view

    with common.app() as app:
        context = app.context(_VIA)
        changed = change(app.store, context.actor, _number(run))
        if common.as_json:
            put_json(run_view(changed, context.preferences.zone))
        else:
            put(f"Run {changed.id} of “{changed.title}” {said}.")


def _number(run: str) -> int:
    number = run.removeprefix("#")
    if not number.isdecimal():
        raise InvalidInput(f"The run {run!r} is not a number; `croncierge runs list` shows them.", field="run")
    return int(number)
