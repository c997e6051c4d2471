from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from croncierge.errors import InvalidInput
from store.quiet import accepted_hours, loud_again

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("hours", "moment", "loud"),
    [
        ("22:00-07:00", datetime(2026, 11, 23, 21, 59), datetime(2026, 11, 23, 21, 59)),
        ("22:00-07:00", datetime(2026, 11, 23, 22, 0), datetime(2026, 11, 24, 7, 0)),
        ("22:00-07:00", datetime(2026, 11, 24, 6, 59), datetime(2026, 11, 24, 7, 0)),
        ("22:00-07:00", datetime(2026, 11, 24, 7, 0), datetime(2026, 11, 24, 7, 0)),
        ("12:00-14:00", datetime(2026, 11, 23, 13, 0), datetime(2026, 11, 23, 14, 0)),
        ("12:00-14:00", datetime(2026, 11, 23, 15, 0), datetime(2026, 11, 23, 15, 0)),
        # The end does not exist on the day that the clocks go forward: right after the gap.
        ("22:00-02:30", datetime(2026, 3, 29, 1, 0), datetime(2026, 3, 29, 3, 0)),
    ],
)
def test_quiet_hours_hold_until_their_end(hours: str, moment: datetime, loud: datetime) -> None:
    found = loud_again(hours, moment.replace(tzinfo=BERLIN).astimezone(UTC), "Europe/Berlin")

    assert found == loud.replace(tzinfo=BERLIN)


def test_no_quiet_hours_hold_nothing() -> None:
    moment = datetime(2026, 11, 23, 3, tzinfo=UTC)

    assert loud_again(None, moment, "UTC") == moment


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.times().map(lambda each: f"{each:%H:%M}"),
    st.times().map(lambda each: f"{each:%H:%M}"),
)
def test_nothing_is_held_back_for_longer_than_a_day_and_never_moved_forward(at: datetime, start: str, end: str) -> None:
    assume(start != end)
    moment = at.replace(tzinfo=UTC)

    loud = loud_again(f"{start}-{end}", moment, "Europe/Berlin")

    assert moment <= loud <= moment + timedelta(hours=25)
    assert loud_again(f"{start}-{end}", loud, "Europe/Berlin") == loud or loud.astimezone(BERLIN).fold


@pytest.mark.parametrize("text", ["night", "22-7", "25:00-07:00", "22:00", "07:00-07:00", ""])
def test_what_are_no_hours_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        accepted_hours("quiet_hours", text)

    assert caught.value.field == "quiet_hours"


def test_hours_are_stored_in_one_form() -> None:
    assert accepted_hours("quiet_hours", " 9:30 to 11:00") == "09:30-11:00"
