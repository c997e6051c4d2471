"""Making tasks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from langchain.tools import ToolRuntime

from croncierge.errors import InvalidInput, Unclear
from schedules.reading import ConditionKind, Reading
from store.kinds import CatchUp, DependencyType, EventMode
from store.operations import create_task as store_task
from store.values import Prerequisite, TaskSpec, TriggerSpec
from tools.channels import channel_meant
from tools.context import Context
from tools.deeds import TELL, allow_action, type_of
from tools.folders import watchable
from tools.happenings import trigger_of
from tools.reference import one_task
from tools.results import Result, done
from tools.task_templates import AI_PROMPT, payload_from, template_meant
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
    workflow: str = "",
    do: str = "notify",
    what: dict[str, Any] | None = None,
    tell: str = "",
    template: str = "",
    channel: str = "",
) -> Result:
    context = runtime.context
    if template.strip():
        meant = template_meant(template)
        do, what, title = _by_template(do), payload_from(meant, what or {}), title.strip() or meant.name
    allow_action(context, do)
    reading = read_time(context, when) if when.strip() else None
    met = reading.conditions if reading else ()
    waits_for = [*(after or []), *(each.words for each in met if each.kind is ConditionKind.AFTER_TASK)]
    events = [each for each in met if each.kind is ConditionKind.EVENT]
    if not title.strip():
        raise Unclear("What shall I remind you of?" if do == "notify" else "What shall I call it?", field="title")
    if not waits_for and not events and (reading is None or reading.schedule is None):
        raise Unclear(
            f"When shall I remind you about “{title}”?" if do == "notify" else f"When shall I do “{title}”?",
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
            triggers=tuple(trigger(context, each.words) for each in events),
            event_mode=EventMode.INSTEAD if any(each.instead for each in events) else EventMode.ALSO,
            catch_up=CatchUp(if_missed),
            max_retries=retries,
            workflow=workflow.strip() or None,
            channel=channel_meant(channel),
            type=type_of(do),
            action_type=do,
            action_payload=payload_of(do, what, tell),
            idempotency_key=f"{context.actor.change_set}:{runtime.tool_call_id}",
        ),
    )
    return done(promise(task, context) + notes(reading), [task])


def _by_template(do: str) -> str:
    if do not in ("notify", AI_PROMPT):
        raise InvalidInput(f"A template makes AI work, so it cannot {do}; leave one of them out.", field="do")
    return AI_PROMPT


def payload_of(do: str, what: Mapping[str, Any] | None, tell: str) -> dict[str, Any]:
    """What an action needs, with what its owner is told of it; to remind of something needs no words twice."""
    if not tell.strip():
        return dict(what or {})
    return {**(what or {}), ("message" if do == "notify" else TELL): tell}


def trigger(context: Context, words: str) -> TriggerSpec:
    found = trigger_of(words)
    return found if found.path is None else replace(found, path=watchable(found.path, context.watch_folders))


def notes(reading: Reading | None) -> str:
    """What was assumed, each on a line of its own."""
    return "".join(f"\n{note}" for note in reading.notes) if reading else ""
