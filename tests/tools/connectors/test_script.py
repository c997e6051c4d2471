"""Scripts: who may run what, and what becomes of what they say and leave behind. With a sandbox and without."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from croncierge.errors import InvalidInput, NotAllowed
from store.operations.runs import Outcome
from tests.tools.connectors.calls import Heard
from tools.connectors.sandbox import Limits, sandbox_works
from tools.connectors.script import Script, ScriptConfig, ScriptPayload

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=["auto", "off"])
def sandbox(request: pytest.FixtureRequest) -> str:
    if request.param == "auto" and not sandbox_works():
        pytest.skip("bubblewrap is not here or may not do its work on this machine")
    return str(request.param)


def shell(sandbox: str = "off", **config: Any) -> ScriptConfig:
    """A script whose text the task brings."""
    return ScriptConfig(
        interpreter=("/bin/sh",),
        text=True,
        arguments=True,
        stdin=True,
        sandbox=sandbox,
        **config,  # type: ignore[arg-type]
    )


def run(config: ScriptConfig, text: str | None = None, heard: Heard | None = None, **payload: Any) -> Outcome:
    return Script({"it": config}).run(ScriptPayload(script="it", text=text, **payload), (heard or Heard()).call)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(true: Any, seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def test_what_it_says_is_the_result_and_the_log(sandbox: str) -> None:
    heard = Heard()
    outcome = run(shell(sandbox), 'echo "$1"; echo oh >&2; cat', heard, arguments=("a  b",), stdin="in\n")

    assert outcome == Outcome(result={"exit_code": 0, "stdout": "a  b\nin\n"})
    assert sorted(heard.log.split()) == ["a", "b", "in", "oh"]
    ((asked, answer),) = heard.records
    assert asked["command"][0] == "/bin/sh"
    assert asked["command"][2:] == ["a  b"]
    assert answer == {"exit_code": 0}


def test_arguments_are_never_taken_apart_by_a_shell(tmp_path: Path) -> None:
    config = ScriptConfig(command=("/usr/bin/printf", "%s|"), arguments=True, sandbox="off")
    hostile = ("; touch x", "$(touch x)", "`touch x`", "a\nb", "'", "*")

    assert run(config, arguments=hostile).result == {"exit_code": 0, "stdout": "|".join(hostile) + "|"}


def test_arguments_that_are_too_long_for_the_machine_are_told() -> None:
    config = ScriptConfig(command=("/bin/true",), arguments=True, sandbox="off")
    fits, too_long = (run(config, arguments=("é" * length, '"\\' * 1000)) for length in (50_000, 100_000))

    assert fits.error is None
    assert too_long.error == "The script “it” cannot be started: Argument list too long."
    assert not too_long.retryable


def test_a_line_for_the_shell_gets_arguments_as_they_are() -> None:
    config = ScriptConfig(command=('printf "%s|" "$@" | tr a b',), shell=True, arguments=True, sandbox="off")

    assert run(config, arguments=("a $HOME", "; echo a")).result == {"exit_code": 0, "stdout": "b $HOME|; echo b|"}


def test_json_is_data() -> None:
    result = run(shell(), """echo '{"price": [1, "x"]}'""").result

    assert result is not None
    assert result["json"] == {"price": [1, "x"]}


@pytest.mark.parametrize("text", ["NaN", '{"a": Infinity}', "", "{", "[" * 50_000])
def test_what_is_not_json_stays_text(text: str) -> None:
    result = run(shell(), "cat", stdin=text).result

    assert result == {"exit_code": 0, "stdout": text}


def test_the_environment_is_clean(sandbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRONCIERGE_API_KEY", "hunter2")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    outcome = run(shell(sandbox, environment={"STAGE": "test"}), "env; pwd", Heard(run_id=12))

    assert outcome.result is not None
    lines = dict(line.split("=", 1) for line in outcome.result["stdout"].splitlines() if "=" in line)
    given = {"PATH", "LANG", "HOME", "TMPDIR", "STAGE", "CRONCIERGE_RUN_ID", "CRONCIERGE_IDEMPOTENCY_KEY"}
    assert set(lines) - {"PWD", "OLDPWD", "_", "SHLVL", "LC_CTYPE"} == given
    assert lines["STAGE"] == "test"
    assert lines["CRONCIERGE_RUN_ID"] == "12"
    assert lines["HOME"] == lines["TMPDIR"] == outcome.result["stdout"].splitlines()[-1]


def test_the_key_is_the_same_for_each_attempt_of_a_run_only() -> None:
    def key(heard: Heard) -> Any:
        return (run(shell(), 'echo "$CRONCIERGE_IDEMPOTENCY_KEY"', heard).result or {})["stdout"]

    assert key(Heard(run_id=1, attempt=1)) == key(Heard(run_id=1, attempt=2)) != key(Heard(run_id=2))


def test_the_folder_is_its_own_and_is_removed(sandbox: str) -> None:
    first, second = (run(shell(sandbox), "pwd; touch left; ls").result for _ in range(2))

    assert first is not None and second is not None
    folder, *files = first["stdout"].split()
    assert files == ["left", "script"]
    assert second["stdout"].split()[0] != folder
    assert not Path(folder).exists()


def test_a_failure_says_its_last_words(sandbox: str) -> None:
    outcome = run(shell(sandbox), "echo first >&2; echo no disk >&2; exit 3")

    assert outcome.error == "The script “it” ended with exit code 3: no disk"
    assert outcome.retryable
    assert outcome.result == {"exit_code": 3, "stdout": ""}


def test_a_signal_is_a_failure(sandbox: str) -> None:
    outcome = run(shell(sandbox), "kill -SEGV $$")

    assert outcome.result is not None
    assert outcome.result["exit_code"] == 128 + signal.SIGSEGV


def test_a_command_that_is_not_there_is_not_tried_again(sandbox: str) -> None:
    outcome = run(ScriptConfig(command=("/no/such/thing",), sandbox=sandbox))  # type: ignore[arg-type]

    assert outcome.error is not None and "/no/such/thing cannot be started: No such file or directory" in outcome.error
    assert not outcome.retryable


def test_output_is_logged_as_it_comes() -> None:
    heard = Heard()
    text = "echo begun; sleep 30"
    thread = threading.Thread(target=run, args=(shell(), text, heard))
    thread.start()
    wait_until(lambda: heard.log == "begun\n")
    assert thread.is_alive()
    heard.cancelled.set()
    thread.join(8)
    assert not thread.is_alive()


def test_a_flood_is_cut_in_log_and_result_and_harms_nobody() -> None:
    heard = Heard()
    outcome = run(shell(limits=Limits(output_mb=1)), "yes | head -c 5000000", heard)

    assert outcome.error is None
    assert outcome.result is not None
    assert outcome.result["truncated"]
    assert len(outcome.result["stdout"]) == 64 * 1024
    assert 1_000_000 <= len(heard.log) < 1_200_000
    assert heard.log.endswith("[the rest of the output was left out]\n")


def test_odd_bytes_become_text() -> None:
    outcome = run(shell(), r"printf 'caf\303\251 \000\377'")

    assert outcome.result == {"exit_code": 0, "stdout": "café \ufffd\ufffd"}


def test_long_input_goes_both_ways_and_may_be_ignored() -> None:
    text = "x" * 99_999 + "\n"
    assert run(shell(), "cat; cat /dev/null", stdin=text).result == {
        "exit_code": 0,
        "stdout": text[: 64 * 1024],
        "truncated": True,
    }
    assert run(shell(), "exec true", stdin=text).error is None


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    """A file that a script writes the ids of its processes to."""
    yield tmp_path / "pids"


# A child in the group, one with a session of its own, and one that lost its parent.
BROOD = """
sleep 987 & echo $! >> "$1"
setsid sleep 987 & echo $! >> "$1"
(setsid sh -c 'echo $$ >> "$1"; trap "" TERM HUP INT; exec sleep 987' x "$1" &)
while [ $(wc -l < "$1") -lt 3 ]; do sleep 0.01; done
echo ready
"""


def test_cancelling_ends_everything_at_once(pids: Path) -> None:
    heard = Heard()
    outcomes: list[Outcome] = []
    thread = threading.Thread(
        target=lambda: outcomes.append(run(shell(), BROOD + "sleep 987", heard, arguments=(str(pids),)))
    )
    thread.start()
    wait_until(lambda: "ready" in heard.log)
    brood = [int(pid) for pid in pids.read_text().split()]
    assert len(brood) == 3 and all(map(alive, brood))
    heard.cancelled.set()
    thread.join(8)

    assert not any(map(alive, brood))
    assert outcomes[0].error == "The script “it” was ended before it was done."


def test_nothing_is_left_when_a_script_has_ended(pids: Path) -> None:
    outcome = run(shell(), BROOD, arguments=(str(pids),))

    assert outcome.error is None
    brood = [int(pid) for pid in pids.read_text().split()]
    assert len(brood) == 3
    assert not any(map(alive, brood))


def test_nothing_outlives_the_program_when_it_is_killed(pids: Path) -> None:
    program = f"""
from tests.tools.connectors.test_script import BROOD, run, shell
run(shell(), BROOD + "pwd >> $1; sleep 987", arguments=({str(pids)!r},))
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    wait_until(lambda: pids.exists() and "croncierge-" in pids.read_text())
    process.kill()
    process.wait()

    *brood, folder = pids.read_text().split()
    wait_until(lambda: not any(alive(int(pid)) for pid in brood))
    wait_until(lambda: not Path(folder).exists())


def test_in_the_sandbox_too_nothing_outlives_the_program(tmp_path: Path) -> None:
    """Ids are others in there, so a pipe tells: it is closed when the last process that holds it has ended."""
    if not sandbox_works():
        pytest.skip("bubblewrap is not here or may not do its work on this machine")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    program = f"""
from pathlib import Path
from tests.tools.connectors.test_script import run, shell
text = 'exec > "$1"; echo begun; (setsid sleep 987 &); sleep 987'
run(shell("required", writable=(Path({str(tmp_path)!r}),)), text, arguments=({str(pipe)!r},))
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    with pipe.open() as heard:
        assert heard.readline() == "begun\n"
        process.kill()
        process.wait()
        assert heard.read() == ""


NOBODY = ScriptConfig(command=("/usr/bin/backup", "--fast"), owners=("ann",))


def test_without_configuration_nothing_runs() -> None:
    with pytest.raises(NotAllowed, match=r"no script “backup”.*\[scripts\.NAME\]"):
        Script({}).allow(ScriptPayload(script="backup"), "ann")


def test_only_the_named_people_may_run_it() -> None:
    script = Script({"backup": NOBODY})
    script.allow(ScriptPayload(script="backup"), "ann")
    with pytest.raises(NotAllowed, match="no script “backup” that you may use"):
        script.allow(ScriptPayload(script="backup"), "bob")


@pytest.mark.parametrize("field", ["arguments", "stdin", "text"])
def test_nothing_of_ones_own_unless_the_operator_says_so(field: str) -> None:
    given: Any = {field: ("--all",) if field == "arguments" else "rm -rf /"}
    with pytest.raises(NotAllowed, match=rf"takes no {field}.*{field} = true in \[scripts\.backup\]"):
        Script({"backup": NOBODY}).allow(ScriptPayload(script="backup", **given), "ann")


def test_a_text_is_needed_where_only_a_text_runs_and_holds_no_templates() -> None:
    script = Script({"it": shell()})
    script.allow(ScriptPayload(script="it", text="echo ${x}", arguments=("{{ results.a.b }}",)), "ann")
    with pytest.raises(InvalidInput, match="needs the text"):
        script.allow(ScriptPayload(script="it"), "ann")
    with pytest.raises(InvalidInput, match="no templates"):
        script.allow(ScriptPayload(script="it", text="echo {{ results.a.b }}"), "ann")


def test_a_preview_shows_the_command_and_runs_nothing(tmp_path: Path) -> None:
    config = ScriptConfig(command=("/bin/touch", str(tmp_path / "x")), environment={"TOKEN": "hunter2"}, sandbox="off")
    preview = Script({"it": config}).preview(ScriptPayload(script="it"))

    assert preview["command"] == ["/bin/touch", str(tmp_path / "x")]
    assert "TOKEN" in preview["environment"]
    assert "hunter2" not in str(preview)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"command": ["a"], "interpreter": ["b"]},
        {"interpreter": ["sh"]},
        {"command": ["a"], "text": True},
        {"command": ["a", "b"], "shell": True},
        {"command": ["a"], "netwrok": True},
    ],
)
def test_a_configuration_that_is_not_clear_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ScriptConfig.model_validate(config)


def test_what_cannot_be_an_argument_is_refused() -> None:
    with pytest.raises(ValidationError):
        ScriptPayload(script="it", arguments=("a\0b",))
