"""`ask` and `chat` in a pipe: the contract that other programs rely on."""

import json
from typing import Any

import pytest

from tests.fakes.openai import calls, in_order, openai_server, says
from tests.interfaces.cli.conftest import Command

NOW = ("--now", "2026-11-23T10:00:00+01:00", "--tz", "Europe/Berlin")
ROW: dict[str, Any] = {"reference_time": "2026-11-23T10:00:00+01:00", "timezone": "Europe/Berlin"}


def test_a_person_gets_the_reply_and_is_told_that_nothing_runs(croncierge: Command) -> None:
    seen = croncierge("ask", "remind me tomorrow at 9 to call mom", "--tz", "Europe/Berlin")
    assert seen.code == 0
    assert "call mom tomorrow at 09:00 (Europe/Berlin)" in seen.out
    assert seen.err.startswith("Nothing is running that could remind you;")
    looked = croncierge("ask", "what do I have tomorrow?", "--tz", "Europe/Berlin")
    assert (looked.out.count("call mom"), looked.err) == (1, "")


def test_json_tells_the_reply_the_calls_and_the_stored_tasks(croncierge: Command) -> None:
    seen = croncierge("ask", "remind me every Monday at 9 to send the timesheet", *NOW, "--json").json
    assert set(seen) == {"reply", "tool_calls", "tasks", "thread", "model", "usage"}
    [call] = seen["tool_calls"]
    assert (call["name"], call["args"]["when"]) == ("create_task", "every Monday at 9")
    assert call["result"]["status"] == "done"
    [task] = seen["tasks"]
    assert task == {
        "id": 1,
        "title": "send the timesheet",
        "type": "reminder",
        "schedule": "every Monday at 09:00",
        "next_runs": [f"2026-{day}T09:00:00+01:00" for day in ("11-30", "12-07", "12-14", "12-21", "12-28")],
        "depends_on": [],
        "is_active": True,
    }


def test_a_conversation_goes_on_in_its_thread_and_only_there(croncierge: Command) -> None:
    croncierge("ask", "remind me every Friday at 9 to water the plants", *NOW, "--thread", "home")
    croncierge("ask", "remind me every Monday at 9 to send the timesheet", *NOW, "--thread", "work")
    moved = croncierge("ask", "make it 10", *NOW, "--thread", "work", "--json").json
    assert [task["schedule"] for task in moved["tasks"]] == ["every Monday at 10:00"]
    assert moved["thread"] == "work"
    watered = croncierge("ask", "make it 11", *NOW, "--thread", "home", "--json").json
    assert [task["schedule"] for task in watered["tasks"]] == ["every Friday at 11:00"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 100_000])
def test_a_message_that_cannot_be_one_is_exit_code_2(croncierge: Command, text: str) -> None:
    seen = croncierge("ask", text)
    assert seen.code == 2
    assert (seen.out, seen.err.count("\n")) == ("", 1)
    assert croncierge("ask", text, "--json").json["error"]["field"] == "text"


def batch(croncierge: Command, *rows: object) -> list[Any]:
    seen = croncierge("ask", "--batch", stdin="".join(f"{json.dumps(row)}\n" for row in rows))
    assert seen.code == 0
    return seen.lines


def test_each_line_of_the_filter_has_a_store_of_its_own(croncierge: Command) -> None:
    request = ROW | {"text": "remind me tomorrow at 9 to call mom"}
    first, second = batch(croncierge, request | {"id": "a"}, request | {"id": "b"})
    assert (first["id"], second["id"]) == ("a", "b")
    assert {key: value for key, value in first.items() if key != "id"} == {
        key: value for key, value in second.items() if key != "id"
    }
    assert [task["next_runs"] for task in first["tasks"]] == [["2026-11-24T09:00:00+01:00"]]
    assert croncierge("tasks", "list", "--json").json == []


def test_the_turns_of_a_line_are_one_conversation(croncierge: Command) -> None:
    turns = ["remind me every Monday at 9 to send the timesheet", "make it 10", "", "undo"]
    [answer] = batch(croncierge, ROW | {"id": 1, "turns": turns})
    assert set(answer) == {"id", "replies", "tool_calls", "tasks"}
    assert len(answer["replies"]) == len(answer["tool_calls"]) == 4
    assert "10:00" in answer["replies"][1]
    assert "empty" in answer["replies"][2]
    assert answer["tool_calls"][2] == []
    assert [task["schedule"] for task in answer["tasks"]] == ["every Monday at 09:00"]


def test_undo_takes_back_what_was_said_and_never_the_zone_of_the_line(croncierge: Command) -> None:
    [answer] = batch(croncierge, ROW | {"id": 1, "turns": ["undo", "remind me tomorrow at 9 to call mom"]})
    assert "nothing to undo" in answer["replies"][0]
    assert answer["tasks"][0]["next_runs"] == ["2026-11-24T09:00:00+01:00"]


@pytest.mark.parametrize(
    "row", [[], {"id": 1}, {"id": 1, "turns": "no"}, {"id": 1, "turns": [1]}, {"id": 1, "text": 5}]
)
def test_a_line_that_cannot_be_read_says_why_and_the_filter_lives_on(croncierge: Command, row: object) -> None:
    bad, good = batch(croncierge, row, ROW | {"id": 2, "text": "hello"})
    assert bad["replies"] == bad["tool_calls"] == bad["tasks"] == []
    assert bad["error"]["message"]
    assert len(good["replies"]) == 1


def test_a_piped_conversation_answers_line_by_line(croncierge: Command) -> None:
    lines = "remind me tomorrow at 9 to call mom\n\nmake it 10\n/tasks\n/nope\n/quit\nundo\n"
    seen = croncierge("chat", "--tz", "Europe/Berlin", stdin=lines)
    assert seen.code == 0
    assert "you>" not in seen.out
    assert "tomorrow at 09:00" in seen.out
    assert "| 1 | call mom |" in seen.out
    assert seen.out.endswith("There is no command /nope; /help lists them.\n")
    assert "Nothing is running" in seen.err
    assert [len(croncierge("tasks", "list", "--json").json)] == [1]


def test_a_piped_conversation_in_json_is_a_line_a_turn(croncierge: Command) -> None:
    seen = croncierge("chat", "--json", stdin="remind me tomorrow at 9 to call mom\n/help\n\x00\n")
    turn, told, refused = seen.lines
    assert [task["title"] for task in turn["tasks"]] == ["call mom"]
    assert "/undo" in told["reply"]
    assert refused["error"]["code"] == "invalid_input"


def test_a_language_model_talks_when_one_is_configured(croncierge: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = in_order(
        calls("create_task", title="call mom", when="tomorrow at 9"),
        says("Done: mom, tomorrow at nine."),
        500,
        500,
        500,
    )
    with openai_server(replies) as server:
        monkeypatch.setenv("CRONCIERGE_MODEL", "some-model")
        monkeypatch.setenv("CRONCIERGE_BASE_URL", server.url)
        seen = croncierge("ask", "do not let me forget mom", *NOW, "--json").json
        assert seen["model"] == "some-model"
        assert seen["usage"]["total_tokens"] > 0
        assert [task["next_runs"] for task in seen["tasks"]] == [["2026-11-24T09:00:00+01:00"]]
        failed = croncierge("ask", "and dad?", *NOW)
        assert failed.code == 6
        assert failed.err.count("\n") == 1
