"""The action “append”: a line is added to the file that the operator has named."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from croncierge.errors import NotAllowed
from store.operations.runs import Outcome
from tools.connectors.connector import Call, Payload


class Config(BaseModel):
    """`[plugins.append]`. file: where the lines go. owners: who may add some."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Path
    owners: tuple[str, ...] = ()


class Line(Payload):
    """What a task says."""

    line: str


class Append:
    name = "append"
    payload = Line

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._config = Config.model_validate(table)

    def allow(self, payload: Line, owner: str) -> None:
        if owner not in self._config.owners:
            raise NotAllowed("You may not append lines; the operator can add you to owners in [plugins.append].")

    def preview(self, payload: Line) -> Mapping[str, Any]:
        return {"file": str(self._config.file), "line": payload.line}

    def run(self, payload: Line, call: Call) -> Outcome:
        call.control.log(f"appending to {self._config.file}\n")
        with self._config.file.open("a", encoding="utf-8") as file:
            file.write(payload.line + "\n")
        return Outcome(result={"line": payload.line, "run": call.run.run_id})
