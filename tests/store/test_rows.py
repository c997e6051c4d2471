from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from store.rows import schedule_columns, schedule_of

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
BARE: st.SearchStrategy[Schedule] = st.one_of(
    st.builds(Cron, zone=ZONES, expression=st.sampled_from(["0 9 * * 1", "*/5 * * * *", "0 0 L * *"])),
    st.builds(Interval, zone=ZONES, every=st.timedeltas(timedelta(seconds=1), timedelta(days=900)), anchor=MOMENTS),
    st.builds(Rule, zone=ZONES, text=st.just("RRULE:FREQ=WEEKLY;INTERVAL=2"), dtstart=st.datetimes()),
    st.builds(Once, zone=ZONES, at=MOMENTS),
)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    return replace(
        draw(BARE),
        start=draw(st.none() | MOMENTS),
        until=draw(st.none() | MOMENTS),
        max_runs=draw(st.none() | st.integers(1, 1000)),
        except_dates=draw(st.frozensets(st.dates(date(2000, 1, 1), date(2100, 1, 1)), max_size=3)),
    )


@given(schedules())
def test_every_schedule_comes_back_from_its_columns_as_it_was(schedule: Schedule) -> None:
    assert schedule_of({**schedule_columns(schedule), "timezone": schedule.zone}) == schedule


def test_no_schedule_comes_back_as_none() -> None:
    assert schedule_of({**schedule_columns(None), "timezone": "UTC"}) is None
