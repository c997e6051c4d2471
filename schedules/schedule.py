"""The four kinds of schedule, as plain values.

A schedule is what a task stores about *when*. Wall-clock intent is kept together with its IANA zone; instants are
aware. Every kind shares the same bounds (`Bounds`): a first and a last moment, a number of runs, and days left out.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class _Schedule:
    """What all four kinds share.

    zone: IANA name; wall-clock times are meant in it.
    start: no occurrence before this instant (aware), or None.
    until: no occurrence after this instant (aware, inclusive), or None.
    max_runs: how many occurrences there are at most, counted from the first one, or None.
    except_dates: local dates (in `zone`) on which nothing happens.
    """

    zone: str
    start: datetime | None = None
    until: datetime | None = None
    max_runs: int | None = None
    except_dates: frozenset[date] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Cron(_Schedule):
    """Five fields in Unix's order and meaning (0 and 7 are Sunday), with `L` and `#`."""

    expression: str


@dataclass(frozen=True, kw_only=True)
class Interval(_Schedule):
    """Elapsed time counted from an anchor (aware), so that it never drifts. The anchor itself is an occurrence."""

    every: timedelta
    anchor: datetime


@dataclass(frozen=True, kw_only=True)
class Rule(_Schedule):
    """RFC 5545 recurrence on wall-clock time, for what cron cannot say.

    text: lines `RRULE:…` (one or several; their union counts), `RDATE:…` and `EXDATE:…`, separated by newlines, with
    local times without zone; until and count go into the shared bounds, never into the text.
    dtstart: the local wall-clock time (naive, meant in `zone`) that the rule counts from.
    """

    text: str
    dtstart: datetime


@dataclass(frozen=True, kw_only=True)
class Once(_Schedule):
    """One moment (aware)."""

    at: datetime


Schedule = Cron | Interval | Rule | Once
