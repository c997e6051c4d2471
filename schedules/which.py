"""Which days a schedule happens on, in words: the day part of a cron line, and of a recurrence rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from schedules.cronfields import Fields
from schedules.english import DAYS, MONTHS, listed, nth, ordinal
from schedules.rules import CODES

_MANY = 8  # more days than this are not worth a list
_QUARTERS: dict[tuple[int, ...], int] = {(1, 4, 7, 10): 1, (3, 6, 9, 12): -1}


@dataclass(frozen=True, kw_only=True)
class Which:
    """ "on the" + "first and third Friday" + "of every month", in pieces that can be joined with others of its kind.

    lead: what stands before the days; items: the days; tail: what stands behind them.
    """

    lead: str
    items: tuple[str, ...]
    tail: str = ""

    def phrase(self) -> str:
        """ "every Monday", "on the last day of every month", "every other Thursday in May"."""
        firsts, _, ends = zip(*(item.partition(" ") for item in self.items), strict=True)
        shared = self.lead.endswith("the") and len(set(ends)) == 1 and bool(ends[0])
        return _joined(self.lead, f"{listed(firsts)} {ends[0]}" if shared else listed(self.items), self.tail)

    def within(self) -> str:
        """The same after a rhythm within the day: "on Mondays", "in May"; empty for every day."""
        if self.lead != "every" or not {*DAYS, "day", "weekday", "weekend"}.issuperset(self.items):
            return self.phrase()
        return (
            self.tail if self.items == ("day",) else _joined("on", listed([f"{day}s" for day in self.items]), self.tail)
        )

    def joined(self, other: "Which") -> "Which | None":
        """Both in one, when they differ only in their days."""
        if (self.lead, self.tail) != (other.lead, other.tail):
            return None
        return replace(self, items=tuple(dict.fromkeys((*self.items, *other.items))))


def of_cron(fields: Fields) -> Which | None:
    """None for what only the cron line itself says well."""
    all_days, all_weekdays = len(fields.days) == 31, len(fields.weekdays) == 7
    if fields.nearest_weekday or fields.either_day or not (all_days or all_weekdays):
        return None
    months = () if len(fields.months) == 12 else fields.months
    if all_days:
        if fields.nth:
            named = [(n or -1, (day - 1) % 7) for day, ns in fields.nth for n in sorted(ns, key=lambda n: n or 9)]
            return _nth_weekdays(named, months)
        return _weekly([(day - 1) % 7 for day in fields.weekdays], months)
    return _monthdays([day or -1 for day in fields.days], months)


def of_rule(parts: dict[str, str]) -> Which | None:
    """The day part of a rule whose start has been written into it (BYDAY, BYMONTHDAY, BYMONTH); None when it has too
    much in it for words."""
    step, frequency = int(parts.get("INTERVAL", "1")), parts["FREQ"]
    months = tuple(map(int, parts["BYMONTH"].split(","))) if "BYMONTH" in parts else ()
    monthdays = [int(each) for each in parts["BYMONTHDAY"].split(",")] if "BYMONTHDAY" in parts else []
    days = [(int(each[:-2] or 0), CODES.index(each[-2:])) for each in parts.get("BYDAY", "").split(",") if each]
    positions = [int(each) for each in parts["BYSETPOS"].split(",")] if "BYSETPOS" in parts else []
    if frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        return None
    if {"BYYEARDAY", "BYWEEKNO", "BYEASTER"} & parts.keys():
        return None
    if days and monthdays:
        plain = step == 1 and not (months or positions) and len(days) == len(monthdays) == 1 and not days[0][0]
        name = f"{DAYS[days[0][1]]} the {ordinal(monthdays[0])}"
        return Which(lead="every", items=(name,)) if plain and monthdays[0] > 0 else None
    if positions:
        named = _names_of_set(positions, sorted(day for n, day in days if not n))
        if frequency not in ("MONTHLY", "YEARLY") or not named or len(days) != len({day for _, day in days}):
            return None
        if frequency == "YEARLY" and len(months) != 1:  # counted through all of them together
            return None
        return _of_months(named, frequency, step, months)
    if days and all(n for n, _ in days):
        if frequency not in ("MONTHLY", "YEARLY") or (frequency == "YEARLY" and not months):
            return None
        if step == 1:
            return _nth_weekdays(days, months)
        return _of_months([f"{nth(n)} {DAYS[day]}" for n, day in days], frequency, step, months)
    if any(n for n, _ in days):
        return None
    if days and step > 1:
        if frequency != "WEEKLY" or months or (len(days) > 1 and parts.get("WKST", "MO") != "MO"):
            return None
        return _every_weeks(sorted(day for _, day in days), step)
    if days:
        return _weekly([day for _, day in days], months)
    if monthdays and (step == 1 or frequency == "DAILY"):
        return _monthdays(monthdays, months) if step == 1 else None
    if monthdays:
        if frequency == "YEARLY" and months and min(monthdays) > 0 and len(months) * len(monthdays) <= _MANY:
            return Which(lead=_years(step), items=_dates(monthdays, months))
        return _of_months([_monthday(day) for day in monthdays], frequency, step, months)
    if frequency != "DAILY" or (months and step > 1):
        return None
    if step == 1:
        return _weekly(range(7), months)
    return Which(lead="every other", items=("day",)) if step == 2 else Which(lead=f"every {step}", items=("days",))


def _weekly(days: Sequence[int], months: Sequence[int]) -> Which:
    """Weekdays (Monday is 0)."""
    return Which(lead="every", items=_weekdays(sorted(set(days))), tail=f"in {_months(months)}" if months else "")


def _weekdays(days: Sequence[int]) -> tuple[str, ...]:
    groups = {(0, 1, 2, 3, 4): "weekday", (5, 6): "weekend", (0, 1, 2, 3, 4, 5, 6): "day"}
    name = groups.get(tuple(days))
    return (name,) if name else tuple(DAYS[day] for day in days)


def _every_weeks(days: Sequence[int], step: int) -> Which:
    names = _weekdays(days)
    if step == 2 and len(days) == 1:
        return Which(lead="every other", items=names)
    plural = tuple(f"{name}s" for name in names) if names[0] not in DAYS else names
    return Which(lead="every other week on" if step == 2 else f"every {step} weeks on", items=plural)


def _monthdays(days: Sequence[int], months: Sequence[int]) -> Which | None:
    """Days of the month, -1 is the last one."""
    ordered = sorted(set(days), key=lambda day: day if day > 0 else 100 + day)
    if months and min(ordered) > 0 and len(ordered) * len(months) <= _MANY:
        return Which(lead="every", items=_dates(ordered, months))
    if len(ordered) > _MANY:
        return None
    return Which(lead="on the", items=tuple(map(_monthday, ordered)), tail=f"of every {_months(months) or 'month'}")


def _monthday(day: int) -> str:
    return ordinal(day) if day > 0 else f"{nth(day)} day"


def _nth_weekdays(named: Sequence[tuple[int, int]], months: Sequence[int]) -> Which:
    items = tuple(f"{nth(n)} {DAYS[day]}" for n, day in named)
    sign = _QUARTERS.get(tuple(sorted(months)))
    quarterly = sign is not None and all(n * sign > 0 for n, _ in named)
    return Which(lead="on the", items=items, tail=f"of every {'quarter' if quarterly else _months(months) or 'month'}")


def _of_months(items: Sequence[str], frequency: str, step: int, months: Sequence[int]) -> Which | None:
    if step == 1:
        return Which(lead="on the", items=tuple(items), tail=f"of every {_months(months) or 'month'}")
    if frequency == "MONTHLY" and not months:
        return Which(
            lead="on the", items=tuple(items), tail=f"of every {'other month' if step == 2 else f'{step} months'}"
        )
    if frequency == "YEARLY" and len(months) == 1:
        return Which(lead=f"{_years(step)} the", items=tuple(items), tail=f"of {_months(months)}")
    return None


def _names_of_set(positions: Sequence[int], days: Sequence[int]) -> list[str]:
    """ "last weekday" for a position among Monday to Friday; empty for a set that has no name."""
    names = _weekdays(days)
    known = len(days) == 1 or names[0] in ("weekday", "day")
    return [f"{nth(position)} {names[0]}" for position in positions] if known else []


def _dates(days: Sequence[int], months: Sequence[int]) -> tuple[str, ...]:
    return tuple(f"{day} {MONTHS[month - 1]}" for month in months for day in days)


def _months(months: Sequence[int]) -> str:
    return listed([MONTHS[month - 1] for month in sorted(months)]) if months else ""


def _years(step: int) -> str:
    return f"every {step} years on"


def _joined(*words: str) -> str:
    return " ".join(filter(None, words))
