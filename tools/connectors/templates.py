"""Results are data: a task's payload may hold templates that are filled in when it runs.

The language is Liquid, which can read values and nothing else. What a value holds is never read as a template again.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import liquid
from liquid.exceptions import LiquidError

from croncierge.errors import InvalidInput
from tools.connectors.verbatim import has_template

_LONGEST_OUTPUT = 1_000_000
_MOST_STEPS = 10_000
_WHOLE = re.compile(r"\s*\{\{-?\s*([^{}|]+?)\s*-?\}\}\s*")
_OTHER_TEMPLATES = ("include", "render")


class _Environment(liquid.Environment):
    loop_iteration_limit = _MOST_STEPS
    local_namespace_limit = _LONGEST_OUTPUT
    output_stream_limit = _LONGEST_OUTPUT
    context_depth_limit = 20


@cache
def _environment() -> liquid.Environment:
    environment = _Environment(undefined=liquid.StrictDefaultUndefined, autoescape=False)
    for tag in _OTHER_TEMPLATES:
        environment.tags.pop(tag, None)
    environment.add_filter("json", _as_json)
    return environment


def _as_json(value: object) -> str:
    return str(value) if liquid.is_undefined(value) else json.dumps(value)  # as text, what is not there is an error


def check_templates(value: Any, field: str) -> None:
    """Raises InvalidInput for a template, anywhere in `value`, that cannot be read. field: what to call the place."""
    match value:
        case str() if has_template(value):
            try:
                unknown = _environment().from_string(value).analyze().filters.keys() - _environment().filters.keys()
            except LiquidError as error:
                raise InvalidInput(f"The template in {field} cannot be read: {_why(error)}.", field=field) from error
            if unknown:
                raise InvalidInput(
                    f"The template in {field} uses {', '.join(sorted(unknown))}, which is no filter of Liquid.",
                    field=field,
                )
        case Mapping():
            for name, each in value.items():
                check_templates(each, f"{field}.{name}")
        case list() | tuple():
            for each in value:
                check_templates(each, field)


def filled_in(value: Any, inputs: Mapping[str, Any], field: str) -> Any:
    """`value` with its templates filled in; a string that is nothing but one value keeps the value's type.

    Raises InvalidInput when something is not there, or when it would take too much to fill in.
    """
    match value:
        case str() if has_template(value):
            return _rendered(value, inputs, field)
        case Mapping():
            return {name: filled_in(each, inputs, f"{field}.{name}") for name, each in value.items()}
        case list() | tuple():
            return [filled_in(each, inputs, field) for each in value]
    return value


def holds(expression: str, values: Mapping[str, Any]) -> bool:
    """Whether a condition like `status == 200 and json.price < 100` is true of these values.

    Raises InvalidInput when it cannot be read, or names what is not there.
    """
    try:
        template = _condition(expression)
        return str(template.render(**_plain(values))) == "yes"
    except LiquidError as error:
        raise InvalidInput(
            f"The condition “{expression}” cannot be checked: {_why(error)}.", field="condition"
        ) from error


def check_condition(expression: str) -> None:
    """Raises InvalidInput for a condition that cannot be read."""
    try:
        _condition(expression)
    except LiquidError as error:
        raise InvalidInput(f"The condition “{expression}” cannot be read: {_why(error)}.", field="condition") from error


def _condition(expression: str) -> liquid.BoundTemplate:
    if not expression.strip() or "%}" in expression or "{%" in expression:
        raise InvalidInput(
            f"The condition “{expression}” is not one; write it like status == 200 or rows.size > 0.", field="condition"
        )
    return _environment().from_string("{% if " + expression + " %}yes{% endif %}")


def _rendered(text: str, inputs: Mapping[str, Any], field: str) -> Any:
    values = _plain(inputs)
    try:
        whole = _WHOLE.fullmatch(text)
        if whole is None:
            return _environment().from_string(text).render(**values)
        # Liquid gives text only; as JSON it can be turned back into what it was.
        return json.loads(_environment().from_string("{{ " + whole[1] + " | json }}").render(**values))
    except LiquidError as error:
        raise InvalidInput(f"The template in {field} cannot be filled in: {_why(error)}.", field=field) from error


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it, so that a template never meets an object with methods."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), default=_text))
    return plain


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _why(error: LiquidError) -> str:
    said = str(error).splitlines()[0].rstrip(".")
    return said[:1].lower() + said[1:]
