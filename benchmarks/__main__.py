"""`python -m benchmarks NAME [--json]`: run one benchmark and print its table."""

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

_NAMES = ("crash", "runtime", "time")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark that the command line names; 1 is the exit code when it found something wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=_NAMES)
    parser.add_argument(
        "--cases", action="append", default=[], type=Path, help="a file of cases, JSON lines; repeatable"
    )
    parser.add_argument("--seconds", type=float, default=60, help="crash: how long tasks are due")
    parser.add_argument("--processes", type=int, default=2, help="crash: how many share the database")
    parser.add_argument("--seed", type=int, help="crash: to repeat what was done")
    parser.add_argument("--late", type=float, default=1, help="crash: seconds within which a run starts in peace")
    parser.add_argument("--stored", type=int, default=100_000, help="runtime: how many tasks lie in the full store")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    benchmark = importlib.import_module(f"benchmarks.{options.name}")
    figures = benchmark.run(options)
    sys.stdout.write(json.dumps(figures, indent=2) if options.json else benchmark.table(figures))
    sys.stdout.write("\n")
    if figures.get("violations"):
        sys.exit(1)


if __name__ == "__main__":
    main()
