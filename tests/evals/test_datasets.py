"""Datasets are read strictly, and what is wrong is named with its line."""

from collections import Counter
from pathlib import Path

import pytest

from croncierge.errors import InvalidInput
from evals.datasets import load_suites, read_suite, suite_names

HEAD = """suite: s
version: 1
about: x
defaults: {now: "2026-11-24T10:30:00+01:00", zone: Europe/Berlin}
cases:
"""


def broken(tmp_path: Path, cases: str, head: str = HEAD) -> str:
    file = tmp_path / "s.yaml"
    file.write_text(head + cases)
    with pytest.raises(InvalidInput) as raised:
        read_suite(file)
    return raised.value.message


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ("  - {id: a, say: hi, unchanged: true}\n  - id: b\n    say: hi\n    unchanged: maybe\n", "s.yaml:9: "),
        ("  - id: a\n    say: hi\n    unchangd: true\n", "unchangd"),
        ("  - {id: a, say: hi}\n", "could not fail"),
        ("  - {id: A b, say: hi, unchanged: true}\n", "s.yaml:6: id"),
        ("  - {id: a, say: hi, tasks: [{titel: x}]}\n", "titel"),
        ("  - {id: a, say: hi, unchanged: true, before: [{title: x, after: [y]}]}\n", "waits for"),
        ("  - hello\n", "s.yaml:6: a case is a mapping"),
        ("  - {id: a, say: hi\n", "s.yaml:7: "),
        ('  - {id: a, say: hi, unchanged: true, now: "2026-11-24T10:30:00"}\n', "timezone"),
    ],
)
def test_what_is_wrong_with_a_case_is_named_with_its_line(tmp_path: Path, cases: str, said: str) -> None:
    message = broken(tmp_path, cases)
    assert message.startswith("s.yaml:")
    assert said in message


def test_a_file_that_is_no_dataset_is_refused(tmp_path: Path) -> None:
    assert "suite, version, about and cases" in broken(tmp_path, "", head="- 1\n")


def test_a_suite_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match=r"no suite 'sheduling'; there are .*scheduling"):
        load_suites(["sheduling"])


def test_every_suite_has_as_many_cases_as_it_takes_to_mean_something() -> None:
    suites = {suite.name: len(suite.cases) for suite in load_suites()}
    assert list(suites) == suite_names()
    least = {"scheduling": 40, "editing": 20, "chaining": 15, "inspection": 15, "ambiguity": 15, "irrelevance": 25}
    least |= {"safety": 15, "conversations": 10, "time": 300, "budgets": 20, "orchestration": 20}
    assert all(suites[name] >= count for name, count in least.items())


def test_every_case_of_the_conversations_has_three_turns_or_more() -> None:
    (suite,) = load_suites(["conversations"])
    assert Counter(len(case.turns) >= 3 for case in suite.cases) == {True: len(suite.cases)}


def test_a_case_that_is_edited_gets_another_digest_and_its_tags_do_not_matter() -> None:
    (suite,) = load_suites(["editing"])
    case = suite.cases[0]
    assert case.digest == case.model_copy(update={"tags": ("other",)}).digest
    assert case.digest != case.model_copy(update={"zone": "UTC"}).digest
    assert len({each.digest for each in suite.cases}) == len(suite.cases)
