"""`eval`: how well the assistant understands, measured."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from croncierge.errors import InvalidInput, NotFound, Unavailable
from interfaces.cli.options import Common
from interfaces.output import note, put, put_json

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from rich.console import RenderableType

    from evals.datasets import Suite
    from evals.results import CaseResult, Report
    from evals.suite import Traffic

_REGRESSED = 1


def evaluate(
    common: Common,
    suite: Annotated[list[str] | None, typer.Argument(help="Only these suites.")] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Of this model, not the built-in one.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", "--cassettes", help="Ask no server: play back what was recorded of the model.")
    ] = False,
    live: Annotated[bool, typer.Option("--live", help="Ask the model now, which is what happens anyway.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Ask the model now and keep its answers.")] = False,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="How often to try each case.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many cases at a time.")] = 1,
    only: Annotated[str | None, typer.Option(metavar="WORD", help="Only cases with this in their id or tags.")] = None,
    baseline: Annotated[
        Path | None, typer.Option("--compare", metavar="FILE", help="A saved report to compare with.")
    ] = None,
    save: Annotated[Path | None, typer.Option(metavar="FILE", help="Save the report, to compare with later.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report as a page.")] = None,
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Where the cassettes are.")] = Path(
        "evals/cassettes"
    ),
    prices: Annotated[Path | None, typer.Option(metavar="FILE", help="Another table of prices.")] = None,
) -> None:
    """Measure how well the assistant understands.

    The exit code is 1 when it got worse than the baseline.

    \b
    croncierge eval
    croncierge eval scheduling editing --compare evals/baselines/builtin.json
    croncierge eval --model gpt-4.1-mini --repeat 4 --jobs 8 --html report.html
    """
    from evals import suite as evaluation
    from evals.comparison import compare
    from evals.datasets import load_suites
    from evals.results import load_report, save_text

    before = load_report(baseline) if baseline else None
    settings = common.settings()
    if record and only:
        raise InvalidInput("A suite is recorded whole; leave out --only.", field="--only")
    suites = _chosen(load_suites(suite or ()), only)
    if model is not None and not suite:  # its rates are about what it was asked
        suites = [each for each in suites if not each.scripted]
    plan = evaluation.Plan(
        suites=suites,
        model=model or evaluation.BUILT_IN,
        repeat=repeat,
        jobs=jobs,
        traffic=_traffic(model, offline, live, record),
        cassettes=folder,
        prices=prices,
        base_url=settings.base_url or "",
    )
    with _progress(sum(len(each.cases) for each in suites)) as progress:
        report = evaluation.evaluate(plan, lambda: _model(common, model, offline), progress)
    _refuse_if_nothing_was_tried(report)
    found = compare(before, report) if before else None
    if save:
        save_text(save, report.without_transcripts().text())
    if html:
        from evals.page import report_page

        save_text(html, report_page(report, found))
    if common.as_json:
        put_json(_as_json(report) | ({"comparison": _fields(found)} if found else {}))
    else:
        from evals.terminal import comparison_view, report_view

        _print(report_view(report))
        if found:
            _print(comparison_view(found))
    if found and found.regressed:
        raise typer.Exit(_REGRESSED)


def _chosen(suites: "list[Suite]", word: str | None) -> "list[Suite]":
    from dataclasses import replace

    if word is None:
        return suites
    found = [
        replace(each, cases=cases)
        for each in suites
        if (cases := tuple(case for case in each.cases if word in case.id or word in case.tags))
    ]
    if not found:
        raise NotFound(f"No case has {word!r} in its id or tags.", field="--only")
    return found


def _traffic(model: str | None, offline: bool, live: bool, record: bool) -> "Traffic":
    from evals.suite import BUILT_IN, Traffic

    if offline + live + record > 1:
        raise InvalidInput("Of --offline, --live and --record only one can be meant.", field="--offline")
    if record:
        return Traffic.RECORD
    return Traffic.REPLAY if offline and model not in (None, BUILT_IN) else Traffic.LIVE


def _model(common: Common, name: str | None, offline: bool) -> "BaseChatModel":
    from agent.models import Options, choose_model

    settings = common.settings()
    key = settings.api_key.get_secret_value() if settings.api_key else None
    # Nobody asks for a key when the answers come from a cassette.
    options = Options(
        base_url=settings.base_url,
        api_key=key or ("none" if offline else None),
        temperature=settings.temperature,
        reasoning_effort=settings.reasoning_effort,
        answer_tokens=settings.answer_tokens,
        timeout=settings.model_timeout,
    )
    return choose_model(name, options)


@contextmanager
def _progress(count: int) -> "Iterator[Callable[[CaseResult], None]]":
    """A bar on standard error while it runs, if that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        running = bar.add_task("", total=count)
        failed = 0

        def through(case: "CaseResult") -> None:
            nonlocal failed
            failed += case.passed < len(case.trials)
            bar.update(running, advance=1, description=f"{case.suite} ({failed} failed)")

        yield through


def _refuse_if_nothing_was_tried(report: "Report") -> None:
    errors = [trial.error for case in report.cases for trial in case.trials if trial.error]
    if errors and not any(case.counted for case in report.cases):
        raise Unavailable(f"No case could be tried: {errors[0]}")
    if errors:
        note(f"{len(errors)} trials could not be made and count neither way; the first: {errors[0]}")


def _as_json(report: "Report") -> dict[str, object]:
    from evals.summary import summaries

    return {"suites": [vars(each) for each in summaries(report)]} | report.model_dump(mode="json")


def _fields(comparison: object) -> dict[str, object]:
    from dataclasses import asdict

    from evals.comparison import Comparison

    assert isinstance(comparison, Comparison)
    return asdict(comparison) | {"regressed": comparison.regressed}


def _print(view: "RenderableType") -> None:
    from io import StringIO

    from rich.console import Console

    console = Console()
    if console.is_terminal:
        console.print(view)
        return
    text = StringIO()
    Console(file=text, width=int(os.environ.get("COLUMNS", "160"))).print(view)
    put(text.getvalue().rstrip())
