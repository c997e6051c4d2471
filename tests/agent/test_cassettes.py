"""Traffic recorded from a real language model, replayed without it: the protocol as a server really speaks it.

Recorded from Qwen2.5-Coder-1.5B-Instruct behind an OpenAI-compatible server on loopback. To record again, serve such a
model on the port below and run `pytest tests/agent/test_cassettes.py -n0 --record-mode=rewrite`.
"""

from pathlib import Path
from typing import Any

import pytest

from agent.invoke import Delta, Turn
from agent.models import Options, choose_model
from tests.agent.conftest import Talk

_BASE_URL = "http://127.0.0.1:8090/v1"


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    return {
        "match_on": ["method", "scheme", "host", "port", "path", "query", "body"],
        "filter_headers": [("authorization", "REDACTED"), "cookie", "user-agent", "host"]
        + [f"x-stainless-{name}" for name in ("os", "arch", "runtime", "runtime-version", "package-version", "lang")],
        "decode_compressed_response": True,
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(Path(__file__).parent / "cassettes" / "qwen2.5-coder-1.5b-instruct")


def talk() -> Talk:
    return Talk(choose_model("local", Options(base_url=_BASE_URL, api_key="none")))


@pytest.mark.vcr
def test_a_real_model_answers_at_once() -> None:
    talking = talk()
    turn = talking.say("thank you, that is all")
    assert turn.tool_calls == ()
    assert turn.usage["input_tokens"] > 0
    assert turn.reply


@pytest.mark.vcr
def test_a_real_model_streams() -> None:
    talking = talk()
    pieces = list(talking.assistant.stream("list my tasks", talking.user, "t"))
    assert isinstance(pieces[-1], Turn)
    assert [call.name for call in pieces[-1].tool_calls][:1] == ["list_tasks"]
    assert "".join(piece.text for piece in pieces if isinstance(piece, Delta)).strip()


def test_no_cassette_holds_a_key() -> None:
    for cassette in (Path(__file__).parent / "cassettes").rglob("*.yaml"):
        text = cassette.read_text(encoding="utf-8")
        assert "Bearer" not in text
        assert "REDACTED" in text
