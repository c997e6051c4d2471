"""Running cases: the real assistant over a store of its own for each trial, several at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import perf_counter

from langchain_core.language_models.chat_models import BaseChatModel
from langgraph.checkpoint.memory import InMemorySaver

from agent.invoke import Assistant, ToolCall
from agent.invoke import Turn as Answer
from croncierge.errors import CronciergeError
from evals.cases import Case
from evals.datasets import AnyCase, Suite
from evals.prices import Price
from evals.results import CallRecord, CaseResult, Trial, TurnRecord
from evals.scorers import Call, Happened, score
from evals.tasks.cases import TaskCase
from evals.tasks.runner import try_task
from evals.world import World

Progress = Callable[[CaseResult], None]


def run_suite(
    suite: Suite,
    model: BaseChatModel,
    *,
    repeat: int = 1,
    jobs: int = 1,
    price: Price | None = None,
    progress: Progress = lambda _: None,
) -> list[CaseResult]:
    """Every case, `repeat` times, `jobs` cases at a time. The results come in the order of the cases.

    progress: told of each case when it is through.
    """

    def work(case: AnyCase) -> CaseResult:
        trials = tuple(
            try_task(case) if isinstance(case, TaskCase) else _try(case, model, price) for _ in range(repeat)
        )
        result = CaseResult(id=case.id, suite=suite.name, digest=case.digest, tags=case.tags, trials=trials)
        progress(result)
        return result

    if jobs == 1:
        return [work(case) for case in suite.cases]
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(work, suite.cases))


def _try(case: Case, model: BaseChatModel, price: Price | None) -> Trial:
    """One trial. What goes wrong beside the model is told as its error, with what was said until then."""
    turns: list[TurnRecord] = []
    answers: list[Answer] = []
    error: str | None = None
    began = perf_counter()
    try:
        with closing(World(case)) as world:
            for record, answer in _converse(case, world, model):
                turns.append(record)
                answers.append(answer)
    except CronciergeError as raised:
        error = raised.message
    except Exception as raised:  # one case must not end the others
        error = f"{type(raised).__name__}: {(str(raised).splitlines() or [''])[0][:300]}"
    asked = sum(answer.usage.get("input_tokens", 0) for answer in answers)
    answered = sum(answer.usage.get("output_tokens", 0) for answer in answers)
    return Trial(
        wrong=tuple(
            f"turn {i}: {each}" if len(case.turns) > 1 else each for i, t in enumerate(turns, 1) for each in t.wrong
        ),
        error=error,
        input_tokens=asked,
        output_tokens=answered,
        cost=None if price is None else price.of(asked, answered),
        seconds=round(perf_counter() - began, 3),
        turns=tuple(turns),
    )


def _converse(case: Case, world: World, model: BaseChatModel) -> Iterator[tuple[TurnRecord, Answer]]:
    assistant = Assistant(world.store, model=model, checkpointer=InMemorySaver(), default_zone=world.zone)
    before = world.snapshot()
    for turn in case.turns:
        answer = assistant.invoke(turn.say, world.person, case.id, via="eval")
        after = world.snapshot()
        calls = tuple(map(_call, answer.tool_calls))
        wrong = score(turn, Happened(calls=calls, reply=answer.reply, before=before, after=after))
        before = after
        yield TurnRecord(say=turn.say, reply=answer.reply, calls=_records(calls), wrong=tuple(wrong)), answer


def _call(call: ToolCall) -> Call:
    return Call(
        name=call.name,
        args=call.args,
        status=str(call.result.get("status")),
        text=str(call.result.get("text", "")),
        task_ids=tuple(task["id"] for task in call.result.get("tasks", [])),
    )


def _records(calls: Sequence[Call]) -> tuple[CallRecord, ...]:
    return tuple(CallRecord(name=call.name, args=dict(call.args), status=call.status, text=call.text) for call in calls)
