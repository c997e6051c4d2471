"""Wordings may differ, meanings may not."""

from typing import Any

import pytest

from evals.cases import Matcher, Wanted
from evals.matching import matches

TITLES = {1: "call mom", 2: "call dad", 3: "send the timesheet"}


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ("send the timesheet", "Send timesheet!"),
        ("submit my expenses", "to submit expenses"),
        ("import", ["import"]),
        (None, ""),
        (None, []),
        (True, True),
        (3, 3),
        (Matcher(has=("call", "bank")), "Call the bank"),
        (Matcher(one_of=("8:30", "08:30")), "08:30"),
        (Matcher(task="call dad"), "2"),
        (Matcher(task="call dad"), "#2"),
        (Matcher(task="call dad"), 2),
        (Matcher(task="call dad"), "the dad reminder"),
        (Matcher(task="send the timesheet"), "timesheet"),
    ],
)
def test_the_same_in_other_words_matches(wanted: Wanted, value: Any) -> None:
    assert matches(wanted, value, TITLES)


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ("send the timesheet", "send the invoice"),
        ("import", ["import", "export"]),
        ("import", None),
        (None, "something"),
        (True, 1),
        (3, "3x"),
        (Matcher(has=("call", "bank")), "call the embankment"),
        (Matcher(one_of=("8:30",)), "8:31"),
        (Matcher(task="call dad"), "1"),
        (Matcher(task="call dad"), "the mom one"),
        (Matcher(task="call dad"), "yoga"),
        (Matcher(task="call dad"), None),
    ],
)
def test_something_else_does_not(wanted: Wanted, value: Any) -> None:
    assert not matches(wanted, value, TITLES)
