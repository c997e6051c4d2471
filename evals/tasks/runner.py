"""Trying a case of an AI task. The model is scripted, so nothing of it depends on the model that is measured."""

from contextlib import closing
from time import perf_counter

from croncierge.errors import CronciergeError
from evals.results import CallRecord, Trial, TurnRecord
from evals.tasks.cases import TaskCase
from evals.tasks.scorers import score
from evals.tasks.world import TaskWorld


def try_task(case: TaskCase) -> Trial:
    """One trial, with what went wrong in it; tokens count for nothing, since no model was asked."""
    began = perf_counter()
    wrong: tuple[str, ...] = ()
    error: str | None = None
    turns: tuple[TurnRecord, ...] = ()
    try:
        with closing(TaskWorld(case)) as world:
            for move in case.moves:
                world.move(move)
            wrong = tuple(score(world))
            turns = (_shown(world, wrong),)
    except CronciergeError as raised:
        error = raised.message
    except Exception as raised:  # one case must not end the others
        error = f"{type(raised).__name__}: {(str(raised).splitlines() or [''])[0][:300]}"
    return Trial(wrong=wrong, error=error, cost=0.0, seconds=round(perf_counter() - began, 3), turns=turns)


def _shown(world: TaskWorld, wrong: tuple[str, ...]) -> TurnRecord:
    """The trial as a turn of a conversation, to be looked at."""
    run = world.run
    result = dict(run.result or {})
    payload = world.case.task.payload
    return TurnRecord(
        say=str(payload.get("prompt") or payload.get("goal")),
        reply=str(run.error_message or run.reason or result.get("conclusion") or result.get("text") or ""),
        calls=tuple(
            CallRecord(name=each["tool"], args={}, status=each["status"], text="") for each in result.get("calls", ())
        ),
        wrong=wrong,
    )
