from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.preview import preview
from schedules.schedule import Cron, Interval, Once, Rule, Schedule

_NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _cron(expression: str, zone: str = "Europe/Berlin") -> Cron:
    return Cron(zone=zone, expression=expression)


def _rule(text: str, hour: int, minute: int) -> Rule:
    return Rule(zone="Europe/Berlin", text=text, dtstart=datetime(2026, 1, 1, hour, minute))


def _interval(hours: int) -> Interval:
    return Interval(zone="Europe/Berlin", every=timedelta(hours=hours), anchor=datetime(2026, 1, 1, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("schedule", "notes"),
    [
        (
            _cron("30 2 * * *"),
            [
                "on 29 March 2026 02:30 does not exist; it will run at 03:00",
                "on 25 October 2026 02:30 happens twice; it runs the first time only",
            ],
        ),
        (_cron("0 9 * * *"), []),
        (_cron("30 2 * * 1"), []),
        (_cron("30 2 * * *", "UTC"), []),
        (_cron("30 2 * * *", "America/Sao_Paulo"), []),
        (
            _cron("0,30 2 * * *"),
            [
                "on 29 March 2026 02:00 and 02:30 do not exist; it will run at 03:00",
                "on 25 October 2026 02:00 and 02:30 happen twice; it runs the first time only",
            ],
        ),
        (
            _cron("15,30,45,50 1-3 * * 0"),
            [
                "on 29 March 2026 02:15 to 02:50 do not exist; it will run at 03:00",
                "on 25 October 2026 02:15 to 02:50 happen twice; it runs the first time only",
            ],
        ),
        (
            _cron("0 */2 * * *"),
            [
                "on 29 March 2026 02:00 does not exist and is left out",
                "on 25 October 2026 02:00 happens twice; it runs both times",
            ],
        ),
        (_cron("*/15 * * * *"), []),
        (
            _cron("*/15 2 * * *"),
            [
                "on 29 March 2026 02:00 to 02:45 do not exist and are left out",
                "on 25 October 2026 02:00 to 02:45 happen twice; it runs both times",
            ],
        ),
        (
            _cron("10 2 * * *", "Australia/Lord_Howe"),
            ["on 4 October 2026 02:10 does not exist; it will run at 02:30"],
        ),
        (
            _rule("RRULE:FREQ=DAILY", 2, 30),
            [
                "on 29 March 2026 02:30 does not exist; it will run at 03:00",
                "on 25 October 2026 02:30 happens twice; it runs the first time only",
            ],
        ),
        (
            _rule("RRULE:FREQ=MONTHLY;BYDAY=-1SU;BYHOUR=2;BYMINUTE=0", 0, 0),
            [
                "on 29 March 2026 02:00 does not exist; it will run at 03:00",
                "on 25 October 2026 02:00 happens twice; it runs the first time only",
            ],
        ),
        (
            _interval(24),
            [
                "from 29 March 2026 on it runs at 10:00 instead of 09:00, since it counts elapsed hours",
                "from 25 October 2026 on it runs at 09:00 instead of 10:00, since it counts elapsed hours",
            ],
        ),
        (_interval(5), []),
        (Once(zone="Europe/Berlin", at=datetime(2026, 3, 29, 0, 30, tzinfo=UTC)), []),
    ],
)
def test_a_preview_says_what_daylight_saving_changes_in_the_coming_year(schedule: Schedule, notes: list[str]) -> None:
    assert list(preview(schedule, _NOW).notes) == notes


def test_bounds_silence_what_will_not_happen() -> None:
    until = datetime(2026, 6, 1, tzinfo=UTC)
    bounded = Cron(zone="Europe/Berlin", expression="30 2 * * *", until=until)
    assert list(preview(bounded, _NOW).notes) == ["on 29 March 2026 02:30 does not exist; it will run at 03:00"]
    left_out = Cron(
        zone="Europe/Berlin",
        expression="30 2 * * *",
        except_dates=frozenset({datetime(2026, 3, 29).date()}),
        until=until,
    )
    assert preview(left_out, _NOW).notes == ()
    paced = Cron(zone="Europe/Berlin", expression="*/15 2 * * *", until=datetime(2026, 3, 1, tzinfo=UTC))
    assert preview(paced, _NOW).notes == ()


def test_a_preview_shows_the_next_occurrences_in_the_schedules_zone() -> None:
    shown = preview(_cron("0 9 * * 1"), _NOW, count=2).occurrences
    berlin = ZoneInfo("Europe/Berlin")
    assert shown == (datetime(2026, 1, 5, 9, tzinfo=berlin), datetime(2026, 1, 12, 9, tzinfo=berlin))
    assert {each.tzinfo for each in shown} == {berlin}
