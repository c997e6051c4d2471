"""What a run of the suites came to: values that are saved as JSON and read back to be compared."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from croncierge.errors import InvalidInput, Unavailable


class _Saved(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CallRecord(_Saved):
    """A tool call as it was made, and how it was answered."""

    name: str
    args: dict[str, Any]
    status: str
    text: str


class TurnRecord(_Saved):
    """A turn as it went."""

    say: str
    reply: str
    calls: tuple[CallRecord, ...] = ()
    wrong: tuple[str, ...] = ()


class Trial(_Saved):
    """A case, tried once. error: of the machinery, such as a server that is away; then it counts neither way.

    cost: in US dollars, None where the model's price is not known. seconds: of wall-clock time.
    """

    wrong: tuple[str, ...] = ()
    error: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    turns: tuple[TurnRecord, ...] = ()

    @property
    def passed(self) -> bool:
        return self.error is None and not self.wrong


class CaseResult(_Saved):
    """A case with its trials. digest: of the case, so that only the same cases are compared."""

    id: str
    suite: str
    digest: str
    tags: tuple[str, ...] = ()
    trials: tuple[Trial, ...]

    @property
    def counted(self) -> int:
        """Trials without errors of the machinery."""
        return sum(trial.error is None for trial in self.trials)

    @property
    def passed(self) -> int:
        return sum(trial.passed for trial in self.trials)

    @property
    def rate(self) -> float:
        return self.passed / self.counted if self.counted else 0.0


class Dataset(_Saved):
    """The file that a suite was read from."""

    version: int
    digest: str
    cases: int


class Report(_Saved):
    """A run: of what model, with which prompts, over which datasets.

    repeatable: the model answers the same thing the same way every time, so that every difference is a real one.
    """

    format: int = 1
    model: str
    repeatable: bool
    version: str
    prompts: dict[str, str]
    tools: str
    datasets: dict[str, Dataset]
    cases: tuple[CaseResult, ...]

    def without_transcripts(self) -> "Report":
        """The same without what was said and how long it took, to be kept as a baseline."""
        bare: Mapping[str, Any] = {"turns": (), "seconds": 0.0}
        return self.model_copy(
            update={
                "cases": tuple(
                    case.model_copy(update={"trials": tuple(trial.model_copy(update=bare) for trial in case.trials)})
                    for case in self.cases
                )
            }
        )

    def text(self) -> str:
        """As JSON, one case a line, so that versions of it can be told apart."""
        head = self.model_dump_json(exclude={"cases"})
        rows = ",\n".join(case.model_dump_json(exclude_defaults=True) for case in self.cases)
        return f'{head[:-1]},"cases":[\n{rows}\n]}}\n'


def load_report(file: Path) -> Report:
    """A report that was saved. Raises InvalidInput for a file that is none, Unavailable when it cannot be read."""
    try:
        return Report.model_validate_json(file.read_text(encoding="utf-8"))
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            f"{file} is no saved report: {'.'.join(map(str, first['loc']))}: {first['msg']}.", field="report"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"The report {file} cannot be read: {error}.", field="report") from error


def save_text(file: Path, text: str) -> None:
    """Raises Unavailable when the file cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"The file {file} cannot be written: {error.strerror or error}.", field="file") from error
