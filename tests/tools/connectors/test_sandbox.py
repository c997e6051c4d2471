"""Limits hold everywhere; the sandbox where the machine has bubblewrap."""

import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store.operations.runs import Outcome
from tests.tools.connectors.calls import Heard
from tools.connectors import script as script_module
from tools.connectors.sandbox import LAUNCHER, Limits, launch, own_secrets, sandbox_works
from tools.connectors.script import Script, ScriptConfig, ScriptPayload

SYSTEM_PYTHON = Path("/usr/bin/python3")


@pytest.fixture(params=["auto", "off"])
def sandbox(request: pytest.FixtureRequest) -> str:
    if request.param == "auto" and not sandbox_works():
        pytest.skip("bubblewrap is not here or may not do its work on this machine")
    return str(request.param)


@pytest.fixture
def in_sandbox() -> None:
    if not sandbox_works():
        pytest.skip("bubblewrap is not here or may not do its work on this machine")


def run(text: str, *, hidden: tuple[Path, ...] = (), interpreter: str = "/bin/sh", **config: Any) -> Outcome:
    it = ScriptConfig(interpreter=(interpreter,), text=True, **config)
    return Script({"it": it}, hidden=hidden).run(ScriptPayload(script="it", text=text), Heard().call)


def test_cpu_is_limited(sandbox: str) -> None:
    outcome = run("while :; do :; done", sandbox=sandbox, limits=Limits(cpu_seconds=1))

    assert outcome.error is not None
    assert "used up its 1 seconds of CPU" in outcome.error
    assert "[scripts.it.limits]" in outcome.error


def test_memory_is_limited(sandbox: str) -> None:
    text = "bytes(400_000_000)"
    small = run(text, sandbox=sandbox, limits=Limits(memory_mb=200), interpreter=sys.executable)
    enough = run(text, sandbox=sandbox, limits=Limits(memory_mb=800), interpreter=sys.executable)

    assert small.error == "The script “it” ended with exit code 1: MemoryError"
    assert enough.error is None


def test_files_are_limited(sandbox: str) -> None:
    outcome = run("exec head -c 3000000 /dev/zero > file", sandbox=sandbox, limits=Limits(file_mb=1))

    assert outcome.error is not None
    assert "a file of more than 1 MB" in outcome.error


def test_no_core_is_dumped_and_no_limit_can_be_raised(sandbox: str) -> None:
    result = run("ulimit -Hc; ulimit -Hv; ulimit -Ht", sandbox=sandbox, limits=Limits(memory_mb=500)).result

    assert result is not None
    assert result["stdout"].split() == ["0", str(500_000_000 // 1024), "602"]


def test_processes_are_limited() -> None:
    """Root is not bound, so somebody else tries; with an interpreter that everybody can use."""
    who: dict[str, Any] = {}
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        launcher = Path(folder) / "launcher.py"
        shutil.copy(LAUNCHER, launcher)
        if os.getuid() == 0:
            if not SYSTEM_PYTHON.exists():
                pytest.skip("root is not bound, and there is no interpreter that somebody else could use")
            python = str(SYSTEM_PYTHON)
            Path(folder).chmod(0o755)
            launcher.chmod(0o644)
            who = {"user": 65534, "group": 65534, "extra_groups": []}
        text = "for i in 1 2 3 4 5 6 7 8 9; do sleep 0.3 & done; wait"
        _, *options = launch("limit", ["/bin/sh", "-c", text], limits=Limits(processes=4).as_numbers())
        options[options.index(str(LAUNCHER))] = str(launcher)
        done = subprocess.run([python, *options], capture_output=True, text=True, check=False, timeout=20, **who)

    assert done.returncode != 0
    assert "fork" in done.stderr


def test_no_rights_can_be_gained(sandbox: str) -> None:
    result = run("grep NoNewPrivs /proc/self/status", sandbox=sandbox).result

    assert result is not None
    assert result["stdout"].split() == ["NoNewPrivs:", "1"]


def test_signals_that_python_ignores_are_as_usual_for_a_script(sandbox: str) -> None:
    result = run("grep SigIgn /proc/self/status", sandbox=sandbox).result

    assert result is not None
    assert int(result["stdout"].split()[1], 16) == 0


@pytest.mark.usefixtures("in_sandbox")
def test_the_machine_can_be_read_but_not_changed(tmp_path: Path) -> None:
    (outcome, allowed) = (run(f"echo x > {tmp_path}/x", writable=writable) for writable in ((), (tmp_path,)))

    assert outcome.error is not None
    assert allowed.error is None
    assert (tmp_path / "x").read_text() == "x\n"
    # Not this file: what lies under /tmp, as a checkout may, is not to be seen.
    assert run(f"head -c 3 {os.__file__}; touch {os.__file__}").result == {"exit_code": 1, "stdout": 'r""'}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_take_one, args=(server,), daemon=True).start()
        yield server


def _take_one(server: socket.socket) -> None:
    try:
        server.accept()[0].close()
    except OSError:
        return


@pytest.mark.usefixtures("in_sandbox")
@pytest.mark.parametrize("network", [True, False])
def test_there_is_a_network_only_where_the_operator_says_so(network: bool, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    text = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
    outcome = run(text, interpreter=sys.executable, network=network)

    assert (outcome.error is None) == network


@pytest.mark.usefixtures("in_sandbox")
def test_neighbours_and_temporary_files_are_out_of_sight(tmp_path: Path) -> None:
    with tempfile.NamedTemporaryFile(dir="/tmp") as other:
        result = run(f"ls {other.name} /run/* 2>/dev/null; ls -d /proc/[0-9]* | wc -l; hostname; ls").result

    assert result is not None
    processes, *_, mine = result["stdout"].split()
    assert int(processes) < 8
    assert mine == "script"


@pytest.mark.usefixtures("in_sandbox")
def test_what_is_the_programs_own_cannot_be_read(tmp_path: Path) -> None:
    folder, file, other = tmp_path / "data", tmp_path / "settings.env", tmp_path / "other"
    folder.mkdir()
    for path in (folder / "secret", file, other):
        path.write_text(path.name)
    text = f"cat {folder}/secret; cat {file}; cat {other}"
    result = run(text, hidden=(folder, file, tmp_path / "missing"), writable=(tmp_path,)).result

    assert result == {"exit_code": 0, "stdout": "other"}


def test_data_and_settings_are_the_programs_own_wherever_they_are(
    a_home_of_its_own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = own_secrets()
    monkeypatch.setenv("CRONCIERGE_DB", "sqlite:////srv/tasks.db")
    monkeypatch.setenv("CRONCIERGE_CONNECTORS", "/srv/connectors.toml")
    moved = own_secrets()

    assert all(path.is_relative_to(a_home_of_its_own) for path in usual)
    names = ("connectors.toml", "tasks.db", "tasks.db-wal", "tasks.db-shm")
    assert {Path("/srv") / name for name in names} <= set(moved)


def test_a_script_that_needs_the_sandbox_does_not_run_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(script_module, "sandbox_works", lambda: False)
    required = run(f"touch {tmp_path}/x", sandbox="required")

    assert required.error is not None and "bubblewrap does not work on this machine" in required.error
    assert not required.retryable
    assert not (tmp_path / "x").exists()
    assert run("true", sandbox="auto").error is None


def test_the_limits_of_the_program_itself_come_first() -> None:
    most = 700_000_000
    program = f"""
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, ({most}, {most}))
sys.argv = {launch("limit", ["/bin/sh", "-c", "ulimit -v"], limits=Limits(memory_mb=5000).as_numbers())[3:]!r}
runpy.run_path(sys.argv[0], run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert int(done.stdout) == most // 1024
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != most
