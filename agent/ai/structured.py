"""Answers that have to be JSON: the part of JSON Schema that says what an object of plain values looks like."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from croncierge.errors import InvalidInput

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_KNOWN = {"type", "properties", "required", "items", "enum", "additionalProperties", "title", "description"}
_FENCED = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)


def accepted_schema(schema: Mapping[str, Any], where: str = "output_schema") -> None:
    """Raises InvalidInput for what is not understood here, so that nothing is taken for checked that is not."""
    unknown = sorted(set(schema) - _KNOWN)
    if unknown:
        raise InvalidInput(
            f"The {where} has {', '.join(unknown)}; only {', '.join(sorted(_KNOWN))} are understood.",
            field="output_schema",
        )
    if schema.get("type") not in _TYPES and "enum" not in schema:
        raise InvalidInput(f"The {where} needs a type: one of {', '.join(_TYPES)}.", field="output_schema")
    for name, part in dict(schema.get("properties", {})).items():
        accepted_schema(part, f"{where}.{name}")
    if "items" in schema:
        accepted_schema(schema["items"], f"{where}[]")


def parsed(text: str, schema: Mapping[str, Any]) -> Any:
    """The value that an answer is. Raises ValueError, which says what is wrong with it."""
    fenced = _FENCED.search(text)
    try:
        value = json.loads(fenced[1] if fenced else text)
    except ValueError as error:
        raise ValueError("it is not JSON") from error
    _check(value, schema, "it")
    return value


def _check(value: Any, schema: Mapping[str, Any], where: str) -> None:
    if "enum" in schema and value not in schema["enum"]:
        raise ValueError(f"{where} has to be one of {schema['enum']}")
    if "type" in schema and not _TYPES[schema["type"]](value):
        raise ValueError(f"{where} has to be of the type {schema['type']}")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        missing = [name for name in schema.get("required", ()) if name not in value]
        if missing:
            raise ValueError(f"{where} lacks {', '.join(missing)}")
        strange = [name for name in value if name not in properties]
        if strange and schema.get("additionalProperties") is False:
            raise ValueError(f"{where} has {', '.join(strange)}, which nobody asked for")
        for name, part in properties.items():
            if name in value:
                _check(value[name], part, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for index, each in enumerate(value):
            _check(each, schema["items"], f"{where}[{index}]")
