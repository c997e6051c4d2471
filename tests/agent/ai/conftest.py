import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver

from agent.ai.executor import AiPrompt
from agent.ai.orchestrator import AiGoal
from agent.ai.session import World
from croncierge.clock import FixedClock
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from store.kinds import TaskType
from store.open import open_store
from store.operations import create_task, ensure_user, get_run, list_runs, list_tasks, run_now
from store.operations.approvals import ApprovalInfo, list_approvals
from store.operations.claims import Claimed
from store.operations.deliveries import TERMINAL, claim_deliveries, mark_sent
from store.operations.runs import Outcome
from store.operations.transcripts import add_transcript
from store.session import Store
from store.tables import AiRun
from store.values import Actor, RunInfo, TaskInfo, TaskSpec
from tests.store.conftest import new_store
from tests.tools.mcp.conftest import url as url  # a fixture
from tools.connectors.connector import Call, Connector, Payload
from tools.connectors.executor import Control, Executor
from tools.mcp.servers import Servers

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

Script = Callable[[Sequence[BaseMessage]], AIMessage]


class ScriptedModel(BaseChatModel):
    """Answers what its script says to the conversation so far."""

    script: Callable[..., AIMessage]
    model_name: str = "builtin"
    tokens: int = 10
    asked: list[list[BaseMessage]]
    offered: list[list[str]]
    said: list[AIMessage]

    def forget(self) -> None:
        for kept in (self.asked, self.offered, self.said):
            kept.clear()

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        return self.bind(tools=list(tools), **kwargs)

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        self.asked.append(list(messages))
        self.offered.append([each["function"]["name"] for each in kwargs.get("tools", ())])
        answer = self.script(messages)
        self.said.append(answer)
        answer.usage_metadata = {"input_tokens": 20, "output_tokens": self.tokens, "total_tokens": 20 + self.tokens}
        return ChatResult(generations=[ChatGeneration(message=answer)])


def says(text: str) -> AIMessage:
    return AIMessage(text)


def calls(*wanted: tuple[str, dict[str, Any]]) -> AIMessage:
    return AIMessage(
        "",
        tool_calls=[{"name": name, "args": args, "id": f"call_{index}"} for index, (name, args) in enumerate(wanted)],
    )


def task_of(messages: Sequence[BaseMessage]) -> str:
    """What an AI task is asked to do, or its goal, without the data that it is given."""
    first = next(str(each.content) for each in messages if isinstance(each, HumanMessage))
    found = re.search(r"The (?:goal|task): “(.*)”", first, re.DOTALL)
    assert found is not None
    return found[1]


def in_order(*answers: AIMessage) -> Script:
    left = iter(answers)
    return lambda _messages: next(left)


class Free(Payload):
    """A payload of anything that the fake connectors take."""

    url: str = ""
    method: str = "GET"
    body: str | None = None
    to: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    connection: str = ""
    statement: str = ""
    write: bool = False
    script: str = ""
    arguments: tuple[str, ...] = ()
    message: str | None = None
    channels: tuple[str, ...] = ()


class Fake:
    """A connector that keeps what it was asked to do and answers what it was told to."""

    payload: type[Payload] = Free

    def __init__(self, name: str, answer: Mapping[str, Any] | Callable[[Free], Outcome]) -> None:
        self.name = name
        self.answer = answer
        self.done: list[dict[str, Any]] = []

    def allow(self, payload: Free, owner: str) -> None:
        pass

    def preview(self, payload: Free) -> Mapping[str, Any]:
        return {}

    def run(self, payload: Free, call: Call) -> Outcome:
        self.done.append(payload.model_dump(exclude_defaults=True))
        return self.answer(payload) if callable(self.answer) else Outcome(result=self.answer)


def as_executor(connector: Any, kept: list[Any], store: Store | None = None) -> Executor:
    """How the registry hands a run to a connector, without templates. store: where the record is kept, too."""

    def execute(run: Claimed, control: Control) -> Outcome:
        def record(request: Mapping[str, Any], answer: Mapping[str, Any] | None) -> None:
            kept.append((request, answer))
            if store is not None:
                add_transcript(store, run.run_id, run.attempt, connector.name, request, answer)

        call = Call(run=run, control=control, record=record)
        outcome: Outcome = connector.run(connector.payload.model_validate(run.action_payload), call)
        return outcome

    return execute


def _without_secrets(value: Any) -> Any:
    return json.loads(json.dumps(value).replace("canary", "•••"))


class Ai:
    """A store with one person, a runtime that executes AI tasks, and a model that follows a script."""

    def __init__(
        self,
        script: Script,
        *,
        page: str = "a page",
        url: str = "sqlite://",
        clock: Any = None,
        store: Store | None = None,
        saver: BaseCheckpointSaver[Any] | None = None,
        servers: Servers | None = None,
        workers: int = 8,
        transcripts: bool = False,
    ) -> None:
        self.clock: Any = clock or FixedClock(MONDAY)
        self.store = store or (new_store(self.clock) if url == "sqlite://" else open_store(url, self.clock))
        self.actor = Actor(user_id=ensure_user(self.store, "ann"), via="test", change_set="1")
        self.model = ScriptedModel(script=script, asked=[], offered=[], said=[])
        self.saver = saver or InMemorySaver()
        self.fakes: dict[str, Fake] = {
            "http": Fake("http", {"status": 200, "body": page}),
            "email": Fake("email", {"sent": True}),
            "sql": Fake("sql", {"rows": []}),
            "script": Fake("script", {"exit_code": 0}),
            "notify": Fake("notify", lambda payload: Outcome(message=payload.message, result={"told": True})),
        }
        self.records: list[Any] = []
        connectors: dict[str, Connector] = {**self.fakes}
        world = World(
            store=self.store,
            hidden=_without_secrets,
            checkpointer=lambda: self.saver,
            models=lambda _name: self.model,
            connectors=lambda: connectors,
            servers=servers or Servers({}),
        )
        self.connectors: dict[str, Any] = {**self.fakes, "ai_prompt": AiPrompt(world), "ai_goal": AiGoal(world)}
        keep = self.store if transcripts else None
        executors = {name: as_executor(each, self.records, keep) for name, each in self.connectors.items()}
        self.runtime = Runtime(self.store, executors, Doorbell(url), workers=workers)

    def prompt(self, text: str, **payload: Any) -> RunInfo:
        return self._start(TaskType.AI_EXECUTION, "ai_prompt", {"prompt": text, **payload})

    def goal(self, text: str, **payload: Any) -> RunInfo:
        return self._start(TaskType.AI_ORCHESTRATED, "ai_goal", {"goal": text, **payload})

    def _start(self, kind: TaskType, action: str, payload: dict[str, Any]) -> RunInfo:
        run = self.start(action, payload, kind)
        self.runtime.tick()
        return self.run(run.id)

    def start(self, action: str, payload: dict[str, Any], kind: TaskType = TaskType.AI_ORCHESTRATED) -> RunInfo:
        """A run that nobody has executed yet."""
        spec = TaskSpec(title="the task", type=kind, action_type=action, action_payload=payload)
        return run_now(self.store, self.actor, create_task(self.store, self.actor, spec).id)

    def run(self, run_id: int) -> RunInfo:
        return get_run(self.store, self.actor, run_id)

    def later(self, **elapsed: float) -> None:
        self.clock.set(self.clock.now() + timedelta(**elapsed))
        self.runtime.tick()

    def until_done(self, run_id: int, seconds: int = 120) -> RunInfo:
        """Let time pass, second by second, until the run has ended or waits for a person."""
        for _ in range(seconds):
            run = self.run(run_id)
            if run.end_time is not None or "approval" in (run.reason or ""):
                break
            self.later(seconds=1)
        return self.run(run_id)

    def waited_for(self, run_id: int) -> RunInfo:
        """The run, once a runtime that works by itself has ended it."""
        self.wait_until(lambda: self.run(run_id).end_time is not None)
        return self.run(run_id)

    def wait_until(self, done: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, self.runs()
            time.sleep(0.05)

    def places(self) -> list[tuple[int, int]]:
        """Each AI run with its depth."""
        with self.store.reading() as connection:
            return [(row[0], row[1]) for row in connection.execute(sa.select(AiRun.run_id, AiRun.depth))]  # type: ignore[call-overload]

    def tainted(self) -> list[bool]:
        """Whether each AI run has read text from outside, in the order in which they were made."""
        with self.store.reading() as connection:
            return list(connection.execute(sa.select(AiRun.tainted).order_by(AiRun.run_id)).scalars())  # type: ignore[call-overload]

    def open_questions(self) -> list[ApprovalInfo]:
        return list_approvals(self.store, self.actor)

    def tasks(self) -> list[TaskInfo]:
        return list_tasks(self.store, self.actor)

    def runs(self) -> list[RunInfo]:
        return list_runs(self.store, self.actor)

    def messages(self) -> list[str]:
        found = claim_deliveries(self.store, self.actor.user_id, TERMINAL, "test")
        mark_sent(self.store, [each.id for each in found])
        return [each.text for each in found]

    def told(self) -> str:
        """What the model was shown last."""
        return "\n".join(str(each.content) for each in self.model.asked[-1])


@pytest.fixture
def ai() -> Iterator[Callable[..., Ai]]:
    made: list[Ai] = []

    def make(*answers: AIMessage, script: Script | None = None, **options: Any) -> Ai:
        made.append(Ai(script or in_order(*answers), **options))
        return made[-1]

    yield make
    for each in made:
        each.store.engine.dispose()
