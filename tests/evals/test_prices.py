"""What a run costs, as far as it is known."""

from pathlib import Path

import pytest

from croncierge.errors import InvalidInput
from evals.prices import Price, price_of


def test_the_longest_name_that_fits_counts() -> None:
    big, small = price_of("gpt-5"), price_of("openai:gpt-5-mini-2025-08-07")
    assert big is not None
    assert small is not None
    assert 0 < small.input < big.input


def test_the_price_of_an_unknown_model_is_not_guessed() -> None:
    assert price_of("some-local-model") is None
    assert price_of("gpt-55") is None


def test_tokens_in_and_out_are_paid_apart() -> None:
    assert Price(input=2, output=8).of(500_000, 250_000) == 3


def test_another_table_takes_the_place_of_the_one_that_comes_along(tmp_path: Path) -> None:
    table = tmp_path / "p.yaml"
    table.write_text("models:\n  mine: {input: 1, output: 2}\n")
    assert price_of("mine", table) == Price(input=1, output=2)
    assert price_of("gpt-5", table) is None


@pytest.mark.parametrize("text", ["", "models: [1]", "models: {a: {input: x, output: 1}}", ": :"])
def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    table = tmp_path / "p.yaml"
    table.write_text(text)
    with pytest.raises(InvalidInput, match="price table"):
        price_of("mine", table)
