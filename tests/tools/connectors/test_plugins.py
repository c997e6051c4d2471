"""Plugins: an installed package brings an action; a broken one is told and harms nothing."""

import importlib
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from croncierge.errors import NotAllowed, Unavailable
from tests.plugins.wheels import build_wheel, install
from tests.tools.connectors.calls import Heard
from tools.connectors.plugins import Plugins

EXAMPLE = Path(__file__).parents[2] / "plugins" / "croncierge_example"
WORKING = """
    from pydantic import BaseModel
    from store.operations.runs import Outcome

    class Nothing(BaseModel):
        pass

    class Working:
        name = "{name}"
        payload = Nothing
        def __init__(self, table): pass
        def allow(self, payload, owner): raise ZeroDivisionError("no\\nway")
        def preview(self, payload): return {{}}
        def run(self, payload, call): return None
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for installed packages; what is imported from it is forgotten again."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    yield site
    for name in [name for name, module in sys.modules.items() if str(site) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]


def package(site: Path, name: str, code: str, factory: str = "Working", *, action: str | None = None) -> None:
    """Install a package `name` that brings the action `action`, by default of the same name."""
    source = site.parent / f"source-{name}"
    (source / "src").mkdir(parents=True)
    (source / "src" / f"{name}.py").write_text(textwrap.dedent(code))
    point = f'[project.entry-points."croncierge.connectors"]\n{action or name} = "{name}:{factory}"\n'
    about = f'[project]\nname = "{name}"\nversion = "1"\ndependencies = []\n{point}'
    (source / "pyproject.toml").write_text(about)
    install(build_wheel(source, source), site)
    importlib.invalidate_caches()


def load(taken: tuple[str, ...] = ("notify", "http"), /, **tables: Any) -> Plugins:
    return Plugins(tables, taken)


def test_without_packages_and_tables_there_is_nothing() -> None:
    plugins = load()

    assert dict(plugins.connectors) == {}
    assert dict(plugins.problems) == {}


def test_the_example_does_what_it_says(site: Path, tmp_path: Path) -> None:
    install(build_wheel(EXAMPLE, tmp_path), site)
    file = tmp_path / "lines"
    plugins = load(append={"file": str(file), "owners": ["ann"]})
    append, heard = plugins.connectors["append"], Heard()
    payload = append.payload.model_validate({"line": "hello"})

    append.allow(payload, "ann")
    with pytest.raises(NotAllowed, match=r"\[plugins\.append\]"):
        append.allow(payload, "bob")
    assert append.preview(payload) == {"file": str(file), "line": "hello"}
    assert not file.exists()
    assert append.run(payload, heard.call).result == {"line": "hello", "run": 7}
    assert file.read_text() == "hello\n"
    assert heard.log == f"appending to {file}\n"
    assert dict(plugins.problems) == {}


def test_what_the_operator_did_not_switch_on_is_not_even_imported(site: Path) -> None:
    package(site, "sneaky", "raise SystemExit('imported')")
    plugins = load()

    assert dict(plugins.connectors) == {}
    assert plugins.problems == {
        "sneaky": "The plugin “sneaky” of sneaky is off; the operator can add [plugins.sneaky]."
    }


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import no_such_thing", "ModuleNotFoundError: No module named 'no_such_thing'"),
        ("x = (", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("Other = 1", "AttributeError"),
        ("Working = 1", "TypeError"),
        ("def Working(table): raise RuntimeError('a\\nb')", "RuntimeError: a b"),
        ("def Working(table): return None", "it needs the name “broken”"),
        (WORKING.format(name="other"), "it needs the name “broken”"),
        (WORKING.format(name="broken").replace("payload = Nothing", "payload = dict"), "a pydantic model"),
        (WORKING.format(name="broken").replace("def preview", "def review"), "the method preview"),
    ],
)
def test_a_broken_one_is_told_in_a_sentence_and_the_others_work(code: str, problem: str, site: Path) -> None:
    package(site, "broken", code)
    package(site, "fine", WORKING.format(name="fine"))
    plugins = load(broken={}, fine={})

    assert list(plugins.connectors) == ["fine"]
    ((name, told),) = plugins.problems.items()
    assert name == "broken"
    assert told.startswith("The plugin “broken” of broken ")
    assert problem in told
    assert told.endswith("update it.")
    assert "\n" not in told


def test_a_table_that_is_wrong_is_told_with_its_field(site: Path, tmp_path: Path) -> None:
    install(build_wheel(EXAMPLE, tmp_path), site)
    plugins = load(append={"file": "/x", "secret": "hunter2"})

    assert plugins.problems == {"append": "In [plugins.append], secret cannot be: Extra inputs are not permitted."}


def test_no_plugin_takes_the_name_of_a_built_in_action(site: Path) -> None:
    package(site, "evil", WORKING.format(name="notify"), action="notify")
    plugins = load(notify={})

    assert dict(plugins.connectors) == {}
    assert "has the name of a built-in action" in plugins.problems["notify"]


def test_of_two_with_the_same_name_neither_is_used(site: Path) -> None:
    package(site, "first", WORKING.format(name="shout"), action="shout")
    package(site, "second", WORKING.format(name="shout"), action="shout")
    plugins = load(shout={})

    assert dict(plugins.connectors) == {}
    assert plugins.problems["shout"] == ("The plugin “shout” is brought by first and second; uninstall all but one.")


def test_a_table_without_a_package_is_told() -> None:
    assert "No package brings the plugin “shout”" in load(shout={}).problems["shout"]


def test_what_goes_wrong_in_a_plugin_is_told_as_its_own(site: Path) -> None:
    package(site, "fine", WORKING.format(name="fine"))
    fine = load(fine={}).connectors["fine"]
    payload = fine.payload()

    with pytest.raises(Unavailable, match="The plugin “fine” failed: ZeroDivisionError: no way"):
        fine.allow(payload, "ann")
    outcome = fine.run(payload, Heard().call)
    assert outcome.error == "The plugin “fine” gave no outcome; update it."
    assert not outcome.retryable


def test_an_installed_package_does_its_work_in_the_program(tmp_path: Path) -> None:
    site, lines, operators = tmp_path / "site", tmp_path / "lines", tmp_path / "connectors.toml"
    install(build_wheel(EXAMPLE, tmp_path), site)
    operators.write_text(f'[plugins.append]\nfile = "{lines}"\nowners = ["ann"]\n')
    done = subprocess.run(
        [sys.executable, "-m", "tests.plugins.program"],
        cwd=EXAMPLE.parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(site), "CRONCIERGE_CONNECTORS": str(operators), "CRONCIERGE_USER": "ann"},
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["error"]) == ("completed", None)
    assert answer["result"]["line"] == "hello Note"
    assert answer["log"] == f"appending to {lines}\n"
    assert lines.read_text() == "hello Note\n"
