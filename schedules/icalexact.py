"""A schedule as one line of text that no calendar program folds, escapes or rearranges: JSON in base 64."""

import base64
import json
from datetime import date, datetime, timedelta
from typing import Any

from schedules.schedule import Cron, Interval, Once, Rule, Schedule

_MICROSECOND = timedelta(microseconds=1)


def packed(schedule: Schedule, after: datetime) -> str:
    """All of the schedule, and the moment that it was written out for."""
    own: dict[str, object]
    match schedule:
        case Cron():
            own = {"cron": schedule.expression}
        case Interval():
            own = {"every": schedule.every // _MICROSECOND, "anchor": schedule.anchor.isoformat()}
        case Rule():
            own = {"rule": schedule.text, "dtstart": schedule.dtstart.isoformat()}
        case Once():
            own = {"at": schedule.at.isoformat()}
    shared = {
        "zone": schedule.zone,
        "start": schedule.start.isoformat() if schedule.start else None,
        "until": schedule.until.isoformat() if schedule.until else None,
        "max_runs": schedule.max_runs,
        "except": sorted(day.isoformat() for day in schedule.except_dates),
    }
    text = json.dumps({"after": after.isoformat(), **own, **{key: value for key, value in shared.items() if value}})
    return base64.urlsafe_b64encode(text.encode()).decode()


def unpacked(text: str) -> tuple[Schedule, datetime]:
    """What `packed` put in. Raises ValueError, KeyError or TypeError for anything else."""
    data = json.loads(base64.urlsafe_b64decode(text))
    return _from_json(data), datetime.fromisoformat(data["after"])


def _from_json(data: dict[str, Any]) -> Schedule:
    shared: dict[str, Any] = {
        "zone": data["zone"],
        "start": datetime.fromisoformat(data["start"]) if "start" in data else None,
        "until": datetime.fromisoformat(data["until"]) if "until" in data else None,
        "max_runs": data.get("max_runs"),
        "except_dates": frozenset(map(date.fromisoformat, data.get("except", ()))),
    }
    if "cron" in data:
        return Cron(expression=data["cron"], **shared)
    if "every" in data:
        return Interval(every=data["every"] * _MICROSECOND, anchor=datetime.fromisoformat(data["anchor"]), **shared)
    if "rule" in data:
        return Rule(text=data["rule"], dtstart=datetime.fromisoformat(data["dtstart"]), **shared)
    return Once(at=datetime.fromisoformat(data["at"]), **shared)
