"""Rows, nothing else. One module per group of tables; importing this package registers all of them."""

from store.tables.audit import AuditEntry
from store.tables.delivery import Delivery
from store.tables.event import Event, EventTrigger
from store.tables.run import Heartbeat, Run, RunTransition, Transcript
from store.tables.task import Dependency, Task, TaskPermission, Workflow
from store.tables.user import Identity, User, UserPreferences

__all__ = [
    "AuditEntry",
    "Delivery",
    "Dependency",
    "Event",
    "EventTrigger",
    "Heartbeat",
    "Identity",
    "Run",
    "RunTransition",
    "Task",
    "TaskPermission",
    "Transcript",
    "User",
    "UserPreferences",
    "Workflow",
]
