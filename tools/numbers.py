"""Runs in numbers, for a person and for other programs."""

from datetime import timedelta
from itertools import dropwhile
from typing import Any

from store.operations.stats import Analytics, DayNumbers
from store.phrases import length
from store.values import Stats
from tools.context import Context
from tools.wording import short, table

_MOST_TASKS = 20
_MOST_FAILURES = 10
_WIDTH = 24  # of the longest bar
_BAR = {"completed": "█", "failed": "▒", "others": "·"}


def numbers_view(found: Analytics) -> dict[str, Any]:
    """The numbers as plain JSON; times in seconds, instants in UTC."""
    return {
        **_stats_view(found.numbers),
        "cut": found.cut,
        "tasks": [{"id": each.task_id, "title": each.title, **_stats_view(each.numbers)} for each in found.tasks],
        "days": [
            {"day": each.day.isoformat(), "completed": each.completed, "failed": each.failed, "others": each.others}
            for each in found.days
        ],
        "failures": [
            {"reason": each.reason, "runs": each.runs, "tasks": list(each.tasks), "latest": each.at.isoformat()}
            for each in found.failures
        ],
    }


def numbers_text(found: Analytics, context: Context) -> str:
    """The numbers as Markdown: a sentence, then tables with bars."""
    said = found.numbers.sentence
    parts = [said[:1].upper() + said[1:]]
    if found.cut:
        parts[0] += f" These are only the latest {found.numbers.runs:,} runs."
    if not found.numbers.runs:
        return parts[0]
    rows = [
        (
            each.title,
            f"{each.numbers.runs:,}",
            _rate(each.numbers),
            _length(each.numbers.median_time),
            _length(each.numbers.p95_time),
            _length(each.numbers.p99_time),
        )
        for each in found.tasks[:_MOST_TASKS]
    ]
    parts.append(table(("Task", "Runs", "Succeeded", "Median", "95 %", "99 %"), rows))
    if len(found.tasks) > _MOST_TASKS:
        parts.append(f"… and {len(found.tasks) - _MOST_TASKS} more tasks.")
    most = max(map(_runs, found.days))
    days = [
        (f"{each.day:%a %d %b}", f"{each.completed:,}", f"{each.failed:,}", f"{each.others:,}", _bar(each, most))
        for each in dropwhile(lambda each: not _runs(each), found.days)
    ]
    parts.append(table(("Day", "Completed", "Failed", "Others", "█ completed, ▒ failed, · others"), days))
    failures = [
        (f"{each.runs:,}", each.reason, ", ".join(each.tasks), short(each.at, context))
        for each in found.failures[:_MOST_FAILURES]
    ]
    if failures:
        parts.append(table(("Failures", "Why", "Tasks", "Latest"), failures))
    return "\n\n".join(parts)


def _stats_view(stats: Stats) -> dict[str, Any]:
    def seconds(time: timedelta | None) -> float | None:
        return None if time is None else time.total_seconds()

    return {
        "runs": stats.runs,
        "by_status": {status.value: count for status, count in stats.by_status.items()},
        "success_rate": stats.success_rate,
        "median_seconds": seconds(stats.median_time),
        "p95_seconds": seconds(stats.p95_time),
        "p99_seconds": seconds(stats.p99_time),
    }


def _rate(stats: Stats) -> str:
    if stats.success_rate is None:
        return "—"
    full = round(stats.success_rate * 10)
    return f"{'█' * full}{'░' * (10 - full)} {stats.success_rate:.1%}"


def _length(time: timedelta | None) -> str:
    return "—" if time is None else length(time)


def _runs(day: DayNumbers) -> int:
    return day.completed + day.failed + day.others


def _bar(day: DayNumbers, most: int) -> str:
    """As long as the day's share of the busiest one; what happened at all is seen."""
    counts = {name: getattr(day, name) for name in _BAR}
    return "".join(_BAR[name] * max(round(count / most * _WIDTH), 1) for name, count in counts.items() if count)
