"""What AI runs may spend, what they have made, and what they ask for."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from store.kinds import ApprovalStatus
from store.tables.base import Json, enum_of


class Budget(SQLModel, table=True):
    """What a tree of AI runs may spend and has spent, under the run that began it.

    What is reserved counts as spent until it is settled. Costs are in millionths of a dollar. depth: how many levels
    of AI runs there may be below the first one. steps: of the model in one entry of a run. seconds: from its beginning
    to `deadline`, which moves on while a person is asked.
    """

    __tablename__ = "budgets"

    root_run_id: int = Field(primary_key=True, foreign_key="task_runs.run_id", ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    deadline: datetime
    seconds: int
    depth: int
    steps: int
    subtasks_limit: int
    subtasks_spent: int = 0
    entries_limit: int
    entries_spent: int = 0
    calls_limit: int
    calls_spent: int = 0
    tokens_limit: int
    tokens_spent: int = 0
    cost_limit: int
    cost_spent: int = 0


class Usage(SQLModel, table=True):
    """What all AI runs of a person have spent in a day ("2026-11-23", in UTC) or in a month ("2026-11")."""

    __tablename__ = "ai_usage"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    period: str = Field(primary_key=True, max_length=10)
    tokens: int = 0
    cost: int = 0


class AiRun(SQLModel, table=True):
    """A run that a model carries out. depth: 0 for the first of its tree.

    tainted: whether text from outside was read in it. waits: how often it has waited without news, in a row.
    plan: what it means to do. remembered: whether its conversation with the model is still kept.
    """

    __tablename__ = "ai_runs"
    __table_args__ = (
        sa.Index(
            "ix_ai_runs_remembered",
            "run_id",
            sqlite_where=sa.text("remembered"),
            postgresql_where=sa.text("remembered"),
        ),
    )

    run_id: int = Field(primary_key=True, foreign_key="task_runs.run_id", ondelete="CASCADE")
    root_run_id: int = Field(foreign_key="task_runs.run_id", ondelete="CASCADE", index=True)
    depth: int
    tainted: bool = False
    waits: int = 0
    plan: list[str] = Field(default_factory=list, sa_type=Json)
    remembered: bool = True


class Subtask(SQLModel, table=True):
    """A task that an AI run has made as a part of its own work."""

    __tablename__ = "ai_subtasks"

    task_id: int = Field(primary_key=True, foreign_key="tasks.id", ondelete="CASCADE")
    parent_run_id: int = Field(foreign_key="task_runs.run_id", ondelete="CASCADE", index=True)


class Approval(SQLModel, table=True):
    """One exact call of a tool that a person has to decide about. At most one per call.

    arguments: what the model asked for; edited: what a person made of it. used_at: when it was carried out, which
    happens at most once.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "call_id"),
        sa.Index("ix_approvals_open", "owner_id", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="task_runs.run_id", ondelete="CASCADE")
    call_id: str = Field(max_length=200)
    owner_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    tool: str = Field(max_length=100)
    arguments: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    edited: dict[str, Any] | None = Field(default=None, sa_type=Json)
    why: str
    status: ApprovalStatus = Field(sa_type=enum_of(ApprovalStatus, "status"))
    created_at: datetime
    expires_at: datetime
    decided_by: UUID | None = Field(default=None, foreign_key="users.id")
    decided_at: datetime | None = None
    note: str | None = None
    used_at: datetime | None = None
