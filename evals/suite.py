"""The whole of an evaluation: suites put to a model, live, recorded or played back, and what it came to."""

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.utils.function_calling import convert_to_openai_tool

from croncierge.errors import InvalidInput
from evals import cassettes
from evals.datasets import Suite
from evals.prices import price_of
from evals.results import CaseResult, Dataset, Report
from evals.runner import Progress, run_suite
from prompts import versions
from tools.registry import all_tools

BUILT_IN = "builtin"
_PROMPT = "assistant"
"""The prompt that conversations are held with; what is said of the tools is looked at by itself."""


class Traffic(StrEnum):
    """Where a model's answers come from."""

    LIVE = "live"  # from the model, asked now
    RECORD = "record"  # the same, and kept
    REPLAY = "replay"  # from cassettes alone


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to run.

    cassettes: the folder that has one for each model. prices: a table instead of the one that comes along. base_url: of
    the model's server, for the record only.
    """

    suites: Sequence[Suite]
    model: str
    repeat: int = 1
    jobs: int = 1
    traffic: Traffic = Traffic.LIVE
    cassettes: Path = Path("evals/cassettes")
    prices: Path | None = None
    base_url: str = ""


def evaluate(plan: Plan, ask: Callable[[], BaseChatModel], progress: Progress = lambda _: None) -> Report:
    """Run the plan. ask: gives the model. progress: told of each case when it is through.

    Raises NotFound or Conflict when cassettes are missing or not current, Unavailable without the package they need,
    InvalidInput for a plan that cannot be.
    """
    if plan.model == BUILT_IN and plan.traffic is not Traffic.LIVE:
        raise InvalidInput("The built-in model needs no cassettes; name another with `--model`.", field="model")
    price = price_of(plan.model, plan.prices)
    folder = cassettes.folder_of(plan.cassettes, plan.model)
    digests = {suite.name: suite.digest for suite in plan.suites}
    recording = cassettes.Recording(
        model=plan.model,
        base_url=plan.base_url,
        prompts={_PROMPT: versions()[_PROMPT]},
        tools=tools_digest(),
        suites=digests,
    )
    if plan.traffic is Traffic.REPLAY:
        cassettes.check_current(cassettes.load_recording(folder), recording)
    model = ask()
    results: list[CaseResult] = []
    for suite in plan.suites:
        with _tape(plan.traffic, folder / f"{suite.name}.yaml"):
            results += run_suite(suite, model, repeat=plan.repeat, jobs=plan.jobs, price=price, progress=progress)
    if plan.traffic is Traffic.RECORD:
        cassettes.save_recording(folder, recording)
    return Report(
        model=plan.model,
        repeatable=plan.model == BUILT_IN or plan.traffic is Traffic.REPLAY,
        version=version("croncierge"),
        prompts=versions(),
        tools=recording.tools,
        datasets={
            suite.name: Dataset(version=suite.version, digest=suite.digest, cases=len(suite.cases))
            for suite in plan.suites
        },
        cases=tuple(results),
    )


def _tape(traffic: Traffic, file: Path) -> AbstractContextManager[None]:
    return nullcontext() if traffic is Traffic.LIVE else cassettes.cassette(file, record=traffic is Traffic.RECORD)


def tools_digest() -> str:
    """Changes with whatever a model is told of the tools."""
    told = json.dumps([convert_to_openai_tool(tool) for tool in all_tools()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
