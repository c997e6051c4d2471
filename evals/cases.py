"""What a case is: the world it begins in, what is said, and what must be true afterwards. The datasets hold these."""

import hashlib
from datetime import date, datetime
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

Text = str
"""Compared without regard to case, punctuation, articles and possessives."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Matcher(_Strict):
    """What an argument or a title has to be, where several wordings are as good; all that is given has to hold.

    has: these words occur. one_of: it is one of these. task: it names the task of this title, by its number or words.
    """

    has: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    task: str | None = None


Wanted = Matcher | Text | bool | int | None
"""A plain value has to be equal; None stands for "not given, or empty"."""


class PastRun(_Strict):
    """A run that the record has from before. at: wall-clock time in the case's zone."""

    at: datetime
    status: Literal["completed", "failed", "missed", "skipped"]
    error: str | None = None


class StartingTask(_Strict):
    """A task that exists before. when: words, as the person said them. after: titles of tasks it waits for."""

    title: str
    when: str | None = None
    after: tuple[str, ...] = ()
    paused: bool = False
    owner: str = "ann"
    past: tuple[PastRun, ...] = ()


class ExpectedTask(_Strict):
    """A task as it must be stored.

    runs: its next moments, wall-clock in the task's zone or aware; a single one means that there are no more, unless
    `ends` says otherwise; of several it is left open. days: the same where only the day counts. step_seconds: it goes
    on by this pace. after: titles of exactly the tasks it waits for. outcome: which end of those counts.
    """

    title: Matcher | Text | None = None
    runs: tuple[datetime, ...] | None = None
    days: tuple[date, ...] | None = None
    ends: bool | None = None
    step_seconds: float | None = None
    after: tuple[str, ...] | None = None
    outcome: Literal["success", "completion", "failure"] | None = None
    active: bool = True
    zone: str | None = None


class ExpectedCall(_Strict):
    """A call that must be made. tool: any of these. What is not named of its arguments may be anything."""

    tool: str | tuple[str, ...]
    args: dict[str, Wanted] = {}
    answers: Literal["done", "ask", "error"] | None = "done"

    @property
    def tools(self) -> tuple[str, ...]:
        return (self.tool,) if isinstance(self.tool, str) else self.tool


class Turn(_Strict):
    """Something said, and what must be true after it.

    calls: these and no other that changes something, in this order unless `any_order`; looking things up besides is
    free. tasks: all tasks of the person, in any order. no_tool: nothing was called. asks: nothing changed, and the
    person is asked something. unchanged: nothing changed, whatever was said.
    """

    say: str
    calls: tuple[ExpectedCall, ...] | None = None
    any_order: bool = False
    tasks: tuple[ExpectedTask, ...] | None = None
    no_tool: bool = False
    asks: bool = False
    unchanged: bool = False

    @property
    def expects_something(self) -> bool:
        return self.calls is not None or self.tasks is not None or self.no_tool or self.asks or self.unchanged


class Case(_Strict):
    """One conversation. now: where the clock stands all the while. A single turn may be written flat."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    tags: tuple[str, ...] = ()
    now: AwareDatetime
    zone: str
    before: tuple[StartingTask, ...] = ()
    turns: tuple[Turn, ...] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, data: Any) -> Any:
        if isinstance(data, dict) and "say" in data and "turns" not in data:
            turn = {name: value for name, value in data.items() if name in Turn.model_fields}
            return {name: value for name, value in data.items() if name not in turn} | {"turns": [turn]}
        return data

    @model_validator(mode="after")
    def _can_fail(self) -> Self:
        if not self.turns[-1].expects_something:
            raise ValueError("the last turn expects nothing, so the case could not fail")
        known = [task.title for task in self.before]
        for task in self.before:
            unknown = set(task.after) - set(known[: known.index(task.title)])
            if unknown:
                raise ValueError(f"{task.title!r} waits for {sorted(unknown)}, which no task before it is called")
        return self

    @property
    def digest(self) -> str:
        """Changes with whatever decides whether the case passes; tags and notes do not."""
        return digest_of(self)


def digest_of(case: BaseModel) -> str:
    """Of all of a case but its tags and notes."""
    text = case.model_dump_json(exclude={"tags", "note"}, exclude_defaults=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
