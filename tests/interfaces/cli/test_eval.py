"""`eval`: what it prints, keeps and ends with."""

import json
from pathlib import Path

import pytest

from tests.interfaces.cli.conftest import Command

FEW = ("eval", "editing", "--only", "undo")


def test_a_person_sees_each_suite_the_total_and_what_failed(croncierge: Command) -> None:
    seen = croncierge("eval", "irrelevance", "editing", "--only", "bulk")
    assert seen.code == 0
    assert "builtin" in seen.out
    assert "editing" in seen.out
    assert "pass@1" in seen.out
    assert "total" in seen.out


def test_programs_get_everything(croncierge: Command) -> None:
    seen = croncierge(*FEW, "--json", "--repeat", "2")
    assert {case["id"] for case in seen.json["cases"]} == {"edit-undo-delete", "edit-undo-create"}
    assert all(len(case["trials"]) == 2 for case in seen.json["cases"])
    assert seen.json["cases"][0]["trials"][0]["turns"][0]["say"] == "delete call mom"
    assert [each["name"] for each in seen.json["suites"]] == ["editing", "total"]
    assert seen.json["prompts"]["assistant"]


def test_against_a_baseline_it_ends_with_1_only_when_something_got_worse(croncierge: Command, tmp_path: Path) -> None:
    saved, page = tmp_path / "deep" / "r.json", tmp_path / "r.html"
    assert croncierge(*FEW, "--save", str(saved), "--html", str(page)).code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    same = croncierge(*FEW, "--compare", str(saved))
    assert (same.code, "No regression" in same.out) == (0, True)
    better = json.loads(saved.read_text(encoding="utf-8"))
    for case in better["cases"]:
        case["trials"] = [{}]
    saved.write_text(json.dumps(better), encoding="utf-8")
    worse = croncierge(*FEW, "--compare", str(saved), "--json")
    failed = [case["id"] for case in worse.json["cases"] if case["trials"][0]["wrong"]]
    assert [change["id"] for change in worse.json["comparison"]["worse"]] == failed
    assert worse.code == (1 if failed else 0)
    assert worse.json["comparison"]["regressed"] is bool(failed)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("sheduling",), 2, "no suite 'sheduling'"),
        (("editing", "--only", "frobnicate"), 3, "'frobnicate'"),
        (("--offline", "--record"), 2, "only one"),
        (("--compare", "/nowhere/r.json"), 6, "cannot be read"),
        (("editing", "--offline", "--model", "gpt-x"), 3, "no cassettes"),
        (("editing", "--record", "--only", "undo"), 2, "recorded whole"),
        (("editing", "--record"), 2, "needs no cassettes"),
        (("editing", "--prices", "/nowhere/p.yaml"), 2, "price table"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    croncierge: Command, words: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    seen = croncierge("eval", *words, "--folder", str(tmp_path))
    assert seen.code == code
    assert said in seen.err
    assert seen.err.count("\n") == 1


def test_a_model_that_is_away_is_no_model_that_fails(croncierge: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRONCIERGE_BASE_URL", "http://127.0.0.1:9/v1")
    seen = croncierge("eval", "irrelevance", "--only", "idle-hello", "--model", "m")
    assert seen.code == 6
    assert "No case could be tried" in seen.err
