"""How fast due work is done, beside peers in the same run, each in a process of its own.

Ours and the bare claims write with `synchronous=FULL`; APScheduler's store with NORMAL, Huey as it does by default. The
bare claims execute in the thread that claims: they are the floor, not a scheduler.
"""

import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.engines.stored import measure

_OURS = "croncierge"
_FLOOR = "bare claims"
_MORE_IS_BETTER = ("jobs_a_second", "created_a_second", "bulk_a_second")
_HEADS = {
    "jobs_a_second": "due jobs a second",
    "hop_ms": "chain, ms a hop",
    "late_p50_ms": "late at 100 a second, p50 ms",
    "late_p99_ms": "p99 ms",
    "created_a_second": "created one by one, a second",
    "bulk_a_second": "in bulk, a second",
}
_KILLED = {"lost": "three SIGKILLs over 1,000 jobs: lost", "repeated": "repeated", "restart_s": "back after, s"}
_STORED = {
    "start_s": "start to first job, s",
    "idle_percent": "idle, % of a core",
    "peak_mb": "memory, MB",
    "late_p50_ms": "late p50 ms",
    "late_p99_ms": "p99 ms",
}


def run(options: Namespace) -> dict[str, Any]:
    """The figures of each engine, None where it is not installed, and how many times better than it we are.

    options: stored, how many tasks lie in a store beside which an empty one is measured.
    """
    figures: dict[str, Any] = {}
    for name in ENGINES:
        sys.stderr.write(f"{name} …\n")
        with TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.engines.measures", name, folder]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            figures[name] = json.loads(done.stdout)
    ours = figures[_OURS]
    ratios = {name: _ratios(ours, its) for name, its in figures.items() if its is not None and name != _OURS}
    sys.stderr.write(f"{options.stored:,} stored tasks …\n")
    with TemporaryDirectory() as folder:
        stored = measure(Path(folder), options.stored)
    return {"figures": figures, "ratios": ratios, "limit": _limit(ours, figures[_FLOOR]), "stored": stored}


def _limit(ours: Mapping[str, float], floor: Mapping[str, float]) -> str:
    """What a job costs beside the least it could, and what for."""
    mine, least = (1e6 / each["jobs_a_second"] for each in (ours, floor))
    return (
        f"A due job takes {mine:.0f} µs, {mine / least:.1f} times the {least:.0f} µs of bare claims. "
        "The interpreter is the limit, not the disk: of each job a run, its transitions and its task are written "
        "(bare claims write one row, twice), and it is handed to a thread and back."
    )


def _ratios(ours: Mapping[str, float], its: Mapping[str, float]) -> dict[str, float]:
    """How many times better ours is: above 1 we lead, whether more or less is better."""
    return {
        name: round(ours[name] / its[name] if name in _MORE_IS_BETTER else its[name] / ours[name], 2) for name in _HEADS
    }


def table(result: Mapping[str, Any]) -> str:
    """The figures as Markdown tables, each peer's with our lead in brackets."""
    heads = _HEADS | _KILLED
    lines = [_line("", heads.values()), "|---" * (len(heads) + 1) + "|"]
    for name, figures in result["figures"].items():
        if figures is None:
            lines.append(_line(name, ["absent" for _ in heads]))
            continue
        lead = result["ratios"].get(name, {})
        cells = [f"{figures[key]:,}" + (f" (×{lead[key]:g})" if key in lead else "") for key in heads]
        lines.append(_line(name, cells))
    lines += ["", result["limit"], "", _line("stored tasks", _STORED.values()), "|---" * (len(_STORED) + 1) + "|"]
    for figures in result["stored"].values():
        lines.append(_line(f"{figures['stored']:,}", [str(figures[key]) for key in _STORED]))
    return "\n".join(lines)


def _line(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"
