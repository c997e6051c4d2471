"""Whether an answer to "when?" is right, at the grain that the words fix.

A case names its `kind` and what is `expected`: `first` moments at a `grain` (`complete` when there are no more of them,
`any_of` for other readings that are as good), a `window` that the moment falls in, the `step` of a pace whose phase is
open, or the `seconds` of a duration.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

_REPEATING = ("recurrence", "interval")


class Verdict(StrEnum):
    """What an answer is worth."""

    RIGHT = "right"  # the right class, and the right moments
    WRONG = "wrong"  # answered, but otherwise
    ABSTAINED = "abstained"  # nothing, or a question, where there was something to schedule


@dataclass(frozen=True, kw_only=True)
class Answer:
    """kind: as in a case, `none` and `clarify` included; first: up to five aware moments."""

    kind: str
    first: tuple[datetime, ...] = ()


def verdict(case: dict[str, Any], answer: Answer) -> Verdict:
    """Judge one answer to one case."""
    silent = answer.kind in ("none", "clarify") or not answer.first
    expected, wanted = case["expected"], case["kind"]
    if wanted == "none":
        return Verdict.RIGHT if silent else Verdict.WRONG
    if wanted == "clarify" or (answer.kind == "clarify" and expected.get("accept_clarify")):
        return Verdict.RIGHT if answer.kind == "clarify" else Verdict.ABSTAINED if silent else Verdict.WRONG
    if silent:
        return Verdict.ABSTAINED
    several = len(expected.get("first", ())) > 1
    repeats = answer.kind in _REPEATING
    if repeats != (wanted in _REPEATING) and not (wanted == "instant" and several):
        return Verdict.WRONG
    return Verdict.RIGHT if _right(case, expected, answer.first) else Verdict.WRONG


def _right(case: dict[str, Any], expected: dict[str, Any], found: Sequence[datetime]) -> bool:
    zone = ZoneInfo(case["timezone"])
    now = _moment(case["reference_time"], zone)
    if "seconds" in expected:
        return abs(found[0] - now - timedelta(seconds=expected["seconds"])) <= timedelta(seconds=1)
    if "step" in expected:
        return _paced(expected["step"], [each.astimezone(zone) for each in found], now.astimezone(zone))
    if expected["grain"] == "window":
        start, end = (_moment(each, zone) for each in expected["window"])
        return start <= found[0] < end
    got = [_rounded(each, expected["grain"], zone) for each in found]
    for moments in (expected["first"], *expected.get("any_of", ())):
        wanted = [_rounded(_moment(each, zone), expected["grain"], zone) for each in moments[:5]]
        if got[: len(wanted)] == wanted and not (expected.get("complete") and len(got) > len(wanted)):
            return True
    return False


def _paced(step: dict[str, Any], found: Sequence[datetime], now: datetime) -> bool:
    """Whether moments on the wall clock keep the pace, and begin within one step."""
    length, count = step["n"], step.get("count")
    if len(found) < min(count or 3, 3) or (count and len(found) != min(count, 5)):
        return False
    if step["unit"] == "seconds":
        pace, minute = timedelta(seconds=length), timedelta(seconds=61)
        gaps = [abs(later.astimezone(UTC) - earlier.astimezone(UTC) - pace) for earlier, later in pairwise(found)]
        return all(gap < timedelta(seconds=1) for gap in gaps) and -minute <= found[0] - now <= pace + minute
    if "time" in step and any(f"{each:%H:%M}" != step["time"] for each in found):
        return False
    if step["unit"] == "days":
        days = [(later.date() - earlier.date()).days for earlier, later in pairwise(found)]
        return set(days) <= {length} and 0 <= (found[0].date() - now.date()).days <= length + 1
    months = [each.year * 12 + each.month for each in found]
    day = max(each.day for each in found)
    return (
        all(later - earlier == length for earlier, later in pairwise(months))
        and 0 <= months[0] - (now.year * 12 + now.month) <= length + 1
        and all(each.day == day or 28 <= each.day < day for each in found)
    )


def _rounded(moment: datetime, grain: str, zone: ZoneInfo) -> date | tuple[int, ...]:
    local = moment.astimezone(zone)
    match grain:
        case "second":
            return moment.astimezone(UTC).replace(microsecond=0)
        case "minute" | "hour":
            return moment.astimezone(UTC).replace(second=0, microsecond=0)
        case "day":
            return local.date()
        case "week":
            return tuple(local.isocalendar()[:2])
        case "month":
            return local.year, local.month
        case "quarter":
            return local.year, (local.month - 1) // 3
    raise ValueError(f"the grain {grain!r} is none of second, minute, hour, day, week, month, quarter, window")


def _moment(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
