"""A report for a person in front of a terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evals.comparison import Change, Comparison
from evals.results import CaseResult, Report
from evals.summary import TOTAL, Summary, summaries

_SHOWN = 40


def report_view(report: Report) -> RenderableType:
    """The table of suites, and below it what failed."""
    rows = summaries(report)
    table = Table(title=f"{report.model}: {rows[-1].right:.1%} of {rows[-1].cases} cases", title_justify="left")
    powers = [k for k in rows[-1].all_of if k > 1]
    heads = ["cases", "pass@1", "95 %", *(f"pass^{k}" for k in powers), "tokens", "cost", "median", "p95", "errors"]
    table.add_column("suite")
    for head in heads:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(*_cells(row, powers), style="bold" if row.name == TOTAL else None)
    failed = [case for case in report.cases if case.passed < len(case.trials)]
    return Group(table, *(_failed(case) for case in failed[:_SHOWN]), *_more(len(failed) - _SHOWN))


def comparison_view(found: Comparison) -> RenderableType:
    """What got worse and better, and the verdict."""
    return Group(*_compared(found))


def _cells(row: Summary, powers: list[int]) -> Iterator[str]:
    yield row.name
    yield str(row.cases)
    yield f"{row.right:.1%}"
    yield f"{row.low:.0%}–{row.high:.0%}"
    for k in powers:
        yield f"{row.all_of[k]:.1%}" if k in row.all_of else ""
    yield f"{row.input_tokens + row.output_tokens:,}" if row.input_tokens else "–"
    yield "?" if row.cost is None else f"${row.cost:.4f}" if row.cost else "–"
    yield f"{row.median * 1000:,.0f} ms"
    yield f"{row.slowest * 1000:,.0f} ms"
    yield str(row.errors or "–")


def _failed(case: CaseResult) -> Text:
    bad = next(trial for trial in case.trials if not trial.passed)
    what = bad.error or "; ".join(bad.wrong)
    rate = f" ({case.passed} of {len(case.trials)})" if len(case.trials) > 1 else ""
    return Text.assemble(("! " if bad.error else "✗ ", "yellow" if bad.error else "red"), f"{case.id}{rate}: {what}")


def _more(count: int) -> Iterator[Text]:
    if count > 0:
        yield Text(f"… and {count} more; the HTML page has them all.", style="dim")


def _compared(found: Comparison) -> Iterator[Text]:
    for change in found.worse:
        yield _change(change, "worse", "red")
    for change in found.better:
        yield _change(change, "better", "green")
    for name in found.spoilt:
        yield Text.assemble(("spoilt  ", "yellow"), f"{name}: passed before, and could not be tried now")
    for word, names in (("new", found.added), ("gone", found.removed), ("edited", found.changed)):
        if names:
            yield Text.assemble((f"{word:8}", "dim"), f"{', '.join(names[:8])}{' …' if len(names) > 8 else ''}")
    chance = "" if found.repeatable else f", which chance alone does with a probability of {found.chance:.2f}"
    yield Text(
        f"{found.compared} cases compared: {len(found.worse)} worse, {len(found.better)} better{chance}. "
        f"{'This is a regression.' if found.regressed else 'No regression.'}",
        style="bold red" if found.regressed else "bold green",
    )


def _change(change: Change, word: str, style: str) -> Text:
    return Text.assemble((f"{word:8}", style), f"{change.id}: {change.before:.0%} → {change.now:.0%}  {change.why}")
