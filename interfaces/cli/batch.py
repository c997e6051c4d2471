"""Filters: one JSON line in, one JSON line out, flushed at once, alive until the input ends."""

import json
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from croncierge.errors import CronciergeError, InvalidInput
from interfaces.output import put_json

Row = Mapping[str, Any]

_log = logging.getLogger("interfaces.cli.batch")


def answer_lines(answer: Callable[[Row], dict[str, Any]], nothing: Row, lines: Iterable[str] | None = None) -> None:
    """Answer each line that is not blank.

    nothing: what the answer is, besides the error, when a line cannot be answered.
    """
    for line in sys.stdin if lines is None else lines:
        if line.strip():
            put_json(_answered(line, answer, nothing))


def _answered(line: str, answer: Callable[[Row], dict[str, Any]], nothing: Row) -> dict[str, Any]:
    identity: object = None
    try:
        row = _row(line)
        identity = row.get("id")
        return {"id": identity} | answer(row)
    except CronciergeError as error:
        return {"id": identity} | dict(nothing) | {"error": error.as_dict()}
    except Exception as error:  # a filter lives on, whatever one line does to it
        _log.exception("a line could not be answered", exc_info=error)
        message = f"Something went wrong on my side ({type(error).__name__}); the log has the details."
        return {"id": identity} | dict(nothing) | {"error": {"code": "error", "message": message, "field": None}}


def _row(line: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The line is not JSON: {error}.", field="line") from error
    if not isinstance(row, dict):
        raise InvalidInput('The line is not a JSON object; write {"id": …, "text": …}.', field="line")
    return row


def text_of(row: Row, field: str = "text") -> str:
    """The text in a field of a row. Raises InvalidInput when it is missing or no text."""
    text = row.get(field)
    if not isinstance(text, str):
        raise InvalidInput(f"The field {field!r} must be a text, not {text!r}.", field=field)
    return text


def zone_of(row: Row, default: str) -> str:
    """The IANA name of a row's zone. Raises InvalidInput for one that does not exist."""
    from schedules.zones import zone

    return zone(text_of(row, "timezone")).key if row.get("timezone") is not None else default
