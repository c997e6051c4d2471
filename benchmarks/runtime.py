"""How fast due work is done, beside peers in the same run, each in a process of its own.

Ours and the bare claims write with `synchronous=FULL`; APScheduler's store with NORMAL, Huey as it does by default. The
bare claims execute in the thread that claims: they are the floor, not a scheduler.
"""

import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Mapping
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.engines import ENGINES

_OURS = "croncierge"
_MORE_IS_BETTER = ("jobs_a_second", "created_a_second")
_HEADS = {
    "jobs_a_second": "due jobs a second",
    "hop_ms": "chain, ms a hop",
    "late_p50_ms": "late at 100 a second, p50 ms",
    "late_p99_ms": "p99 ms",
    "created_a_second": "created one by one, a second",
}


def run(_options: Namespace) -> dict[str, Any]:
    """The figures of each engine, None where it is not installed, and how many times better than it we are."""
    figures: dict[str, Any] = {}
    for name in ENGINES:
        sys.stderr.write(f"{name} …\n")
        with TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.engines.measures", name, folder]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            figures[name] = json.loads(done.stdout)
    ours = figures[_OURS]
    ratios = {name: _ratios(ours, its) for name, its in figures.items() if its is not None and name != _OURS}
    return {"figures": figures, "ratios": ratios}


def _ratios(ours: Mapping[str, float], its: Mapping[str, float]) -> dict[str, float]:
    """How many times better ours is: above 1 we lead, whether more or less is better."""
    return {
        name: round(ours[name] / its[name] if name in _MORE_IS_BETTER else its[name] / ours[name], 2) for name in _HEADS
    }


def table(result: Mapping[str, Any]) -> str:
    """The figures as a Markdown table, each peer's with our lead in brackets."""
    lines = ["| | " + " | ".join(_HEADS.values()) + " |", "|---" * (len(_HEADS) + 1) + "|"]
    for name, figures in result["figures"].items():
        if figures is None:
            lines.append(f"| {name} | " + " | ".join("absent" for _ in _HEADS) + " |")
            continue
        lead = result["ratios"].get(name, {})
        cells = [f"{figures[key]:,}" + (f" (×{lead[key]:g})" if key in lead else "") for key in _HEADS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
