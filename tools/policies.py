"""How a task is run, in words: only what is not as usual."""

from dataclasses import fields

from store.values import TaskInfo, TaskSpec

NAMES = (
    "timeout_seconds", "max_retries", "retry_delay_seconds", "retry_backoff", "retry_jitter", "catch_up",
    "catch_up_window_seconds", "overlap", "max_parallel", "on_crash", "jitter_seconds", "quiet_hours",
    "pause_after_failures", "notify_on", "channel",
)  # fmt: skip
"""The policies of a task, by their names in the store."""

_USUAL = {each.name: each.default for each in fields(TaskSpec)}


def in_words(task: TaskInfo) -> str:
    """The policies of a task that are not the usual ones: "overlap queue, max retries 3"; empty when all are usual."""
    unusual = {name: value for name in NAMES if (value := getattr(task, name)) != _USUAL[name]}
    said = [f"{name.removesuffix('_seconds').replace('_', ' ')} {_value(name, each)}" for name, each in unusual.items()]
    return ", ".join(said)


def _value(name: str, value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{text} s" if name.endswith("_seconds") else text
