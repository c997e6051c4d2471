"""Rows, nothing else. One module per group of tables; importing this package registers all of them."""

from store.tables.ai import AiRun, Approval, Budget, Subtask, Usage
from store.tables.audit import AuditEntry
from store.tables.delivery import Delivery
from store.tables.event import Event, EventTrigger
from store.tables.run import Heartbeat, PrunedRuns, Pruning, Run, RunTransition, Transcript
from store.tables.task import Dependency, Task, TaskPermission, Workflow
from store.tables.user import Fact, Identity, User, UserPreferences

__all__ = [
    "AiRun",
    "Approval",
    "AuditEntry",
    "Budget",
    "Delivery",
    "Dependency",
    "Event",
    "EventTrigger",
    "Fact",
    "Heartbeat",
    "Identity",
    "PrunedRuns",
    "Pruning",
    "Run",
    "RunTransition",
    "Subtask",
    "Task",
    "TaskPermission",
    "Transcript",
    "Usage",
    "User",
    "UserPreferences",
    "Workflow",
]
