"""What would be executed as it stands: no value is put into it, since that could change what it does."""

from croncierge.errors import InvalidInput


def has_template(text: str) -> bool:
    return "{{" in text or "{%" in text


def refuse_templates(text: str, *, field: str, instead: str) -> None:
    """Raises InvalidInput if the text holds a template. instead: where values belong."""
    if has_template(text):
        raise InvalidInput(
            f"The {field} holds no templates, since a value could change what it does; {instead}.", field=field
        )
