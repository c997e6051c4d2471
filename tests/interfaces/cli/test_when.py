"""`when`: the contract that other programs rely on, and what a person sees."""

import json
from datetime import datetime, timedelta

import pytest

from tests.interfaces.cli.conftest import Command

NOW = "2026-11-23T10:00:00+01:00"
BERLIN = ("--now", NOW, "--tz", "Europe/Berlin")


def test_a_person_sees_the_schedule_in_words_its_next_times_and_what_it_is_about(croncierge: Command) -> None:
    seen = croncierge("when", "remind me every Monday at 9 to send the timesheet", *BERLIN, "--count", "2")
    assert seen.code == 0
    assert seen.out == (
        "every Monday at 09:00 (Europe/Berlin)\n  Mon 30 Nov 09:00\n  Mon 7 Dec 09:00\nWhat: send the timesheet\n"
    )


def test_the_words_of_the_phrase_need_no_quotes(croncierge: Command) -> None:
    assert croncierge("when", "every", "Monday", "at", "9", *BERLIN) == croncierge("when", "every Monday at 9", *BERLIN)


def test_the_other_reading_of_a_usual_phrase_is_on_offer(croncierge: Command) -> None:
    assert "2nd Tuesday of each month?" in croncierge("when", "every second Tuesday at 9", *BERLIN).out


def test_a_change_of_the_clocks_is_announced(croncierge: Command) -> None:
    assert "29 March" not in croncierge("when", "every day at 4:30am", "--now", "2026-03-20T10:00", *BERLIN[2:]).out
    seen = croncierge("when", "every day at 2:30am", "--now", "2026-03-20T10:00", *BERLIN[2:])
    assert "29 March 2026 02:30 does not exist; it will run at 03:00" in seen.out


def test_json_has_the_fields_of_the_filter_and_more(croncierge: Command) -> None:
    seen = croncierge("when", "every Monday at 9 call Ann", *BERLIN, "--count", "3", "--json").json
    assert seen["kind"] == "recurrence"
    assert seen["first"] == ["2026-11-30T09:00:00+01:00", "2026-12-07T09:00:00+01:00", "2026-12-14T09:00:00+01:00"]
    assert seen["title"] == "call Ann"
    assert seen["question"] is None
    assert (seen["schedule"], seen["timezone"]) == ("every Monday at 09:00", "Europe/Berlin")


def test_what_cannot_be_is_asked_back_with_choices(croncierge: Command) -> None:
    seen = croncierge("when", "tomorrow at 25:00", *BERLIN, "--json").json
    assert seen["kind"] == "clarify"
    assert seen["first"] == []
    assert "25:00" in seen["question"]


def test_a_moment_without_offset_is_meant_in_the_zone(croncierge: Command) -> None:
    seen = croncierge("when", "in 2 hours", "--now", "2026-11-23T10:00", "--tz", "Asia/Tokyo", "--json").json
    assert seen["first"] == ["2026-11-23T12:00:00+09:00"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["when"], "The phrase is empty"),
        (["when", "  "], "The phrase is empty"),
        (["when", "tomorrow", "--tz", "Mars/Base"], "'Mars/Base'"),
        (["when", "tomorrow", "--now", "noonish"], "'noonish' is not a moment"),
        (["when", "tomorrow", "--count", "0"], "--count"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_exit_code_2(
    croncierge: Command, words: list[str], complaint: str
) -> None:
    seen = croncierge(*words)
    assert (seen.code, seen.out) == (2, "")
    assert seen.err.startswith("Error: ")
    assert seen.err.count("\n") == 1
    assert complaint in seen.err
    as_json = croncierge(*words, "--json")
    assert as_json.code == 2
    assert complaint in as_json.json["error"]["message"]


def row(**fields: object) -> str:
    return json.dumps(fields) + "\n"


def test_the_filter_answers_line_by_line(croncierge: Command) -> None:
    reference = {"reference_time": NOW, "timezone": "Europe/Berlin"}
    seen = croncierge(
        "when",
        "--batch",
        stdin=row(id="a", text="remind me tomorrow at 9 to call mom", **reference)
        + "\n"
        + row(id=7, text="every 20 minutes", **reference)
        + row(id=None, text="how are you?", **reference)
        + row(id="d", text="for an hour and a half", **reference),
    )
    a, b, c, d = seen.lines
    assert a == {
        "id": "a",
        "kind": "instant",
        "first": ["2026-11-24T09:00:00+01:00"],
        "title": "call mom",
        "question": None,
    }
    assert (b["id"], b["kind"], len(b["first"])) == (7, "interval", 5)
    assert (c["kind"], c["first"]) == ("none", [])
    assert d["kind"] == "duration"
    assert datetime.fromisoformat(d["first"][0]) == datetime.fromisoformat(NOW) + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("line", "identity", "field"),
    [
        ("junk", None, "line"),
        ("[1, 2]", None, "line"),
        ("[" * 100_000, None, "line"),
        (row(id=1), 1, "text"),
        (row(id=2, text=None), 2, "text"),
        (row(id=3, text="tomorrow", timezone="Mars/Base"), 3, "timezone"),
        (row(id=4, text="tomorrow", reference_time="noonish", timezone="UTC"), 4, "reference_time"),
        (row(id=5, text="tomorrow", reference_time=12, timezone="UTC"), 5, "reference_time"),
    ],
)
def test_a_line_that_cannot_be_read_says_why_and_the_filter_lives_on(
    croncierge: Command, line: str, identity: object, field: str
) -> None:
    seen = croncierge("when", "--batch", stdin=f"{line.strip()}\n" + row(id="next", text="in an hour"))
    assert seen.code == 0
    bad, good = seen.lines
    assert (bad["id"], bad["kind"], bad["first"]) == (identity, "none", [])
    assert bad["error"]["message"]
    assert bad["error"]["field"] == field
    assert (good["id"], good["kind"]) == ("next", "instant")


@pytest.mark.parametrize(
    "text", ["", "x" * 100_000, "⏰" * 500, "תזכיר לי מחר", "tomorrow\x00\x1b[31m at 9", "\ud800 tomorrow"]
)
def test_the_filter_answers_any_text(croncierge: Command, text: str) -> None:
    [answer] = croncierge("when", "--batch", stdin=row(id=1, text=text, reference_time=NOW, timezone="UTC")).lines
    assert set(answer) == {"id", "kind", "first", "title", "question"}
