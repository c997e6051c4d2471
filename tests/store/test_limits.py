import math
from typing import Any

import pytest

from croncierge.errors import InvalidInput
from store import limits


@pytest.mark.parametrize("title", ["call mom 🎉", "להתקשר לאמא", "👩‍👩‍👧 dinner", "naïve café", "x" * 200])
def test_a_title_in_any_script_stays_as_it_is(title: str) -> None:
    assert limits.one_line("title", title, limits.TITLE) == title


def test_a_title_is_put_on_one_line() -> None:
    assert limits.one_line("title", "  call\n\tmom  ", limits.TITLE) == "call mom"


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("x" * 201, "201 characters"),
        ("a\x00b", "U+0000"),
        ("a\x1b[31m", "U+001B"),
        ("\ud83d", "U+D83D"),
    ],
)
def test_a_title_that_cannot_be_is_refused_with_the_reason(title: str, says: str) -> None:
    with pytest.raises(InvalidInput, match="title") as refused:
        limits.one_line("title", title, limits.TITLE)
    assert says in refused.value.message
    assert refused.value.field == "title"


@pytest.mark.parametrize("value", [0.5, 11, math.nan, math.inf])
def test_a_number_out_of_its_range_is_refused_with_the_range(value: float) -> None:
    with pytest.raises(InvalidInput, match="from 1 to 10"):
        limits.number("max_retries", value, 1, 10)


@pytest.mark.parametrize("payload", [{"at": object()}, {"x": math.nan}, {"x": "y" * 100_001}])
def test_a_payload_that_is_no_small_json_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="action_payload"):
        limits.payload(payload)
