import locale
from datetime import UTC, date, datetime, timedelta

import pytest

from schedules.describe import describe, describe_moment, describe_with_zone
from schedules.schedule import Cron, Interval, Once, Rule, Schedule

_BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 9 * * 1", "every Monday at 09:00"),
        ("0 9 * * *", "every day at 09:00"),
        ("0 9,17 * * 1-5", "every weekday at 09:00 and 17:00"),
        ("30 8 * * 0,6", "every weekend at 08:30"),
        ("0 9 * * mon,wed,fri", "every Monday, Wednesday and Friday at 09:00"),
        ("0 9 * 1,7 1", "every Monday in January and July at 09:00"),
        ("0 8 1,15 * *", "on the 1st and 15th of every month at 08:00"),
        ("0 8 1,L * *", "on the 1st and last day of every month at 08:00"),
        ("0 9 4 7 *", "every 4 July at 09:00"),
        ("0 9 24 12,1 *", "every 24 January and 24 December at 09:00"),
        ("0 9 L 2 *", "on the last day of every February at 09:00"),
        ("0 9 * * 5#3", "on the third Friday of every month at 09:00"),
        ("0 9 * * 5#1,5#3", "on the first and third Friday of every month at 09:00"),
        ("0 9 * 3,6,9,12 L5", "on the last Friday of every quarter at 09:00"),
        ("0 9 * 3,6 L5", "on the last Friday of every March and June at 09:00"),
        ("* * * * *", "every minute"),
        ("0 * * * *", "every hour on the hour"),
        ("17 * * * *", "every hour at 17 minutes past"),
        ("*/15 * * * *", "every 15 minutes from 00:00 to 23:45"),
        ("*/15 * * * 1-5", "every 15 minutes on weekdays"),
        ("*/15 9-16 * * 1-5", "every 15 minutes from 09:00 to 16:45 on weekdays"),
        ("30 9-17 * * 1,5", "every hour from 09:30 to 17:30 on Mondays and Fridays"),
        ("0 */2 1 * *", "every 2 hours on the 1st of every month"),
        ("0 9 13 * 5", "by cron 0 9 13 * 5"),
        ("0 9 15W * *", "by cron 0 9 15W * *"),
        ("5,20 * * * *", "by cron 5,20 * * * *"),
        ("0 9 */2 * *", "by cron 0 9 */2 * *"),
    ],
)
def test_cron_lines_are_said_as_a_person_would(expression: str, words: str) -> None:
    assert describe(Cron(zone=_BERLIN, expression=expression)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;BYHOUR=17", "every other Thursday at 17:00"),
        ("RRULE:FREQ=WEEKLY", "every Thursday at 09:00"),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "every other week on Monday and Wednesday at 09:00"),
        ("RRULE:FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR", "every 3 weeks on weekdays at 09:00"),
        ("RRULE:FREQ=DAILY;INTERVAL=3", "every 3 days at 09:00"),
        ("RRULE:FREQ=MONTHLY", "on the 26th of every month at 09:00"),
        ("RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "on the last weekday of every month at 09:00"),
        ("RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=-2FR", "on the second-to-last Friday of every other month at 09:00"),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=-3", "on the third-to-last day of every month at 09:00"),
        ("RRULE:FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO", "on the first Monday of every quarter at 09:00"),
        ("RRULE:FREQ=YEARLY", "every 26 November at 09:00"),
        ("RRULE:FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYDAY=-1FR", "every 2 years on the last Friday of May at 09:00"),
        ("RRULE:FREQ=DAILY;BYHOUR=9\nRRULE:FREQ=DAILY;BYHOUR=17;BYMINUTE=30", "every day at 09:00 and 17:30"),
        (
            "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\nRRULE:FREQ=WEEKLY;BYDAY=SA;BYHOUR=10",
            "every weekday at 09:00 and every Saturday at 10:00",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=1\nRRULE:FREQ=MONTHLY;BYMONTHDAY=10\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1",
            "on the 1st, 10th and last day of every month at 09:00",
        ),
        (
            "\n".join(
                f"RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR={hours};BYMINUTE={minute}"
                for minute, hours in ((0, "9,12,15"), (45, "9,12,15"), (30, "10,13,16"), (15, "11,14"))
            ),
            "every 45 minutes from 09:00 to 16:30 on weekdays",
        ),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO;BYSECOND=30", "every Monday at 09:00:30"),
        (
            "RRULE:FREQ=HOURLY;INTERVAL=2;BYDAY=MO",
            "by the rule DTSTART:20261126T090000 RRULE:FREQ=HOURLY;INTERVAL=2;BYDAY=MO",
        ),
        (
            "RDATE:20261124T100000,20261124T120000,20261203T100000",
            "on 24 November 2026 at 10:00 and 12:00 and on 3 December 2026 at 10:00",
        ),
        ("RDATE:20261124T100000,20261203T100000", "on 24 November 2026 and 3 December 2026 at 10:00"),
        ("RRULE:FREQ=DAILY\nEXDATE:20261225T090000", "every day at 09:00 except 25 December 2026"),
        ("RRULE:FREQ=YEARLY;BYEASTER=-2", "by the rule DTSTART:20261126T090000 RRULE:FREQ=YEARLY;BYEASTER=-2"),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "every Friday the 13th at 09:00"),
        (
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=1FR",
            "by the rule DTSTART:20261126T090000 RRULE:FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=1FR",
        ),
        (
            "RRULE:FREQ=HOURLY;BYDAY=MO;BYHOUR=9,10",
            "by the rule DTSTART:20261126T090000 RRULE:FREQ=HOURLY;BYDAY=MO;BYHOUR=9,10",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;BYHOUR=9,17",
            "by the rule DTSTART:20261126T090000 RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;BYHOUR=9,17",
        ),
    ],
)
def test_rules_are_said_as_a_person_would(text: str, words: str) -> None:
    assert describe(Rule(zone=_BERLIN, text=text, dtstart=datetime(2026, 11, 26, 9))) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "every second"),
        (20, "every 20 seconds"),
        (90, "every 90 seconds"),
        (60, "every minute"),
        (2700, "every 45 minutes"),
        (7200, "every 2 hours"),
        (86_400, "every 24 hours"),
        (1.5, "every 1.5 seconds"),
    ],
)
def test_intervals_are_said_in_hours_at_most(seconds: float, words: str) -> None:
    schedule = Interval(zone=_BERLIN, every=timedelta(seconds=seconds), anchor=datetime(2026, 1, 1, tzinfo=UTC))
    assert describe(schedule) == words


_MONDAYS = Cron(zone=_BERLIN, expression="0 9 * * 1")
_HOURS = Interval(zone=_BERLIN, every=timedelta(hours=1), anchor=datetime(2026, 11, 23, 5, 20, tzinfo=UTC))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("schedule", "bounds", "words"),
    [
        (_MONDAYS, {"until": _at("2027-06-30T23:59:59+02:00")}, "every Monday at 09:00 until 30 June 2027"),
        (_MONDAYS, {"until": _at("2027-06-28T08:00:00+02:00")}, "every Monday at 09:00 until 27 June 2027"),
        (_MONDAYS, {"start": _at("2027-01-01T00:00:00+01:00")}, "every Monday at 09:00 starting 4 January 2027"),
        (_MONDAYS, {"max_runs": 10}, "every Monday at 09:00, 10 times"),
        (_MONDAYS, {"max_runs": 1}, "every Monday at 09:00, 1 time"),
        (
            _MONDAYS,
            {
                "except_dates": frozenset({date(2027, 1, 4), date(2026, 12, 28)}),
                "until": _at("2027-03-01T00:00:00+00:00"),
            },
            "every Monday at 09:00 except 28 December 2026 and 4 January 2027 until 28 February 2027",
        ),
        (_HOURS, {"until": _at("2026-11-23T14:00:00+01:00")}, "every hour until 23 November 2026 at 14:00"),
        (
            _HOURS,
            {"start": _at("2026-11-23T07:00:00+01:00"), "max_runs": 3},
            "every hour starting 23 November 2026 at 07:20, 3 times",
        ),
        (
            Cron(zone=_BERLIN, expression="0 9,17 * * *"),
            {"start": _at("2026-11-23T12:00:00+01:00"), "until": _at("2026-11-25T12:00:00+01:00")},
            "every day at 09:00 and 17:00 starting 23 November 2026 at 17:00 until 25 November 2026 at 12:00",
        ),
    ],
)
def test_bounds_are_said_no_more_exactly_than_needed(schedule: Schedule, bounds: dict[str, object], words: str) -> None:
    assert describe(type(schedule)(**{**vars(schedule), **bounds})) == words


def test_a_single_moment_names_its_day_and_year() -> None:
    once = Once(zone=_BERLIN, at=_at("2026-11-30T08:00:00+00:00"))
    assert describe(once) == "on Mon 30 Nov 2026 at 09:00"
    assert describe_with_zone(once) == "on Mon 30 Nov 2026 at 09:00 (Europe/Berlin)"


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ("2026-11-30T08:00:00+00:00", "Mon 30 Nov 09:00"),
        ("2026-11-30T08:00:20+00:00", "Mon 30 Nov 09:00:20"),
        ("2026-12-31T22:59:00+00:00", "Thu 31 Dec 23:59"),
        ("2026-12-31T23:30:00+00:00", "Fri 1 Jan 2027 00:30"),
        ("2025-12-31T23:30:00+00:00", "Thu 1 Jan 00:30"),
    ],
)
def test_a_moment_names_its_year_only_when_it_is_another_one_there(instant: str, words: str) -> None:
    assert describe_moment(_at(instant), _BERLIN, datetime(2026, 1, 1, tzinfo=UTC)) == words


def test_words_are_english_whatever_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    before = locale.setlocale(locale.LC_TIME)
    others = [name for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C") if _available(name)]
    try:
        for name in others:
            locale.setlocale(locale.LC_TIME, name)
            assert describe_moment(_at("2026-12-30T08:00:00+00:00"), _BERLIN, _at("2026-12-01T00:00:00+00:00")) == (
                "Wed 30 Dec 09:00"
            )
    finally:
        locale.setlocale(locale.LC_TIME, before)


def _available(name: str) -> bool:
    try:
        locale.setlocale(locale.LC_TIME, name)
    except locale.Error:
        return False
    return True
