"""Schedules that were written out, as a cron line or as a recurrence rule, with the bounds said around them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from schedules.reading import Preferences
from schedules.rules import check_rule
from schedules.schedule import Cron, Rule
from schedules.words.clocktimes import usual
from schedules.words.exceptions import left_out
from schedules.words.frame import Frame
from schedules.words.limits import bounds_of
from schedules.words.pattern import pattern_of
from schedules.words.pieces import Clock
from schedules.words.places import Puzzling, Viewpoint
from schedules.words.verbatim import RuleText


def of_cron(expression: str, frame: Frame, now: datetime, zone: str, preferences: Preferences) -> Cron:
    """A cron line written out, with the bounds and exceptions said around it. Raises Puzzling."""
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    view = Viewpoint(now=local, day_first=preferences.day_first)
    bounds = bounds_of(frame, pattern_of(frame), view, now, zone, preferences)
    return Cron(
        zone=zone,
        expression=expression,
        start=bounds.start if bounds.start is not None and bounds.start > now else None,
        until=bounds.until,
        max_runs=frame.count.times if frame.count is not None else None,
        except_dates=left_out(frame.excepts, view).dates,
    )


def of_rule_text(written: RuleText, frame: Frame, now: datetime, zone: str, preferences: Preferences) -> Rule:
    """A recurrence rule written out, with the bounds and exceptions said around it; it begins now unless it says when.

    Raises Puzzling.
    """
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if written.start is not None:
        dtstart = datetime.fromisoformat(written.start)
    else:
        clocks = [usual(clock) for clock in frame.clocks if isinstance(clock, Clock)]
        at = clocks[0] if clocks else preferences.default_time
        dtstart = datetime.combine(local.date(), at)
    view = Viewpoint(now=local, day_first=preferences.day_first)
    bounds = bounds_of(frame, pattern_of(frame), view, now, zone, preferences)
    rule = Rule(
        zone=zone,
        text="\n".join(written.lines),
        dtstart=dtstart,
        start=bounds.start if bounds.start is not None and bounds.start > now else None,
        until=bounds.until,
        max_runs=frame.count.times if frame.count is not None else None,
        except_dates=left_out(frame.excepts, view).dates,
    )
    try:
        check_rule(rule)
    except ValueError as error:
        raise Puzzling(f"That rule cannot be: {error}. How should it repeat?") from error
    return rule
