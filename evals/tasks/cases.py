"""What a case of an AI task is: the task, what its model says to what it sees, what people do, what comes of it."""

from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from evals.cases import digest_of
from store.operations.budgets import limits_of


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScriptedCall(_Strict):
    """A call that the model makes. `{n}` in its texts is another number each time."""

    tool: str
    args: dict[str, Any] = {}


class Line(_Strict):
    """What the model answers when all that is given here holds; of a script, the first line that does is taken.

    to: who is asked. sees: stands in the last message. after: so many calls were answered since it was last told
    something. last: it was told that no further calls are possible.
    """

    to: Literal["goal", "prompt"] | None = None
    sees: str = ""
    after: int | None = None
    last: bool = False
    say: str = ""
    calls: tuple[ScriptedCall, ...] = ()


class Move(_Strict):
    """What happens when nothing goes on by itself any more; one of these.

    wait: seconds that pass. approve, refuse: the tool whose open questions are answered. edit: the same as approve,
    with these arguments. restart: all that runs is put away, and another process goes on. cancel: the task's run is
    called off. again: the task is run once more.
    """

    wait: int | None = None
    approve: str | None = None
    refuse: str | None = None
    edit: dict[str, dict[str, Any]] | None = None
    restart: bool = False
    cancel: bool = False
    again: bool = False


class AiTask(_Strict):
    """The task that a person makes. as_if: another model whose prices count."""

    action: Literal["ai_prompt", "ai_goal"]
    payload: dict[str, Any]
    retries: int = 0
    as_if: str = "scripted"


class ExpectedSubtask(_Strict):
    title: str
    status: Literal["completed", "failed", "skipped", "blocked", "cancelled", "waiting"] = "completed"


class ExpectedQuestion(_Strict):
    tool: str
    status: Literal["pending", "approved", "refused", "expired", "withdrawn"]


class Expected(_Strict):
    """What must be true of the task's last run and its tree.

    used_up: the budget of which nothing is left. spent: exactly that. subtasks: all of the tree, in any order. done:
    how often each action was carried out (null: as often as it likes); one that is not named never. asked: all
    questions, in their order. result_has: stands in the result. told: how many messages about results the person got.
    """

    status: Literal["completed", "failed", "waiting", "cancelled"]
    used_up: Literal["subtasks", "entries", "calls", "tokens", "cost"] | None = None
    spent: dict[str, int] = {}
    subtasks: tuple[ExpectedSubtask, ...] | None = None
    plan: tuple[str, ...] | None = None
    done: dict[str, int | None] = {}
    asked: tuple[ExpectedQuestion, ...] = ()
    result_has: tuple[str, ...] = ()
    told: int | None = None


class TaskCase(_Strict):
    """One AI task from its making to its end. now: where the clock stands at first.

    answers: what the world answers: of `http` by URL, of other actions always the same; `{error: TEXT}` is a failure.
    tokens: what each answer of the model takes, in and out.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    tags: tuple[str, ...] = ()
    now: AwareDatetime
    zone: str
    task: AiTask
    answers: dict[str, dict[str, Any]] = {}
    script: tuple[Line, ...]
    tokens: tuple[int, int] = (100, 20)
    moves: tuple[Move, ...] = ()
    expect: Expected
    note: str = ""

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        limits = limits_of(self.task.payload.get("budget", {}))
        unknown = [name for name in self.expect.spent if not hasattr(limits, name)]
        if unknown:
            raise ValueError(f"there is no budget {unknown[0]!r}")
        return self

    @property
    def digest(self) -> str:
        """Changes with whatever decides whether the case passes; tags and notes do not."""
        return digest_of(self)
