"""Whether a schedule can be: the one check before it is stored."""

from datetime import UTC, datetime, timedelta

from croncierge.errors import InvalidInput
from schedules.cron import normalise
from schedules.occurrences import next_after
from schedules.rules import check_rule
from schedules.schedule import Cron, Interval, Rule, Schedule
from schedules.zones import zone

_SHORTEST = timedelta(seconds=1)
_BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)


def check(schedule: Schedule) -> None:
    """Raises InvalidInput for a schedule that is malformed, or that never happens at all."""
    zone(schedule.zone)
    if schedule.max_runs is not None and schedule.max_runs < 1:
        raise InvalidInput(f"The number of runs is {schedule.max_runs}; it must be 1 or more.", field="max_runs")
    if schedule.start and schedule.until and schedule.until < schedule.start:
        raise InvalidInput(
            f"The end {schedule.until:%Y-%m-%d %H:%M} lies before the start {schedule.start:%Y-%m-%d %H:%M}; "
            "give a later end.",
            field="until",
        )
    if isinstance(schedule, Interval) and schedule.every < _SHORTEST:
        raise InvalidInput(
            f"The interval is {schedule.every.total_seconds():g} seconds; the shortest is 1 second.", field="interval"
        )
    if isinstance(schedule, Cron):
        normalise(schedule.expression)
    if isinstance(schedule, Rule):
        _check_rule(schedule)
    first = next_after(schedule, _BEGINNING)
    if first is None:
        raise InvalidInput("The schedule never happens; change its days, its exceptions or its end.", field="schedule")


def _check_rule(rule: Rule) -> None:
    try:
        check_rule(rule)
    except (ValueError, TypeError, ArithmeticError) as error:  # dateutil lets all of these pass through
        shown = rule.text.partition("\n")[0][:80]
        reason = str(error).rstrip(".")
        raise InvalidInput(
            f"The rule {shown!r} cannot be: {reason}; write one like “RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH”.",
            field="rrule",
        ) from error
