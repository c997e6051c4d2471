from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from croncierge.errors import InvalidInput
from schedules.zones import find_zone, local_zone, resolve, zone


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("London time", "Europe/London"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("Singapore", "Asia/Singapore"),
        ("CET", "Europe/Berlin"),
        ("EST", "America/New_York"),
        ("Eastern Standard Time", "America/New_York"),
        ("Pacific", "America/Los_Angeles"),
        ("UTC", "UTC"),
        ("GMT+2", "Etc/GMT-2"),
        ("utc -3", "Etc/GMT+3"),
        ("UTC+0", "UTC"),
        ("UTC+14:00", "Etc/GMT-14"),
        ("UTC+5:30", "Asia/Kolkata"),
        ("UTC+15", None),
        ("UTC+1:17", None),
        ("east", None),
        ("nowhere in particular", None),
        ("", None),
    ],
)
def test_people_name_zones_in_many_ways(words: str, name: str | None) -> None:
    assert find_zone(words) == name


@given(st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"})))
def test_every_official_name_is_known_as_it_is(name: str) -> None:
    assert zone(name).key == name


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("berlin", "'Europe/Berlin'"), ("Europe/Berln", "'Europe/Berlin'"), ("PST", "'America/Los_Angeles'")],
)
def test_an_unknown_zone_is_refused_with_the_nearest_names(name: str, suggestion: str) -> None:
    with pytest.raises(InvalidInput, match="unknown; try") as refusal:
        zone(name)
    assert repr(name) in refusal.value.message
    assert suggestion in refusal.value.message


@pytest.mark.parametrize("name", ["", "../etc/passwd", "Europe", "x" * 100_000, "UTC\0", "🕰"])
def test_what_is_no_zone_at_all_gets_one_short_sentence(name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        zone(name)
    assert len(refusal.value.message) < 300
    assert refusal.value.field == "timezone"


@pytest.mark.parametrize(
    ("wall", "name", "instant"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00"),  # the gap ends at 03:00 summer time
        ("2026-03-29T02:00", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),  # the first of the two
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30"),  # half an hour's gap
        ("2018-11-04T00:00", "America/Sao_Paulo", "2018-11-04T03:00"),  # a gap at midnight
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00"),  # a day that never was
        ("2026-07-01T09:00", "Asia/Kathmandu", "2026-07-01T03:15"),
    ],
)
def test_a_wall_time_becomes_an_instant(wall: str, name: str, instant: str) -> None:
    assert resolve(datetime.fromisoformat(wall), name).astimezone(UTC) == datetime.fromisoformat(instant + "+00:00")


@given(
    st.datetimes(min_value=datetime(1975, 1, 1), max_value=datetime(2036, 1, 1)),
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "America/Sao_Paulo"]
    ),
)
@example(datetime(2020, 10, 25, 2, 0), "Europe/Berlin")
@example(datetime(2021, 3, 28, 2, 30), "Europe/Berlin")
def test_a_wall_time_that_exists_is_kept_and_one_that_does_not_moves_forward(wall: datetime, name: str) -> None:
    resolved = resolve(wall, name)
    shown = resolved.astimezone(UTC).astimezone(ZoneInfo(name)).replace(tzinfo=None)
    exists = any(
        (wall.replace(tzinfo=UTC) - offset).astimezone(ZoneInfo(name)).replace(tzinfo=None) == wall
        for offset in {
            (wall.replace(tzinfo=UTC) + timedelta(days=day)).astimezone(ZoneInfo(name)).utcoffset() for day in (-1, 1)
        }
        if offset is not None
    )
    if exists:
        assert shown == wall
    else:
        assert timedelta() < shown - wall <= timedelta(hours=1)
        before = (resolved.astimezone(UTC) - timedelta(seconds=1)).astimezone(ZoneInfo(name))
        assert before.utcoffset() != resolved.utcoffset()


@pytest.mark.parametrize("told", ["Middle/Earth", None])
def test_a_machine_with_a_nonsensical_zone_is_taken_for_utc(monkeypatch: pytest.MonkeyPatch, told: str | None) -> None:
    def name_of_zone() -> str:
        if told is None:
            raise ValueError("a broken /etc/localtime")
        return told

    monkeypatch.setattr("schedules.zones.get_localzone_name", name_of_zone)
    assert local_zone() == "UTC"


def test_the_machine_has_a_zone_that_we_know() -> None:
    assert zone(local_zone()).key == local_zone()
