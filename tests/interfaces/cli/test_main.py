"""How commands end: one sentence for whatever goes wrong, and never a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from croncierge.settings import load_settings
from tests.interfaces.cli.conftest import Command

HEAVY = "langchain_core langgraph openai langsmith sqlalchemy dateparser tiktoken pydantic_settings rich prompt_toolkit"
COMMANDS = ["chat", "ask", "when", "tasks list", "tasks show", "tasks pause", "tasks resume", "tasks run"]
COMMANDS += ["tasks delete", "undo", "runs list", "runs show", "serve", "db path", "db upgrade", "doctor"]


def test_help_imports_nothing_heavy() -> None:
    code = f"""
import sys
from croncierge.app import open_app
from interfaces.cli.main import run
assert run(open_app, ["--help"]) == 0
print([name for name in {HEAVY.split()!r} if name in sys.modules])
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "[]"


def test_the_filter_that_reads_phrases_needs_neither_database_nor_model() -> None:
    code = """
import io, sys
from croncierge.app import open_app
from interfaces.cli.main import run
sys.stdin = io.StringIO('{"id": 1, "text": "tomorrow at 9", "timezone": "UTC"}')
assert run(open_app, ["when", "--batch"]) == 0
print([name for name in ("sqlalchemy", "langchain_core", "langgraph") if name in sys.modules])
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "[]"


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_explains_itself_with_an_example_and_takes_the_options_of_all(
    croncierge: Command, words: str
) -> None:
    seen = croncierge(*words.split(), "--help")
    assert seen.code == 0
    assert all(option in seen.out for option in ("--json", "--db URL", "--user NAME", "--tz ZONE"))


@pytest.mark.parametrize("words", [[], ["tasks"], ["--help"]])
def test_without_a_command_the_commands_are_listed(croncierge: Command, words: list[str]) -> None:
    assert "Usage: croncierge" in croncierge(*words).out


def test_the_version_is_told(croncierge: Command) -> None:
    assert croncierge("--version").out.startswith("croncierge 0.")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["dance"], "No such command 'dance'"),
        (["when", "tomorrow", "--loud"], "No such option: --loud"),
        (["tasks", "show"], "Missing argument"),
        (["runs", "show", "first"], "'first' is not a number"),
        (["tasks", "list", "--db", "mysql://here"], "'mysql://here' is not one I can open"),
        (["tasks", "list", "--db", "nonsense"], "'nonsense' is not one I can open"),
        (["tasks", "list", "--user", ""], "user"),
        (["tasks", "list", "--user", "x" * 200], "user"),
        (["tasks", "list", "--tz", "Berlim"], "'Berlim'"),
        (["ask", "hello", "--now", "late"], "'late' is not a moment"),
    ],
)
def test_what_cannot_be_given_is_one_sentence_and_exit_code_2(
    croncierge: Command, words: list[str], complaint: str
) -> None:
    seen = croncierge(*words)
    assert (seen.code, seen.out) == (2, "")
    assert seen.err.startswith("Error: ")
    assert complaint in seen.err
    assert seen.err.count("\n") == 1
    error = croncierge(*words, "--json").json["error"]
    assert {"code", "message", "field"} <= set(error)


def test_a_city_is_taken_for_its_zone_or_named(croncierge: Command) -> None:
    seen = croncierge("when", "tomorrow at 9", "--tz", "Berlin")
    assert (seen.code == 0 and "Europe/Berlin" in seen.out) or "Europe/Berlin" in seen.err


class TestUnexpectedErrors:
    @pytest.fixture(autouse=True)
    def a_command_that_breaks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def explode(**_: object) -> None:
            raise ZeroDivisionError("the secret details")

        monkeypatch.setattr("croncierge.settings.load_settings", self.settings_that_break_once(explode))

    @staticmethod
    def settings_that_break_once(explode: object) -> object:
        calls = iter([explode])

        def load(**given: object) -> object:
            broken = next(calls, None)
            return broken(**given) if callable(broken) else load_settings(**given)

        return load

    def test_are_one_sentence_that_says_where_the_details_are(self, croncierge: Command) -> None:
        seen = croncierge("tasks", "list")
        log = load_settings().log_file
        assert seen.code == 1
        assert seen.err == f"Error: Something went wrong on my side (ZeroDivisionError); the details are in {log}.\n"
        assert "the secret details" in log.read_text()

    def test_show_their_traceback_when_asked_to(self, croncierge: Command) -> None:
        assert "the secret details" in croncierge("--debug", "tasks", "list").err


def test_ctrl_c_is_quiet_and_130(croncierge: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("croncierge.settings.load_settings", interrupted)
    seen = croncierge("tasks", "list")
    assert (seen.code, seen.out, seen.err) == (130, "", "")


def test_a_log_that_cannot_be_written_stops_nothing(croncierge: Command, tmp_path: Path) -> None:
    log = load_settings().log_file
    log.parent.parent.mkdir(parents=True)
    log.parent.write_text("a file where the folder should be")
    assert croncierge("tasks", "list", "--db", f"sqlite:///{tmp_path / 'elsewhere.db'}").code == 0
