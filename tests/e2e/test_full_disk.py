"""A disk that is full."""

import json
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from croncierge.app import open_app
from store.operations import create_task
from store.values import TaskSpec
from tests.e2e.conftest import COMMAND, Run


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with limits")
def test_a_full_disk_is_told_and_nothing_is_half_done(run: Run, database: Path) -> None:
    with open_app() as app:
        create_task(app.store, app.actor("test"), TaskSpec(title="call mom"))
    # A limit on the size of files is what a process sees of a disk that is full.
    limit = database.stat().st_size // 1024 + 8
    script = f"trap '' XFSZ; ulimit -f {limit}; exec \"$@\""
    lines = "".join(f"remind me tomorrow at 9 to {number} {'x' * 150}\n" for number in range(40))
    seen = subprocess.run(
        ["bash", "-c", script, "bash", *COMMAND, "chat"],
        input=lines,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=100,
        env=os.environ,
    )
    assert "Traceback" not in seen.stdout + seen.stderr
    assert "full" in seen.stdout + seen.stderr or "refused to write" in seen.stdout + seen.stderr
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert len(json.loads(run("tasks", "list", "--json").stdout)) >= 1
