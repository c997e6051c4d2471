"""Words to time: how often right, wrong or silent, and how fast, beside the peers that are installed."""

import json
import warnings
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from benchmarks.parsers import Parser, parsers
from benchmarks.verdicts import Answer, Verdict, verdict

_OWN_CASES = Path(__file__).parent.parent / "evals" / "datasets" / "time_requests.jsonl"
_GROUPS = {
    "one moment": ("instant",),
    "duration": ("duration",),
    "repeating": ("recurrence", "interval"),
    "nothing": ("none",),
    "to be asked": ("clarify",),
}
_WARM_UP = ("tomorrow at 5pm", "every monday", "in 2 hours")


def run(options: Namespace) -> dict[str, Any]:
    """The figures of every parser on the cases of `options.cases`; on the repository's own when none are given."""
    paths = options.cases or [_OWN_CASES]
    cases = [json.loads(line) for path in paths for line in path.read_text().splitlines() if line.strip()]
    return {
        "files": [path.name for path in paths],
        "cases": len(cases),
        "parsers": {name: _measured(parser, cases) if parser else None for name, parser in parsers().items()},
    }


def table(figures: dict[str, Any]) -> str:
    """The figures as a table: right/wrong/silent of 100, and milliseconds a phrase."""
    heads = ["parser", "all", *_GROUPS, "ms p50", "ms p99"]
    rows = [heads]
    for name, measured in figures["parsers"].items():
        if measured is None:
            rows.append([name, "not installed", *[""] * (len(heads) - 2)])
            continue
        shares = [_shares(measured["verdicts"].get(group)) for group in ("all", *_GROUPS)]
        rows.append([name, *shares, f"{measured['p50_ms']:.2f}", f"{measured['p99_ms']:.2f}"])
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    said = f"{figures['cases']} cases ({', '.join(figures['files'])}); right/wrong/silent of 100"
    return "\n".join([said, "", *lines])


def _measured(parser: Parser, cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    for text in _WARM_UP:
        _timed(parser, cases[0] | {"text": text})
    counts = {group: Counter[str]() for group in ("all", *_GROUPS)}
    took = []
    for case in cases:
        answer, milliseconds = _timed(parser, case)
        took.append(milliseconds)
        judged = verdict(case, answer)
        for group in ("all", *(group for group, kinds in _GROUPS.items() if case["kind"] in kinds)):
            counts[group][judged] += 1
    percentiles = quantiles(took, n=100, method="inclusive")
    verdicts = {group: {each.value: count[each] for each in Verdict} for group, count in counts.items() if count}
    return {"verdicts": verdicts, "p50_ms": percentiles[49], "p99_ms": percentiles[98]}


def _timed(parser: Parser, case: dict[str, Any]) -> tuple[Answer, float]:
    """The answer and the milliseconds it took. A parser that fails has not answered."""
    now = datetime.fromisoformat(case["reference_time"])
    began = perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = parser(case["text"], now, case["timezone"])
    except Exception:  # whatever a peer makes of words it does not expect
        answer = Answer(kind="none")
    return answer, (perf_counter() - began) * 1000


def _shares(verdicts: dict[str, int] | None) -> str:
    if not verdicts:
        return "-"
    total = sum(verdicts.values())
    return "/".join(f"{100 * verdicts[each.value] / total:.0f}" for each in Verdict)
