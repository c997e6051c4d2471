"""The world of a case: a store with one person, a runtime that carries AI tasks out, and actions that only pretend."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from agent.ai.executor import AiPrompt
from agent.ai.orchestrator import AiGoal
from agent.ai.session import World as AiWorld
from agent.ai.wiring import Grantable
from croncierge.clock import FixedClock
from evals.tasks.cases import Move, TaskCase
from evals.tasks.model import ScriptedModel
from evals.world import PERSON, new_store
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from store.kinds import TaskType
from store.operations import cancel_run, create_task, ensure_user, get_run, run_now
from store.operations.approvals import approve, list_approvals, refuse
from store.operations.runs import Outcome
from store.values import Actor, RunInfo, TaskSpec
from tools.connectors.config import Config
from tools.connectors.connector import Call, Payload
from tools.connectors.email import EmailPayload
from tools.connectors.http import HttpPayload
from tools.connectors.registry import Connectors
from tools.connectors.script import ScriptPayload
from tools.connectors.sql import SqlPayload

_PRETENDED: Mapping[str, type[Payload]] = {
    "http": HttpPayload, "email": EmailPayload, "sql": SqlPayload, "script": ScriptPayload,
}  # fmt: skip
_MOST_SECONDS = 120
_KINDS = {"ai_prompt": TaskType.AI_EXECUTION, "ai_goal": TaskType.AI_ORCHESTRATED}


class Pretended:
    """An action that changes nothing: it counts how often it was carried out, and answers what the case says."""

    def __init__(self, name: str, payload: type[Payload], answers: Mapping[str, Any]) -> None:
        self.name = name
        self.payload = payload
        self.count = 0
        self._answers = answers

    def allow(self, payload: Any, owner: str) -> None:
        """Everything: what may be done is not what is tried here."""

    def preview(self, payload: Any) -> Mapping[str, Any]:
        return dict(payload.model_dump(mode="json"))

    def run(self, payload: Any, call: Call) -> Outcome:  # noqa: ARG002
        self.count += 1
        answer = self._answers
        if self.name == "http":
            answer = answer.get(payload.url, {"status": 200, "body": ""})
        if "error" in answer:
            return Outcome(error=str(answer["error"]))
        return Outcome(result=answer)


class TaskWorld:
    """The store as the case begins, and the case's task, once it is started."""

    def __init__(self, case: TaskCase) -> None:
        self.case = case
        self.clock = FixedClock(case.now)
        self.store = new_store(self.clock)
        self.actor = Actor(user_id=ensure_user(self.store, PERSON), via="eval", change_set="eval")
        self.pretended = {
            name: Pretended(name, payload, case.answers.get(name, {})) for name, payload in _PRETENDED.items()
        }
        self.model = ScriptedModel(script=case.script, model_name=case.task.as_if, tokens=case.tokens)
        self._saver = InMemorySaver()
        self._runtime = self._started()
        spec = TaskSpec(
            title="the task",
            type=_KINDS[case.task.action],
            action_type=case.task.action,
            action_payload=case.task.payload,
            zone=case.zone,
            max_retries=case.task.retries,
        )
        self.task_id = create_task(self.store, self.actor, spec).id
        self._run_id = run_now(self.store, self.actor, self.task_id).id
        self._go_on()

    @property
    def run(self) -> RunInfo:
        """The latest run of the task."""
        return get_run(self.store, self.actor, self._run_id)

    def move(self, move: Move) -> None:
        """Let something happen, and all that comes of it."""
        if move.wait is not None:
            self.clock.set(self.clock.now() + timedelta(seconds=move.wait))
        if move.restart:
            self._runtime = self._started()
        if move.cancel:
            cancel_run(self.store, self.actor, self._run_id)
        if move.again:
            self._run_id = run_now(self.store, self.actor, self.task_id).id
        for question in list_approvals(self.store, self.actor):
            if question.tool in (move.edit or {}):
                approve(self.store, self.actor, question.id, arguments=(move.edit or {})[question.tool])
            elif question.tool == move.approve:
                approve(self.store, self.actor, question.id)
            elif question.tool == move.refuse:
                refuse(self.store, self.actor, question.id)
        self._go_on()

    def close(self) -> None:
        self.store.engine.dispose()

    def _go_on(self) -> None:
        """Second by second, until it has ended or waits for a person."""
        self._runtime.tick()
        for _ in range(_MOST_SECONDS):
            if self.run.end_time is not None or list_approvals(self.store, self.actor):
                return
            self.clock.set(self.clock.now() + timedelta(seconds=1))
            self._runtime.tick()

    def _started(self) -> Runtime:
        """A process that knows nothing but what is stored."""
        world = AiWorld(
            store=self.store,
            checkpointer=lambda: self._saver,
            models=lambda _name: self.model,
            connectors=lambda: Grantable(connectors),
            default_zone=self.case.zone,
        )
        makers: dict[str, Any] = {name: (lambda each=each: each) for name, each in self.pretended.items()}
        makers |= {"ai_prompt": lambda: AiPrompt(world), "ai_goal": lambda: AiGoal(world)}
        connectors = Connectors(Config({}), makers)
        self.store.accept_action = connectors.accept
        return Runtime(self.store, connectors.executors(self.store), Doorbell("sqlite://"))
