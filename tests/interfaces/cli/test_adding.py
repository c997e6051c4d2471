"""Tasks with any action, said exactly, and what actions there are."""

import json
from pathlib import Path

import pytest

from tests.interfaces.cli.conftest import Command

URL = {"url": "https://example.org/prices"}


def test_a_task_with_an_action_is_added_and_shown(croncierge: Command) -> None:
    added = croncierge("tasks", "add", "fetch", "prices", "--when", "every hour", "--do", "http", "--payload",
                       json.dumps(URL), "--tz", "UTC")  # fmt: skip
    assert added.code == 0
    assert added.out.startswith("#1 “fetch prices”: every hour (UTC).\nNext:")
    follower = croncierge("tasks", "add", "tell me", "--after", "fetch", "--payload",
                          '{"message": "{{ results.fetch_prices.body }}"}')  # fmt: skip
    assert follower.out == "#2 “tell me”: each time “fetch prices” has run.\n"


def test_a_payload_can_stand_in_a_file(croncierge: Command, tmp_path: Path) -> None:
    (tmp_path / "payload.json").write_text(json.dumps(URL))
    words = ("tasks", "add", "fetch", "--when", "tomorrow at 9", "--do", "http", "--json")
    assert croncierge(*words, "--payload", f"@{tmp_path / 'payload.json'}").json["title"] == "fetch"
    assert "cannot be read" in croncierge(*words, "--payload", "@/not/there").out


def test_a_watch_says_what_it_watches_for(croncierge: Command) -> None:
    added = croncierge("tasks", "add", "site down", "--when", "every 5 minutes", "--check", "http", "--check-payload",
                       json.dumps(URL), "--if", "status != 200")  # fmt: skip
    assert "every 5 minutes if status != 200 (http)" in added.out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--do", "nope"), "There is no action 'nope'; there are notify, http, script, sql, email,"),
        (("--do", "http"), "The url of the action http is wrong: Field required"),
        (("--do", "http", "--payload", '{"uri": "x"}'), "The url of the action http is wrong"),
        (("--do", "http", "--payload", "x"), "is not JSON"),
        (("--do", "http", "--payload", "[1]"), "is not an object"),
        (("--do", "http", "--payload", '{"url": "https://e.org/{{ a"}'), "The template in payload.url cannot be read"),
        (("--do", "script", "--payload", '{"script": "backup"}'), "the operator has to set up [scripts.NAME] first"),
        (("--check", "http"), "--check and --if go together"),
        (("--check", "http", "--check-payload", json.dumps(URL), "--if", "status =="), "cannot be read"),
        (("--check", "script", "--check-payload", '{"script": "x"}', "--if", "exit_code == 0"), "[scripts.NAME]"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_is_stored(
    croncierge: Command, words: tuple[str, ...], why: str
) -> None:
    refused = croncierge("tasks", "add", "x", "--when", "tomorrow at 9", *words)
    assert refused.code != 0
    assert why in refused.err
    assert len(refused.err.splitlines()) == 1
    assert croncierge("tasks", "list", "--json").json == []


def test_actions_are_listed_and_tried_without_being_done(croncierge: Command) -> None:
    listed = croncierge("actions", "list")
    assert "| http " in listed.out
    assert {each["name"] for each in croncierge("actions", "list", "--json").json["actions"]} >= {"notify", "sql"}

    tried = croncierge("actions", "try", "http", "--payload", '{"url": "http://127.0.0.1:1/"}', "--json")
    assert (tried.code, "is not public" in tried.json["refused"]) == (1, True)
    refused = croncierge("actions", "try", "script", "--payload", '{"script": "backup"}')
    assert (refused.code, "may not be done" in refused.out) == (1, True)
