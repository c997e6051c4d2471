"""Making tasks."""

from typing import Literal

from langchain.tools import ToolRuntime

from croncierge.errors import InvalidInput, Unclear
from schedules.reading import Reading
from store.kinds import CatchUp, DependencyType
from store.operations import create_task as store_task
from store.values import Prerequisite, TaskSpec
from tools.context import Context
from tools.reference import one_task
from tools.results import Result, done
from tools.timing import read_time
from tools.wording import promise


def create_task(
    runtime: ToolRuntime[Context],
    title: str,
    when: str = "",
    after: list[str] | None = None,
    after_outcome: Literal["success", "completion", "failure"] = "success",
    if_missed: Literal["once", "skip", "all"] = "once",
    retries: int = 0,
) -> Result:
    context = runtime.context
    reading = read_time(context, when) if when.strip() else None
    waits_for = [*(after or []), *(condition.words for condition in reading.conditions)] if reading else after or []
    if not title.strip():
        raise Unclear("What shall I remind you of?", field="title")
    if not waits_for and (reading is None or reading.schedule is None):
        raise Unclear(
            f"When shall I remind you about “{title}”?",
            choices=("in an hour", "tomorrow at 9", "every Monday at 9"),
            field="when",
        )
    if not 0 <= retries <= 100:
        raise InvalidInput(f"retries is {retries}; give a number from 0 to 100.", field="retries")
    task = store_task(
        context.store,
        context.actor,
        TaskSpec(
            title=title,
            schedule=reading.schedule if reading else None,
            schedule_words=when or None,
            zone=context.preferences.zone,
            depends_on=tuple(
                Prerequisite(task_id=one_task(context, words).id, type=DependencyType(after_outcome))
                for words in waits_for
            ),
            catch_up=CatchUp(if_missed),
            max_retries=retries,
            idempotency_key=f"{context.actor.change_set}:{runtime.tool_call_id}",
        ),
    )
    return done(promise(task, context) + notes(reading), [task])


def notes(reading: Reading | None) -> str:
    """What was assumed, each on a line of its own."""
    return "".join(f"\n{note}" for note in reading.notes) if reading else ""
