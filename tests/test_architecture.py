"""What holds for the whole code base and no linter knows."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("croncierge", "interfaces", "evals", "runtime", "agent", "tools", "store", "schedules", "prompts")
CODE = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
BUILT = [room for room in ROOMS if any(file.stat().st_size for file in (ROOT / room).rglob("*.py"))]


def length(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    written = [file for file in CODE if file.parent.name != "versions"]  # migrations are generated
    assert [(str(file.relative_to(ROOT)), length(file)) for file in written if length(file) > 400] == []
    assert [(str(file.relative_to(ROOT)), length(file)) for file in TESTS if length(file) > 600] == []


@pytest.mark.parametrize("room", BUILT)
def test_every_room_with_code_has_tests(room: str) -> None:
    assert list((ROOT / "tests" / room).rglob("test_*.py")), f"no tests in tests/{room}"


def test_the_readme_starts_with_the_two_commands_that_need_only_python_and_pip() -> None:
    commands = [
        line
        for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("python3 -m venv")
    ]
    install = "python3 -m venv .venv && .venv/bin/pip install -q uv && .venv/bin/uv run"
    assert commands == [f"{install} --no-dev croncierge chat", f"{install} pytest"]
