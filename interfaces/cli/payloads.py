"""JSON on the command line: as it is, or `@FILE`."""

import json
from pathlib import Path
from typing import Any

from croncierge.errors import InvalidInput


def json_object(text: str | None, field: str) -> dict[str, Any]:
    """The object in an option; none at all is an empty one. Raises InvalidInput for anything else."""
    if text is None:
        return {}
    if text.startswith("@"):
        try:
            text = Path(text[1:]).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"The file {text[1:]} for --{field} cannot be read: {error}.", field=field) from error
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InvalidInput(
            f'--{field} is not JSON ({error}); write an object such as {{"rows": 3}}, or @FILE.', field=field
        ) from error
    if not isinstance(value, dict):
        raise InvalidInput(f'--{field} is not an object; write it such as {{"rows": 3}}.', field=field)
    return value
