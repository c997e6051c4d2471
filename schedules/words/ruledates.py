"""The first date of a rule, to count from."""

from datetime import datetime, time

from dateutil.rrule import rrulestr


def first_after(lines: list[str], earliest: datetime) -> datetime | None:
    """The first local moment after `earliest` that the lines name when each of their units counts.

    Intervals are left out: "every third month on the 4th" starts with the next 4th.
    """
    found: list[datetime] = []
    for line in lines:
        if line.startswith("RDATE:"):
            moments = (datetime.strptime(each, "%Y%m%dT%H%M%S") for each in line[6:].split(","))  # noqa: DTZ007
            found += [each for each in moments if each > earliest][:1]
            continue
        parts = [part for part in line.removeprefix("RRULE:").split(";") if not part.startswith("INTERVAL=")]
        rule = rrulestr(";".join(parts), dtstart=datetime.combine(earliest.date(), time()))
        first = rule.after(earliest)
        if first is not None:
            found.append(first)
    return min(found, default=None)
