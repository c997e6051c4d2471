"""Many goals that wait: no thread is theirs."""

import subprocess
import sys
from pathlib import Path


def test_waiting_goals_hold_no_threads(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.agent.ai.waiting", f"sqlite:///{tmp_path}/a.db", "4", "12"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[3], capture_output=True, check=False, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    few, many = (tuple(map(int, line.split())) for line in done.stdout.splitlines())
    assert (few[0], many[0]) == (4, 16)
    assert few[1] == many[1]
