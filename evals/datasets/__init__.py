"""Cases as files that people read, and reading them strictly: what is wrong is named with its file and line."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from pydantic import ValidationError

from croncierge.errors import InvalidInput
from evals.cases import Case
from evals.datasets.times import case_of_request, is_for_the_assistant
from evals.tasks.cases import TaskCase

AnyCase = Case | TaskCase
_FOLDER = files("evals.datasets")
_TIME = "time"


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Cases about one thing. digest: of the file they were read from."""

    name: str
    version: int
    about: str
    digest: str
    cases: tuple[AnyCase, ...]

    @property
    def scripted(self) -> bool:
        """Whether no model is asked, whichever is measured."""
        return all(isinstance(case, TaskCase) for case in self.cases)


def suite_names() -> list[str]:
    """All suites there are, by name."""
    found = [entry.name.removesuffix(".yaml") for entry in _FOLDER.iterdir() if entry.name.endswith(".yaml")]
    return sorted([*found, _TIME])


def load_suites(names: Sequence[str] = ()) -> list[Suite]:
    """The suites of these names, or all. Raises InvalidInput for one that is not there or whose file is malformed."""
    known = suite_names()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InvalidInput(f"There is no suite {unknown[0]!r}; there are {', '.join(known)}.", field="suite")
    suites = [load_suite(name) for name in dict.fromkeys(names or known)]
    seen: dict[str, str] = {}
    for suite in suites:
        for case in suite.cases:
            if case.id in seen:
                raise InvalidInput(f"The id {case.id!r} is used in {seen[case.id]} and in {suite.name}; rename one.")
            seen[case.id] = suite.name
    return suites


def load_suite(name: str) -> Suite:
    """Raises InvalidInput for a file that is malformed."""
    return _time_suite() if name == _TIME else read_suite(_FOLDER / f"{name}.yaml")


def read_suite(file: Traversable) -> Suite:
    """The suite in a YAML file. Raises InvalidInput, naming the line."""
    text = file.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput(f"{file.name}:{line}: {error.problem}.", field="dataset") from error
    if not isinstance(data, dict) or not {"suite", "version", "about", "cases"} <= data.keys() or root is None:
        raise InvalidInput(f"{file.name}:1: a dataset has suite, version, about and cases.", field="dataset")
    defaults = data.get("defaults", {})
    cases: list[AnyCase] = []
    for index, row in enumerate(data["cases"]):
        where = ("cases", index)
        if not isinstance(row, dict):
            raise InvalidInput(f"{file.name}:{_line(root, where)}: a case is a mapping.", field="dataset")
        try:
            cases.append((TaskCase if "task" in row else Case).model_validate(defaults | row))
        except ValidationError as error:
            raise InvalidInput(f"{file.name}:{_place(root, where, error)}", field="dataset") from error
    return Suite(
        name=data["suite"],
        version=data["version"],
        about=data["about"],
        digest=_digest(text),
        cases=tuple(cases),
    )


def _time_suite() -> Suite:
    file = _FOLDER / "time_requests.jsonl"
    text = file.read_text(encoding="utf-8")
    cases = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            row = json.loads(line)
            if is_for_the_assistant(row):
                cases.append(case_of_request(row))
        except (KeyError, ValueError) as error:
            raise InvalidInput(f"{file.name}:{number}: {error}", field="dataset") from error
    about = "Complete requests about time: each becomes a task with exactly these moments, or is asked back."
    return Suite(name=_TIME, version=1, about=about, digest=_digest(text), cases=tuple(cases))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _place(root: yaml.Node, where: tuple[str | int, ...], error: ValidationError) -> str:
    first = error.errors()[0]
    inside = tuple(step for step in first["loc"] if isinstance(step, str | int))
    return f"{_line(root, (*where, *inside))}: {'.'.join(map(str, inside))}: {first['msg']}."


def _line(root: yaml.Node, path: Sequence[str | int]) -> int:
    """The line of what the path leads to, as far as the file has it."""
    *_, last = _walk(root, path)
    return last.start_mark.line + 1


def _walk(node: yaml.Node, path: Sequence[str | int]) -> Iterator[yaml.Node]:
    yield node
    for step in path:
        below = _child(node, step)
        if below is not None:
            node = below
            yield node


def _child(node: yaml.Node, step: Any) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None
