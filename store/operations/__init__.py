"""What can be done with what is remembered. One function is one transaction: permission, rules, change, audit."""

from store.operations.backfill import backfill
from store.operations.clearing import clear_run, run_anyway
from store.operations.control import delete_task, pause_task, resume_task
from store.operations.dependencies import add_dependency, remove_dependency
from store.operations.events import emit_event, list_events
from store.operations.explain import explain
from store.operations.facts import forget, list_facts, remember
from store.operations.health import health
from store.operations.history import get_run, list_runs, run_story
from store.operations.lookup import find_tasks, get_task, list_tasks
from store.operations.preferences import get_preferences, set_preferences
from store.operations.reruns import rerun
from store.operations.runs import cancel_run, run_now
from store.operations.sharing import share_task, unshare_task
from store.operations.stats import stats
from store.operations.tasks import create_task, create_tasks, edit_task
from store.operations.triggers import add_trigger, remove_trigger
from store.operations.undo import undo
from store.operations.users import add_user, disable_user, enable_user, ensure_user, list_users, set_admin

__all__ = [
    "add_dependency",
    "add_trigger",
    "add_user",
    "backfill",
    "cancel_run",
    "clear_run",
    "create_task",
    "create_tasks",
    "delete_task",
    "disable_user",
    "edit_task",
    "emit_event",
    "enable_user",
    "ensure_user",
    "explain",
    "find_tasks",
    "forget",
    "get_preferences",
    "get_run",
    "get_task",
    "health",
    "list_events",
    "list_facts",
    "list_runs",
    "list_tasks",
    "list_users",
    "pause_task",
    "remember",
    "remove_dependency",
    "remove_trigger",
    "rerun",
    "resume_task",
    "run_anyway",
    "run_now",
    "run_story",
    "set_admin",
    "set_preferences",
    "share_task",
    "stats",
    "undo",
    "unshare_task",
]
