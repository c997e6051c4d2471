"""Cron against two oracles: cronsim, which follows Debian's manual where clocks change by whole hours, and a scan of
every minute, for zones where cronsim slips.

The one disagreement with cronsim is Lord Howe, whose clocks change by half an hour: cronsim steps by whole hours there
and passes over minutes that match (`* 6 3 4 *` begins at 06:30 on 3 April 2016, although 06:00 exists and matches).
"""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import given, settings
from hypothesis import strategies as st

from croncierge.errors import InvalidInput
from schedules.cron import fires_after, normalise, walls_on

_WHOLE_HOURS = ["UTC", "America/New_York", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Chatham", "Africa/Casablanca"]


def _fires(expression: str, zone: str, moment: datetime, count: int) -> list[datetime]:
    return list(islice(fires_after(normalise(expression), ZoneInfo(zone), moment), count))


def _field(rnd: random.Random, low: int, high: int) -> str:
    def single() -> str:
        return str(rnd.randint(low, high))

    def span() -> str:
        first = rnd.randint(low, high - 1)
        last = rnd.randint(first + 1, high)
        return f"{first}-{last}" + (f"/{rnd.randint(1, 5)}" if rnd.random() < 0.3 else "")

    shapes: list[tuple[int, Callable[[], str]]] = [
        (9, lambda: "*"),
        (2, lambda: f"*/{rnd.randint(1, (high - low) // 2 + 1)}"),
        (4, single),
        (3, lambda: ",".join(single() for _ in range(rnd.randint(2, 4)))),
        (2, span),
        (1, lambda: f"{span()},{single()}"),
    ]
    return rnd.choices([shape for _, shape in shapes], [weight for weight, _ in shapes])[0]()


def _expression(rnd: random.Random) -> str:
    fields = [_field(rnd, low, high) for low, high in ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))]
    if rnd.random() < 0.1:
        fields[2:] = [rnd.choice(["*", "L"]), fields[3], "*"]
    elif rnd.random() < 0.1:
        fields[4] = f"{rnd.randint(0, 6)}#{rnd.randint(1, 5)}"
    return " ".join(fields)


@pytest.mark.parametrize("zone", _WHOLE_HOURS)
def test_thousands_of_random_expressions_agree_with_debians_rules(zone: str) -> None:
    rnd = random.Random(zone)
    for _ in range(500):
        expression = _expression(rnd)
        moment = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=rnd.randrange(14 * 366 * 1440))
        try:
            oracle = CronSim(expression, moment.astimezone(ZoneInfo(zone)))
            expected = [each.astimezone(UTC) for each in islice(oracle, 25)]
        except CronSimError:
            expected = []
        if expected:
            assert _fires(expression, zone, moment, 25) == expected, (expression, moment)
        else:
            with pytest.raises(InvalidInput, match="never comes true"):
                normalise(expression)


def _scan(expression: str, zone: str, start: datetime, end: datetime) -> list[datetime]:
    """Every minute of two days held against the rules: a wildcard time fires whenever the clock shows it; a fixed one
    once, the first time, or right after the gap that swallowed it."""
    here = ZoneInfo(zone)
    first = start.astimezone(here).date()
    walls = {wall for days in range(2) for wall in walls_on(normalise(expression), first + timedelta(days=days))}
    wildcard = any(field.startswith("*") for field in expression.split()[:2])
    fires, seen, due = [], set(), sorted(walls)
    for minute in range(int((end - start) / timedelta(minutes=1))):
        instant = start + timedelta(minutes=minute)
        wall = instant.astimezone(here).replace(tzinfo=None)
        if wildcard:
            if wall in walls:
                fires.append(instant)
            continue
        passed = [each for each in due if each <= wall and each not in seen]
        seen.update(passed)
        if passed:
            fires.append(instant)
    return fires


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Australia/Lord_Howe", date(2026, 4, 4)),
        ("Australia/Lord_Howe", date(2026, 10, 3)),
        ("Europe/Berlin", date(2026, 3, 28)),
        ("Europe/Berlin", date(2026, 10, 24)),
        ("America/Sao_Paulo", date(2018, 11, 3)),
        ("America/Sao_Paulo", date(2018, 2, 17)),
        ("Pacific/Chatham", date(2026, 9, 26)),
        ("Asia/Beirut", date(2026, 3, 28)),
        ("Africa/Cairo", date(2026, 4, 23)),
    ],
)
def test_days_of_change_agree_with_a_scan_of_every_minute(zone: str, first: date) -> None:
    rnd = random.Random(f"{zone}{first}")
    start, end = (
        datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for day in (first, first + timedelta(days=2))
    )
    for _ in range(25):
        minute, hour = _field(rnd, 0, 59), _field(rnd, 0, 4)
        expression = f"{minute} {hour} * * *"
        expected = _scan(expression, zone, start, end)
        got = _fires(expression, zone, start - timedelta(minutes=1), len(expected) + 1)
        assert [each for each in got if each < end] == expected, expression


@pytest.mark.parametrize(
    ("expression", "day", "hours"),
    [
        ("30 2 * * *", "2026-03-29", ["03:00"]),
        ("30 2 * * *", "2026-10-25", ["02:30"]),
        ("*/30 2 * * *", "2026-03-29", []),
        ("*/30 2 * * *", "2026-10-25", ["02:00", "02:30", "02:00", "02:30"]),
        ("15 1-3 * * *", "2026-03-29", ["01:15", "03:00", "03:15"]),
        ("15 1-3 * * *", "2026-10-25", ["01:15", "02:15", "03:15"]),
        ("0 */2 * * *", "2026-03-29", [f"{hour:02}:00" for hour in range(0, 24, 2) if hour != 2]),
        ("0 0 * * *", "2026-03-29", ["00:00"]),
    ],
)
def test_berlin_follows_the_manual_on_the_days_of_change(expression: str, day: str, hours: list[str]) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    fires = _fires(expression, "Europe/Berlin", midnight - timedelta(seconds=1), 30)
    local = [fire.astimezone(midnight.tzinfo) for fire in fires]
    assert [f"{fire:%H:%M}" for fire in local if fire.date() == midnight.date()] == hours


@pytest.mark.parametrize(
    ("given_", "normal"),
    [
        ("  0   9 * *\t1 ", "0 9 * * 1"),
        ("@daily", "0 0 * * *"),
        ("0 9 ? * MON-FRI", "0 9 * * MON-FRI"),
        ("0 9-9 * 7-7 *", "0 9 * 7 *"),
        ("0 9-9/4 * * *", "0 9 * * *"),
        ("0 9 * * 5L", "0 9 * * L5"),
    ],
)
def test_an_expression_gets_one_form(given_: str, normal: str) -> None:
    assert normalise(given_) == normal


@pytest.mark.parametrize(
    ("expression", "dates"),
    [
        ("0 9 L * *", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("0 9 * * L5", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("0 9 * * 5#3", ["2026-01-16", "2026-02-20", "2026-03-20"]),
        ("0 9 * * 1#5", ["2026-03-30", "2026-06-29", "2026-08-31"]),
        ("0 9 15W * *", ["2026-01-15", "2026-02-16", "2026-03-16"]),
        ("0 9 1W * *", ["2026-01-01", "2026-02-02", "2026-03-02"]),
        ("0 9 13 * 5", ["2026-01-02", "2026-01-09", "2026-01-13"]),
        ("0 9 */2 * 0", ["2026-01-11", "2026-01-25", "2026-02-01"]),
        ("0 9 29 2 1", ["2026-02-02", "2026-02-09", "2026-02-16"]),
        ("0 9 29 2 */7", ["2032-02-29", "2060-02-29", "2088-02-29"]),
        ("0 9 * * 7", ["2026-01-04", "2026-01-11", "2026-01-18"]),
        ("0 9 * * fri-sun", ["2026-01-02", "2026-01-03", "2026-01-04"]),
        ("0 9 1 nov-feb *", ["2026-01-01", "2026-02-01", "2026-11-01"]),
    ],
)
def test_days_of_month_and_week_are_read_as_unix_does(expression: str, dates: list[str]) -> None:
    fires = _fires(expression, "UTC", datetime(2025, 12, 31, 12, tzinfo=UTC), 3)
    assert [fire.date().isoformat() for fire in fires] == dates


@pytest.mark.parametrize(
    ("expression", "faults"),
    [
        ("61 9 * * 9", ["minute '61' is not one of 0-59", "weekday '9' is not one of 0-7 or sun-sat"]),
        (
            "60 24 32 13 8",
            [
                "minute '60'",
                "hour '24'",
                "day of month '32'",
                "month '13' is not one of 1-12 or jan-dec",
                "weekday '8'",
            ],
        ),
        ("*/0 9 * * *", ["minute '*/0' needs a step of 1 or more"]),
        ("5- 9 * * *", ["minute '5-'"]),
        ("0 9 * * 5#6", ["weekday '5#6' is no weekday of a month; the third Friday is 5#3"]),
        ("0 9 * * 1,5#3", ["mixes weekdays of the month with plain ones"]),
        ("0 9 15W,1 * *", ["mixes W with other days"]),
        ("0 9 * foo *", ["month 'foo'"]),
        ("0 9 H R *", ["day of month 'h'", "month 'r'"]),
        ("0 9 * *", ["has 4 fields; write five"]),
        ("@reboot", ["has 1 field; write five"]),
        ("0 0 9 * * *", ["has 6 fields"]),
        ("", ["has 0 fields"]),
        ("0 0 30 2 *", ["never comes true"]),
        ("0 0 31 4,6,9,11 *", ["never comes true"]),
        ("0 9 ² * *", ["day of month '²'"]),
    ],
)
def test_a_faulty_expression_is_refused_in_one_sentence_that_names_every_fault(
    expression: str, faults: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        normalise(expression)
    assert all(fault in refusal.value.message for fault in faults), refusal.value.message
    assert refusal.value.message.endswith(".")
    assert refusal.value.field == "cron"


@settings(max_examples=200)
@given(
    st.one_of(st.text(max_size=40), st.from_regex(r"[0-9*/,#LW?a-z-]{1,5}( [0-9*/,#LW?a-z-]{1,5}){4}", fullmatch=True))
)
def test_whatever_is_written_is_either_a_schedule_or_refused(text: str) -> None:
    try:
        normal = normalise(text)
    except InvalidInput:
        return
    assert normalise(normal) == normal
    assert _fires(normal, "UTC", datetime(2026, 1, 1, tzinfo=UTC), 1)


def test_a_huge_expression_is_refused_with_a_short_sentence() -> None:
    with pytest.raises(InvalidInput) as refusal:
        normalise("9 " * 50_000)
    assert len(refusal.value.message) < 300
