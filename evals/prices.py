"""What tokens cost, from a table that can be replaced."""

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from croncierge.errors import InvalidInput

_BUILT_IN = files("evals") / "prices.yaml"


@dataclass(frozen=True, kw_only=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """In US dollars."""
        return (input_tokens * self.input + output_tokens * self.output) / 1_000_000


def price_of(model: str, table: Path | None = None) -> Price | None:
    """By the longest name in the table that the model's name begins with; None for a model that is not in it.

    Raises InvalidInput for a table that cannot be read.
    """
    name = model.rsplit(":", 1)[-1].rsplit("/", 1)[-1].lower()
    prices = _read(table or _BUILT_IN)
    fitting = [each for each in prices if name == each or name.startswith(f"{each}-")]
    return prices[max(fitting, key=len)] if fitting else None


def _read(table: Traversable | Path) -> dict[str, Price]:
    try:
        rows = yaml.safe_load(table.read_text(encoding="utf-8"))["models"]
        return {str(name): Price(input=float(row["input"]), output=float(row["output"])) for name, row in rows.items()}
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(
            f"The price table {table} cannot be read ({error}); it has `models:` with lines like "
            "`name: {input: 1.0, output: 2.0}`.",
            field="prices",
        ) from error
