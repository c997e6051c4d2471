"""What a model's server said is kept, played back without it, and refused when it is no longer current."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.chat_models import BaseChatModel

from agent.models import Options, choose_model
from croncierge.errors import Conflict, InvalidInput, NotFound, Unavailable
from evals import cassettes
from evals.suite import BUILT_IN, Plan, Traffic, evaluate
from tests.evals.conftest import case, suite

KEY = "sk-very-secret"
CALL = {
    "id": "c1",
    "type": "function",
    "function": {"name": "create_task", "arguments": json.dumps({"title": "vote", "when": "tomorrow at 9"})},
}


class Server(BaseHTTPRequestHandler):
    """Speaks OpenAI's protocol: a call first, then words."""

    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))["messages"]
        message: dict[str, Any] = {"role": "assistant", "content": "Done."}
        if said[-1]["role"] == "user":
            message |= {"content": None, "tool_calls": [CALL]}
        usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [choice],
            "usage": usage,
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("set-cookie", f"session={KEY}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    Server.asked = 0
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def asking(address: str) -> BaseChatModel:
    return choose_model("m", Options(base_url=address, api_key=KEY, timeout=5))


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    cases = case(say="remind me to vote", tasks=[{"title": "vote", "runs": ["2026-11-25T09:00"]}])
    return Plan(suites=[suite(cases)], model="some/Model", traffic=Traffic.RECORD, cassettes=tmp_path)


def replayed(plan: Plan) -> Plan:
    return replace(plan, traffic=Traffic.REPLAY)


def test_what_was_recorded_is_played_back_alike_without_the_server(plan: Plan, address: str) -> None:
    recorded = evaluate(plan, lambda: asking(address))
    asked = Server.asked
    again = evaluate(replayed(replace(plan, repeat=3, jobs=2)), lambda: asking(address))
    assert recorded.cases[0].trials[0].passed, recorded.cases
    assert again.cases[0].passed == 3
    assert recorded.cases[0].trials[0].turns == again.cases[0].trials[0].turns
    assert recorded.cases[0].trials[0].input_tokens == again.cases[0].trials[0].input_tokens == 14
    assert (asked, Server.asked) == (2, 2)
    assert (recorded.repeatable, again.repeatable) == (False, True)


def test_cassettes_say_where_they_are_from_and_hold_no_key(plan: Plan, address: str, tmp_path: Path) -> None:
    evaluate(plan, lambda: asking(address))
    folder = tmp_path / "some-model"
    recording = cassettes.load_recording(folder)
    assert recording.model == "some/Model"
    assert recording.suites == {"s": "d"}
    text = "".join(file.read_text(encoding="utf-8") for file in folder.iterdir())
    assert "remind me to vote" in text
    assert KEY not in text


def test_suites_that_are_recorded_one_after_the_other_are_all_kept(plan: Plan, address: str) -> None:
    second = replace(plan, suites=[suite(case(id="y", say="sing", tasks=[]), name="second")])
    evaluate(plan, lambda: asking(address))
    evaluate(second, lambda: asking(address))
    both = replace(replayed(plan), suites=[*plan.suites, *second.suites])
    assert [each.counted for each in evaluate(both, lambda: asking(address)).cases] == [1, 1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prompts": {"assistant": "0 (old)", "tools": "0 (old)"}}, "prompt assistant 0"),
        ({"tools": "old"}, "tools have changed"),
        ({"suites": {"s": "old"}}, "suite s has changed"),
    ],
)
def test_cassettes_that_are_not_current_are_refused(
    plan: Plan, address: str, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    evaluate(plan, lambda: asking(address))
    folder = tmp_path / "some-model"
    old = cassettes.load_recording(folder).model_copy(update=change)
    (folder / "recorded.json").write_text(old.model_dump_json())
    with pytest.raises(Conflict, match=said):
        evaluate(replayed(plan), lambda: asking(address))


def test_a_suite_that_was_not_recorded_is_named(plan: Plan, address: str) -> None:
    evaluate(plan, lambda: asking(address))
    more = replace(replayed(plan), suites=[*plan.suites, suite(name="other")])
    with pytest.raises(NotFound, match="suite other was not recorded"):
        evaluate(more, lambda: asking(address))


def test_without_cassettes_it_says_how_to_get_some(plan: Plan) -> None:
    with pytest.raises(NotFound, match="--record"):
        evaluate(replayed(plan), lambda: asking("http://127.0.0.1:9/v1"))


def test_a_request_that_is_not_on_the_cassette_is_an_error_of_the_machinery(plan: Plan, address: str) -> None:
    evaluate(plan, lambda: asking(address))
    other = suite(case(say="remind me to sing", tasks=[]))
    (result,) = evaluate(replace(replayed(plan), suites=[other]), lambda: asking(address)).cases
    assert result.counted == 0
    assert Server.asked == 2


def test_the_package_that_is_missing_is_named(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vcr", None)
    with pytest.raises(Unavailable, match="pip install vcrpy"):
        evaluate(plan, lambda: asking("http://127.0.0.1:9/v1"))


def test_the_built_in_model_needs_none(plan: Plan) -> None:
    with pytest.raises(InvalidInput, match="needs no cassettes"):
        evaluate(replace(plan, model=BUILT_IN), lambda: choose_model(None))
