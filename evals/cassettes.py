"""Traffic with a model's server, recorded once and played back without it.

A folder for each model has a cassette for each suite, and `recorded.json`, which says what was recorded with which
prompts and tools. A request is kept as the digest of its body and its last message, an answer as it came; no key is in
it.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from croncierge.errors import Conflict, NotFound, Unavailable
from evals.results import save_text

_HEADERS = [("authorization", "REDACTED"), "cookie", "set-cookie", "user-agent", "host", "openai-organization"]
_HEADERS += [
    f"x-stainless-{name}" for name in ("os", "arch", "runtime", "runtime-version", "package-version", "lang", "async")
]
_KEPT = frozenset({"content-type"})


class Recording(BaseModel):
    """What a folder of cassettes was recorded from. suites: the digests of the datasets, by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    base_url: str
    prompts: dict[str, str]
    tools: str
    suites: dict[str, str] = {}


def folder_of(root: Path, model: str) -> Path:
    """Where the cassettes of a model are."""
    return root / re.sub(r"[^a-z0-9.-]+", "-", model.lower()).strip("-")


def load_recording(folder: Path) -> Recording:
    """Raises NotFound when there is none, Conflict when its description is malformed."""
    file = folder / "recorded.json"
    try:
        return Recording.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotFound(
            f"There are no cassettes in {folder}; record some with `--record`, with the model's server running."
        ) from error
    except ValidationError as error:
        raise Conflict(f"{file} does not describe cassettes; record them again with `--record`.") from error


def check_current(recording: Recording, now: Recording) -> None:
    """Whether what was recorded has what is needed now.

    Raises Conflict when something has changed since, NotFound for a suite that was not recorded.
    """
    again = "record again with `--record`."
    for name, version in now.prompts.items():
        if recording.prompts.get(name) != version:
            raise Conflict(
                f"The cassettes of {recording.model} were recorded with prompt {name} "
                f"{recording.prompts.get(name, '(none)')}, but it is {version} now; {again}"
            )
    if recording.tools != now.tools:
        raise Conflict(f"The tools have changed since the cassettes of {recording.model} were recorded; {again}")
    for name, digest in now.suites.items():
        if name not in recording.suites:
            raise NotFound(f"The suite {name} was not recorded from {recording.model}; {again}")
        if recording.suites[name] != digest:
            raise Conflict(f"The suite {name} has changed since it was recorded from {recording.model}; {again}")


def save_recording(folder: Path, recording: Recording) -> None:
    """Beside what was recorded before and is as current as this. Raises Unavailable when it cannot be written."""
    try:
        before = load_recording(folder)
    except (NotFound, Conflict):
        before = recording
    if (before.prompts, before.tools) == (recording.prompts, recording.tools):
        recording = recording.model_copy(update={"suites": before.suites | recording.suites})
    save_text(folder / "recorded.json", recording.model_dump_json(indent=1) + "\n")


@contextmanager
def cassette(file: Path, *, record: bool) -> Iterator[None]:
    """All traffic inside goes through the cassette: onto it, or from it alone.

    Raises Unavailable when vcrpy is not installed. One at a time in a process.
    """
    try:
        import vcr  # type: ignore[import-untyped]
    except ImportError as error:
        raise Unavailable("Cassettes need the package vcrpy; install it with `pip install vcrpy`.") from error
    if record:
        file.unlink(missing_ok=True)
    recorder = vcr.VCR(
        record_mode="once" if record else "none",
        match_on=["method", "path", "query", "body"],
        filter_headers=_HEADERS,
        before_record_request=_slim,
        before_record_response=_plain,
        decode_compressed_response=True,
    )
    with recorder.use_cassette(str(file), allow_playback_repeats=True):
        yield


def _slim(request: Any) -> Any:
    """The request with the digest of its body in the place of it. Also what a request is found by when played back."""
    body = request.body or b""
    if not isinstance(body, bytes):
        body = bytes(str(body), "utf-8")
    try:
        last = json.loads(body)["messages"][-1].get("content")
    except (ValueError, LookupError, TypeError, AttributeError):
        return request
    if "sha256" not in json.loads(body):
        kept = {"sha256": hashlib.sha256(body).hexdigest(), "last": str(last)[:200]}
        request.body = json.dumps(kept, ensure_ascii=False).encode()
    return request


def _plain(response: Any) -> Any:
    headers = response.get("headers", {})
    response["headers"] = {name: value for name, value in headers.items() if name.lower() in _KEPT}
    return response
