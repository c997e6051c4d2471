"""Chosen days as cron fields or as the day part of recurrence rules."""

from datetime import date

from schedules.words.festivals import falls_on, yearly_rule
from schedules.words.pattern import Pattern
from schedules.words.pieces import CalendarDay, Nth, Unit
from schedules.words.places import Puzzling

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def cron_days(pattern: Pattern) -> tuple[str, str, str] | None:
    """Day, month and weekday fields, where cron means exactly this."""
    if pattern.n != 1 or pattern.nths or pattern.festivals or pattern.weeks:
        return None
    month = ",".join(str(m) for m in sorted(set(pattern.months))) or "*"
    if pattern.yeardays:
        days = {day for _, day in pattern.yeardays}
        months = {m for m, _ in pattern.yeardays}
        if pattern.months or pattern.weekdays or len(days) * len(months) != len(set(pattern.yeardays)):
            return None
        return ",".join(map(str, sorted(days))), ",".join(map(str, sorted(months))), "*"
    if pattern.weekdays and pattern.monthdays:
        return None
    if pattern.monthdays:
        if pattern.unit not in (Unit.MONTH, Unit.YEAR) and pattern.unit is not Unit.DAY:
            return None
        return ",".join(map(str, sorted(set(pattern.monthdays)))), month, "*"
    if pattern.weekdays and len(set(pattern.weekdays)) < 7:
        return "*", month, _cron_weekdays(pattern.weekdays)
    if pattern.unit in (Unit.DAY, Unit.WEEK) or pattern.weekdays:
        return "*", month, "*"
    return None


def _cron_weekdays(days: list[int]) -> str:
    ordered = sorted(set(days))
    if ordered == [0, 1, 2, 3, 4]:
        return "1-5"
    return ",".join(str(day) for day in sorted((day + 1) % 7 for day in ordered))


def rule_days(pattern: Pattern, today: date) -> list[str]:
    """The day part of the rules; several when one rule cannot say it."""
    interval = f";INTERVAL={pattern.n}" if pattern.n > 1 else ""
    months = f";BYMONTH={','.join(map(str, sorted(set(pattern.months))))}" if pattern.months else ""
    weekdays = f";BYDAY={','.join(_DAYS[day] for day in sorted(set(pattern.weekdays)))}" if pattern.weekdays else ""
    lines: list[str] = []
    for name in pattern.festivals:
        rule = yearly_rule(name)
        if rule is not None:
            lines.append(rule.replace("FREQ=YEARLY", f"FREQ=YEARLY{interval}"))
        else:
            days = [falls_on(name, year) for year in range(today.year, today.year + 10 * pattern.n, pattern.n)]
            lines.append("RDATE:" + ",".join(f"{day:%Y%m%d}" for day in days if day is not None))
    if pattern.weeks:
        weeks = ",".join(map(str, pattern.weeks))
        lines.append(f"FREQ=YEARLY{interval};BYWEEKNO={weeks}{weekdays or ';BYDAY=' + ','.join(_DAYS)}")
        return lines
    if pattern.yeardays:
        lines += [f"FREQ=YEARLY{interval};BYMONTH={m};BYMONTHDAY={d}" for m, d in pattern.yeardays]
    for nth in pattern.nths:
        lines += _nth_rules(nth, pattern, interval, months)
    if pattern.monthdays and not pattern.nths and not pattern.yeardays:
        frequency = "YEARLY" if pattern.unit is Unit.YEAR else "MONTHLY"
        lines.append(f"FREQ={frequency}{interval}{months};BYMONTHDAY={_listed(pattern.monthdays)}{weekdays}")
    elif pattern.monthdays and pattern.nths:
        lines.append(f"FREQ=MONTHLY{interval}{months};BYMONTHDAY={_listed(pattern.monthdays)}")
    if lines:
        return lines
    if pattern.unit is Unit.WEEK:
        return [f"FREQ=WEEKLY{interval}{months}{weekdays}"]
    if pattern.unit is Unit.MONTH:
        return [f"FREQ=MONTHLY{interval}{months}{weekdays}"]
    if pattern.unit is Unit.YEAR:
        return [f"FREQ=YEARLY{interval}{months}{weekdays}"]
    return [f"FREQ=DAILY{interval}{months}{weekdays}"]


def _listed(numbers: list[int]) -> str:
    return ",".join(map(str, sorted(set(numbers))))


def _nth_rules(nth: Nth, pattern: Pattern, interval: str, months: str) -> list[str]:
    """One rule, but where a position would be counted through several months together."""
    if nth.what in (Unit.BUSINESS_DAY, Unit.WEEKEND) and pattern.unit is Unit.YEAR and len(set(pattern.months)) > 1:
        return [_nth_rule(nth, pattern, interval, f";BYMONTH={month}") for month in sorted(set(pattern.months))]
    return [_nth_rule(nth, pattern, interval, months)]


def _nth_rule(nth: Nth, pattern: Pattern, interval: str, months: str) -> str:
    month = months
    if isinstance(nth.of, CalendarDay) and nth.of.month is not None:
        month = f";BYMONTH={nth.of.month}"
    yearly = pattern.unit is Unit.YEAR and not month
    frequency = "YEARLY" if pattern.unit is Unit.YEAR else "MONTHLY"
    head = f"FREQ={frequency}{interval}{month}"
    if isinstance(nth.what, int):
        return f"{head};BYDAY={nth.n}{_DAYS[nth.what]}"
    if nth.what is Unit.BUSINESS_DAY:
        return f"{head};BYDAY=MO,TU,WE,TH,FR;BYSETPOS={nth.n}"
    if nth.what is Unit.DAY:
        return f"{head};BYYEARDAY={nth.n}" if yearly else f"{head};BYMONTHDAY={nth.n}"
    if nth.what is Unit.WEEKEND:
        return f"{head};BYDAY=SA;BYSETPOS={nth.n}"
    raise Puzzling("Which day of that week do you mean?")
