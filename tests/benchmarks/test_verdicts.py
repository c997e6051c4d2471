from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.verdicts import Answer, Verdict, verdict

_NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def _case(kind: str, **expected: object) -> dict[str, Any]:
    return {"kind": kind, "expected": expected, "reference_time": "2026-11-23T09:00:00+00:00", "timezone": "UTC"}


def _answer(kind: str, *days: float) -> Answer:
    return Answer(kind=kind, first=tuple(_NINE + timedelta(days=day) for day in days))


_MINUTE = _case("instant", grain="minute", first=["2026-11-24T09:00:00+00:00"])
_DAY = _case("instant", grain="day", first=["2026-11-24T00:00:00"])
_DAILY = _case("recurrence", grain="day", first=["2026-11-24T00:00:00", "2026-11-25T00:00:00"])
_TWICE = _case("recurrence", grain="day", first=["2026-11-24T00:00:00", "2026-11-25T00:00:00"], complete=True)


@pytest.mark.parametrize(
    ("case", "answer", "expected"),
    [
        (_MINUTE, _answer("instant", 0), Verdict.RIGHT),
        (_MINUTE, _answer("duration", 0), Verdict.RIGHT),
        (_MINUTE, _answer("instant", 0.5), Verdict.WRONG),
        (_MINUTE, _answer("recurrence", 0), Verdict.WRONG),
        (_MINUTE, _answer("none"), Verdict.ABSTAINED),
        (_MINUTE, _answer("clarify"), Verdict.ABSTAINED),
        (_DAY, _answer("instant", 0.4), Verdict.RIGHT),
        (_DAY, _answer("instant", 1), Verdict.WRONG),
        (_DAILY, _answer("recurrence", 0, 1, 2), Verdict.RIGHT),
        (_DAILY, _answer("recurrence", 0, 2), Verdict.WRONG),
        (_DAILY, _answer("instant", 0), Verdict.WRONG),
        (_TWICE, _answer("recurrence", 0, 1), Verdict.RIGHT),
        (_TWICE, _answer("recurrence", 0, 1, 2), Verdict.WRONG),
        (_case("none"), _answer("none"), Verdict.RIGHT),
        (_case("none"), _answer("clarify"), Verdict.RIGHT),
        (_case("none"), _answer("instant", 0), Verdict.WRONG),
        (_case("clarify"), _answer("clarify"), Verdict.RIGHT),
        (_case("clarify"), _answer("none"), Verdict.ABSTAINED),
        (_case("clarify"), _answer("instant", 0), Verdict.WRONG),
        (
            _case("instant", grain="day", first=["2026-11-30T00:00:00"], accept_clarify=True),
            _answer("clarify"),
            Verdict.RIGHT,
        ),
        (_case("duration", seconds=86_400), _answer("duration", 0), Verdict.RIGHT),
        (_case("duration", seconds=86_400), _answer("duration", 1), Verdict.WRONG),
        (_case("recurrence", step={"n": 3, "unit": "days"}), _answer("recurrence", 1, 4, 7), Verdict.RIGHT),
        (_case("recurrence", step={"n": 3, "unit": "days"}), _answer("recurrence", 1, 4, 8), Verdict.WRONG),
        (_case("interval", step={"n": 43_200, "unit": "seconds"}), _answer("interval", -0.5, 0, 0.5), Verdict.RIGHT),
        (_case("interval", step={"n": 43_200, "unit": "seconds"}), _answer("interval", 0, 0.5), Verdict.WRONG),
        (_case("recurrence", step={"n": 1, "unit": "months"}), _answer("recurrence", 1, 31, 62), Verdict.RIGHT),
        (
            _case("instant", grain="window", window=["2026-11-24T06:00:00", "2026-11-24T12:00:00"]),
            _answer("instant", 0),
            Verdict.RIGHT,
        ),
        (
            _case("instant", grain="window", window=["2026-11-24T06:00:00", "2026-11-24T09:00:00"]),
            _answer("instant", 0),
            Verdict.WRONG,
        ),
        (
            _case("instant", grain="day", first=["2026-11-30T00:00:00"], any_of=[["2026-11-24T00:00:00"]]),
            _answer("instant", 0),
            Verdict.RIGHT,
        ),
    ],
)  # fmt: skip
def test_an_answer_is_judged_at_the_grain_of_the_words(case: dict[str, Any], answer: Answer, expected: Verdict) -> None:
    assert verdict(case, answer) is expected
