"""The regression gate: complete requests with expectations that were not made by the parser."""

import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from schedules.occurrences import occurrences
from schedules.reading import Kind, Preferences, Reading
from schedules.schedule import Once
from schedules.words import read

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[3] / "evals/datasets/time_requests.jsonl").read_text("utf-8").splitlines()
]


def read_case(case: dict[str, Any]) -> tuple[Reading, list[datetime]]:
    now = datetime.fromisoformat(case["reference_time"])
    reading = read(case["text"], now=now, preferences=Preferences(zone=case["timezone"]))
    if reading.schedule is None:
        return reading, []
    if isinstance(reading.schedule, Once):
        return reading, [reading.schedule.at]
    return reading, occurrences(reading.schedule, now, 5)


def verdict(case: dict[str, Any]) -> str:
    """right, wrong (answered otherwise) or abstained."""
    reading, moments = read_case(case)
    zone = ZoneInfo(case["timezone"])
    expected = case["expected"]
    if case["kind"] in ("none", "clarify"):
        if moments:
            return "wrong"
        return "right" if case["kind"] == "none" or reading.kind is Kind.CLARIFY else "abstained"
    if not moments:
        return "abstained"
    if reading.kind != case["kind"]:
        return "wrong"
    if case["kind"] == "duration":
        ahead = moments[0] - datetime.fromisoformat(case["reference_time"])
        return "right" if ahead == timedelta(seconds=expected["seconds"]) else "wrong"
    if "step" in expected:
        step = timedelta(seconds=expected["step"]["n"])
        return "right" if all(b - a == step for a, b in pairwise(moments)) else "wrong"
    wanted = [datetime.fromisoformat(each) for each in expected["first"]]
    if expected["grain"] == "day":
        same = [each.astimezone(zone).date() for each in moments[: len(wanted)]] == [each.date() for each in wanted]
    else:
        same = [each.timestamp() // 1 for each in moments[: len(wanted)]] == [each.timestamp() // 1 for each in wanted]
    if expected.get("complete"):
        same = same and len(moments) == len(wanted)
    return "right" if same else "wrong"


def test_at_least_97_of_100_requests_are_read_right_and_none_wrong() -> None:
    found = Counter(verdict(case) for case in CASES)
    wrong = [case["text"] for case in CASES if verdict(case) == "wrong"]
    assert not wrong
    assert found["right"] >= 0.97 * len(CASES)
    assert len(CASES) >= 300


def test_titles_are_what_is_left_of_the_sentence() -> None:
    off = [
        (case["text"], title)
        for case in CASES
        if "title" in case and (title := read_case(case)[0].title).lower() != case["title"].lower()
    ]
    assert not off


def test_whoever_is_asked_back_gets_one_sentence() -> None:
    for case in CASES:
        if case["kind"] == "clarify":
            question = read_case(case)[0].question
            assert question
            assert "\n" not in question


def test_the_phrase_alone_gives_the_same_schedule() -> None:
    for case in CASES:
        reading, _ = read_case(case)
        if reading.schedule is None:
            continue
        now = datetime.fromisoformat(case["reference_time"])
        again = read(reading.phrase, now=now, preferences=Preferences(zone=case["timezone"]))
        assert again.schedule == reading.schedule, case["text"]


def test_every_choice_offered_reads_well_itself() -> None:
    for case in CASES:
        reading, _ = read_case(case)
        now = datetime.fromisoformat(case["reference_time"])
        for choice in reading.choices:
            answer = read(choice, now=now, preferences=Preferences(zone=case["timezone"]))
            assert answer.schedule is not None, (case["text"], choice)
