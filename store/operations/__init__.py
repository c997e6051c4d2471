"""What can be done with what is remembered. One function is one transaction: permission, rules, change, audit."""

from store.operations.control import delete_task, pause_task, resume_task
from store.operations.dependencies import add_dependency, remove_dependency
from store.operations.lookup import find_tasks, get_task, list_tasks
from store.operations.sharing import share_task, unshare_task
from store.operations.tasks import create_task, edit_task
from store.operations.undo import undo
from store.operations.users import ensure_user, get_preferences, set_preferences

__all__ = [
    "add_dependency",
    "create_task",
    "delete_task",
    "edit_task",
    "ensure_user",
    "find_tasks",
    "get_preferences",
    "get_task",
    "list_tasks",
    "pause_task",
    "remove_dependency",
    "resume_task",
    "set_preferences",
    "share_task",
    "undo",
    "unshare_task",
]
