"""Random schedules of every kind, as hypothesis strategies: what people ask for, in one zone, from one moment on."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from hypothesis import strategies as st

from schedules.schedule import Cron, Interval, Once, Rule, Schedule

ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
_LOCAL = NOW.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def _some(low: int, high: int, most: int) -> st.SearchStrategy[str]:
    return st.sets(st.integers(low, high), min_size=1, max_size=most).map(
        lambda values: ",".join(map(str, sorted(values)))
    )


_TIMES = st.one_of(
    st.tuples(st.sampled_from(["0", "30", "5,35", "17", "0,15,45"]), _some(3, 23, 2)),
    st.tuples(st.sampled_from(["*/15", "*/20", "0", "30"]), st.sampled_from(["9-17", "8-12", "4-23"])),
    st.sampled_from([("0", "*"), ("*/15", "*"), ("0", "*/2"), ("17", "*"), ("0", "*/6"), ("*/5", "*")]),
)
_WEEKDAYS = st.one_of(st.sampled_from(["1-5", "0,6", "mon-thu", "fri-sun", "6-7"]), _some(0, 6, 4))
_DAYS = st.one_of(
    st.just(("*", "*", "*")),
    st.tuples(st.just("*"), st.one_of(st.just("*"), _some(1, 12, 3)), _WEEKDAYS),
    st.tuples(_some(1, 31, 3), st.just("*"), st.just("*")),
    st.tuples(_some(1, 28, 3), _some(1, 12, 4), st.just("*")),
    st.tuples(_some(1, 28, 2), st.just("*"), _WEEKDAYS),
    st.tuples(st.just("L"), st.just("*"), st.just("*")),
    st.tuples(st.integers(1, 28).map("{}W".format), st.just("*"), st.just("*")),
    st.tuples(st.just("*"), st.just("*"), st.builds("{}#{}".format, st.integers(0, 6), st.integers(1, 4))),
    st.tuples(st.just("*"), st.just("*"), st.builds("L{}".format, st.integers(0, 6))),
)
crons: st.SearchStrategy[Schedule] = st.builds(
    lambda times, days: Cron(zone=ZONE, expression=" ".join((*times, *days))), _TIMES, _DAYS
)

_STEPS = st.sampled_from(["", "", ";INTERVAL=2", ";INTERVAL=3", ";INTERVAL=5"])
_WHICH = st.one_of(
    st.integers(1, 28).map("BYMONTHDAY={}".format),
    st.integers(-3, -1).map("BYMONTHDAY={}".format),
    st.builds("BYDAY={}{}".format, st.sampled_from([1, 2, 3, 4, -1, -2]), st.sampled_from(_CODES)),
    st.sampled_from([1, 2, -1, -2]).map("BYDAY=MO,TU,WE,TH,FR;BYSETPOS={}".format),
    st.sampled_from(["1,-1", "2"]).map("BYDAY=MO,TH;BYSETPOS={}".format),
    _some(1, 28, 3).map("BYMONTHDAY={}".format),
    st.builds("BYMONTHDAY=13,14,15,16;BYDAY={}".format, st.sampled_from(_CODES)),
)
_MONTHS = _some(1, 12, 3)
_DAY_RULES = st.one_of(
    _STEPS.map("FREQ=DAILY{}".format),
    st.builds(
        lambda step, days: f"FREQ=WEEKLY{step};BYDAY={','.join(sorted(days, key=_CODES.index))}",
        _STEPS,
        st.sets(st.sampled_from(_CODES), min_size=1, max_size=3),
    ),
    st.builds("FREQ=MONTHLY{};{}".format, _STEPS, _WHICH),
    st.builds("FREQ=MONTHLY;BYMONTH={};{}".format, _MONTHS, _WHICH),
    st.builds("FREQ=YEARLY{};BYMONTH={};{}".format, st.sampled_from(["", ";INTERVAL=2"]), _MONTHS, _WHICH),
    st.builds("FREQ=DAILY{};BYMONTH={}".format, _STEPS, _MONTHS),
    _some(-3, 366, 2).filter(lambda days: "0" not in days.split(",")).map("FREQ=YEARLY;BYYEARDAY={}".format),
    st.builds("FREQ=YEARLY;BYWEEKNO={};BYDAY={}".format, st.integers(1, 52), st.sampled_from(_CODES)),
)


def _rule(days: str, clocks: set[tuple[int, int]]) -> Schedule:
    lines = [f"RRULE:{days};BYHOUR={hour};BYMINUTE={minute};BYSECOND=0" for hour, minute in sorted(clocks)]
    firsts = []
    for line in lines:
        every_one = ";".join(part for part in line.split(";") if not part.startswith("INTERVAL"))
        firsts.append(next(iter(rrulestr(every_one, dtstart=_LOCAL + timedelta(seconds=1)))))
    return Rule(zone=ZONE, text="\n".join(lines), dtstart=min(firsts))


rules: st.SearchStrategy[Schedule] = st.builds(
    _rule,
    _DAY_RULES,
    st.sets(st.tuples(st.integers(6, 23), st.sampled_from([0, 15, 30])), min_size=1, max_size=2),
)
_days_ahead = st.tuples(st.integers(1, 900), st.sampled_from([8, 10, 17]), st.sampled_from([0, 30]))


def _dates(moments: set[tuple[int, int, int]], left_out: bool) -> Schedule:
    walls = sorted(
        datetime.combine(_LOCAL.date() + timedelta(days=days), time(hour, minute)) for days, hour, minute in moments
    )
    lines = [f"RDATE:{','.join(f'{wall:%Y%m%dT%H%M%S}' for wall in walls)}"]
    if left_out:
        walls = [datetime.combine(_LOCAL.date(), time(hour, minute)) for _, hour, minute in sorted(moments)]
        lines = [f"RRULE:FREQ=DAILY;INTERVAL=3\nEXDATE:{walls[0] + timedelta(days=3):%Y%m%dT%H%M%S}"]
    return Rule(zone=ZONE, text="\n".join(lines), dtstart=walls[0])


dates: st.SearchStrategy[Schedule] = st.builds(_dates, st.sets(_days_ahead, min_size=1, max_size=4), st.booleans())
rhythms: st.SearchStrategy[Schedule] = st.builds(
    lambda frequency, step, days, minute: Rule(
        zone=ZONE,
        text=f"RRULE:FREQ={frequency};INTERVAL={step}{days}",
        dtstart=_LOCAL.replace(minute=minute) + timedelta(hours=2),
    ),
    st.sampled_from(["HOURLY", "MINUTELY"]),
    st.sampled_from([1, 2, 5, 90]),
    st.sampled_from(["", ";BYDAY=MO,WE", ";BYMONTH=2", ";BYHOUR=9,10", ";BYMONTHDAY=3"]),
    st.sampled_from([0, 20]),
)
intervals: st.SearchStrategy[Schedule] = st.sampled_from([1, 20, 60, 90, 300, 2700, 3600, 7200, 86_400, 129_600]).map(
    lambda seconds: Interval(zone=ZONE, every=timedelta(seconds=seconds), anchor=NOW)
)
moments: st.SearchStrategy[Schedule] = st.integers(2, 600_000).map(
    lambda minutes: Once(zone=ZONE, at=NOW + timedelta(minutes=minutes))
)
_bounds = st.fixed_dictionaries(
    {},
    optional={
        "start": st.integers(24, 2000).map(lambda hours: NOW + timedelta(hours=hours)),
        "until": st.integers(9000, 20_000).map(lambda hours: NOW + timedelta(hours=hours)),
        "max_runs": st.integers(2, 40),
        "except_dates": st.frozensets(
            st.integers(0, 200).map(lambda days: date(2026, 12, 1) + timedelta(days=days)), max_size=2
        ),
    },
)


def bounded(schedules: st.SearchStrategy[Schedule]) -> st.SearchStrategy[Schedule]:
    """The same with a start, an end, a number of runs and exceptions, each of them now and then."""

    def together(schedule: Schedule, bounds: dict[str, Any]) -> Schedule:
        if "start" not in bounds:  # a number of runs counts from a start
            bounds.pop("max_runs", None)
        return replace(schedule, **bounds)

    return st.builds(together, schedules, _bounds)
