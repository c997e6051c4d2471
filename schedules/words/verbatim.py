"""Schedules in the notations of programs, as they stood in the sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RuleText:
    """Lines of a recurrence rule, and its start (YYYYMMDDTHHMMSS, local) where that is written, too."""

    lines: tuple[str, ...]
    start: str | None


@dataclass(frozen=True, kw_only=True)
class CronText:
    """A cron expression written out."""

    expression: str
